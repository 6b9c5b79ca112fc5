#!/usr/bin/python3
"""test-install.py SOURCE BUILD PREFIX: installs into a folder, and looks at what lies there as a desktop and a shell do."""
import atexit
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from tap import Skip, collect, equal, run

SOURCE, BUILD, PREFIX = sys.argv[1:4]
ROOT = tempfile.mkdtemp(prefix="cryofield-install-")
atexit.register(shutil.rmtree, ROOT, True)
SHARE = f"{ROOT}{PREFIX}/share"
with open(f"{SOURCE}/po/LINGUAS", encoding="utf-8") as linguas:
    LANGUAGES = [word for line in linguas if not line.startswith("#") for word in line.split()]
ID = "org.cryofield.Cryofield"
NEEDED = [
    "bin/cryofield", "bin/cryofield-cli", f"share/applications/{ID}.desktop", f"share/metainfo/{ID}.metainfo.xml", f"share/mime/packages/{ID}.xml",
    f"share/icons/hicolor/scalable/apps/{ID}.svg", f"share/icons/hicolor/symbolic/apps/{ID}-symbolic.svg",
    f"share/glib-2.0/schemas/{ID}.gschema.xml", "share/help/C/cryofield/guide.html", "share/man/man1/cryofield.1", "share/man/man1/cryofield-cli.1",
    *(f"share/help/{name}/cryofield/guide.{name}.html" for name in LANGUAGES),
    "share/bash-completion/completions/cryofield.bash", "share/bash-completion/completions/cryofield-cli.bash", "share/zsh/site-functions/_cryofield",
    "share/zsh/site-functions/_cryofield-cli", "share/fish/vendor_completions.d/cryofield.fish", "share/fish/vendor_completions.d/cryofield-cli.fish",
]
MAY = r"share/locale/[\w@]+/LC_MESSAGES/cryofield\.mo|share/doc/cryofield/.*|lib(/[\w-]+)?/cryofield/[\w-]+\.so"


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            raise Skip(f"{tool} is not installed")


