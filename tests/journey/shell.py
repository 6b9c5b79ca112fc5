"""shell.py PROGRAM: the window as an application: errors that can be read in full, light and dark, small windows."""
import os
import subprocess
import sys
import time

from gi.repository import GLib

import journey

APPLICATION = "/org/cryofield/Cryofield"


def brightness(path, crop):
    """Mean of the picture's part, 0 to 1."""
    done = subprocess.run(["convert", path, "-crop", crop, "-colorspace", "Gray", "-format", "%[fx:mean]", "info:"], capture_output=True, text=True, check=True)
    return float(done.stdout)


def application_action(window, name, *parameters):
    window._call(window.name, APPLICATION, "org.gtk.Actions", "Activate", GLib.Variant("(sava{sv})", (name, list(parameters), {})))


def errors(tap, window):
    tap.ok(not window.describe("error-details")[0], "no error at the start")
    missing = [os.path.join(window.folder, name) for name in ("missing-a.mrc", "missing-b.mrc")]
    window.activate("open-files", GLib.Variant("as", missing))
    tap.ok(window.wait(lambda: window.describe("error-details")[0], 20), "files that are missing: an error that can be looked at")
    window.picture("shell-toast.png")
    window.activate("error-details")
    tap.ok(window.wait(lambda: window.xdotool("search", "--onlyvisible", "--name", "What went wrong").split(), 20), "in a window of its own")
    tap.ok(not window.describe("error-details")[0], "which closes the toast")
    window.focus("What went wrong")
    window.picture("shell-details.png")
    window.xdotool("key", "Escape")
    tap.ok(window.wait(lambda: not window.xdotool("search", "--onlyvisible", "--name", "What went wrong").split(), 20), "Escape closes it")


def appearance(tap, window):
    side = "150x100+20+300"
    settled = lambda: brightness(window.picture("shell-scheme.png"), side)
    tap.ok(settled() < 0.3, "dark where the system says nothing")
    application_action(window, "colour-scheme", GLib.Variant("s", "light"))
    tap.ok(window.wait(lambda: settled() > 0.7, 20), "light when asked for")
    application_action(window, "colour-scheme", GLib.Variant("s", "dark"))
    tap.ok(window.wait(lambda: settled() < 0.3, 20), "and dark again")


def sizes(tap, window):
    identity = window.focus()
    for width, height in ((900, 600), (1280, 860)):
        window.xdotool("windowsize", "--sync", identity, width, height)
        tap.ok(window.wait(lambda: window.state("side-panel") is (width > 1080), 20), f"{width} x {height}: the panel at the right is {'there' if width > 1080 else 'folded'}")
        geometry = window.xdotool("getwindowgeometry", identity)
        tap.ok(f"{width}x{height}" in geometry, f"the window is as small as it was asked to be: {geometry.split()[-1]}")
        picture = window.picture(f"shell-{width}.png")
        if width < 980:
            controls_of_a_step(tap, window, picture)


def controls_of_a_step(tap, window, before):
    """Narrow, the steps are icons with numbers, and what they hold comes beside them."""
    window.xdotool("mousemove", 40, 250, "click", 1)
    tap.ok(window.wait(lambda: journey.pixels_that_differ(before, window.picture("shell-step.png")) > 5000, 20), "a click on the icon of the export shows its controls")
    window.picture("shell-step-open.png")
    window.xdotool("mousemove", 500, 20)  # no tooltip where the pointer was
    time.sleep(1)  # until they have the keys
    window.xdotool("key", "Escape")
    tap.ok(window.wait(lambda: journey.pixels_that_differ(before, window.picture("shell-step.png")) < 5000, 20), "which Escape closes")


def bar_of_a_step(tap, window):
    """Narrow, what a fit has done is a bar no wider than the icons."""
    window.activate("demo")
    tap.ok(window.wait_status("Training", 60), "the demonstration trains")
    window.xdotool("windowsize", "--sync", window.focus(), 900, 600)
    beside = lambda: journey.pixels_of(window.picture("shell-bar.png", "40x60+120+300"), "#2a2c30", 1)
    tap.ok(window.wait(lambda: beside() == 0, 20), f"and the picture begins beside the icons: {beside()} pixels of the panel there")
    window.activate("cancel")


def main():
    tap = journey.Tap()
    window = journey.Window(sys.argv[1], ["--empty"])
    try:
        if tap.ok(window.find(), "the window is on the bus"):
            errors(tap, window)
            appearance(tap, window)
            sizes(tap, window)
            bar_of_a_step(tap, window)
            window.xdotool("key", "ctrl+q")
            tap.ok(window.ends(), f"Ctrl+Q ends it, status {window.process.poll()}")
            tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
