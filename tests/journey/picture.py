"""picture.py PROGRAM: what is done to the picture with pointer and keys, by what the actions then say and the pixels show."""
import json
import os
import subprocess
import sys
import time

from gi.repository import GLib

import helix
import journey

VIEW = "400x300+400+200"  # of the screen: inside the picture, beside what is written in it
SMALL = "300x220+460+120"  # the same of a window of 900 x 600
PANEL = (937, 82)  # the button "View"
LEFT, MIDDLE = 303, 666  # of the picture
HEIGHT = 96  # of the histogram in its panel


def set_state(window, action, value):
    window._call(window.name, journey.PATH, "org.gtk.Actions", "SetState", GLib.Variant("(sva{sv})", (action, value, {})))


def still(window, name, crop=VIEW):
    """The picture once it stands: in full detail, as three looks in a row agree."""
    same, before = 0, window.picture(name, crop)
    for _ in range(30):
        time.sleep(0.7)
        os.replace(before, before + ".png")
        after = window.picture(name, crop)
        same = same + 1 if journey.pixels_that_differ(before + ".png", after) == 0 else 0
        if same == 3:
            break
    return after


def points(window):
    """[level, colour, opacity] of each."""
    text = window.state("transfer")
    return [(float(a), b, float(c)) for a, b, c in (p.split(":") for p in text.split(","))] if text else []


def find_editor(picture):
    """left, top, width of the histogram: the row of the screen with the most of the points' red is its line, from level 0.25 to the right end."""
    pixels = subprocess.run(["convert", picture, "-depth", "8", "rgb:-"], capture_output=True, check=True).stdout
    rows = [[x for x in range(journey.WIDTH) if pixels[at + 3 * x:at + 3 * x + 3] == b"\xff\0\0"]
            for at in range(0, len(pixels), 3 * journey.WIDTH)]
    line = max(range(len(rows)), key=lambda y: len(rows[y]))
    right, quarter = rows[line][-1] + 1, rows[line][0] + 5
    width = 2 * (right - quarter)
    return right - width, line - HEIGHT + 5 + 0.3 ** 0.5 * (HEIGHT - 10), width


def place(editor, level, opacity):
    """Where a point stands on the screen: the axis of all histograms, and the root of the opacity."""
    left, top, width = editor
    return round(left + width * level ** 0.5), round(top + HEIGHT - 5 - opacity ** 0.5 * (HEIGHT - 10))


def transfer(tap, window):
    plain = still(window, "volume-plain.png")
    set_state(window, "transfer", GLib.Variant("s", "0.1:ffffff:0,0.25:ff0000:0.3,0.6:ff0000:0.3"))
    tap.ok(window.wait(lambda: len(points(window)) == 3, 5), "points come over the action")
    time.sleep(2)
    red = window.picture("volume-red.png", VIEW)
    tap.ok(journey.pixels_that_differ(plain, red) > 1000, "style Volume is shown by them")
    window.xdotool("mousemove", *PANEL, "click", 1)
    time.sleep(4)
    editor = find_editor(window.picture("transfer-panel.png"))
    tap.note(f"the histogram: {editor}")
    window.drag(*place(editor, 0.25, 0.3), *place(editor, 0.36, 0.64))
    tap.ok(window.wait(lambda: abs(points(window)[1][0] - 0.36) < 0.02 and abs(points(window)[1][2] - 0.64) < 0.05, 5),
           f"a point is dragged: {points(window)[1]}")
    window.xdotool("mousemove", *place(editor, 0.8, 0.04), "click", 1)
    tap.ok(window.wait(lambda: len(points(window)) == 4, 5), "a click adds one")
    tap.ok(abs(points(window)[3][0] - 0.8) < 0.02 and points(window)[3][1] == "ff0000", f"where it was: {points(window)[3]}")
    level = points(window)[3][0]
    window.xdotool("key", "Left", "Left")
    tap.ok(window.wait(lambda: level - 0.06 < points(window)[3][0] < level - 0.01, 5), "arrows move it")
    window.xdotool("key", "Delete")
    tap.ok(window.wait(lambda: len(points(window)) == 3, 5), "Delete removes it")
    window.xdotool("mousemove", *place(editor, *points(window)[1][::2]), "click", 3)
    tap.ok(window.wait(lambda: len(points(window)) == 2, 5), "the other button removes another")
    set_state(window, "transfer", GLib.Variant("s", ""))
    tap.ok(window.wait(lambda: window.xdotool("key", "Escape") or not window.has_dialog(), 10, 1), "Escape closes the panel")
    tap.ok(window.wait(lambda: not points(window), 5), "and without points")
    tap.ok(journey.pixels_that_differ(plain, still(window, "volume-again.png")) < 200, "the style looks as it did")
    set_state(window, "transfer", GLib.Variant("s", "nonsense"))
    tap.ok(not points(window), "what is no function leaves it")


