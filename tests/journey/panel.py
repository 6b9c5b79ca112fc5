"""panel.py PROGRAM: the popover "View" in a window of 900 x 600: all of it can be reached, and each of its scales follows the pointer."""
import subprocess
import sys
import time

import helix
import journey

# Room below the window shows how far the panel would go.
journey.WIDTH, journey.HEIGHT = 900, 800
SHADOW = 12
SCALES = ("slice-x", "slice-y", "slice-z", "clip-near", "clip-far", "plane-at", "second-ratio", "difference-level", "split-at")
BUTTON = (802, 82)  # "View"
STEP = 13  # rows of the panel are taller


def states(window):
    return {name: window.state(name) for name in SCALES}


def extent_of(before, after):
    """left, top, width, height of what is other in the second picture."""
    done = subprocess.run(["convert", before, after, "-compose", "difference", "-composite", "-threshold", "2%", "-trim", "-format", "%X %Y %w %h", "info:"],
                          capture_output=True, text=True, check=True)
    return tuple(int(v) for v in done.stdout.replace("+", "").split())


def sweep(tap, window, panel, moved):
    """Clicks down the panel, right of its middle; what answers is noted with the row where it did."""
    left, top, width, height = panel
    x = left + width * 3 // 4
    before = states(window)
    for y in range(top + 70, top + height - 30, STEP):
        window.xdotool("mousemove", x, y, "click", 1)
        time.sleep(0.15)
        after = states(window)
        for name in SCALES:
            if after[name] != before[name] and name not in moved:
                moved[name] = y
        before = after
        if len(moved) == len(SCALES):
            return


def main():
    tap = journey.Tap()
    with helix.window("--epochs", "1") as (window, _):
        tap.ok(helix.is_open(window), "the map is open")
        window.xdotool("windowmove", window.focus(), 0, 0)
        window.xdotool("windowsize", "--sync", window.focus(), 900, 600)
        time.sleep(2)
        before = window.settled_picture("panel-before.png")
        window.xdotool("mousemove", *BUTTON, "click", 1)
        time.sleep(2)
        opened = window.picture("panel.png")
        panel = extent_of(before, opened)
        left, top, width, height = panel
        tap.ok(width > 200 and top >= 0 and top + height <= 600 + SHADOW and left + width <= 900, f"the panel is no taller than the window: {panel}")
        moved = {}
        sweep(tap, window, panel, moved)
        tap.note(f"without scrolling: {moved}")
        y = moved.get("slice-z", top + 190)
        before = window.state("slice-z")
        window.drag(left + width * 3 // 4, y, left + width * 3 // 4 + 40, y)
        tap.ok(window.wait(lambda: window.state("slice-z") > before + 0.1, 5), f"a drag takes one along: {before:.2f} to {window.state('slice-z'):.2f}")
        before = window.picture("panel-above.png")
        window.xdotool("mousemove", left + 90, top + 70, "click", "--repeat", 15, "--delay", 60, 5)
        time.sleep(1)
        tap.ok(journey.pixels_that_differ(before, window.picture("panel-below.png")) > 3000, "the wheel brings what is below")
        if len(moved) < len(SCALES):
            sweep(tap, window, panel, moved)
        for name in SCALES:
            tap.ok(name in moved, f"the scale {name} follows a click")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    return tap.finish()


sys.exit(main())
