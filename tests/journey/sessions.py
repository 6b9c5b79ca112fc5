"""sessions.py PROGRAM: a session is saved, opened again by another process, found out where its map changed, and brought back after a crash."""
import hashlib
import json
import os
import signal
import subprocess
import sys
import time

from gi.repository import GLib

import journey


def open_map(tap, window, path):
    window.activate("open-files", GLib.Variant("as", [path]))
    tap.ok(window.wait(lambda: window.describe("copy-command")[0], 60), f"{os.path.basename(path)} is open")


def make_map(program, folder):
    """Crambin at 3 A, coarse; a few hundred kB."""
    path = os.path.join(folder, "crambin.mrc")
    cli = os.path.join(os.path.dirname(os.path.abspath(program)), "cryofield-cli")
    model = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "resources", "demo", "1ejg.cif")
    subprocess.run([cli, "simulate", model, "--resolution", "3", "--spacing", "1", "-o", path], check=True, capture_output=True)
    return path, model


def save(tap, window, folder, model):
    path = os.path.join(folder, "s.cryofield")
    window.activate("open-files", GLib.Variant("as", [model]))
    time.sleep(1)
    for name, value in (("level", GLib.Variant("d", 0.3)), ("slice-x", GLib.Variant("d", 0.25)), ("style", GLib.Variant("s", "mesh")),
                        ("notes-text", GLib.Variant("s", "a note\nof two lines")), ("clip-near", GLib.Variant("d", 0.125))):
        window.change(name, value)
    window.focus()
    window.drag(640, 300, 700, 330)
    tap.ok(window.wait(lambda: window.state("unsaved"), 10), "what has notes and no file is unsaved")
    window.activate("save-session", GLib.Variant("s", path))
    tap.ok(window.wait(lambda: os.path.exists(path) and not window.state("unsaved"), 30), "saved")
    with open(path, encoding="utf-8") as file:
        saved = json.load(file)
    tap.ok(saved["format"] == "cryofield-session" and saved["version"] == 1, "it is a session")
    with open(saved["map"]["path"], "rb") as file:
        right = hashlib.sha256(file.read()).hexdigest()
    tap.ok(saved["map"]["sha256"] == right and saved["map"]["relative"] == "crambin.mrc", "which names its map, with its SHA-256")
    tap.ok(saved["view"]["options"]["slice-x"] == 0.25 and saved["view"]["options"]["style"] == "mesh" and saved["notes"] == "a note\nof two lines",
           "view and notes")
    tap.ok(journey.title(window).startswith("s.cryofield"), f"the title has its name: {journey.title(window)}")
    window.change("slice-x", GLib.Variant("d", 0.5))
    tap.ok(window.wait(lambda: journey.title(window).startswith("•"), 10), "and a mark once something changed")
    window.activate("close-map")
    tap.ok(window.wait(window.has_dialog, 10) and window.describe("close-map")[0], "closing the map asks first")
    window.focus_dialog()
    window.xdotool("key", "Escape")
    tap.ok(window.wait(lambda: not window.has_dialog(), 10) and window.state("notes-text") != "", "and with Escape it stays")
    window.change("slice-x", GLib.Variant("d", 0.25))
    tap.ok(window.wait(lambda: not window.state("unsaved"), 10), "which goes when it is as it was saved")
    return path, saved


def again(tap, program, path, saved):
    """Another process: the same state, so that saving it writes the same file."""
    window = journey.Window(program, [path])
    try:
        tap.ok(window.find(), "the session is opened from the command line")
        tap.ok(window.wait(lambda: window.describe("copy-command")[0] and window.state("notes-text") == saved["notes"], 60), "its notes are there")
        tap.ok(window.wait(lambda: abs(window.state("level") - 0.3) < 1e-6, 30), "its level")
        tap.ok(window.state("style") == "mesh" and window.state("slice-x") == 0.25 and window.state("clip-near") == 0.125, "its view")
        copy = path.replace("s.cryofield", "t.cryofield")
        tap.ok(window.wait(lambda: journey.title(window).startswith("s.cryofield"), 30), "its name")
        time.sleep(1.5)
        window.activate("save-session", GLib.Variant("s", copy))
        tap.ok(window.wait(lambda: os.path.exists(copy), 30), "saved again")
        with open(copy, encoding="utf-8") as file:
            same = json.load(file)
        differ = [k for k in saved if saved[k] != same[k]]
        near = all(abs(a - b) < 1e-6 for k in ("rotation", "centre") for a, b in zip(saved["view"]["camera"][k], same["view"]["camera"][k]))
        saved["view"].pop("camera"), same["view"].pop("camera")
        tap.ok(near and saved == same, f"it holds the same {differ}")
        window.picture("session.png")
        window.focus()
        window.xdotool("key", "ctrl+q")
        tap.ok(window.ends(), "Ctrl+Q ends it without a question")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()


