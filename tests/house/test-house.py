#!/usr/bin/python3
"""test-house.py SOURCE BUILD: what holds for all rooms: each header compiles alone, arrows run one way, and what is shipped is valid."""
import concurrent.futures
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

from tap import Skip, collect, equal, run

SOURCE, BUILD = sys.argv[1:3]
ROOMS = {
    "core": {"core"},
    "compute": {"core", "compute"},
    "render": {"core", "compute", "render"},
    "report": {"core", "compute", "report"},
    "archive": {"core", "archive"},
    "cli": {"core", "compute", "render", "report", "archive", "cli"},
    "app": {"core", "compute", "render", "report", "archive", "app"},
}
# Headers of libraries that only some rooms may see.
ONLY = {"gtk/": {"app"}, "gdk/": {"app"}, "adwaita.h": {"app"}, "epoxy/": {"render", "app"}, "EGL/": {"render"}, "png.h": {"render"},
        "cairo": {"report", "app"}, "pango/": {"report", "app"}, "zlib.h": {"core", "cli", "render"}, "libav": {"render"}, "libswscale/": {"render"}, "libxml/": {"core"}, "gemmi/": {"core"},
        "libsoup/": {"archive"}}


def files(room, *endings):
    return sorted(path for ending in endings for path in glob.glob(f"{SOURCE}/src/{room}/*.{ending}"))


def includes(path):
    with open(path, encoding="utf-8") as file:
        return re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', file.read(), re.M)


def flags(room):
    """The compiler and the flags that meson compiles a C file of the room with."""
    with open(f"{BUILD}/compile_commands.json", encoding="utf-8") as file:
        for entry in json.load(file):
            path = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
            if path.startswith(f"{SOURCE}/src/{room}/") and path.endswith(".c"):
                words = shlex.split(entry["command"])
                words = [w for w in words if w not in ("-c", "-MD")]
                for option in ("-o", "-MF", "-MQ"):
                    at = words.index(option)
                    del words[at:at + 2]
                return [w for w in words if not w.endswith(".c")]
    raise AssertionError(f"no C file of {room} in compile_commands.json")


def test_public_headers_compile_alone():
    jobs = []
    for room in ROOMS:
        command = flags(room)
        for header in files(room, "h"):
            jobs.append((header, command + ["-fsyntax-only", "-Werror", "-x", "c", "-include", header, "/dev/null"]))
    assert len(jobs) > 30, len(jobs)

    def compile_one(job):
        return job[0], subprocess.run(job[1], cwd=BUILD, capture_output=True, text=True, check=False)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for header, done in pool.map(compile_one, jobs):
            assert done.returncode == 0, f"{header}: {done.stderr[:600]}"


def test_arrows_run_one_way():
    room_of = {os.path.basename(path): room for room in ROOMS for path in files(room, "h")}
    seen = 0
    for room, may in ROOMS.items():
        for path in files(room, "c", "h", "cc", "cpp"):
            for name in includes(path):
                seen += 1
                other = room_of.get(os.path.basename(name))
                assert other is None or other in may, f"{path} includes {name} of {other}"
                for start, rooms in ONLY.items():
                    assert not name.startswith(start) or room in rooms, f"{path} includes {name}"
    assert seen > 200, seen


def test_libraries_do_not_print_or_exit():
    words = re.compile(r"(?<![\w.>])(printf|puts|putchar|exit|_exit|abort|g_print|g_printerr)\s*\(")
    for room in ("core", "compute", "render", "report", "archive"):
        for path in files(room, "c", "cc", "cpp"):
            with open(path, encoding="utf-8") as file:
                text = re.sub(r"/\*.*?\*/|//[^\n]*|\"(\\.|[^\"\\\n])*\"", "", file.read(), flags=re.S)
            found = words.search(text)
            assert not found, f"{path}: {found.group(0)}"


def test_files_are_short_enough_to_read():
    long = [path for room in ROOMS for path in files(room, "c", "h", "cc", "cpp") if sum(1 for _ in open(path, encoding="utf-8")) > 800]
    equal(long, [])


def test_settings_schema():
    if not shutil.which("glib-compile-schemas"):
        raise Skip("glib-compile-schemas is not installed")
    done = subprocess.run(["glib-compile-schemas", "--strict", "--dry-run", f"{SOURCE}/resources"], capture_output=True, text=True, check=False)
    equal((done.returncode, done.stdout, done.stderr), (0, "", ""))


def test_scripts_are_posix_shell():
    for name in ("run", "check", ".ci/run", "tools/setup.sh", "tools/gpu-proof.sh", "tools/potfiles.sh", "tools/sanitize.sh", "tools/evaluate.sh"):
        done = subprocess.run(["sh", "-n", f"{SOURCE}/{name}"], capture_output=True, text=True, check=False)
        equal((done.returncode, done.stderr), (0, ""), name)
        assert name.endswith(".sh") or os.access(f"{SOURCE}/{name}", os.X_OK), name


def test_manual_names_every_command_and_option():
    program = os.environ["CRYOFIELD_CLI"]
    manual = manual_of("cryofield-cli")
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    for line in text.split("Commands:")[1].splitlines():
        if not line.startswith("  "):
            continue
        command = line.split()[0]
        assert f"\n.SS {command}" in manual, command
        usage = subprocess.run([program, command, "--help"], capture_output=True, text=True, check=True).stdout
        for option in re.findall(r"--[a-z][a-z-]+", usage):
            assert option in manual, f"{command} {option}"


def manual_of(name):
    with open(f"{SOURCE}/docs/{name}.1", encoding="utf-8") as file:
        return file.read().replace("\\-", "-")


def test_manual_of_the_window_names_every_option():
    usage = subprocess.run([f"{BUILD}/cryofield", "--help"], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout
    options = re.findall(r"--[a-z][a-z-]+", usage)
    assert len(options) > 5, options
    for option in options:
        assert option in manual_of("cryofield"), option


run(collect(globals()))
