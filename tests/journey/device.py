"""device.py PROGRAM: the graphics device loses what it had: the window says so, and draws it again; where it always does, the rest works on."""
import os
import sys
import tempfile

import helix
import journey

VIEW = "330x300+390+200"  # of the screen: inside the picture


def drawn(window, name):
    return window.settled_picture(name, VIEW, 60)


def said(window):
    window.log.flush()
    window.log.seek(0)
    return window.log.read().count(b"the graphics device was reset")


def main():
    tap = journey.Tap()
    with tempfile.TemporaryDirectory() as folder:
        path = helix.write(folder)
        pictures = {}
        for name, lose, losses in (("whole", "0", 0), ("lost", "4", 1), ("always", "-1", 6)):
            window = journey.Window(sys.argv[1], [path], CRYOFIELD_LOSE_CONTEXT=lose, G_MESSAGES_DEBUG="cryofield")
            try:
                tap.ok(helix.is_open(window), f"{name}: the map is open")
                window.xdotool("mousemove", 10, 850)
                for _ in range(3):  # frames enough
                    window.focus()
                    window.xdotool("key", "v")
                    drawn(window, "device.png")
                pictures[name] = os.path.join(folder, name + ".png")
                os.rename(drawn(window, name + ".png"), pictures[name])
                window.picture(f"device-{name}.png")
                tap.ok(said(window) == losses, f"losses: {said(window)}")
                tap.ok(window.process.poll() is None and not window.errors(), f"it runs on {window.errors()[:3]}")
                window.activate("train")
                tap.ok(window.wait_status("Training|Preparing|nodes", 60), "and trains")
            finally:
                window.close()
        tap.ok(journey.pixels_that_differ(pictures["whole"], pictures["lost"]) == 0, "after a loss the picture is the same")
        tap.ok(journey.pixels_that_differ(pictures["whole"], pictures["always"]) > 1000, "where it is always lost there is none")
    return tap.finish()


sys.exit(main())
