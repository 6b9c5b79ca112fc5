"""deposited.py PROGRAM: a threshold is tuned against a deposited structure (EMD-2566, 3J6B chain 9), as a biologist does it: open, train, read coverage and
precision at several levels, take the best, step through what disagrees, export graph and report; each file is checked by arithmetic of its own."""
import html
import json
import os
import re
import sys
import tempfile
import time

from gi.repository import GLib

import journey
from reader import ENVIRONMENT, Reader

DATA = os.environ.get("CRYOFIELD_DATA", "")
MAP, MODEL = os.path.join(DATA, "maps", "emd_2566_3j6b_chain9.mrc"), os.path.join(DATA, "structures", "emd_2566_3j6b_9.pdb")
VIEW = "400x300+440+120"  # of the screen: inside the picture
CUTOFF = 3.0


def alphas(path):
    """C-alpha of each residue, A; the first of alternates."""
    found = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            if line.startswith("ATOM") and line[12:16] == " CA ":
                found.setdefault(line[21:27], tuple(float(line[i:i + 8]) for i in (30, 38, 46)))
    return list(found.values())


def near(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b)) <= CUTOFF * CUTOFF


def matched(nodes, atoms):
    """As many atoms as can have a node of their own within the cutoff: augmenting paths."""
    close = [[n for n, node in enumerate(nodes) if near(node, atom)] for atom in atoms]
    owner = {}

    def place(atom, seen):
        for n in close[atom]:
            if n not in seen:
                seen.add(n)
                if n not in owner or place(owner[n], seen):
                    owner[n] = atom
                    return True
        return False

    return sum(place(atom, set()) for atom in range(len(atoms)))


def percent(text):
    found = re.match(r"([\d.]+)\s%", text or "")  # the space does not break
    return float(found.group(1)) if found else None


def read(window, reader):
    """What stands in the panel once the program says that it is of the level that is set: level (normalised), coverage, precision."""
    time.sleep(0.5)
    window.wait(lambda: re.search("coverage.*\nDrag the threshold", window.state("status")), 60)
    return window.state("level"), percent(reader.value_beside("coverage")), percent(reader.value_beside("precision"))


def open_and_train(tap, window, reader):
    tap.ok(window.wait(lambda: window.describe("train")[0], 60), "map and model are open")
    tap.ok(window.wait(lambda: reader.program() is not None, 30), "and can be read")
    place = reader.place("push button", "Train")
    window.focus()
    window.xdotool("mousemove", *place, "click", 1)
    if not tap.ok(window.wait_status("^Training", 60), f"a click on Train, at {place}, trains"):
        return None
    tap.ok(window.wait_status("nodes?, coverage", 600), f"and the graph is compared: {window.state('status').splitlines()[0]}")
    tap.ok(window.wait(lambda: window.describe("export-curve")[0], 120), "the curves over the level are there")
    time.sleep(2)
    return window.settled_picture("deposited-trained.png", VIEW)


def tune(tap, window, reader, before):
    """Drags the bar from place to place, and reads."""
    y, x, seen = journey.HEIGHT - 45, None, []
    for to in (200, 320, 440, 560, 680):
        window.drag(to - 40 if x is None else x, y, to, y, 6)
        x = to
        seen.append(read(window, reader))
        tap.note(f"level {seen[-1][0]:.4f}: coverage {seen[-1][1]} %, precision {seen[-1][2]} %")
    levels = [level for level, _, _ in seen]
    tap.ok(levels == sorted(levels) and len(set(levels)) == len(levels), "each drag to the right raises the level")
    if not tap.ok(all(value is not None for row in seen for value in row), "coverage and precision can be read at each"):
        return None
    tap.ok(seen[0][1] > seen[-1][1] and max(row[1] for row in seen) > 70, "coverage falls with the level, and was high")
    tap.ok(journey.pixels_that_differ(before, window.settled_picture("deposited-tuned.png", VIEW)) > 1000, "the picture follows")
    return max(seen, key=lambda row: row[1] + row[2])


