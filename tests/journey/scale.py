"""scale.py PROGRAM: the window on a screen of two device pixels by pixel (GDK_SCALE): the picture has all of them, and what is picked lies where it is seen."""
import os
import subprocess
import sys
import tempfile
import time

import helix
import journey

SIZE = 900, 600
CROP = 300, 220, 340, 120  # width, height, left, top: inside the picture


def geometry(scale):
    width, height, left, top = (scale * v for v in CROP)
    return f"{width}x{height}+{left}+{top}"


def look(tap, program, path, scale):
    """The picture, and it again after a double click beside its middle, which centres what lies there."""
    journey.WIDTH, journey.HEIGHT = SIZE[0] * scale, SIZE[1] * scale
    window = journey.Window(program, ["--epochs", "1", path], GDK_SCALE=str(scale))
    try:
        tap.ok(helix.is_open(window), f"scale {scale}: the map is open")
        window.xdotool("windowmove", window.focus(), 0, 0)
        window.xdotool("windowsize", "--sync", window.focus(), SIZE[0] * scale, SIZE[1] * scale)
        time.sleep(2)
        pictures = [window.settled_picture(f"scale-{scale}.png", geometry(scale))]
        pictures[0] = keep(pictures[0], scale, "plain")
        window.xdotool("mousemove", scale * 545, scale * 245)
        time.sleep(1)  # a loaded machine takes a move and a click in one breath for a drag
        window.xdotool("click", "--repeat", 2, "--delay", 80, 1)
        time.sleep(2)
        window.xdotool("mousemove", scale * 30, scale * 500)
        pictures.append(keep(window.settled_picture(f"scale-{scale}-centred.png", geometry(scale)), scale, "centred"))
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
        return pictures
    finally:
        window.close()


def keep(path, scale, name):
    kept = os.path.join(tempfile.gettempdir(), f"cryofield-scale-{os.getpid()}-{scale}-{name}.png")
    os.replace(path, kept)
    return kept


def differ(a, b, resize_a, resize_b):
    """Mean difference of two pictures, each resized first, of 1."""
    done = subprocess.run(["convert", "(", a, "-filter", "box", "-resize", resize_a, ")", "(", b, "-filter", "box", "-resize", resize_b, ")", "-alpha", "off",
                           "-compose", "difference", "-composite", "-format", "%[fx:mean]", "info:"], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main():
    tap = journey.Tap()
    with tempfile.TemporaryDirectory() as folder:
        path = helix.write(folder)
        once, twice = (look(tap, sys.argv[1], path, scale) for scale in (1, 2))
    same = differ(once[0], twice[0], "100%", "50%")
    tap.ok(same < 0.01, f"the same picture: mean difference {same:.4f}")
    coarse = differ(twice[0], once[0], "100%", "200%")
    tap.ok(coarse > 1.1 * same, f"with more in it than the small one enlarged: {coarse:.4f}")
    moved = differ(once[0], once[1], "100%", "100%")
    centred = differ(once[1], twice[1], "100%", "50%")
    tap.ok(moved > 0.015 and centred < 0.01, f"a double click centres the same place: {moved:.4f} away from before, {centred:.4f} from each other")
    for name in once + twice:
        os.remove(name)
    return tap.finish()


sys.exit(main())
