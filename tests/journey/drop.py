"""drop.py PROGRAM CLI: files dragged from another program, which GTK's own drag source stands for, and dropped on the window: a map opens, a model joins it, the
head says that they may be dropped, and what is neither is refused in words."""
import os
import subprocess
import sys
import tempfile
import time

import journey

SOURCE = """
import sys
import gi
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk
def activate(application):
    window, label, source = Gtk.ApplicationWindow(application=application, title="Source", default_width=150, default_height=150), Gtk.Label(label="files"), Gtk.DragSource()
    names = "".join(Gio.File.new_for_path(path).get_uri() + "\\r\\n" for path in sys.argv[1:])
    source.set_actions(Gdk.DragAction.COPY)
    source.connect("prepare", lambda *_: Gdk.ContentProvider.new_for_bytes("text/uri-list", GLib.Bytes.new(names.encode())))
    label.add_controller(source)
    window.set_child(label)
    window.present()
application = Gtk.Application(flags=Gio.ApplicationFlags.NON_UNIQUE)
application.connect("activate", activate)
application.run([])
"""
HEAD = "200x12+300+44"  # where the head ends
STEPS = "280x430+10+60"


def drag(window, paths, seen=None):
    """From the source at the right into the picture; seen is called while the files are over the window."""
    source = subprocess.Popen(["/usr/bin/python3", "-c", SOURCE, *paths], env=window.environment, stderr=subprocess.DEVNULL)
    find = lambda: window.xdotool("search", "--onlyvisible", "--name", "^Source$").split()
    try:
        if not window.wait(find, 30):
            return False
        window.xdotool("windowmove", find()[0], 1060, 100)
        time.sleep(1)
        window.xdotool("mousemove", 1130, 170, "mousedown", 1)
        for i in range(1, 21):
            window.xdotool("mousemove", 1130 - 34 * i, 170 + 8 * i)
            time.sleep(0.05)
        time.sleep(1)
        if seen is not None:
            seen()
        window.xdotool("mouseup", 1)
        time.sleep(1)
    finally:
        source.kill()
        source.wait()
    return True


def main():
    program, cli = sys.argv[1], os.path.abspath(sys.argv[2])
    if subprocess.run(["/usr/bin/python3", "-c", "import gi; gi.require_version('Gtk', '4.0')"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        journey.skip_all("GTK 4 cannot be used from Python (gir1.2-gtk-4.0)")
    tap = journey.Tap()
    with tempfile.TemporaryDirectory() as folder:
        atom = "ATOM      {0}  CA  ALA A   {0}      {1:.3f}   2.000   3.000  1.00 20.00           C  \n"
        with open(f"{folder}/model.pdb", "w", encoding="ascii") as file:
            file.write("HEADER    DROPPED\n" + "".join(atom.format(i, 1 + 3.8 * i) for i in range(1, 3)) + "END\n")
        with open(f"{folder}/neither.txt", "w", encoding="ascii") as file:
            file.write("a letter\n" * 200)
        subprocess.run([cli, "simulate", f"{folder}/model.pdb", "-o", f"{folder}/map.mrc", "--resolution", "2"], check=True, capture_output=True)
        window = journey.Window(program, ["--empty"])
        try:
            tap.ok(window.find(), "the window is there")
            window.xdotool("windowsize", window.focus(), 1000, 760)
            time.sleep(1)
            before = window.picture("drop-before.png", HEAD)
            differ = []
            over = lambda: differ.append(journey.pixels_that_differ(before, window.picture("drop-over.png", HEAD)))
            tap.ok(drag(window, [f"{folder}/neither.txt"], over), "a letter is dropped")
            tap.ok(differ and differ[0] > 300, f"the head showed that files may be dropped: {differ}")
            tap.ok(not window.describe("copy-command")[0] and journey.pixels_that_differ(before, window.picture("drop-after.png", HEAD)) == 0, "it opens nothing")
            tap.ok(window.wait(lambda: window.describe("error-details")[0], 20), "and is refused in words")
            window.picture("drop-refused.png")
            tap.ok(drag(window, [f"{folder}/map.mrc"]), "a map is dropped")
            tap.ok(window.wait(lambda: "map.mrc" in journey.title(window) and window.describe("copy-command")[0], 30), f"it is open: {journey.title(window)}")
            steps = window.settled_picture("drop-map.png", STEPS)
            tap.ok(drag(window, [f"{folder}/model.pdb"]), "its model is dropped")
            differ = journey.pixels_that_differ(steps, window.settled_picture("drop-model.png", STEPS))
            tap.ok(differ > 50 and "map.mrc" in journey.title(window), f"and joins it, as the steps say: {differ} pixels differ")
            tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
        finally:
            window.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
