"""quit.py PROGRAM: the program is closed by Ctrl+Q in the middle of each of its works and of a save, and by its menu, and ends with status 0 each time, soon,
without a complaint."""
import functools
import os
import sys
import time

from gi.repository import GLib

import journey

LATER = r"|nodes?, coverage"  # a quick machine is through with a work before it is looked at
MOMENTS = (  # what the status says, and how many seconds later it is closed
    (r".", 0), (r": [12] of", 0), (r": [23] of", 0.1), (r": [4-6] of", 0.1), (r"^Sampling", 0), (r"^Climbing", 0.2), (r"nodes?, coverage", 0.3))
SOON_S = 20  # the program waits 5 for its workers; the machine may be busy


def close_at(tap, window, pattern, later):
    if not tap.ok(window.find() and window.focus() and window.wait_status(pattern + LATER, 120), f"it comes to {pattern}"):
        return
    tap.note(f"closed {later} s after: {window.state('status').splitlines()[:1]}")
    time.sleep(later)
    window.xdotool("key", "ctrl+q")
    asked = time.monotonic()
    while window.process.poll() is None and time.monotonic() < asked + 30:
        time.sleep(0.02)
    took = time.monotonic() - asked
    tap.ok(window.process.poll() == 0 and took < SOON_S, f"{later} s later it is closed: status {window.process.poll()}, {took:.1f} s")
    tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")


def close_by_menu(tap, window):
    """Quit is the last of the main menu, which F10 opens; the letter under the word chooses it there."""
    tap.ok(window.find() and window.focus() and window.wait_status(r"nodes?, coverage", 120), "a field is fitted, and no key but those of the menu is pressed")
    window.xdotool("key", "F10")
    time.sleep(1)
    window.picture("quit-menu.png")
    window.xdotool("key", "q")
    tap.ok(window.ends(), f"closed by the menu: status {window.process.poll()}")
    tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")


def close_saving(tap, window):
    """What the user has just saved is not lost, nor what is saved while another file is written."""
    stems = [os.path.join(window.folder, name) for name in ("first", "second")]
    tap.ok(window.find() and window.wait_status(r"nodes?, coverage", 120), "a field is fitted")
    for stem in stems:
        window.activate("save-session", GLib.Variant("s", stem + ".cryofield"))
    window.quit()
    tap.ok(window.ends(), f"closed while it saves: status {window.process.poll()}")
    for stem in stems:
        there = [ending for ending in (".cryofield", ".neural.safetensors") if os.path.exists(stem + ending)]
        tap.ok(len(there) == 2, f"{os.path.basename(stem)}: session and field are there, {' '.join(there)}")
    tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")


def main():
    tap = journey.Tap()
    closings = [functools.partial(close_at, pattern=pattern, later=later) for pattern, later in MOMENTS] + [close_by_menu, close_saving]
    for closing in closings:
        window = journey.Window(sys.argv[1], ["--epochs", "1"])
        try:
            closing(tap, window)
        finally:
            window.close()
    return tap.finish()


sys.exit(main())