def number(value):
    return GLib.Variant("d", value)


def turn_wheel(tap, window, style, name, before):
    """With PyMOL's mouse the wheel moves what cuts the picture: six notches, 0.06 of the map."""
    window.activate("style", GLib.Variant("s", style))
    plain = window.settled_picture(f"cut-{style}.png", VIEW)
    window.xdotool("mousemove", 600, 330, "click", "--repeat", 6, "--delay", 60, 5)
    tap.ok(window.wait(lambda: abs(abs(window.state(name) - before) - 0.06) < 1e-6, 10), f"the wheel moves {name}: {before} to {window.state(name)}")
    for _ in range(2):
        window.xdotool("click", "--repeat", 6, "--delay", 60, 5)
    moved = window.settled_picture(f"cut-{name}.png", VIEW)
    tap.ok(journey.pixels_that_differ(plain, moved) > 100, f"and what is seen: {journey.pixels_that_differ(plain, moved)} pixels")


def cuts(tap, window):
    """Slices, clip plane and free plane by the wheel, the divider by a drag."""
    set_state(window, "mouse", GLib.Variant("s", "pymol"))
    for axis in "xyz":
        set_state(window, f"slice-{axis}", number(0.5))
    window.activate("view-all")
    turn_wheel(tap, window, "slices", "slice-z", 0.5)
    set_state(window, "clip-near", number(0.4))
    turn_wheel(tap, window, "surface", "clip-near", 0.4)
    set_state(window, "clip-near", number(0))
    window.activate("plane")
    turn_wheel(tap, window, "surface", "plane-at", 0.5)
    window.activate("plane")
    set_state(window, "split-filter", GLib.Variant("s", "nearest"))
    window.activate("split")
    time.sleep(2)
    before = window.settled_picture("divided.png", VIEW)
    wanted = (500 - LEFT) / (2 * (MIDDLE - LEFT))
    window.drag(MIDDLE, 250, 500, 250)
    tap.ok(window.wait(lambda: abs(window.state("split-at") - wanted) < 0.03, 5), f"the divider is dragged: {window.state('split-at'):.3f}, {wanted:.3f}")
    after = window.settled_picture("divided-left.png", VIEW)
    tap.ok(journey.pixels_that_differ(before, after) > 100, "and what it divides")
    window.activate("split")
    set_state(window, "mouse", GLib.Variant("s", "chimerax"))


def final(tap, window):
    """The picture by the networks: begun, followed, ended by a move and by Esc, which would else close the message that stands."""
    window.activate("style", GLib.Variant("s", "surface"))
    window.activate("view-all")
    window.xdotool("windowsize", "--sync", window.focus(), 900, 600)
    window.xdotool("mousemove", 640, 550)
    before = still(window, "final-before.png", SMALL)
    window.focus()
    window.xdotool("key", "f")
    tap.ok(window.wait(lambda: 0 <= window.state("final") < 1, 10, 0.02), "f begins")
    slow = len(window.slow)
    shares = []
    tap.ok(window.wait(lambda: shares.append(window.state("final")) or shares[-1] == 1, 240), "and it comes to its end")
    tap.ok(shares == sorted(shares) and len(set(shares)) > 3, f"with progress: {len(set(shares))} different shares")
    tap.note(f"{len(window.slow) - slow} of {len(shares)} answers meanwhile took over 100 ms")
    time.sleep(1)
    after = window.picture("final.png", SMALL)
    window.picture("final-window.png")
    tap.ok(20 < journey.pixels_that_differ(before, after) < 60000, f"the picture is finer: {journey.pixels_that_differ(before, after)} pixels")
    window.drag(500, 300, 540, 310)
    tap.ok(window.wait(lambda: window.state("final") == -1, 5), "a move ends it")
    time.sleep(1)  # the frame in full detail that follows a move
    window.xdotool("key", "f")
    tap.ok(window.wait(lambda: 0 <= window.state("final") < 1, 10, 0.02), "it begins again")
    set_state(window, "transfer", GLib.Variant("s", "nonsense"))
    tap.ok(window.wait(lambda: window.describe("error-details")[0], 5), "while an error is told")
    window.focus()
    window.xdotool("key", "Escape")
    tap.ok(window.wait(lambda: window.state("final") == -1, 5) and window.describe("error-details")[0], "Esc stops it, the message stays")
    time.sleep(2)  # one message comes after another: until the error stands
    window.xdotool("key", "Escape")
    tap.ok(window.wait(lambda: not window.describe("error-details")[0], 5), "Esc again closes that")


