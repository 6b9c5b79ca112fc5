"""accessible.py PROGRAM: what a screen reader is told, over AT-SPI: every control has a name, sliders a value, results are announced, Tab goes round."""
import os
import re
import sys
import tempfile
import time

import helix
import journey
from reader import ENVIRONMENT, GLib, Reader, drain


def check(tap, reader, what, least):
    n, without = reader.nameless()
    tap.ok(n >= least and not without, f"{what}: {n} controls, all with a name {without[:6]}")
    for line in without:
        tap.note(line)


def value_of(at):
    try:
        return at.get_current_value() if at.get_minimum_value() < at.get_maximum_value() else None
    except GLib.Error:
        return None


def focus_order(tap, window, reader, places):
    """Tab goes through all that can have the focus, place by place as the window is read, and comes back to where it began; Shift+Tab goes back."""
    heard = []
    listener = reader.atspi.EventListener.new(lambda event: event.detail1 == 1 and heard.append(reader.name_of(event.source) or event.source.get_role_name()))
    listener.register("object:state-changed:focused")
    window.focus()
    for _ in range(3):  # what a window gains by being looked at comes first
        window.xdotool("key", "Tab")
        time.sleep(0.4)
        drain()
    heard.clear()
    for _ in range(60):
        window.xdotool("key", "Tab")
        time.sleep(0.25)
        drain()
        if len(heard) > 8 and heard[-1] == heard[0]:
            break
    order = list(dict.fromkeys(heard))
    at = [next((i for i, name in enumerate(order) if place in name), -1) for place in places]
    start = at.index(min(at))
    tap.ok(-1 not in at and at[start:] + at[:start] == sorted(at), f"Tab goes by {places}: {at} of {order}")
    tap.ok(len(heard) > len(order), f"and comes round, after {len(order)} places")
    heard.clear()
    window.xdotool("key", "shift+Tab")
    tap.ok(window.wait(lambda: drain() or heard, 5) and heard[-1] in order, f"Shift+Tab goes back, to {heard[-1:]}")
    listener.deregister("object:state-changed:focused")


def about(tap, window, reader):
    """What computes and draws here is told in the window about the program."""
    window._call(window.name, "/org/cryofield/Cryofield", "org.gtk.Actions", "Activate", GLib.Variant("(sava{sv})", ("about", [], {})))
    texts = lambda: [reader.atspi.Text.get_text(at, 0, -1) for at, _ in reader.walk() if at.get_role_name() == "text"]
    told = lambda: next((text for text in texts() if text.startswith("Draws: ")), "")
    tap.ok(window.wait(lambda: told().count("\n") == 2, 20), f"about the devices: {told()!r}")
    tap.ok(re.search("^Draws: .*OpenGL .*\nComputes: .*threads?.*\nThe field in a picture: samples of the field, refined on the processor$", told()), "which are these")
    window.xdotool("key", "Escape")
    time.sleep(1)


def use(tap, window, reader, path):
    heard = []
    listener = reader.atspi.EventListener.new(lambda event: heard.append(str(event.any_data)))
    listener.register("object:property-change:accessible-name")
    window.activate("open-files", GLib.Variant("as", [path]))
    tap.ok(window.wait(lambda: window.describe("train")[0], 60), "a map is open")
    window.activate("train")
    tap.ok(window.wait_status("nodes?", 240), "and trained")
    time.sleep(1)
    check(tap, reader, "with a graph", 60)
    sliders = [(reader.name_of(at), value_of(at) or at.get_description()) for at, _ in reader.walk() if at.get_role_name() == "slider"]
    tap.ok(len(sliders) >= 2 and all(value for _, value in sliders), f"each slider tells its value: {sliders}")
    level = f"{window.state('level'):.4f} normalised"
    tap.ok(any(name == "Seed threshold" and level in str(value) for name, value in sliders), f"the threshold's is the level, {level}")
    steps = [at.get_description() for at, _ in reader.walk() if re.match(r"[1-5] \w+", reader.name_of(at)) and at.get_description()]
    tap.ok(steps[:3] == ["done", "done", "done"], f"what the badges show by colour is said: {steps}")
    drain()
    tap.ok(any("node" in text for text in heard), f"the result is said: {[text for text in heard if 'node' in text][:1]}")
    listener.deregister("object:property-change:accessible-name")
    focus_order(tap, window, reader, ["Menu", "1 Map", "2 Train", "3 Graph", "5 Export", "Style of the density", "Opacity of the density",
                                      "View all", "The field with its graph", "Seed threshold in file units", "Author contour"])
    for name in ("View", "Curves"):
        button = reader.find("push button", name)
        n = sum(1 for _ in reader.walk())
        if tap.ok(button is not None and button.get_n_actions() > 0 and button.do_action(0), f"{name} can be pressed"):
            time.sleep(2)
            tap.ok(sum(1 for _ in reader.walk()) > n, "and opens something")
            check(tap, reader, f"with {name}", 60)
            window.xdotool("key", "Escape")
            time.sleep(1)
    about(tap, window, reader)
    window.activate("keys")
    time.sleep(2)
    check(tap, reader, "with the shortcuts window", 60)
    if os.environ.get("CRYOFIELD_A11Y_DUMP"):
        for at, where in reader.walk():
            tap.note("  " * len(where) + f"{at.get_role_name()}: {at.get_name()!r} {[s.value_nick for s in at.get_state_set().get_states()]}")


def main():
    tap = journey.Tap()
    with tempfile.TemporaryDirectory() as folder:
        path = helix.write(folder)
        window = journey.Window(sys.argv[1], ["--empty", "--epochs", "1"], **ENVIRONMENT)
        try:
            tap.ok(window.find(), "the window is there")
            reader = Reader(window)
            tap.ok(window.wait(lambda: reader.program() is not None, 30), "and known to AT-SPI")
            time.sleep(1)
            check(tap, reader, "welcome", 30)
            focus_order(tap, window, reader, ["Open…", "Menu", "1 Map", "5 Export", "Take the tour"])
            use(tap, window, reader, path)
            errors = window.errors()
            tap.ok(not errors, f"nothing was complained about {errors[:3]}")
        finally:
            window.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