def changed(tap, program, path, saved):
    with open(saved["map"]["path"], "r+b") as file:
        file.seek(2000)
        file.write(b"\1\2\3")
    window = journey.Window(program, [path])
    dialog = "Files Are Not as They Were"
    try:
        tap.ok(window.find(), "the map was changed meanwhile")
        shown = lambda: window.has_dialog()
        tap.ok(window.wait(shown, 60), f"which is said: {dialog}")
        time.sleep(1)
        window.picture("session-changed.png")
        tap.ok(not window.describe("copy-command")[0], "before anything is opened")
        window.focus_dialog()
        window.xdotool("key", "Return")
        tap.ok(window.wait(lambda: window.describe("copy-command")[0], 60), "what is there is opened when asked for")
    finally:
        window.close()


def ask(tap, window, button, what):
    """A question stands; its button is pressed by its key."""
    if tap.ok(window.wait(window.has_dialog, 20), what):
        time.sleep(1)
        window.focus_dialog()
        window.xdotool("key", button)
        window.wait(lambda: not window.has_dialog(), 10)


def replaced(tap, window, map_path, session):
    """Notes that are in no file are not lost when another map, a session or the demonstration is opened over them; a model joins without a question."""
    other = os.path.join(os.path.dirname(map_path), "other.mrc")
    journey.shutil.copy(map_path, other)
    window.activate("close-map")
    window.wait(lambda: not window.describe("copy-command")[0], 20)
    open_map(tap, window, map_path)
    window.change("notes-text", GLib.Variant("s", "not saved"))
    tap.ok(window.wait(lambda: window.state("unsaved"), 10), "notes that are in no file")
    for action, parameter in (("open-files", GLib.Variant("as", [other])), ("open-files", GLib.Variant("as", [session])), ("demo", None)):
        window.activate(action, *([parameter] if parameter else []))
        ask(tap, window, "Escape", f"{action}: it is asked first")
        time.sleep(1)
        tap.ok(window.state("notes-text") == "not saved" and window.describe("copy-command")[0], "with Escape all stays")
    window.activate("open-files", GLib.Variant("as", [other]))
    ask(tap, window, "alt+d", "asked again")
    tap.ok(window.wait(lambda: window.state("notes-text") == "" and "other.mrc" in journey.title(window), 60), f"discarded, it opens: {journey.title(window)}")


def discarded(tap, program, map_path):
    """What is unsaved is given up: the question and its window end together, without a complaint."""
    window = journey.Window(program, [map_path])
    try:
        tap.ok(window.find() and window.wait(lambda: window.describe("copy-command")[0], 60), "a map is open")
        window.change("notes-text", GLib.Variant("s", "in no file"))
        window.wait(lambda: window.state("unsaved"), 10)
        window.focus()
        window.xdotool("key", "ctrl+q")
        ask(tap, window, "alt+d", "closing asks first")
        tap.ok(window.ends(), f"discarded, it ends: {window.process.poll()}")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()


def fitted(tap, program, map_path):
    """A fit that took its time and is in no file: the window asks before it goes; brought back after a crash and saved, it is in a file that stays."""
    folder = os.path.dirname(map_path)
    state = os.path.join(folder, "state-fitted")
    settings = {"autosave-interval": 1}
    copies = lambda: [n for n in os.listdir(os.path.join(state, "cryofield", "sessions")) if n.endswith(".safetensors")] if os.path.isdir(state) else []
    window = journey.Window(program, ["--epochs", "1", map_path], settings, XDG_STATE_HOME=state)
    try:
        tap.ok(window.find() and window.wait(lambda: window.describe("train")[0], 60), "a map to be fitted")
        window.activate("train")
        tap.ok(window.wait_status("nodes?", 240), "a field is fitted")
        tap.ok(window.wait(lambda: window.state("unsaved"), 10), "which is in no file")
        window.quit()
        ask(tap, window, "Escape", "so closing asks first")
        tap.ok(window.process.poll() is None and window.describe("export-neural")[0], "and with Escape it stays")
        tap.ok(window.wait(copies, 60), "a copy is written")
        time.sleep(2)
        os.kill(window.process.pid, signal.SIGKILL)
        window.process.wait()
    finally:
        window.close()
    window = journey.Window(program, ["--empty"], settings, XDG_STATE_HOME=state)
    try:
        window.find()
        ask(tap, window, "Return", "after a crash it is offered")
        tap.ok(window.wait(lambda: window.describe("export-graph")[0] and window.state("unsaved"), 120), "brought back with its fit, which is in no file of the user's yet")
        window.activate("save-session", GLib.Variant("s", os.path.join(folder, "fitted.cryofield")))
        tap.ok(window.wait(lambda: not window.state("unsaved"), 60), "saved")
        window.focus()
        window.xdotool("key", "ctrl+q")
        tap.ok(window.ends() and not copies(), f"closed without a question, which leaves no copy {copies()}")
        with open(os.path.join(folder, "fitted.cryofield"), encoding="utf-8") as file:
            neural = json.load(file)["neural"]["path"]
        tap.ok(os.path.dirname(neural) == folder and os.path.exists(neural), f"the fit is beside the session: {neural}")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()


