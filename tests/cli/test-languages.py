#!/usr/bin/python3
"""test-languages.py LINGUAS: the command line and its report in each language of po/LINGUAS: help, errors, warnings, the page and the PDF are in it; JSON,
CSV, exit statuses and what stands on stdout for programs are the same bytes."""
import csv
import gettext
import html
import json
import math
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

from cli import PROGRAM, cli, write_helix
from tap import collect, equal, run

with open(sys.argv[1], encoding="utf-8") as lines:
    LANGUAGES = [word for line in lines if not line.startswith("#") for word in line.split()]
FOLDER = tempfile.TemporaryDirectory()
COMMANDS = re.findall(r"^  ([a-z-]+) ", cli("--help", env={**os.environ, "LC_ALL": "C"}).stdout, re.M)
SHOWN = ["Graph against model", "Residue by residue", "Every threshold", "Level and graph", "Where they disagree",
         "Voxel edges", "Neural fit", "Repeat it", "no node"]  # of the page


def path(name):
    return os.path.join(FOLDER.name, name)


def said(language, *arguments, status=0):
    return cli(*arguments, status=status, cwd=FOLDER.name, env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": language})


def words(language):
    return gettext.translation("cryofield", os.path.join(os.path.dirname(PROGRAM), "po"), [language])


def make_inputs():
    """A map with a warning, a neural map of it, a graph and the model; in English."""
    if os.path.exists(path("field.safetensors")):
        return
    write_helix(path("helix.pdb"), 12)
    said("C", "simulate", "helix.pdb", "-o", "map.mrc", "--resolution", 2, "--spacing", 1)
    with open(path("map.mrc"), "r+b") as file:
        file.seek(96)
        file.write(struct.pack("<i", 1))  # LSKFLG
    said("C", "train", "map.mrc", "-o", "field.safetensors", "--epochs", 4, "--progress", "none")
    said("C", "graph", "field.safetensors", "-o", "graph.json")


def test_help():
    for language in LANGUAGES:
        known = words(language)
        first = known.gettext("Usage: cryofield-cli COMMAND [OPTION...] ...\n\nFits neural fields to cryo-EM maps and makes and judges their density graphs.\n\n"
                              "Commands:\n")
        text = said(language, "--help").stdout
        assert text.startswith(first) and not text.startswith("Usage"), text[:200]
        equal(re.findall(r"^  ([a-z-]+) ", text, re.M), COMMANDS, "the names of commands stay")


def test_the_help_of_each_command():
    for command in COMMANDS:
        english = said("C", command, "--help").stdout
        options = re.findall(r"--[a-z-]+(?:=\S+)?", english.split("Options:")[1])
        for language in LANGUAGES:
            text, known = said(language, command, "--help").stdout, words(language)
            left = [line for line in english.splitlines() if re.match(r"  (-., )?--", line) and line in text.splitlines()]
            assert not left, f"{language}: {command}: {left[0]}"
            assert known.gettext("Show this help") in text, text
            for option in options:
                assert option in text, f"{language}: {command}: {option} is not in its help"


def test_errors_are_one_line_of_the_same_status():
    cases = [(("graph", "a", "b"), 2), (("info", "nothing-here.mrc"), 3), (("render", "x", "-o", "no-such-folder/a.png"), 1), (("nonsense",), 2),
             (("simulate", "helix.pdb", "-o", "a.mrc", "--resolution", "9999"), 2), (("probe", "map.mrc", "--points", "helix.pdb"), 3)]
    make_inputs()
    for arguments, status in cases:
        english = said("C", *arguments, status=status).stderr.splitlines()[-1]
        for language in LANGUAGES:
            done = said(language, *arguments, status=status)
            lines = done.stderr.splitlines()
            assert re.match("cryofield-cli[:\uff1a]", lines[-1]) and lines[-1] != english and done.stdout == "", f"{language}: {done.stderr!r} beside {english!r}"
            equal(len(lines), len(said("C", *arguments, status=status).stderr.splitlines()), f"{language}: lines of {arguments}")
            if " --help)" in english:
                frame = words(language).gettext("cryofield-cli: %s: %s (see cryofield-cli %s --help)\n").rstrip("\n")
                assert re.fullmatch(re.escape(frame).replace("%s", ".+"), lines[-1]), f"{language}: {lines[-1]!r} is not {frame!r}"


def test_plural_forms():
    for language in LANGUAGES:
        known = words(language)
        for names in (["a", "b"], ["a", "b", "c"]):
            form = known.ngettext("needs %s; %d name was given", "needs %s; %d names were given", len(names)) % ("NEURAL", len(names))
            assert form in said(language, "walk", *names, status=2).stderr
        form = known.ngettext("%s is %s, needs %d number", "%s is %s, needs %d numbers separated by commas", 1) % ("--contour", "x", 1)
        assert form in said(language, "train", "map.mrc", "-o", "x", "--contour", "x", status=2).stderr


def test_a_warning_is_translated_and_its_json_is_not():
    make_inputs()
    english = said("C", "info", "map.mrc", "--json").stdout
    assert "LSKFLG is 1: the skew matrix is ignored" in english
    with open(path("map.mrc"), "rb") as file:
        header = file.read(1024)
    with open(path("flat.mrc"), "wb") as file:  # its warning is the words of an error
        file.write(header + struct.pack("<f", 1) * math.prod(struct.unpack("<3i", header[:12])))
    flat = said("C", "info", "flat.mrc", "--json").stdout
    equal((len(json.loads(english)["warnings"]), len(json.loads(flat)["warnings"])), (1, 2))
    for language in LANGUAGES:
        equal(said(language, "info", "flat.mrc", "--json").stdout, flat)
        equal(said(language, "info", "map.mrc", "--json").stdout, english)
        assert words(language).gettext("LSKFLG is %d: the skew matrix is ignored") % 1 in said(language, "info", "map.mrc").stderr


def test_results_are_the_same_bytes():
    make_inputs()
    for arguments in (["devices", "--json"], ["info", "field.safetensors", "--json"], ["info", "helix.pdb", "--json"], ["info", "map.mrc"],
                      ["compare", "graph.json", "helix.pdb", "--json"], ["compare", "graph.json", "helix.pdb"],
                      ["probe", "map.mrc", "--model", "helix.pdb"]):
        english = said("C", *arguments).stdout
        for language in LANGUAGES:
            equal(said(language, *arguments).stdout, english, f"{language}: {arguments}")


def failed_rows(language):
    """The table of a batch of one row that is refused, and what its JSON says, each without the words of the error; those, and the page."""
    folder = f"batch-{language}"
    with open(path("list.csv"), "w", encoding="utf-8") as file:
        file.write("map\nhelix.pdb\n")
    lines = said(language, "batch", "list.csv", "-o", folder, "--progress", "json", status=1).stdout.splitlines()
    with open(path(f"{folder}/batch.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with open(path(f"{folder}/batch.html"), encoding="utf-8") as file:
        page = html.unescape(file.read())
    last = json.loads(lines[-1])
    last.pop("seconds")
    return rows, last, rows[0].pop("error"), last.pop("error"), page


def test_why_a_row_failed_is_told_to_people_and_to_programs():
    make_inputs()
    rows, last, error, again, page = failed_rows("C")
    equal((rows[0]["status"], rows[0]["failed_step"], rows[0]["exit_status"], error in page), ("failed", "run", "3", True))
    equal((last["failed"], again), ({"step": "run", "exit_status": 3}, error))
    for language in LANGUAGES:
        own_rows, own_last, own, again, page = failed_rows(language)
        equal((own_rows, own_last), (rows, last), f"{language}: what programs read")
        assert own == again and own != error and own.startswith("run: ") and own in page, f"{language}: {own!r} beside {error!r}"


def report(language):
    """Page, JSON and table of a report, without the second in which it was made."""
    names = ["report.html", "report.json", "report.residues.csv", "report.pdf"]
    said(language, "report", "field.safetensors", "--model", "helix.pdb", "--map", "map.mrc", *[word for name in names for word in ("-o", name)])
    texts = []
    for name in names[:3]:
        with open(path(name), encoding="utf-8") as file:
            texts.append(re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", file.read()))
    return texts


def test_a_report():
    make_inputs()
    page, tree, table = report("C")
    assert all(word in page for word in SHOWN) and "LSKFLG is 1: the skew matrix is ignored" in tree
    numbers = r'<data value="[^"]*" data-key="[^"]*"'
    assert len(re.findall(numbers, page)) > 20, len(re.findall(numbers, page))
    for language in LANGUAGES:
        known = words(language)
        own, own_tree, own_table = report(language)
        equal((own_tree, own_table), (tree, table), f"{language}: JSON and CSV")
        for word in SHOWN:
            there = known.gettext(word)
            assert there in own and (there == word or f">{word}<" not in own), f"{language}: {word} -> {there}"
        assert f'<html xmlns="http://www.w3.org/1999/xhtml" lang="{language.replace("_", "-")}">' in own
        equal(sorted(re.findall(numbers, own)), sorted(re.findall(numbers, page)), f"{language}: the numbers of the page")
        assert known.gettext("LSKFLG is %d: the skew matrix is ignored") % 1 in own
        if shutil.which("pdftotext"):  # with pdfinfo
            pdf = subprocess.run(["pdftotext", "-layout", path("report.pdf"), "-"], capture_output=True, text=True, check=True).stdout
            known_to = subprocess.run(["pdfinfo", "-enc", "UTF-8", path("report.pdf")], capture_output=True, text=True, check=True).stdout
            assert known.gettext("Density graph of {map.name}").replace("{map.name}", "map.mrc") in pdf or language == "zh_CN", pdf[:300]
            assert known.gettext("Density graph of %s") % "map.mrc" in known_to, known_to[:300]


def test_a_report_has_no_brace_left():
    make_inputs()
    for language in ["C", *LANGUAGES]:
        body = re.sub(r"<style>.*?</style>", "", report(language)[0], flags=re.S)
        assert not re.search(r"[{}]", body), f"{language}: {re.search('.{30}[{}].{30}', body)[0]}"


run(collect(globals()))
