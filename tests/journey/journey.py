"""journey.py: a person's use of the window, from outside of the process: a display, a session bus, a pointer. Prints TAP.

A journey has its own Xvfb and its own bus, so that journeys neither see each other nor the user's desktop.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

WIDTH, HEIGHT = 1280, 860
KEEP = os.environ.get("CRYOFIELD_JOURNEY_KEEP")  # a folder for the pictures, the blocks and what the program last said
PATIENCE = int(os.environ.get("CRYOFIELD_JOURNEY_PATIENCE", "4"))  # a machine that has other work to do is so much slower; what comes in time is not waited for
PATH = "/org/cryofield/Cryofield/window/1"


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def need(*tools):
    for tool in tools:
        if shutil.which(tool) is None:
            skip_all(f"{tool} is not installed")


need("Xvfb", "xdotool", "import", "compare", "convert", "dbus-daemon")
try:
    import gi

    gi.require_version("Gio", "2.0")
    from gi.repository import Gio, GLib
except (ImportError, ValueError):
    skip_all("python3-gi is not installed")


NOTIFICATIONS = """<node><interface name="org.freedesktop.Notifications">
  <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/></method>
</interface></node>"""


class Tap:
    """Counts and prints test lines; finish () is the exit status."""

    def __init__(self):
        self.n = 0
        self.failed = 0

    def ok(self, good, what):
        self.n += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {what}", flush=True)
        return good

    def note(self, text):
        print(f"# {text}", flush=True)

    def finish(self):
        print(f"1..{self.n}", flush=True)
        return 1 if self.failed else 0


class Window:
    """The program on a display of its own. Actions go over D-Bus, the pointer and keys through xdotool."""

    def __init__(self, program, arguments, settings=None, gtk=None, **environment):
        """settings: the program's own, as the user chose them before; gtk: those of GTK, as the desktop has them."""
        self.folder = tempfile.mkdtemp(prefix="cryofield-journey-")
        self.children = []
        self.environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")}
        self.environment.update(GDK_BACKEND="x11", GTK_A11Y="none", LC_ALL="C.UTF-8", HOME=self.folder, XDG_RUNTIME_DIR=self.folder,
                                XDG_CACHE_HOME=os.path.join(self.folder, "cache"), XDG_CONFIG_HOME=os.path.join(self.folder, "config"),
                                XDG_DATA_HOME=os.path.join(self.folder, "data"), GSETTINGS_BACKEND="memory", NO_AT_BRIDGE="1",
                                # compiled shaders outlive a journey: on a software rasteriser they cost seconds each time
                                MESA_SHADER_CACHE_DIR=os.path.join(tempfile.gettempdir(), f"cryofield-journey-shaders-{os.getuid()}"))
        self.environment.update(environment)
        if "CRYOFIELD_BLOCKS" in environment:
            self.environment["CRYOFIELD_BLOCKS"] = os.path.join(self.folder, "blocks")
        if settings:
            self._write_settings(settings)
        if gtk:
            self._write_gtk_settings(gtk)
        self._start_display()
        self._start_bus()
        self.log = open(os.path.join(self.folder, "log"), "w+b")
        self.started = time.monotonic()
        self.process = subprocess.Popen([os.path.abspath(program), *arguments], env=self.environment, stdout=self.log, stderr=self.log, cwd=self.folder)
        self.children.append(self.process)
        self.answers = 0
        self.slow = []  # answers that took over 100 ms: when they were asked for, and how long they took; seconds

    def _write_settings(self, settings):
        """What the user chose in an earlier run: names, and strings or whole numbers."""
        folder = os.path.join(self.environment["XDG_CONFIG_HOME"], "glib-2.0", "settings")
        os.makedirs(folder)
        with open(os.path.join(folder, "keyfile"), "w", encoding="utf-8") as file:
            file.write("[org/cryofield/Cryofield]\n" + "".join(f"{name}={repr(value) if isinstance(value, str) else f'uint32 {value}'}\n" for name, value in settings.items()))
        self.environment["GSETTINGS_BACKEND"] = "keyfile"

    def _write_gtk_settings(self, gtk):
        folder = os.path.join(self.environment["XDG_CONFIG_HOME"], "gtk-4.0")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "settings.ini"), "w", encoding="utf-8") as file:
            file.write("[Settings]\n" + "".join(f"{name}={value}\n" for name, value in gtk.items()))

    def _start_display(self):
        """One that does not begin anew when a client is gone and no other is there yet."""
        read, write = os.pipe()
        server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp", "-noreset"],
                                  pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        self.children.append(server)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            skip_all("Xvfb does not start")
        self.environment["DISPLAY"] = ":" + number

    def _start_bus(self):
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, env=self.environment)
        self.children.append(bus)
        address = bus.stdout.readline().decode().strip()
        if not address:
            skip_all("dbus-daemon does not start")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self.name = None

    def take_notifications(self):
        """From now on this is the desktop that shows them: (title, text) come into the list that it gives."""
        shown = []
        interface = Gio.DBusNodeInfo.new_for_xml(NOTIFICATIONS).interfaces[0]

        def called(connection, sender, path, name, method, parameters, invocation):
            if method == "Notify":
                shown.append(parameters.unpack()[3:5])
            answers = {"Notify": ("(u)", (len(shown),)), "GetCapabilities": ("(as)", (["body"],)),
                       "GetServerInformation": ("(ssss)", ("journey", "journey", "1", "1.2"))}
            invocation.return_value(GLib.Variant(*answers[method]) if method in answers else None)

        self.bus.register_object("/org/freedesktop/Notifications", interface, called, None, None)
        Gio.bus_own_name_on_connection(self.bus, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE, None, None)
        return shown

    def close(self):
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
        if KEEP and os.path.isdir(self.folder):
            shutil.copy(os.path.join(self.folder, "log"), KEEP)
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- the bus

    def _call(self, name, path, interface, method, parameters=None, timeout=120000):
        begun = time.monotonic()
        answer = self.bus.call_sync(name, path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, timeout, None)
        spent = time.monotonic() - begun
        if interface == "org.gtk.Actions":
            self.answers += 1
            if spent > 0.1:
                self.slow.append((begun - self.started, spent))
        return answer.unpack()

    def find(self, seconds=30):
        """The program is not unique on the bus: it is found by the objects that it exports. None is asked before there is a window: GLib 2.74 complains
        (check_unclosed) where a call reaches a connection that is not ready yet, and answers it nevertheless."""
        end = time.monotonic() + PATIENCE * seconds
        while time.monotonic() < end and self.process.poll() is None:
            if not self.xdotool("search", "--onlyvisible", "--class", "cryofield").split():
                time.sleep(0.1)
                continue
            for name in self._call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames")[0]:
                if name.startswith(":") and name != self.bus.get_unique_name():
                    try:
                        self._call(name, PATH, "org.gtk.Actions", "List", None, 5000)
                        self.name = name
                        return True
                    except GLib.Error:
                        pass
            time.sleep(0.1)
        return False

    def activate(self, action, *parameters):
        self._call(self.name, PATH, "org.gtk.Actions", "Activate", GLib.Variant("(sava{sv})", (action, list(parameters), {})))

    def quit(self):
        """As Ctrl+Q, without a moment between it and what was asked for before."""
        self._call(self.name, os.path.dirname(os.path.dirname(PATH)), "org.gtk.Actions", "Activate", GLib.Variant("(sava{sv})", ("quit", [], {})))

    def change(self, action, value):
        """Sets the state of an action."""
        self._call(self.name, PATH, "org.gtk.Actions", "SetState", GLib.Variant("(sva{sv})", (action, value, {})))

    def describe(self, action):
        """(enabled, state or None)"""
        enabled, _, state = self._call(self.name, PATH, "org.gtk.Actions", "Describe", GLib.Variant("(s)", (action,)))[0]
        return enabled, state[0] if state else None

    def state(self, action):
        return self.describe(action)[1]

    def pass_time(self, seconds):
        """Answering the bus."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while GLib.MainContext.default().iteration(False):
                pass
            time.sleep(0.05)

    def ends(self):
        """Whether it ends by itself, with status 0."""
        try:
            return self.process.wait(20 * PATIENCE) == 0
        except subprocess.TimeoutExpired:
            return False

    def wait(self, condition, seconds, every=0.1):
        """Until condition () holds, for so many seconds of a machine that has nothing else to do. False: it does not come to it, or the program ended."""
        end = time.monotonic() + PATIENCE * seconds
        while time.monotonic() < end and self.process.poll() is None:
            while GLib.MainContext.default().iteration(False):
                pass
            if condition():
                return True
            time.sleep(every)
        return False

    def wait_status(self, pattern, seconds):
        return self.wait(lambda: re.search(pattern, self.state("status")), seconds)

    # -- the display

    def xdotool(self, *arguments):
        done = subprocess.run(["xdotool", *map(str, arguments)], env=self.environment, capture_output=True, text=True, timeout=30)
        return done.stdout

    def focus(self, name="Cryofield"):
        """The window whose title has that name; "" where there is none."""
        window = (self.xdotool("search", "--onlyvisible", "--name", name).split() or [""])[0]
        self.xdotool("windowfocus", "--sync", window)
        return window

    def _dialogs(self):
        """Windows beside those that have a title."""
        visible = self.xdotool("search", "--onlyvisible", "--class", "cryofield").split()
        titled = self.xdotool("search", "--onlyvisible", "--name", "Cryofield").split()
        return [w for w in visible if w not in titled] if titled else []

    def has_dialog(self):
        return bool(self._dialogs())

    def focus_dialog(self):
        for window in self._dialogs():
            self.xdotool("windowfocus", "--sync", window)

    def drag(self, x0, y0, x1, y1, steps=12, button=1):
        self.xdotool("mousemove", x0, y0, "mousedown", button)
        for i in range(1, steps + 1):
            self.xdotool("mousemove", x0 + (x1 - x0) * i // steps, y0 + (y1 - y0) * i // steps)
            time.sleep(0.03)
        self.xdotool("mouseup", button)

    def picture(self, name, crop=None):
        path = os.path.join(self.folder, name)
        command = ["import", "-window", "root", *(["-crop", crop, "+repage"] if crop else []), path]
        subprocess.run(command, env=self.environment, check=True, timeout=30)
        if KEEP:
            shutil.copy(path, KEEP)
        return path

    def settled_picture(self, name, crop=None, seconds=30):
        """Once it no longer changes: pictures come in reduced detail first."""
        path, end, same = self.picture(name, crop), time.monotonic() + PATIENCE * seconds, 0
        while time.monotonic() < end and same < 2:
            time.sleep(1.5)
            before = shutil.copy(path, path + ".before.png")
            path = self.picture(name, crop)
            same = same + 1 if pixels_that_differ(before, path) == 0 else 0
        return path

    def errors(self):
        self.log.flush()
        self.log.seek(0)
        return [line for line in self.log.read().decode(errors="replace").splitlines() if re.search("WARNING|CRITICAL|ERROR|Sanitizer|runtime error", line)]

    def blocks(self):
        """What kept the main loop from listening for over 50 ms, of a window with CRYOFIELD_BLOCKS="": (when, s; clock, processor, without a core, ms)."""
        if KEEP:
            shutil.copy(os.path.join(self.folder, "blocks"), KEEP)
        with open(os.path.join(self.folder, "blocks"), encoding="utf-8") as file:
            return [tuple(map(float, line.split())) for line in file if not line.startswith(" ")]


def title(window):
    """Of the window."""
    identity = (window.xdotool("search", "--onlyvisible", "--name", "Cryofield").split() or [""])[0]
    return window.xdotool("getwindowname", identity).strip()


def pixels_that_differ(a, b):
    done = subprocess.run(["compare", "-metric", "AE", "-fuzz", "4%", a, b, "null:"], capture_output=True, text=True)
    return int(float(done.stderr.split()[0]))


def pixels_of(path, colour, percent=8):
    """How many have that colour, or nearly."""
    done = subprocess.run(["convert", path, "-fuzz", f"{percent}%", "-fill", "white", "-opaque", colour, "-fuzz", "0", "-fill", "black", "+opaque", "white",
                           "-format", "%[fx:mean*w*h]", "info:"], capture_output=True, text=True, check=True)
    return round(float(done.stdout))


def extent(path):
    """(width, height) of what stands on the ground, whose colour the corners have."""
    done = subprocess.run(["convert", path, "-fuzz", "8%", "-trim", "-format", "%w %h", "info:"], capture_output=True, text=True, check=True)
    return tuple(map(int, done.stdout.split()))
