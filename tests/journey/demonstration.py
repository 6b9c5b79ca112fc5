"""demonstration.py PROGRAM [EPOCHS]: from the start of the program to a graph, a comparison and a report, as a person does it."""
import json
import os
import re
import struct
import sys
import time
import xml.etree.ElementTree as ElementTree

from gi.repository import GLib

import journey

VIEW = "400x300+440+120"  # of the screen: inside the picture
WIDE = "620x410+390+140"  # the picture without what is written in it
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"

BLOCK_MS = 100


def png_texts(path):
    """Keyword and value of each text chunk."""
    texts = {}
    with open(path, "rb") as f:
        assert f.read(8) == b"\x89PNG\r\n\x1a\n"
        while True:
            n, kind = struct.unpack(">I4s", f.read(8))
            data = f.read(n)
            f.read(4)
            if kind in (b"tEXt", b"iTXt"):
                key, value = data.split(b"\0", 1)
                texts[key.decode()] = value.lstrip(b"\0").decode("utf-8", "replace")
            if kind == b"IEND":
                return texts


def first_line(window):
    return window.state("status").split("\n")[0]


def train(tap, window):
    tap.ok(window.find(), "the window is on the bus")
    tap.ok(window.wait_status("Training", 60), "the demonstration trains by itself")
    window.shown = time.monotonic() - window.started  # what was before that is the start
    tap.note(f"{window.shown:.1f} s to the first epoch")
    before = window.picture("training.png", VIEW)
    window.activate("pause")
    tap.ok(window.wait_status("^Paused", 30), "it pauses")
    window.activate("pause")
    tap.ok(window.wait_status("^Training", 30), "and goes on")
    tap.ok(window.wait_status("nodes?, coverage", 240), f"a graph and its comparison: {first_line(window)}")
    tap.note(f"{time.monotonic() - window.started:.1f} s to the graph and the comparison")
    window.xdotool("mousemove", "1270", "1010")  # no label of what lies under the pointer in the pictures
    time.sleep(0.5)
    after = window.picture("trained.png", VIEW)
    window.picture("window.png")
    tap.ok(journey.pixels_that_differ(before, after) > 2000, "the picture gained the field")
    seen = journey.extent(window.picture("first-graph.png", WIDE))
    window.focus()
    window.xdotool("key", "v")
    time.sleep(0.6)
    all_of_it = journey.extent(window.picture("view-all.png", WIDE))
    tap.ok(all(0.92 < a / b < 1.08 for a, b in zip(seen, all_of_it)),
           f"the camera came closer to the first graph by itself: {seen}, and {all_of_it} with all of it in view")
    return after


def tune(tap, window, before):
    level, status = window.state("level"), window.state("status")
    window.focus()
    tap.ok(window.wait(lambda: window.describe("export-curve")[0], 60), "the curves over the level are there")
    y = journey.HEIGHT - 45
    window.drag(320, y, 740, y)  # far enough that atoms fall below the level, however good the fit is
    tap.ok(window.wait(lambda: window.state("level") > level * 1.2, 5), "dragging the bar moves the level")
    tap.ok(window.wait(lambda: "coverage" in window.state("status") and window.state("status") != status, 10),
           f"and the nodes are clustered anew: {first_line(window)}")
    time.sleep(0.5)
    after = window.picture("tuned.png", VIEW)
    window.picture("window-tuned.png")
    tap.ok(journey.pixels_that_differ(before, after) > 1000, "and the picture follows")
    moved = window.state("level")
    window.xdotool("key", "ctrl+z")
    tap.ok(window.wait(lambda: abs(window.state("level") - level) < 1e-9, 5), "Ctrl+Z takes the level back")
    window.xdotool("key", "ctrl+shift+z")
    tap.ok(window.wait(lambda: abs(window.state("level") - moved) < 1e-9, 5), "Ctrl+Shift+Z brings it again")
    window.xdotool("keydown", "shift")
    window.drag(400, y, 500, y)
    window.xdotool("keyup", "shift")
    finer = window.state("level") ** 0.5 - moved ** 0.5  # of the axis, which is 900 to 1000 pixels wide
    tap.ok(0.005 < finer < 0.02, f"Shift: a drag of 100 pixels moves the bar by {finer:.4f} of the axis")
    window.xdotool("key", "ctrl+z")
    tap.ok(window.wait(lambda: abs(window.state("level") - moved) < 1e-9, 5), "which is one step to take back")
    window.xdotool("key", "minus")
    tap.ok(window.wait(lambda: window.state("level") < moved, 5), "- lowers it")
    window.xdotool("key", "ctrl+z", "ctrl+z")
    tap.ok(window.wait(lambda: abs(window.state("level") - level) < 1e-9, 5), "and two more Ctrl+Z lead to the first level")


