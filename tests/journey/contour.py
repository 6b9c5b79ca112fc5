"""contour.py PROGRAM: the author contour typed by hand, and used at once; the map closed, and opened from the recent files."""
import os
import struct
import sys
import time

from gi.repository import GLib

import helix
import journey

CONTOUR = 0.6
ENTRY, BUTTON, RECENT = (1225, 834), (1087, 801), (666, 590)  # of the screen


def main():
    tap = journey.Tap()
    with helix.window() as (window, folder):
        with open(os.path.join(folder, "helix.mrc"), "rb") as file:
            voxels = file.read()[1024:]
        largest = max(struct.unpack(f"<{len(voxels) // 4}f", voxels))
        tap.ok(helix.is_open(window), "the map is open")
        window.settled_picture("contour-open.png")
        window.focus()
        window.xdotool("mousemove", *ENTRY, "click", 1)
        window.xdotool("type", "0.")
        window.activate("nudge", GLib.Variant("d", 0.1))  # the level changes while a number is typed
        time.sleep(0.5)
        window.xdotool("type", "6")
        window.picture("contour-typed.png")
        window.xdotool("mousemove", *BUTTON, "click", 1)
        tap.ok(window.wait(lambda: abs(window.state("contour") - CONTOUR) < 1e-9, 10), f"the contour is {window.state('contour')}")
        tap.ok(window.wait(lambda: abs(window.state("level") - CONTOUR / largest) < 1e-4, 10),
               f"one click on Contour sets the level: {window.state('level'):.4f}, needs {CONTOUR / largest:.4f}")
        window.picture("contour.png")
        window.xdotool("mousemove", *ENTRY, "click", "--repeat", 3, 1)
        window.xdotool("type", "nonsense")
        window.xdotool("mousemove", *BUTTON, "click", 1)
        time.sleep(0.5)
        tap.ok(abs(window.state("contour") - CONTOUR) < 1e-9, "what is no number leaves it")
        window.activate("close-map")
        tap.ok(window.wait(lambda: not window.describe("train")[0], 10), "the map is closed")
        window.settled_picture("recent.png")
        window.xdotool("mousemove", *RECENT, "click", 1)
        tap.ok(window.wait(lambda: window.describe("train")[0], 30), "it opens again from the recent files")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    return tap.finish()


sys.exit(main())
