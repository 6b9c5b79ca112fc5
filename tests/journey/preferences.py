"""preferences.py PROGRAM: settings act: at the start, and when they change while the window is open."""
import os
import sys
import time

from gi.repository import GLib

import journey
from shell import brightness

GROUND = "60x60+320+130"
HUD = "260x60+760+660"  # the scale bar


def write(window, settings):
    path = os.path.join(window.environment["XDG_CONFIG_HOME"], "glib-2.0", "settings", "keyfile")
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write("[org/cryofield/Cryofield]\n" + "".join(f"{name}='{value}'\n" for name, value in settings.items()))
    os.rename(path + ".new", path)


def main():
    tap = journey.Tap()
    settings = {"mouse": "pymol", "ground": "white", "recipe": "paper", "device": "cpu", "length-unit": "angstrom"}
    window = journey.Window(sys.argv[1], ["--epochs", "1"], settings)
    ground = lambda: brightness(window.picture("ground.png"), GROUND)
    try:
        tap.ok(window.find() and window.wait_status("Training", 120), "the window is on the bus")
        tap.ok(window.state("mouse") == "pymol", "mouse as in PyMOL, as it was set")
        tap.ok(window.state("recipe") == "paper", "recipe as it was set")
        tap.ok(window.wait(lambda: ground() > 0.95, 30), f"a white ground: {ground():.2f}")
        write(window, settings | {"ground": "dark", "mouse": "coot"})
        tap.ok(window.wait(lambda: ground() < 0.2, 60), f"dark once that changes: {ground():.2f}")
        tap.ok(window.wait(lambda: window.state("mouse") == "coot", 20), "and mouse as in Coot")
        window.xdotool("mousemove", "1270", "850")
        time.sleep(1)
        before = window.picture("angstrom.png", HUD)
        write(window, settings | {"ground": "dark", "mouse": "coot", "length-unit": "nanometre"})
        tap.ok(window.wait(lambda: journey.pixels_that_differ(before, window.picture("nanometre.png", HUD)) > 20, 60), "the scale bar is in nanometres")
        window.change("mouse", GLib.Variant("s", "chimerax"))
        path = os.path.join(window.environment["XDG_CONFIG_HOME"], "glib-2.0", "settings", "keyfile")
        tap.ok(window.wait(lambda: "mouse='pymol'" not in open(path, encoding="utf-8").read() and "coot" not in open(path, encoding="utf-8").read(), 20),
               "what is chosen in the menu is kept")
        window.focus()
        window.xdotool("key", "ctrl+comma")
        tap.ok(window.wait(lambda: window.xdotool("search", "--onlyvisible", "--name", "Preferences").split(), 30), "Ctrl+comma opens the preferences")
        time.sleep(2)
        window.picture("preferences.png")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
