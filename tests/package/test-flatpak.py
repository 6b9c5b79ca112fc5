#!/usr/bin/python3
"""test-flatpak.py SOURCE: the Flatpak manifest: it can be read, its archives have checksums, and nothing that the program needs is left out."""
import os
import re
import subprocess
import sys

from tap import Skip, collect, equal, run

SOURCE = sys.argv[1]
FOLDER = f"{SOURCE}/packaging/flatpak"
ID = "org.cryofield.Cryofield"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def manifest():
    try:
        import yaml
    except ImportError:
        raise Skip("python3-yaml is not installed") from None
    return yaml.safe_load(read(f"{FOLDER}/{ID}.yml"))


def table(path, heading):
    """Rows of the table of that heading, by their first cell, without what is said in brackets."""
    rows = re.search(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", read(path), re.M).group(1)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in rows.splitlines()]
    return {re.sub(r" \((?!lib).*\)", "", name): words for name, words in cells}


def test_it_is_a_manifest():
    it = manifest()
    equal((it["id"], it["command"], it["runtime"], it["sdk"]), (ID, "cryofield", "org.gnome.Platform", "org.gnome.Sdk"))
    assert re.fullmatch(r"\d\d", it["runtime-version"]), it["runtime-version"]
    assert all(argument.startswith("--") for argument in it["finish-args"]), it["finish-args"]
    equal([module["name"] for module in it["modules"]][-1], "cryofield", "the last module")
    for module in it["modules"]:
        assert module["buildsystem"] in ("simple", "meson", "cmake-ninja"), module["name"]
        assert (module["buildsystem"] == "simple") == ("build-commands" in module), module["name"]


def test_archives_have_checksums():
    sources = [source for module in manifest()["modules"] for source in module["sources"]]
    archives = [source for source in sources if source["type"] == "archive"]
    assert len(archives) > 2 and len(archives) == len(sources) - 1, sources
    for source in archives:
        assert re.fullmatch(r"[0-9a-f]{64}", source["sha256"]) and source["url"].startswith("https://"), source
        for mirror in source.get("mirror-urls", []):
            equal(os.path.basename(mirror), os.path.basename(source["url"]))


def test_all_that_is_needed_comes_from_somewhere():
    needs, told = table(f"{SOURCE}/README.md", "package"), table(f"{FOLDER}/README.md", "needs")
    assert len(needs) > 10, needs
    equal(sorted(told), sorted(needs), "the dependencies of README.md, and those of packaging/flatpak/README.md")
    modules = {module["name"] for module in manifest()["modules"]} - {"cryofield"}
    equal({words.split()[1] for words in told.values() if words.startswith("module ")}, modules, "the modules")
    for name, words in told.items():
        assert re.match(r"runtime|module |left out: ", words), (name, words)


def test_the_source_is_this_project():
    source = manifest()["modules"][-1]["sources"][0]
    equal(os.path.realpath(os.path.join(FOLDER, source["path"])), os.path.realpath(SOURCE))
    options = subprocess.run(["grep", "-o", "^option('[a-z_]*'", f"{SOURCE}/meson_options.txt"], capture_output=True, text=True, check=True).stdout
    for option in manifest()["modules"][-1]["config-opts"]:
        assert f"option('{re.match('-D([a-z_]+)=', option)[1]}'" in options, option


run(collect(globals()))
