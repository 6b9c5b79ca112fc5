"""no-gl.py PROGRAM: a display without OpenGL. The window says so in place of the picture, and works on."""
import os
import subprocess
import sys
import time

from gi.repository import GLib

import helix
import journey

MIDDLE = "400x200+460+280"  # of the screen: where the picture would be


def colours(window):
    """How many there are in the middle: one is an empty ground."""
    path = window.picture("no-gl.png", MIDDLE)
    return int(subprocess.run(["convert", path, "-format", "%k", "info:"], capture_output=True, text=True, check=True).stdout)


def main():
    tap = journey.Tap()
    with helix.window(GDK_DEBUG="gl-disable", GSK_RENDERER="cairo") as (window, folder):
        tap.ok(helix.is_open(window), "a map is open")
        tap.ok(window.wait(lambda: colours(window) > 4, 20, 1), "there are words in place of the picture")
        window.focus()
        window.xdotool("key", "2", "3", "v", "o", "f", "i", "i")
        window.drag(600, 300, 640, 330)
        window.xdotool("mousemove", 620, 330, "click", 4, "click", "--repeat", 2, 1)
        level = window.state("level")
        window.activate("nudge", GLib.Variant("d", 0.1))
        tap.ok(window.wait(lambda: window.state("level") > level, 10), "keys, drags and clicks on it end nothing, and the level moves")
        window.activate("film-turntable", GLib.Variant("s", os.path.join(folder, "a.apng")))
        time.sleep(1)
        tap.ok(window.process.poll() is None and window.state("level") > level, "nor does a film")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    return tap.finish()


sys.exit(main())