def look(tap, window):
    a = window.settled_picture("view-a.png", VIEW)  # the level has just been put back
    window.drag(640, 300, 760, 340)
    b = window.settled_picture("view-b.png", VIEW)
    tap.ok(journey.pixels_that_differ(a, b) > 1000, "dragging the picture turns it")
    turned = journey.pixels_that_differ(a, b)  # pictures of less detail differ a little
    same = lambda before: window.wait(lambda: journey.pixels_that_differ(before, window.picture("view-undone.png", VIEW)) < turned / 3, 20)
    window.xdotool("key", "ctrl+z")
    tap.ok(same(a), "Ctrl+Z turns it back, the drag as one step")
    window.xdotool("key", "ctrl+shift+z")
    tap.ok(same(b), "and Ctrl+Shift+Z again")
    window.xdotool("key", "2")
    time.sleep(0.6)
    c = window.picture("view-c.png", VIEW)
    tap.ok(journey.pixels_that_differ(b, c) > 1000, "key 2 draws the mesh")
    window.xdotool("key", "1")
    window.xdotool("key", "v")


def findings(tap, window):
    """Needs a level at which something disagrees: a high one."""
    level = window.state("level")
    window.drag(320, journey.HEIGHT - 45, 760, journey.HEIGHT - 45)
    tap.ok(window.wait(lambda: window.describe("next-finding")[0], 20), "at a high level there are findings")
    time.sleep(1)
    before = window.picture("no-finding.png", VIEW)
    window.xdotool("key", "g", "g")
    tap.ok(window.wait(lambda: window.state("finding") == 1, 5), "g steps through them")
    time.sleep(0.6)
    window.picture("window-finding.png")
    tap.ok(journey.pixels_that_differ(before, window.picture("finding.png", VIEW)) > 1000, "and the camera follows")
    window.xdotool("key", "shift+g")
    tap.ok(window.wait(lambda: window.state("finding") == 0, 5), "Shift+g steps back")
    window.xdotool("key", "ctrl+z", "ctrl+z", "ctrl+z")
    tap.ok(window.wait(lambda: journey.pixels_that_differ(before, window.picture("finding-undone.png", VIEW)) < 1000, 20),
           "three Ctrl+Z take back the places and what is selected")
    window.xdotool("key", "ctrl+z")
    tap.ok(window.wait(lambda: abs(window.state("level") - level) < 1e-9, 5), "and one more the level")
    window.xdotool("key", "v")


def export(tap, window):
    folder = os.path.join(window.folder, "out")
    tap.ok(window.wait(lambda: window.describe("export-all")[0], 10), "everything can be exported")
    begun = time.monotonic()
    window.activate("export-all", GLib.Variant("s", folder))
    names = lambda: sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    good = window.wait(lambda: any(n.endswith(".report.html") for n in names()), 180)
    tap.ok(good, f"everything is written: {' '.join(names())}")
    tap.note(f"{time.monotonic() - begun:.1f} s to export; {time.monotonic() - window.started:.1f} s from the start to the report")
    check_files(tap, folder, {re.sub(r"^.*?(\.(?:neural\.safetensors|report\.html|residues\.csv|sweep\.csv|field\.mrc|[a-z]+))$", r"\1", n): n
                              for n in names()})