def film(tap, window, folder):
    window.activate("film-turntable", GLib.Variant("s", os.path.join(folder, "turn.apng")))
    tap.ok(window.wait(lambda: window.state("film") > 0, 60), "a film is begun")
    window.focus()
    window.xdotool("key", "Escape")
    tap.ok(window.wait(lambda: window.state("film") == -1, 5), "and stopped by Esc")
    tap.ok(window.wait(lambda: not [n for n in os.listdir(folder) if n != "helix.mrc"], 30), "nothing is left of it")
    window.activate("film-threshold", GLib.Variant("s", os.path.join(folder, "levels.gif")))
    time.sleep(1)
    tap.ok(window.state("film") == -1 and os.listdir(folder) == ["helix.mrc"], "a name that no film can have is refused")


def picture_file(tap, window, folder):
    """A picture by the networks for a file: with its share while it is drawn, and stopped by Esc."""
    window.focus()
    window.xdotool("key", "f")
    tap.ok(window.wait(lambda: window.state("final") == 1, 240), "the picture by the networks")
    window.activate("screenshot", GLib.Variant("s", os.path.join(folder, "final.png")))
    tap.ok(window.wait(lambda: 0 < window.state("writing") < 1, 60), "it is written, which is shown")
    window.picture("writing.png", "900x600+0+0")
    window.xdotool("key", "Escape")
    tap.ok(window.wait(lambda: window.state("writing") == -1, 30) and window.state("final") == 1, "and stopped by Esc, which leaves the picture")
    tap.ok(os.listdir(folder) == ["helix.mrc"] and not window.describe("error-details")[0], f"nothing is left of it, nor is that an error: {os.listdir(folder)}")


def centre(window, folder):
    """Of the picture, as a session file has it."""
    path = os.path.join(folder, "view.cryofield")
    window.activate("save-session", GLib.Variant("s", path))
    window.wait(lambda: os.path.exists(path), 30)
    time.sleep(1)  # what it says of it has come in
    with open(path, encoding="utf-8") as file:
        read = json.load(file)
    os.remove(path)
    return read["view"]["camera"]["centre"]


def clicks(tap, window, folder):
    """A double click centres what lies there at whichever moment it comes: also while the full picture is drawn in parts."""
    moved = []
    for moment in (0.1, 0.25, 0.33, 0.4, 0.55, 0.7):  # an even number: the outlines end as they were
        window.activate("view-all")
        before = centre(window, folder)
        window.xdotool("mousemove", 640, 330)
        time.sleep(1)
        window.change("outline", GLib.Variant("b", not window.state("outline")))  # drawn anew
        time.sleep(moment)
        window.xdotool("click", "--repeat", 2, "--delay", 60, 1)
        time.sleep(0.5)
        moved.append(max(abs(a - b) for a, b in zip(before, centre(window, folder))))
    tap.ok(min(moved) > 0.2, f"a double click centres at any moment: {[round(m, 2) for m in moved]} A")


def main():
    tap = journey.Tap()
    with helix.window("--epochs", "3") as (window, folder):
        tap.ok(helix.is_open(window), "the map is open")
        window.focus()
        window.activate("style", GLib.Variant("s", "volume"))
        time.sleep(2)
        transfer(tap, window)
        cuts(tap, window)
        clicks(tap, window, folder)
        window.activate("train")
        tap.ok(window.wait_status("nodes?", 240), "a field is fitted")
        final(tap, window)
        picture_file(tap, window, folder)
        film(tap, window, folder)
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    return tap.finish()


sys.exit(main())
