"""reader.py: the window as a screen reader has it, over AT-SPI; journeys that have to read numbers or to find a control by its name use it too."""
import os
import re

import journey

try:
    import gi

    gi.require_version("Atspi", "2.0")
    from gi.repository import GLib
except (ImportError, ValueError):
    journey.skip_all("gir1.2-atspi-2.0 is not installed")
if not os.path.exists("/usr/libexec/at-spi-bus-launcher"):
    journey.skip_all("at-spi2-core is not installed")

ENVIRONMENT = {"GTK_A11Y": "atspi", "NO_AT_BRIDGE": "0"}  # of a window that is read
CONTROLS = {"push button", "toggle button", "check box", "slider", "spin button", "combo box", "entry", "radio button", "menu item", "check menu item"}
SCROLLED = {"scroll pane", "panel"}  # they take the focus to be scrolled by keys; what is in them has names


class Reader:
    """What is on the screen, as a screen reader is told."""

    def __init__(self, window):
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = window.environment["DBUS_SESSION_BUS_ADDRESS"]
        os.environ["DISPLAY"] = window.environment["DISPLAY"]
        from gi.repository import Atspi
        self.atspi = Atspi
        self.rows = {}
        Atspi.init()
        Atspi.set_timeout(20000, 20000)

    def program(self):
        desktop = self.atspi.get_desktop(0)
        children = [desktop.get_child_at_index(i) for i in range(desktop.get_child_count())]
        return next((child for child in children if child and "cryofield" in (child.get_name() or "").lower()), None)

    def walk(self, at=None, path=()):
        """Each accessible that is shown, with the names of those that it is in."""
        at = at or self.program()
        if at is None:
            return
        yield at, path
        for i in range(at.get_child_count()):
            child = at.get_child_at_index(i)
            if child is not None:
                yield from self.walk(child, path + (f"{at.get_role_name()} '{at.get_name()}'",))

    def is_control(self, at):
        focusable = at.get_state_set().contains(self.atspi.StateType.FOCUSABLE)
        return focusable and at.get_role_name() not in SCROLLED or at.get_role_name() in CONTROLS

    def name_of(self, at):
        """Its own; GTK gives the name of the class where there is none."""
        name = (at.get_name() or "").strip(" :")
        return "" if re.match(r"(Gtk|Adw|Cf)[A-Z]\w+$", name) else name

    def has_name(self, at):
        """Its own, or that of a label or of the one control in it."""
        return bool(self.name_of(at)) or any(self.name_of(child) for child, _ in self.walk(at) if child is not at
                                             and child.get_role_name() in ("label", "push button", "toggle button"))

    def nameless(self):
        controls = [(at, path) for at, path in self.walk() if self.is_control(at)]
        without = [" > ".join(path[-4:]) + f" > {at.get_role_name()}" for at, path in controls if not self.has_name(at)]
        return len(controls), without

    def find(self, role, name):
        return next((at for at, _ in self.walk() if at.get_role_name() == role and name in (at.get_name() or "")), None)

    def value_beside(self, name):
        """Of the panels' rows of a name and a value: what stands after the name; None where it does not stand there. Found once, then looked up."""
        label = self.rows.get(name)
        if label is not None and label.get_name() == name:
            return self.after(label)
        for label in [at for at, _ in self.walk() if at.get_role_name() == "label" and at.get_name() == name]:
            if self.after(label):
                self.rows[name] = label
                return self.after(label)
        return None

    @staticmethod
    def after(label):
        """The name of what comes after it in its row or grid; None where nothing does."""
        around = label.get_parent()
        names = [around.get_child_at_index(i).get_name() for i in range(around.get_child_count())]
        at = names.index(label.get_name()) if label.get_name() in names else len(names)
        return names[at + 1] if at < len(names) - 1 else None

    def place(self, role, name):
        """Of a control: the middle of what it takes of the window, which lies at the corner of the screen; None where there is none."""
        controls = [at for at, _ in self.walk() if at.get_role_name() == role and self.name_of(at) == name]
        control = controls[0] if controls else self.find(role, name)
        if control is None:
            return None
        box = control.get_extents(self.atspi.CoordType.WINDOW)
        return box.x + box.width // 2, box.y + box.height // 2


def drain():
    context = GLib.MainContext.default()
    while context.iteration(False):
        pass
