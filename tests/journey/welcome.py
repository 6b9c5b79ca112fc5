"""welcome.py PROGRAM: nothing is open; a map that mu + 3 sigma would not show; presenter mode and back."""
import os
import re
import struct
import sys
import tempfile

from gi.repository import GLib

import archive
import journey

CONTROLS = "1280x560+0+120"  # of the screen: the welcome page, without what stands above and below


def checkered():
    """A third of the voxels are 1, the others 0: the deviation is 0.47, and mu + 3 sigma 1.7."""
    n = 16
    header = bytearray(archive.mrc(archive.helix())[:1024])
    header[0:12] = struct.pack("<3i", n, n, n)
    header[28:40] = struct.pack("<3i", n, n, n)
    header[40:52] = struct.pack("<3f", n, n, n)
    return bytes(header) + struct.pack(f"<{n ** 3}f", *(float((i // 4 + k // 4) % 3 == 0) for k in range(n) for j in range(n) for i in range(n)))


def present(tap, window):
    before = window.settled_picture("present-before.png")
    window.xdotool("key", "F11")
    tap.ok(window.wait(lambda: window.state("present"), 10), "F11 presents")
    window.xdotool("key", "plus")
    shown = window.settled_picture("present.png")
    tap.ok(journey.pixels_that_differ(before, shown) > 50000, "and looks different")
    panel = window.settled_picture("present-panel.png", "1280x200+0+660")
    tap.ok(journey.pixels_of(panel, "#000000", 2) > 30000, "the numbers stand on black")
    window.xdotool("key", "Escape")
    tap.ok(window.wait(lambda: not window.state("present"), 10), "Escape ends it")
    window.xdotool("key", "ctrl+z")  # the level before
    after = window.settled_picture("present-after.png")
    tap.ok(journey.pixels_that_differ(before, after) < 2000, f"and all is as it was: {journey.pixels_that_differ(before, after)} pixels differ")


def present_narrow(tap, window):
    """A narrow window that becomes wide while presenting, as on the whole screen, stays without its panel."""
    identity = window.focus()
    size = lambda: tuple(map(int, re.search(r"Geometry: (\d+)x(\d+)", window.xdotool("getwindowgeometry", identity)).groups()))
    before = size()
    window.xdotool("windowsize", identity, 900, 600)
    tap.ok(window.wait(lambda: size() == (900, 600), 10) and window.wait(lambda: not window.state("side-panel"), 10), f"a narrow window folds its panel: {size()}")
    window.activate("present")
    tap.ok(window.wait(lambda: window.state("present"), 10), "it presents")
    window.settled_picture("present-narrow.png", "900x600+0+0")
    window.xdotool("windowsize", identity, *before)
    tap.ok(window.wait(lambda: window.state("side-panel"), 10), "wide again, the panel would be there")
    sides = lambda name: [window.settled_picture(f"{name}-{x}.png", f"150x300+{x}+100") for x in (20, before[0] - 180)]
    left, right = sides("present-wide")
    tap.ok(journey.pixels_that_differ(left, right) < 2000, "but the picture has both sides")
    window.activate("present")
    tap.ok(window.wait(lambda: not window.state("present"), 10), "presenting ends")
    tap.ok(journey.pixels_that_differ(right, sides("present-wide-after")[1]) > 20000, "and then it is")


def main():
    tap = journey.Tap()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "checkered.mrc")
        with open(path, "wb") as file:
            file.write(checkered())
        window = journey.Window(sys.argv[1], ["--empty"])
        try:
            tap.ok(window.find(), "the window is there")
            window.focus()
            page = window.settled_picture("welcome.png", CONTROLS)
            window.picture("welcome-window.png")
            tap.ok(journey.pixels_of(page, "#0072b2", 4) > 1500, "the welcome page has its first button")
            tap.ok(all(window.describe(action)[0] for action in ("open", "fetch", "demo", "tour")), "and what its buttons do can be done")
            window.activate("open-files", GLib.Variant("as", [path]))
            tap.ok(window.wait(lambda: window.describe("train")[0], 60), "a map is open")
            level = window.state("level")
            tap.ok(0 < level < 1, f"mu + 3 sigma is above its largest voxel, but the level is {level:.3f}")
            tap.ok(window.wait(lambda: journey.extent(window.picture("low-contrast.png", "400x300+440+200"))[0] > 100, 20), "and there is something to see")
            present(tap, window)
            present_narrow(tap, window)
            tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
        finally:
            window.close()
    return tap.finish()


sys.exit(main())
