"""notices.py PROGRAM: who looks elsewhere is told by the desktop when long work has ended; who looks at the window is not."""
import sys

import helix
import journey


def work(tap, window):
    """For more than ten seconds, with one thread; how long is not left to the machine: it is cancelled."""
    window.activate("train")
    tap.ok(window.wait_status("Training", 300), "it trains")
    window.pass_time(12)
    window.activate("cancel")
    tap.ok(window.wait(lambda: not window.describe("cancel")[0], 300), "and is ended")


def main():
    tap = journey.Tap()
    with helix.window("--epochs", "2000", settings={"threads": 1}) as (window, _):
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
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    return tap.finish()


sys.exit(main())