def take(tap, window, reader, best):
    """Types the level that was best, as it was written down."""
    place = reader.place("entry", "Seed threshold, normalised") or reader.place("text", "Seed threshold, normalised")
    window.focus()
    window.xdotool("mousemove", *place, "click", "--repeat", 3, 1)
    window.xdotool("type", f"{best[0]:.6f}")
    window.xdotool("key", "Return")
    tap.ok(window.wait(lambda: abs(window.state("level") - best[0]) < 1e-5, 10), f"the best of them, {best[0]:.4f}, is typed")
    now = read(window, reader)
    tap.ok(now[1:] == best[1:], f"and has the same coverage and precision again: {now}")
    return now


def findings(tap, window):
    place = window.state("finding")
    before = window.picture("deposited-before.png", VIEW)
    window.xdotool("mousemove", 640, 300)
    for n in range(3):
        window.xdotool("key", "g")
        tap.ok(window.wait(lambda: window.state("finding") == n, 10), f"g, right after a number was typed: finding {n + 1}" if n == 0 else f"g: finding {n + 1}")
    time.sleep(1)
    window.picture("deposited-finding.png")
    tap.ok(place == -1 and journey.pixels_that_differ(before, window.picture("deposited-finding-view.png", VIEW)) > 1000, "the camera goes there")


def export(tap, window, folder, reading):
    graph, report = os.path.join(folder, "graph.json"), os.path.join(folder, "tuned.report.html")
    window.activate("export-graph", GLib.Variant("s", graph))
    tap.ok(window.wait(lambda: os.path.exists(graph), 60), "the graph is exported")
    window.focus()
    window.xdotool("key", "ctrl+e")
    tap.ok(window.wait(window.has_dialog, 20) or window.wait(lambda: window.xdotool("search", "--onlyvisible", "--name", "Export the report"), 5), "Ctrl+E asks where the report goes")
    time.sleep(1)
    window.focus_dialog()
    window.focus("Export the report")
    window.xdotool("key", "ctrl+a")
    window.xdotool("type", report)
    window.picture("deposited-dialog.png")
    window.xdotool("key", "Return")
    tap.ok(window.wait(lambda: os.path.exists(report), 120), "and it is written there")
    check(tap, graph, report, reading)


def check(tap, graph, report, reading):
    with open(graph, encoding="utf-8") as file:
        nodes = [(node["x"], node["y"], node["z"]) for node in json.load(file)["nodes"]]
    atoms = alphas(MODEL)
    precision = 100 * sum(any(near(node, atom) for atom in atoms) for node in nodes) / len(nodes)
    tap.ok(abs(precision - reading[2]) < 0.06, f"precision of the graph, computed here: {precision:.2f} %, read: {reading[2]} %")
    coverage = 100 * matched(nodes, atoms) / len(atoms)
    tap.ok(reading[1] <= coverage + 0.06 and reading[1] > coverage - 2.5, f"coverage at most what a best matching has, {coverage:.2f} %, read: {reading[1]} %")
    with open(report, encoding="utf-8") as file:
        text = file.read()
    words = html.unescape(re.sub(r"<[^>]+>", " ", text))
    tap.ok(f"{reading[1]}%" in re.sub(r"\s", "", words) and f"{reading[2]}%" in re.sub(r"\s", "", words), "the report tells coverage and precision as they were read")
    tap.ok(os.path.basename(MAP) in words and os.path.basename(MODEL) in words and "data:image/png" in text, "of this map and this model, with the picture")
    levels = [float(number) for number in re.findall(r"--level[\s\\]+norm=([\d.]+)", words)]
    tap.ok(any(abs(level - reading[0]) < 1e-4 for level in levels), f"and commands at this level: {levels}")


def main():
    if not os.path.exists(MAP) or not os.path.exists(MODEL):
        journey.skip_all("CRYOFIELD_DATA has no EMD-2566")
    tap = journey.Tap()
    window = journey.Window(sys.argv[1], ["--epochs", "4", MAP, MODEL], **ENVIRONMENT)
    try:
        if tap.ok(window.find(), "the window is there"):
            reader = Reader(window)
            picture = open_and_train(tap, window, reader)
            if picture is None:
                return tap.finish()
            best = tune(tap, window, reader, picture)
            if best is None:
                return tap.finish()
            reading = take(tap, window, reader, best)
            findings(tap, window)
            with tempfile.TemporaryDirectory() as folder:
                export(tap, window, folder, reading)
            tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()
    return tap.finish()


sys.exit(main())
