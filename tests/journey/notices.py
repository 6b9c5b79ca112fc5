"""notices.py PROGRAM: who looks elsewhere is told by the desktop when long work has ended; who looks at the window is not."""
import os
import sys
import time

from gi.repository import GLib

import helix
import journey


def work(tap, window):
    """For more than ten seconds, with one thread; how long is not left to the machine: it is cancelled."""
    window.activate("train")
    tap.ok(window.wait_status("Training", 300), "it trains")
    window.pass_time(12)
    window.activate("cancel")
    tap.ok(window.wait(lambda: not window.describe("cancel")[0], 300), "and is ended")


def film(tap, window, folder, shown):
    """Work that is not the session's is told of too, where it took as long: whether it does is the machine's."""
    del shown[:]
    started = time.monotonic()
    window.activate("film-turntable", GLib.Variant("s", os.path.join(folder, "turn.apng")))
    tap.ok(window.wait(lambda: window.state("film") >= 0, 30) and window.wait(lambda: window.state("film") == -1, 600), "a film is made")
    took = time.monotonic() - started
    window.pass_time(3)
    told = [text for _, text in shown if "turn.apng" in text]
    tap.ok(len(told) == 1 if took > 12 else not told if took < 9 else True, f"it took {took:.0f} s, and is told of where that is over ten: {shown}")


def main():
    tap = journey.Tap()
    with helix.window("--epochs", "2000", settings={"threads": 1}) as (window, folder):
        shown = window.take_notifications()
        tap.ok(helix.is_open(window, 300), "a map is open")
        identity = window.focus()
        window.xdotool("windowsize", "--sync", identity, 900, 600)
        window.xdotool("windowfocus", "--sync", identity, "mousemove", 300, 300)
        work(tap, window)
        window.pass_time(10)
        tap.ok(not shown, "whose window has the focus is not told")
        # Without a window manager the focus goes with the pointer, once it is no window's.
        window.xdotool("windowfocus", 0)
        window.xdotool("mousemove", 1270, 850)
        work(tap, window)
        tap.ok(window.wait(lambda: shown, 60) and "helix.mrc" in shown[0][0], f"who looks elsewhere is told: {shown}")
        film(tap, window, folder, shown)
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    return tap.finish()


sys.exit(main())
