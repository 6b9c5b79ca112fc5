"""places.py PROGRAM: a map opens in the wrong place; the model says so; it is put right, trained, and its report is exported and read."""
import html
import json
import os
import re
import struct
import sys
import tempfile

from gi.repository import GLib

import archive
import journey

NSTART, VOXEL = (30, -12, 6), 0.8
VIEW = "400x300+440+200"  # of the screen: inside the picture
DROP_DOWN = (246, 274)    # "placed by" in the map's step


def write(folder):
    """Atoms that lie where NSTART places the map; its ORIGIN, which other programs left there, is wrong."""
    atoms = archive.helix()
    data = bytearray(archive.mrc(atoms))
    struct.pack_into("<3i", data, 16, *NSTART)
    struct.pack_into("<3f", data, 196, 90, 90, 90)
    there = [(name, residue, tuple(x + n * VOXEL for x, n in zip(at, NSTART))) for name, residue, at in atoms]
    paths = [os.path.join(folder, name) for name in ("helix.mrc", "helix.cif")]
    for path, text in zip(paths, (bytes(data), archive.mmcif("HELX", there))):
        with open(path, "wb") as file:
            file.write(text)
    return paths, len({residue for _, residue, _ in atoms})


def choose_nstart(tap, window):
    """By the pointer: the drop down in the map's step."""
    picture = window.settled_picture("place-wrong.png", VIEW)
    window.picture("place-wrong-window.png")
    window.focus()
    window.xdotool("mousemove", *DROP_DOWN, "click", 1)
    window.settled_picture("place-choice.png")
    window.xdotool("key", "Down", "Return")
    right = window.settled_picture("place-right.png", VIEW)
    window.picture("place-right-window.png")
    tap.ok(journey.pixels_that_differ(picture, right) > 2000, "the map is seen elsewhere: with its model")


def read_report(tap, window, folder, residues):
    names = lambda ending: [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(ending)] if os.path.isdir(folder) else []
    status = window.state("status").split("\n")[0]
    window.activate("export-all", GLib.Variant("s", folder))
    tap.ok(window.wait(lambda: names(".report.html"), 180), f"the report is written: {os.path.basename((names('.report.html') or ['none'])[0])}")
    with open(names(".report.html")[0], encoding="utf-8") as file:
        words = html.unescape(re.sub(r"<[^>]+>", " ", file.read()))
    coverage = re.search(r"coverage ([\d.]+ %)", status).group(1)
    tap.ok(coverage.replace(" ", "") in re.sub(r"\s", "", words), f"it tells the coverage that the window shows, {coverage}")
    tap.ok("#nstart" in words, "and its commands place the map as the user did")
    with open(names("residues.csv")[0], encoding="utf-8") as file:
        rows = [line for line in file.read().splitlines() if line and not line.startswith("#")]
    tap.ok(len(rows) == residues + 1, f"the table has a row for each of the {residues} residues")
    with open(next(path for path in names(".json") if "report" not in path), encoding="utf-8") as file:
        nodes = json.load(file)["nodes"]
    inside = [all(NSTART[a] * VOXEL - 1 < node["xyz"[a]] < (NSTART[a] + 32) * VOXEL + 1 for a in range(3)) for node in nodes] if nodes and "x" in nodes[0] else []
    tap.ok(nodes and all(inside), f"and the {len(nodes)} nodes of the graph lie where NSTART says")


def main():
    tap = journey.Tap()
    with tempfile.TemporaryDirectory() as folder:
        paths, residues = write(folder)
        window = journey.Window(sys.argv[1], ["--epochs", "30", *paths])
        try:
            tap.ok(window.find() and window.wait(lambda: window.describe("train")[0], 600), "map and model are open")
            choose_nstart(tap, window)
            window.activate("train")
            tap.ok(window.wait_status("nodes?, coverage", 240), f"it is trained and compared: {window.state('status').splitlines()[:1]}")
            coverage = float(re.search(r"coverage ([\d.]+)", window.state("status")).group(1))
            tap.ok(coverage > 90, f"the nodes lie on the model: {coverage} %")
            read_report(tap, window, os.path.join(folder, "out"), residues)
            tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
        finally:
            window.close()
    return tap.finish()


sys.exit(main())
