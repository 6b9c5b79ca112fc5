"""walk.py PROGRAM: seeds that climb are stopped by the pointer: what has climbed is kept, nothing of another level is shown as current, and they go on when they
are asked to. The map is noise, in which nearly every place is a seed: their climb takes a while anywhere."""
import os
import sys
import tempfile

from gi.repository import GLib

import archive
import journey
import reader

LOW = 0.005  # below all that is noise


def write_noise(folder):
    path = os.path.join(folder, "noise.mrc")
    with open(path, "wb") as file:
        file.write(archive.mrc(archive.helix(), n=44, voxel=1.0, noise=1.0))
    return path


def click(window, accessible, name):
    place = accessible.place("push button", name)
    if place is not None:
        window.xdotool("mousemove", *place, "click", 1)
    return place is not None


def is_shown(accessible, name):
    return accessible.find("push button", name) is not None


def set_level(window, level):
    window.change("level", GLib.Variant("d", level))


def main():
    tap = journey.Tap()
    with tempfile.TemporaryDirectory() as folder:
        window = journey.Window(sys.argv[1], ["--epochs", "4", write_noise(folder)], **reader.ENVIRONMENT)
        try:
            tap.ok(window.find() and window.wait(lambda: window.describe("train")[0], 60), "the map is open")
            accessible = reader.Reader(window)
            window.activate("train")
            tap.ok(window.wait_status(r"^\d+ nodes?.*\n(?!Climbing)", 300), "it is trained, and its seeds have climbed")
            before, level = window.state("status"), window.state("level")
            set_level(window, LOW)
            tap.ok(window.wait_status("^Climbing from the lower seeds", 60), f"level {LOW}: lower seeds climb, and no number of level {level:.3f} stands there meanwhile")
            tap.ok(click(window, accessible, "Stop climbing"), "the button that stops them is clicked")
            tap.ok(window.wait_status("^Nodes and numbers are of level", 60), f"they stop, and it says what is shown: {window.state('status')!r}")
            window.picture("stopped.png")
            tap.ok(is_shown(accessible, "Climb on") and not is_shown(accessible, "Stop climbing"), "they can be asked to go on, and do not by themselves")
            set_level(window, level)
            tap.ok(window.wait(lambda: window.state("status") == before, 60), f"the level before, and its nodes, are current again: {window.state('status')!r}")
            set_level(window, LOW)
            tap.ok(window.wait_status("^Climbing from the lower seeds", 60), "the low level asks for its seeds again")
            tap.ok(click(window, accessible, "Stop climbing") and window.wait_status("^Nodes and numbers are of level", 60), "and is stopped again")
            tap.ok(click(window, accessible, "Climb on") and window.wait_status("^Climbing from the lower seeds", 60), "a click, and they go on")
            tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
        finally:
            window.close()
    return tap.finish()


sys.exit(main())
