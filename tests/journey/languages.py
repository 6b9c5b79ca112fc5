"""languages.py PROGRAM LANGUAGES: the window in each language of po/LINGUAS, which LANGUAGES is: that its words are there, and that they have room."""
import gettext
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time

from gi.repository import GLib

import helix
import journey
from accessible import Reader

NARROW, LOW = 900, 600  # the smallest window that everything has to fit
FOLDS = 1080  # narrower the panels fold away (src/app/cf-window.c): a window that needs more never comes there
WORDS = ("Seed threshold", "Author contour", "Train", "Epochs at most", "Surface", "Show", "View", "Selection", "Open a model…", "voxels in use")

journey.need("xprop", "identify")


def least_width(window):
    """What the window says that it needs at least; pixels."""
    said = subprocess.run(["xprop", "-id", window.focus(), "WM_NORMAL_HINTS"], env=window.environment, capture_output=True, text=True, check=False).stdout
    found = re.search(r"minimum size: (\d+) by", said)
    return int(found[1]) if found else 0


def box_of(reader, at):
    """x, y, width, height in the window, which has an edge of its own around it."""
    box = reader.atspi.Component.get_extents(at, reader.atspi.CoordType.WINDOW)
    return box.x, box.y, box.width, box.height


def frame_width(reader):
    return next(box_of(reader, at)[2] for at, _ in reader.walk() if at.get_role_name() == "frame")


def cut(reader):
    """What reaches over an edge of the window."""
    width = frame_width(reader)
    boxes = [(at, box_of(reader, at)) for at, _ in reader.walk() if at.get_role_name() in ("label", "text", "slider", "push button", "toggle button", "combo box")]
    return [f"{at.get_role_name()} '{at.get_name()}' at {x} + {w} of {width}" for at, (x, _, w, h) in boxes if w > 0 and h > 0 and (x < 0 or x + w > width)]


def notes_keep_off(window, reader, style):
    """What is written in the picture does not run under the tools: beside the first of them, which has that name, the picture is of one colour."""
    label = next((at for at, _ in reader.walk() if at.get_role_name() == "label" and at.get_name() == style), None)
    edge = (journey.WIDTH - frame_width(reader)) // 2
    x, y, _, h = box_of(reader, label)
    strip = window.picture("beside-tools.png", f"4x{h}+{x + edge - 16}+{y + edge}")
    return int(subprocess.run(["identify", "-format", "%k", strip], capture_output=True, text=True, check=True).stdout) == 1


def look(window, language, translated):
    """Each check and whether it went well."""
    reader = Reader(window)
    if not window.wait(lambda: reader.program() is not None, 30):
        return [(False, "AT-SPI knows the window")]
    names = {(at.get_name() or "").strip() for at, _ in reader.walk()}
    missing = [f"{word}: {there}" for word, there in zip(WORDS, translated) if there not in names]
    other = sum(word != there for word, there in zip(WORDS, translated))
    seen = [(not missing and other > len(WORDS) // 2, f"{', '.join(translated)} {missing}"),
            (notes_keep_off(window, reader, translated[WORDS.index("Surface")]), "no note runs under the tools")]
    least, edge = least_width(window), cut(reader)
    seen += [(0 < least < FOLDS, f"{least} pixels are the least that it needs with all panels"), (not edge, f"nothing is cut {edge[:4]}")]
    window.xdotool("windowsize", "--sync", window.focus(), NARROW, LOW)
    time.sleep(1)
    window.picture(f"{language}.png")
    least, edge = least_width(window), cut(reader)
    return seen + [(0 < least <= NARROW, f"{least} pixels when it is narrow"), (not edge, f"nothing is cut at {NARROW} x {LOW} {edge[:4]}")]


def check(program, language, path):
    """In a process of its own: AT-SPI is bound to one bus for as long as that lives."""
    words = gettext.translation("cryofield", os.path.join(os.path.dirname(os.path.abspath(program)), "po"), [language])
    window = journey.Window(program, ["--empty"], GTK_A11Y="atspi", NO_AT_BRIDGE="0", LANGUAGE=language)
    try:
        window.find()
        window.activate("open-files", GLib.Variant("as", [path]))
        seen = [(window.wait(lambda: window.describe("train")[0], 60), "a map is open")]
        time.sleep(1)
        seen += look(window, language, [words.gettext(word) for word in WORDS])
        return seen + [(not window.errors(), f"nothing was complained about {window.errors()[:2]}")]
    finally:
        window.close()


def main():
    tap = journey.Tap()
    program, languages = sys.argv[1], sys.argv[2]
    with open(languages, encoding="utf-8") as file:
        names = [word for line in file if not line.startswith("#") for word in line.split()]
    with tempfile.TemporaryDirectory() as folder, multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        path = helix.write(folder)
        for language in names:
            for good, what in pool.apply(check, (program, language, path)):
                tap.ok(good, f"{language}: {what}")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
