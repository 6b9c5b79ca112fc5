"""training.py PROGRAM: what the camera looks at is trained first, what the user puts first before that."""
import glob
import os
import sys

from gi.repository import GLib

import journey


def queue(window):
    return window.state("queue").split()


def look_at(window, x):
    """Moves what lies x pixels right of the middle of the picture there, from the whole box in view."""
    window.xdotool("key", "v")
    window.drag(620, 350, 620 - x, 350, button=2)


def main():
    tap = journey.Tap()
    window = journey.Window(sys.argv[1], ["--epochs", "3"])
    try:
        tap.ok(window.find() and window.wait_status("^Training", 60), "the demonstration trains")
        window.activate("pause")
        tap.ok(window.wait_status("^Paused", 60), "it pauses")
        waiting = queue(window)
        tap.ok(len(waiting) >= 4, f"regions wait: {waiting}")
        window.focus()
        seen = []
        for x in (170, -170):
            look_at(window, x)
            before = seen[-1] if seen else waiting
            tap.ok(window.wait(lambda: queue(window) != before, 10), f"looking {x} pixels aside, the queue is {queue(window)}")
            seen.append(queue(window))
            window.picture(f"looking{x}.png")
        tap.ok(seen[0][0] != seen[1][0] and sorted(seen[0]) == sorted(seen[1]) == sorted(waiting), "left and right begin with other regions, none is lost")
        last = queue(window)[-1]
        window.activate("train-first", GLib.Variant("i", int(last) - 1))
        tap.ok(window.wait(lambda: queue(window)[0] == last, 5), f"region {last} is put first")
        look_at(window, 170)
        window.pass_time(1)
        tap.ok(queue(window)[0] == last, "and stays first, wherever the camera looks")
        window.activate("pause")
        tap.ok(window.wait(lambda: last not in queue(window), 60), "it is trained next")
        state = os.path.join(window.folder, ".local", "state", "cryofield")
        tap.ok(glob.glob(os.path.join(state, "sessions", "*.cryofield")), "a copy of the session was kept as the fit began")
        tap.ok(window.wait(lambda: glob.glob(os.path.join(state, "fits", "*", "region-*")), 120), "and of the fit under way")
        window.process.kill()
        window.process.wait()
        tap.ok(glob.glob(os.path.join(state, "sessions", "*.cryofield")) and glob.glob(os.path.join(state, "fits", "*", "region-*")),
               "killed, it leaves both for the next start")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()
    return tap.finish()


sys.exit(main())
