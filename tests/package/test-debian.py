#!/usr/bin/python3
"""test-debian.py SOURCE [whole]: the Debian package. Without `whole`, what needs no build: that what ./run installs to build is what the package
asks for. With it: builds the package, installs it in a new Debian 12 (debootstrap, as root; CRYOFIELD_BOOKWORM may name a folder that holds one, which is
copied), shows its window on the demonstration, removes it, and looks for what is left. CRYOFIELD_DEB may name a package that was built before.
"""
import atexit
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Skip, collect, equal, run

SOURCE = os.path.abspath(sys.argv[1])
WHOLE = "whole" in sys.argv[2:]
FOLDER = tempfile.mkdtemp(prefix="cryofield-debian-")
ROOT = f"{FOLDER}/root"
atexit.register(shutil.rmtree, FOLDER, True)
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
SHOW = """
import sys
sys.path.insert(0, "/tests")
import journey
window = journey.Window("/usr/bin/cryofield", ["--epochs", "2"])
good = window.find() and window.wait_status("nodes?, coverage", 900)
print(window.state("status") if good else "the window does not come to a graph")
window.picture("/tests/window.png")
print("complaints:", window.errors()[:3])
window.close()
sys.exit(0 if good else 1)
"""


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def call(*words, where=FOLDER, **environment):
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=where, env={**os.environ, "PATH": PATH, **environment})
    assert done.returncode == 0, f"{' '.join(words[:6])}: exit status {done.returncode}: {(done.stdout + done.stderr)[-3000:]}"
    return done.stdout


def inside(*words):
    """In the new Debian, with /proc and a place for shared memory, which go with the process."""
    mounts = 'mount -t proc proc "$0/proc" && mkdir -p "$0/dev/shm" && mount -t tmpfs tmpfs "$0/dev/shm" && exec chroot "$0" "$@"'
    return call("unshare", "--mount", "sh", "-c", mounts, ROOT, *words, HOME="/root", TMPDIR="/tmp", LC_ALL="C.UTF-8", DEBIAN_FRONTEND="noninteractive",
                LANGUAGE="", PYTHONPATH="", DISPLAY="")


def need(*tools):
    if not WHOLE:
        raise Skip("the test debian-package does this")
    for tool in tools:
        if not shutil.which(tool, path=PATH):
            raise Skip(f"{tool} is not installed")


def needs(field):
    """Names of packages in a field of the source's paragraph."""
    text = re.search(rf"^{field}:(.*(?:\n .*)*)", read(f"{SOURCE}/debian/control"), re.M).group(1)
    return {re.split(r"[ (:]", entry.strip())[0] for entry in text.split(",")}


def test_what_is_needed_to_build_is_told_once_more_in_the_package():
    text = re.search(r'^packages_build="([^"]*)"', read(f"{SOURCE}/tools/setup.sh"), re.M).group(1)
    libraries = {name for name in text.split() if name.endswith("-dev")} - {"libopenblas-dev"}  # OpenBLAS is opened when a program starts
    assert len(libraries) > 10, libraries
    equal(sorted(libraries - needs("Build-Depends")), [], "in tools/setup.sh, and not in Build-Depends of debian/control")


def test_version_is_that_of_the_program():
    version = re.search(r"version: '([\d.]+)'", read(f"{SOURCE}/meson.build")).group(1)
    equal(re.match(r"cryofield \((\S+)\)", read(f"{SOURCE}/debian/changelog")).group(1), version)


def package():
    found = glob.glob(f"{FOLDER}/cryofield_*.deb")
    if not found:
        raise Skip("the package was not built")
    return found[0]


