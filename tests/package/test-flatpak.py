#!/usr/bin/python3
"""test-flatpak.py SOURCE: the Flatpak manifest: it can be read, its archives have checksums, and nothing that the program needs is left out."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Skip, collect, equal, run

SOURCE = sys.argv[1]
FOLDER = f"{SOURCE}/packaging/flatpak"
ID = "org.cryofield.Cryofield"


# What meson asks for, and where it comes from: pkg-config files of org.gnome.Sdk, or modules of the manifest.
RUNTIME = {"cairo", "cairo-pdf", "cairo-svg", "egl", "epoxy", "gio-2.0", "gio-unix-2.0", "glib-2.0", "gtk4", "libadwaita-1", "libavcodec", "libavformat", "libavutil",
           "libpng", "libsoup-3.0", "libswscale", "libxml-2.0", "pangocairo", "threads", "zlib"}
MODULES = {"jansson": "jansson"}
HEADERS = {"gemmi": "gemmi"}  # asked for by an include
OPENED = {"libopenblas.so.0": "openblas"}  # when the program starts


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


def test_flatpak_builder_reads_it():
    if not shutil.which("flatpak-builder"):
        raise Skip("flatpak-builder is not installed")
    with tempfile.TemporaryDirectory() as folder:  # it begins a folder of its own wherever it is called
        shown = subprocess.run(["flatpak-builder", "--show-manifest", f"{FOLDER}/{ID}.yml"], capture_output=True, text=True, check=False, cwd=folder)
    equal((shown.returncode, shown.stderr), (0, ""))
    it = json.loads(shown.stdout)
    equal([module["name"] for module in it["modules"]], [module["name"] for module in manifest()["modules"]])
    for module, written in zip(it["modules"], manifest()["modules"]):  # what it does not know it leaves out
        equal(sorted(module), sorted(written), module["name"])


def test_what_meson_asks_for_is_there():
    files = [f"{SOURCE}/meson.build", *glob.glob(f"{SOURCE}/src/*/meson.build"), *(f"{SOURCE}/{room}/meson.build" for room in ("docs", "po", "resources"))]
    asked = {name for path in files for name in re.findall(r"dependency\('([^']+)'", read(path))}
    equal(sorted(asked), sorted(RUNTIME | set(MODULES)), "what meson asks for, and what is known to be in the runtime or a module")
    modules = {module["name"] for module in manifest()["modules"]} - {"cryofield"}
    equal(set((MODULES | HEADERS | OPENED).values()), modules, "the modules")
    sources = "".join(read(path) for path in glob.glob(f"{SOURCE}/src/**/*.c*", recursive=True))
    for name in HEADERS:
        assert f"#include <{name}/" in sources, name
    for name in OPENED:
        assert f'"{name}"' in sources, name


def test_the_source_is_this_project():
    source = manifest()["modules"][-1]["sources"][0]
    equal(os.path.realpath(os.path.join(FOLDER, source["path"])), os.path.realpath(SOURCE))
    options = subprocess.run(["grep", "-o", "^option('[a-z_]*'", f"{SOURCE}/meson_options.txt"], capture_output=True, text=True, check=True).stdout
    for option in manifest()["modules"][-1]["config-opts"]:
        assert f"option('{re.match('-D([a-z_]+)=', option)[1]}'" in options, option


run(collect(globals()))