def lists(tap, window, folder):
    """A list that is opened, or dropped, in a window gets one of its own."""
    path = os.path.join(folder, "list.csv")
    with open(path, "w", encoding="ascii") as file:
        file.write("map,model\ncrambin.mrc,\n")
    n = lambda: len(window.xdotool("search", "--onlyvisible", "--class", "cryofield").split())
    before = n()
    window.activate("open-files", GLib.Variant("as", [path]))
    tap.ok(window.wait(lambda: n() > before, 20) and not window.describe("error-details")[0], "a list opens beside the map")


def crash(tap, program, map_path):
    """A process that is killed leaves a copy; the next one offers it; a third one, while that lives, is not offered it."""
    state = os.path.join(os.path.dirname(map_path), "state")
    settings = {"autosave-interval": 1}
    window = journey.Window(program, ["--empty"], settings, XDG_STATE_HOME=state)
    copies = lambda: [n for n in os.listdir(os.path.join(state, "cryofield", "sessions")) if n.endswith(".cryofield")] if os.path.isdir(state) else []
    try:
        tap.ok(window.find(), "a window with automatic copies each second")
        open_map(tap, window, map_path)
        window.change("notes-text", GLib.Variant("s", "before the crash"))
        tap.ok(window.wait(lambda: copies(), 30), "a copy is written")
        time.sleep(3)
        os.kill(window.process.pid, signal.SIGKILL)
        window.process.wait()
    finally:
        window.close()
    window = journey.Window(program, ["--empty"], settings, XDG_STATE_HOME=state)
    other = None
    try:
        tap.ok(window.find() and window.wait(window.has_dialog, 30), "after a crash it is offered")
        other = journey.Window(program, ["--empty"], settings, XDG_STATE_HOME=state)
        tap.ok(other.find() and not other.wait(other.has_dialog, 5), "to one process only")
        window.focus_dialog()
        time.sleep(1)
        window.picture("session-crash.png")
        window.xdotool("key", "Return")
        tap.ok(window.wait(lambda: window.state("notes-text") == "before the crash" and window.describe("copy-command")[0], 60), "and brought back")
        window.change("notes-text", GLib.Variant("s", ""))
        time.sleep(1)
        window.focus()
        window.xdotool("key", "ctrl+q")
        tap.ok(window.ends(), "it is closed")
        tap.ok(not copies(), f"which leaves no copy {copies()}")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()
        if other:
            other.close()


def windows(tap, window):
    window.focus()
    window.xdotool("key", "ctrl+n")
    tap.ok(window.wait(lambda: len(window.xdotool("search", "--onlyvisible", "--class", "cryofield").split()) > 1, 20), "Ctrl+N opens another window")


def main():
    tap = journey.Tap()
    program = sys.argv[1]
    window = journey.Window(program, ["--empty"])
    keep = journey.tempfile.mkdtemp(prefix="cryofield-sessions-")
    try:
        if tap.ok(window.find(), "the window is on the bus"):
            map_path, model = make_map(program, keep)
            open_map(tap, window, map_path)
            path, saved = save(tap, window, keep, model)
            replaced(tap, window, map_path, path)
            lists(tap, window, keep)
            windows(tap, window)
            tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
            window.close()
            again(tap, program, path, dict(saved))
            crash(tap, program, map_path)
            discarded(tap, program, map_path)
            fitted(tap, program, map_path)
            changed(tap, program, path, saved)
    finally:
        window.close()
        journey.shutil.rmtree(keep, ignore_errors=True)
    return tap.finish()


sys.exit(main())