def test_it_builds():
    need("dpkg-buildpackage", "dh", "unshare")
    if os.environ.get("CRYOFIELD_DEB"):
        shutil.copy(os.environ["CRYOFIELD_DEB"], FOLDER)
        raise Skip("CRYOFIELD_DEB was built before")
    os.makedirs(f"{FOLDER}/source")
    for name in call("git", "ls-files", where=SOURCE).splitlines() if os.path.exists(f"{SOURCE}/.git") else []:
        if os.path.exists(f"{SOURCE}/{name}"):
            os.makedirs(os.path.dirname(f"{FOLDER}/source/{name}"), exist_ok=True)
            shutil.copy2(f"{SOURCE}/{name}", f"{FOLDER}/source/{name}", follow_symlinks=False)
    if not os.listdir(f"{FOLDER}/source"):
        raise Skip("the source is not a git checkout")
    compilers = "/usr/lib/ccache:" if os.path.isdir("/usr/lib/ccache") else ""
    call("dpkg-buildpackage", "-b", "-us", "-uc", where=f"{FOLDER}/source", PATH=compilers + PATH)
    shutil.rmtree(f"{FOLDER}/source")
    assert package()


def test_lintian_finds_no_error():
    need("lintian")
    package()
    said = call("lintian", "--allow-root", "--fail-on", "error", *(glob.glob(f"{FOLDER}/*.changes") or [package()]))
    assert "E: " not in said, said


def test_a_new_debian_takes_it():
    need("unshare", "chroot")
    deb = package()
    if os.geteuid() != 0:
        raise Skip("chroot needs root")
    if os.environ.get("CRYOFIELD_BOOKWORM"):
        call("cp", "-a", os.environ["CRYOFIELD_BOOKWORM"], ROOT)
    else:
        need("debootstrap")
        call("debootstrap", "--variant=minbase", "bookworm", ROOT, "http://deb.debian.org/debian")
    for name in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(name, ROOT + name)
    shutil.copy(deb, f"{ROOT}/root/cryofield.deb")
    inside("apt-get", "-qq", "update")
    inside("apt-get", "-qq", "-y", "--no-install-recommends", "install", "/root/cryofield.deb")
    assert "atoms" in inside("cryofield-cli", "info", "demo:")
    inside("sh", "-c", "cd /root && cryofield-cli run -o results --epochs 2 && ls results/*.report.html results/*.png")
    shutil.rmtree(f"{ROOT}/root/results")


def test_its_window_shows_the_demonstration():
    need("unshare")
    if not os.path.exists(f"{ROOT}/usr/bin/cryofield"):
        raise Skip("it is not installed")
    inside("apt-get", "-qq", "-y", "--no-install-recommends", "install", "xvfb", "xauth", "xdotool", "imagemagick", "dbus", "python3-gi", "gir1.2-glib-2.0")
    os.makedirs(f"{ROOT}/tests")
    shutil.copy(f"{SOURCE}/tests/journey/journey.py", f"{ROOT}/tests")
    said = inside("python3", "-c", SHOW)
    assert "complaints: []" in said, said
    colours = int(inside("identify", "-format", "%k", "/tests/window.png"))
    assert colours > 500, f"the window has {colours} colours"


def test_nothing_is_left_when_it_is_removed():
    need("unshare")
    if not os.path.exists(f"{ROOT}/usr/bin/cryofield"):
        raise Skip("it is not installed")
    held = [name for name in inside("dpkg", "-L", "cryofield").splitlines() if not os.path.isdir(ROOT + name)]
    assert "/usr/bin/cryofield" in held, held
    inside("apt-get", "-qq", "-y", "purge", "cryofield")
    equal([name for name in held if os.path.lexists(ROOT + name)], [])
    left = [path for path in glob.glob(f"{ROOT}/[!pt]*/**", recursive=True) if "ryofield" in os.path.basename(path)]
    equal([path for path in left if path != f"{ROOT}/root/cryofield.deb"], [])
    for name in ("usr/share/glib-2.0/schemas/gschemas.compiled", "usr/share/applications/mimeinfo.cache", "usr/share/mime/globs2"):
        if os.path.exists(f"{ROOT}/{name}"):
            with open(f"{ROOT}/{name}", "rb") as file:
                assert b"ryofield" not in file.read(), name


run(collect(globals()))