def call(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{' '.join(words[:4])}: exit status {done.returncode}: {(done.stdout + done.stderr)[-2000:]}"
    return done.stdout


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def help_of(*words):
    return call(f"{ROOT}{PREFIX}/bin/{words[0]}", *words[1:], "--help", env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": ""})


def command_names():
    return re.findall(r"^  ([a-z][a-z-]*) ", help_of("cryofield-cli").split("Commands:")[1], re.M)


def long_options(name):
    """Those of a command, from the start of each line: words may name options of others."""
    return re.findall(r"^\s+(?:-\w, )?(--[a-z][a-z-]*)", help_of("cryofield-cli", name), re.M)


def test_everything_is_installed_and_nothing_else():
    call("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", ROOT, env={**os.environ, "PATH": "/usr/bin:" + os.environ["PATH"]})
    found = [os.path.relpath(path, ROOT + PREFIX) for path in glob.glob(f"{ROOT}/**", recursive=True) if os.path.isfile(path)]
    equal(sorted(set(NEEDED) - set(found)), [], "not installed")
    equal([path for path in found if path not in NEEDED and not re.fullmatch(MAY, path)], [], "installed, and not known to this test")
    for name in ("cryofield", "cryofield-cli"):
        assert re.fullmatch(name + r" \d+\.\d+\.\d+\n", call(f"{ROOT}{PREFIX}/bin/{name}", "--version")), name
    assert "atoms" in call(f"{ROOT}{PREFIX}/bin/cryofield-cli", "info", "demo:", cwd=ROOT)


def test_desktop_file():
    need("desktop-file-validate")
    path = f"{SHARE}/applications/{ID}.desktop"
    equal(call("desktop-file-validate", path), "")
    keys = dict(line.split("=", 1) for line in read(path).splitlines() if "=" in line)
    words = keys["Exec"].split()  # a desktop's first minute is the welcome page, not a fit
    assert words[0] == "cryofield" and words[-1] == "%F" and "--empty" in words, words
    equal([word for word in words[1:-1] if word not in help_of("cryofield")], [], "options that the program does not have")
    types = {node.get("type") for node in ElementTree.parse(f"{SHARE}/mime/packages/{ID}.xml").getroot()}
    equal(sorted(types - set(keys["MimeType"].split(";"))), [], "kinds of files that are not offered to the program")
    assert os.path.exists(f"{SHARE}/icons/hicolor/scalable/apps/{keys['Icon']}.svg")


def test_metainfo():
    need("appstreamcli")
    path = f"{SHARE}/metainfo/{ID}.metainfo.xml"
    call("appstreamcli", "validate", "--no-net", "--pedantic", path)
    root = ElementTree.parse(path).getroot()
    version = call(f"{ROOT}{PREFIX}/bin/cryofield", "--version").split()[1]
    equal(root.find("releases/release").get("version"), version, "the newest release")
    images = root.findall("screenshots/screenshot/image")
    assert images
    for image in images:  # each lies in docs/ under its name, in the size that is told
        paths = glob.glob(f"{SOURCE}/docs/**/{os.path.basename(image.text)}", recursive=True)
        assert paths, image.text
        with open(paths[0], "rb") as file:
            head = file.read(24)
        equal((int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")), (int(image.get("width")), int(image.get("height"))), image.text)


def test_icons_are_drawings():
    for path in glob.glob(f"{SHARE}/icons/**/*.svg", recursive=True):
        root = ElementTree.parse(path).getroot()
        equal(root.tag, "{http://www.w3.org/2000/svg}svg", path)
        equal(root.get("viewBox"), "0 0 16 16" if "symbolic" in path else "0 0 128 128", path)
        shapes = [node for node in root.iter() if node.tag.endswith(("path", "circle", "rect"))]
        assert len(shapes) >= 5, path


GUESS = """
import sys
from gi.repository import Gio
for name in sys.argv[1:]:
    head = open(name, "rb").read(4096)
    by_name, by_content = Gio.content_type_guess(name, None)[0], Gio.content_type_guess(None, head)[0]
    print(by_name, by_content, Gio.content_type_guess(name, head)[0])
"""


def test_kinds_of_files():
    need("update-mime-database")
    system = "/usr/share/mime/packages/freedesktop.org.xml"
    if not os.path.exists(system):
        raise Skip("shared-mime-info is not installed")
    shutil.copy(system, f"{SHARE}/mime/packages")
    call("update-mime-database", f"{SHARE}/mime")
    folder = f"{ROOT}/files"
    os.makedirs(folder)
    header = bytes(208) + b"MAP " + bytes(812)
    made = {"a.mrc": header, "b.map": header, "c.ccp4": bytes(208) + b"MAP\0" + bytes(812), "d": header, "e.map": b"one line of text\n",
            "f.map.gz": b"\x1f\x8b" + bytes(30), "g.neural.safetensors": b"\x10\0\0\0\0\0\0\0{}", "h.cryofield": b'{"format": 1}\n', "i.json": b"{}\n"}
    for name, content in made.items():
        with open(f"{folder}/{name}", "wb") as file:
            file.write(content)
    done = subprocess.run([sys.executable, "-c", GUESS, *made], capture_output=True, text=True, check=False, cwd=folder,
                          env={**os.environ, "XDG_DATA_DIRS": SHARE, "XDG_DATA_HOME": f"{ROOT}/none"})
    if "No module named" in done.stderr:
        raise Skip("python3-gi is not installed")
    told = {name: line.split() for name, line in zip(made, done.stdout.splitlines())}
    for name in ("a.mrc", "b.map", "c.ccp4"):
        equal(told[name], ["application/x-mrc"] * 3, name)
    equal(told["d"][1:], ["application/x-mrc"] * 2, "a map without a suffix")
    equal(told["f.map.gz"][0], "application/x-mrc-gzip")
    equal((told["f.map.gz"][2], told["g.neural.safetensors"][2]), ("application/x-mrc-gzip", "application/x-cryofield-neural"))
    equal((told["h.cryofield"][2], told["i.json"][2]), ("application/x-cryofield-session", "application/json"))


def test_manuals_have_no_mistakes():
    need("groff")
    for name in ("cryofield", "cryofield-cli"):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-wall", "-z", f"{SHARE}/man/man1/{name}.1"], capture_output=True, text=True, check=False)
        equal((done.returncode, done.stderr), (0, ""), name)


def bash(function, script, *words):
    """What bash offers for the last of the words."""
    text = f'source {SHARE}/bash-completion/completions/{script}.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); {function}; echo "${{COMPREPLY[@]}}"'
    return call("bash", "-c", text, "bash", script, *words).split()


def test_bash_completion():
    need("bash")
    names = command_names()
    assert len(names) > 15, names
    equal(sorted(set(bash("_cryofield_cli", "cryofield-cli", "")) - {"--help", "--version"}), sorted(names))
    equal(sorted(bash("_cryofield_cli", "cryofield-cli", "re")), ["render", "report"])
    for name in names:
        equal(sorted(set(long_options(name)) - set(bash("_cryofield_cli", "cryofield-cli", name, "-"))), [], name)
    equal(bash("_cryofield_cli", "cryofield-cli", "train", "--rec"), ["--recipe"])
    equal(bash("_cryofield", "cryofield", "--ep"), ["--epochs"])


def test_fish_completion():
    need("fish")
    environment = {**os.environ, "HOME": ROOT, "XDG_CONFIG_HOME": f"{ROOT}/none", "XDG_DATA_HOME": f"{ROOT}/none"}

    def fish(*lines):
        asked = "; ".join(f"echo '>'; complete -C '{line}'" for line in lines)
        text = call("fish", "--no-config", "-c", f"source {SHARE}/fish/vendor_completions.d/cryofield-cli.fish; {asked}", env=environment, cwd=ROOT)
        return [[word.split("\t")[0] for word in part.splitlines() if word] for part in text.split(">\n")[1:]]

    names = command_names()
    offered = fish("cryofield-cli ", *(f"cryofield-cli {name} --" for name in names))
    equal(sorted(set(names) - set(offered[0])), [])
    for name, options in zip(names, offered[1:]):
        equal(sorted(set(long_options(name)) - {option.rstrip("=") for option in options}), [], name)


# zsh's own functions are replaced by ones that print what they are given.
ZSH = """
_describe () { print -l -- "${(@P)4}" }
_arguments () { print -l -- "$@" }
_values () { print -l -- "$@" }
words=("$@"); CURRENT=$#
source $SCRIPT
"""


def test_zsh_completion():
    need("zsh")

    def zsh(*words):
        return call("zsh", "-f", "-c", ZSH, "zsh", "cryofield-cli", *words, env={**os.environ, "SCRIPT": f"{SHARE}/zsh/site-functions/_cryofield-cli"})

    names = command_names()
    offered = re.findall(r"^([a-z-]+):", zsh(""), re.M)
    equal(sorted(offered), sorted(names))
    for name in names:
        options = re.findall(r"(--[a-z-]+)=?\[", zsh(name, "--"))
        equal(sorted(set(long_options(name)) - set(options)), [], name)


run(collect(globals()))
