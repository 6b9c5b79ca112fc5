"""resume.py PROGRAM: a fit is closed mid-way, the program is opened again, and the fit goes on with what was kept of it; its map is written and looked at."""
import glob
import json
import os
import re
import struct
import sys
import tempfile

from gi.repository import GLib

import journey

EPOCHS = "3"


def done_of(window):
    """(regions that are trained, all of them) while it trains."""
    found = re.search(r"Training region by region: (\d+) of (\d+)", window.state("status"))
    return tuple(map(int, found.groups())) if found else None


def begin(tap, state):
    window = journey.Window(sys.argv[1], ["--epochs", EPOCHS], XDG_STATE_HOME=state)
    try:
        tap.ok(window.find() and window.wait_status("^Training", 60), "the demonstration trains")
        tap.ok(window.wait(lambda: (done_of(window) or (0, 0))[0] >= 2, 240), f"some of its regions are trained: {done_of(window)}")
        seen, waiting = done_of(window), window.state("queue").split()
        tap.ok(seen is not None and seen[0] < seen[1], "and others are not")
        window.focus()
        window.xdotool("key", "ctrl+q")
        tap.ok(window.ends(), f"Ctrl+Q closes it without a question, status {window.process.poll()}")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
        return seen, waiting
    finally:
        window.close()


def kept(state):
    return glob.glob(os.path.join(state, "cryofield", "fits", "*", "region-*"))


def go_on(tap, state, before, waiting, folder):
    window = journey.Window(sys.argv[1], ["--epochs", EPOCHS], XDG_STATE_HOME=state)
    try:
        tap.ok(window.find() and window.wait(lambda: done_of(window) is not None, 120), "opened again, it trains")
        now, queue = done_of(window), window.state("queue").split()
        tap.ok(now is not None and now[1] == before[1] and now[0] >= before[0], f"and begins where it was: {now}, was {before}")
        tap.ok(set(queue) <= set(waiting), f"no region that was trained waits again: {queue}, did wait {waiting}")
        window.picture("resume.png")
        tap.ok(window.wait_status("nodes?, coverage", 400), f"it comes to a graph: {window.state('status').splitlines()[0]}")
        path = os.path.join(folder, "whole.neural.safetensors")
        window.activate("export-neural", GLib.Variant("s", path))
        tap.ok(window.wait(lambda: os.path.exists(path), 60), "its neural map is written")
        with open(path, "rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        regions = {key.split(".")[1] for key in header if key.startswith("region.") and ".layers.0.weight" in key}
        tap.ok(len(regions) > before[0] and len(regions) <= before[1], f"with networks of {len(regions)} regions of {before[1]}, flat ones have none")
        window.focus()
        window.xdotool("key", "ctrl+q")
        tap.ok(window.ends(), f"Ctrl+Q closes it, status {window.process.poll()}")
        tap.ok(not kept(state), f"and nothing is kept of a fit that had ended {kept(state)[:2]}")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()


def main():
    tap = journey.Tap()
    with tempfile.TemporaryDirectory() as folder:
        state = os.path.join(folder, "state")
        before, waiting = begin(tap, state)
        if tap.ok(before is not None and kept(state), f"what was trained is kept: {len(kept(state))} records"):
            go_on(tap, state, before, waiting, folder)
    return tap.finish()


sys.exit(main())
