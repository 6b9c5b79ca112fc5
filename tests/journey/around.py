"""around.py PROGRAM CLI: only a part of the map is trained, around residues that are typed or around what is selected; its command repeats it."""
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time

from gi.repository import GLib

import archive
import journey
from reader import ENVIRONMENT, Reader

ENTRY, USE = (100, 410), (262, 410)  # of the screen
ATOM = (603, 396)  # of the model, outside of the part: nothing lies before it
MARGIN = 5
EPOCHS = "Epochs of the training at most"


def box_around(atoms, residues):
    places = [at for _, residue, at in atoms if residue in residues]
    return [min(at[a] for at in places) - MARGIN for a in range(3)] + [max(at[a] for at in places) + MARGIN for a in range(3)]


def is_near(box, other):
    return box is not None and max(abs(a - b) for a, b in zip(box, other, strict=True)) < 0.002


def info(cli, path):
    """(box, voxels along the axes, sigma) of a neural map."""
    done = subprocess.run([cli, "info", path, "--json"], capture_output=True, text=True, timeout=60, check=True)
    read = json.loads(done.stdout)
    return read["box"], read["dims"], read["normalised"]["sigma"]


def export(tap, window, folder):
    """The neural map, and the command that repeats the training as the report has it."""
    neural, report = os.path.join(folder, "a.neural.safetensors"), os.path.join(folder, "a.report.json")
    window.activate("export-neural", GLib.Variant("s", neural))
    window.activate("export-report", GLib.Variant("s", report))
    tap.ok(window.wait(lambda: os.path.exists(neural) and os.path.exists(report), 60), "the neural map and a report are exported")
    with open(report, encoding="utf-8") as file:
        return neural, json.load(file)["commands"][0]


def saved_box(window, folder):
    """What the next fit is of, as a session file has it."""
    path = os.path.join(folder, "a.cryofield")
    if os.path.exists(path):
        os.remove(path)
    window.activate("save-session", GLib.Variant("s", path))
    window.wait(lambda: os.path.exists(path), 30)
    time.sleep(1)  # what it says of it has come in
    with open(path, encoding="utf-8") as file:
        read = json.load(file)
    return read["box"], [pick["at"] for pick in read["selection"]]


def type_epochs(tap, window):
    """None is the recipe's own number; what is no number leaves what was."""
    reader = Reader(window)
    tap.ok(window.wait(lambda: reader.place("spin button", EPOCHS) is not None, 60), "the epochs can be read")
    spin, seen = reader.find("spin button", EPOCHS), []
    x, y = reader.place("spin button", EPOCHS)
    for text in ("7", "auto", "12", "x", "0", "2"):
        window.xdotool("mousemove", x - 35, y, "click", "--repeat", 3, "--delay", 50, 1, "type", text)
        window.xdotool("key", "Return")
        window.pass_time(0.5)
        seen.append(int(reader.atspi.Value.get_current_value(spin)))
    window.picture("around-epochs.png")
    tap.ok(seen == [7, 0, 12, 12, 0, 2], f"epochs at most, as typed: {seen}")


def select(tap, window, folder, typed):
    """Around an atom that is selected, and back."""
    window.xdotool("mousemove", *ATOM, "click", 1)
    time.sleep(1)
    window.activate("train-around", GLib.Variant("s", ""))
    box, picks = saved_box(window, folder)
    tap.ok(len(picks) == 1 and is_near(box, box_around([("", 1, picks[0])], (1,))), f"around what is selected, {picks}: {box}")
    window.activate("undo")
    tap.ok(is_near(saved_box(window, folder)[0], typed), "undone, the next fit would be of the typed residues")
    window.activate("train-whole")
    tap.ok(saved_box(window, folder)[0] is None, "or of the whole map")


def main():
    program, cli = sys.argv[1], os.path.abspath(sys.argv[2])
    tap = journey.Tap()
    atoms = archive.helix(12)
    typed = box_around(atoms, (3, 4))
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("helix.mrc", "helix.cif")]
        for path, content in zip(paths, (archive.mrc(atoms), archive.mmcif("9AAA", atoms))):
            with open(path, "wb") as file:
                file.write(content)
        window = journey.Window(program, ["--epochs", "2", *paths], **ENVIRONMENT)
        try:
            tap.ok(window.find() and window.wait(lambda: window.describe("train-around")[0], 60), "the map is open")
            tap.ok(not window.describe("train-whole")[0], "all of it is what a fit would be of")
            level = window.state("level")
            window.settled_picture("around-open.png")
            window.activate("train-around", GLib.Variant("s", ""))
            time.sleep(1)
            window.activate("train-around", GLib.Variant("s", "B/3"))
            tap.ok(not window.describe("train-whole")[0], "nothing selected, and residues that are not there, leave that")
            window.picture("around-nothing.png")
            window.focus()
            type_epochs(tap, window)
            window.xdotool("mousemove", *ENTRY, "click", 1)
            window.xdotool("type", "A/3-4")
            window.xdotool("mousemove", *USE, "click", 1)
            tap.ok(window.wait(lambda: window.describe("train-whole")[0], 10), "residues typed, and used")
            window.settled_picture("around-part.png")
            window.activate("train")
            tap.ok(window.wait(lambda: window.describe("export-report")[0], 60), "their box is trained")
            tap.ok(abs(window.state("level") - level) < 1e-9, "the level is what it was")
            window.settled_picture("around-trained.png")
            neural, command = export(tap, window, folder)
            box, dims, sigma = info(cli, neural)
            tap.ok(is_near(box, typed), f"the neural map is of {box}, needs {typed}")
            select(tap, window, folder, typed)
            words = shlex.split(command)
            again = words[words.index("-o") + 1] = os.path.join(folder, "again.neural.safetensors")
            subprocess.run([cli, *words[1:], "--progress", "none"], timeout=60, check=True)
            tap.ok(info(cli, again) == (box, dims, sigma), f"and so is that of {command}")
            tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
        finally:
            window.close()
    return tap.finish()


sys.exit(main())