def check_files(tap, folder, by_suffix):
    path = lambda suffix: os.path.join(folder, by_suffix.get(suffix, "missing"))
    nodes = edges = 0
    if tap.ok(os.path.exists(path(".graphml")), "the graph as GraphML"):
        graph = ElementTree.parse(path(".graphml")).getroot()
        nodes, edges = len(graph.findall(f".//{GRAPHML}node")), len(graph.findall(f".//{GRAPHML}edge"))
    tap.ok(nodes > 40 and edges > 40, f"it has {nodes} nodes, {edges} edges")
    if tap.ok(os.path.exists(path(".json")), "the graph as JSON"):
        with open(path(".json")) as f:
            other = json.load(f)
        tap.ok(len(other["nodes"]) == nodes and len(other["edges"]) == edges, "with as many nodes and edges")
    if tap.ok(os.path.exists(path(".report.html")), "the report"):
        with open(path(".report.html")) as f:
            html = f.read()
        tap.ok("overage" in html and "cryofield-cli" in html and "<script" not in html, "it tells coverage and commands, without scripts")
        tap.ok("data:image/png" in html, "it holds the picture")
    if tap.ok(os.path.exists(path(".png")), "the picture"):
        texts = png_texts(path(".png"))
        tap.ok("normalised" in texts.get("Level", "") and "cryofield-cli" in texts.get("Command", ""), "it carries its level and command")
    if tap.ok(os.path.exists(path(".field.mrc")), "the resampled map"):
        with open(path(".field.mrc"), "rb") as f:
            head = f.read(1024)
        dims, mode = struct.unpack("<3i", head[:12]), struct.unpack("<i", head[12:16])[0]
        tap.ok(head[208:212] == b"MAP " and mode == 2 and min(dims) > 20, f"it is MRC2014, {dims}")
        tap.ok(os.path.getsize(path(".field.mrc")) == 1024 + 4 * dims[0] * dims[1] * dims[2], "of the right length")
    if tap.ok(os.path.exists(path(".neural.safetensors")), "the neural map"):
        with open(path(".neural.safetensors"), "rb") as f:
            header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        tap.ok("region.0.layers.0.weight" in header or any(k.startswith("region.") for k in header), "with its tensors")
    tap.ok(os.path.exists(path(".residues.csv")) and os.path.exists(path(".sweep.csv")), "the tables by residue and by level")


def leave(tap, window):
    identity = window.focus()
    window.xdotool("windowsize", "--sync", identity, 900, 600)
    tap.ok(window.wait(lambda: window.state("side-panel") is False, 5), "900 x 600 folds the right panel away")
    time.sleep(0.5)
    window.picture("window-small.png")
    slow = ", ".join(f"{1000 * spent:.0f} ms at {at:.0f} s" for at, spent in window.slow)
    tap.note(f"answers of the main loop that took over 100 ms, {len(window.slow)} of {window.answers}: {slow}")
    blocks = window.blocks()
    blocks = [block for block in blocks if block[0] > window.shown]
    at, _, worst, _ = max(blocks, key=lambda block: block[2], default=(0, 0, 0, 0))
    waits = sum(clock - max(delay, 0) - spent > 100 for _, clock, spent, delay in blocks)
    tap.note(f"{len(blocks)} times it did not listen for over 50 ms; {waits} times it waited for over 100 ms, for the display or what draws in its place")
    tap.ok(worst < BLOCK_MS, f"the main loop never spent {BLOCK_MS} ms of processor time before it listened again: {worst:.0f} ms at most, {at:.3f} s after the start")
    window.xdotool("key", "ctrl+q")
    tap.ok(window.ends(), f"Ctrl+Q ends it, status {window.process.poll()}")
    tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")


def main():
    tap = journey.Tap()
    window = journey.Window(sys.argv[1], ["--epochs", sys.argv[2]] if len(sys.argv) > 2 else [], CRYOFIELD_BLOCKS="")
    try:
        picture = train(tap, window)
        if window.process.poll() is None and not tap.failed:
            tune(tap, window, picture)
            look(tap, window)
            findings(tap, window)
            export(tap, window)
            leave(tap, window)
    finally:
        for line in window.errors():
            tap.note(line)
        window.close()
    return tap.finish()


sys.exit(main())
