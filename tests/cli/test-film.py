"""Films of the command line, read back by Pillow; of WebM and MP4, which need libav, the containers' own marks."""
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time

import mrcfile
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap  # noqa: E402

PROGRAM = os.environ["CRYOFIELD_CLI"]
FOLDER = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(FOLDER.name, name)


def make_map():
    if not os.path.exists(path("blobs.mrc")):
        k, j, i = np.meshgrid(*[np.arange(24)] * 3, indexing="ij")
        values = sum(w * np.exp(-((i - x) ** 2 + (j - y) ** 2 + (k - z) ** 2) / 12) for w, x, y, z in ((1, 8, 12, 12), (0.6, 16, 14, 8)))
        with mrcfile.new(path("blobs.mrc")) as f:
            f.set_data(values.astype(np.float32))
            f.voxel_size = 1
    return path("blobs.mrc")


def render(*arguments):
    done = subprocess.run([PROGRAM, "render", make_map(), "--size", "97x61", "--level", "norm=0.3", *arguments], capture_output=True, text=True)
    if "no EGL" in done.stderr:
        raise tap.Skip(done.stderr.strip())
    return done


def frames(name):
    try:
        from PIL import Image, ImageSequence
    except ImportError as missing:
        raise tap.Skip(str(missing))
    with Image.open(path(name)) as film:
        return [(np.asarray(f.convert("RGB")).astype(int), f.info.get("duration")) for f in ImageSequence.Iterator(film)]


def difference(a, b):
    return np.abs(a - b).mean()


def test_turntable():
    done = render("--film", "turntable", "--seconds", "1", "--fps", "8", "-o", path("turn.png"))
    tap.equal(done.returncode, 0, done.stderr)
    tap.equal(render("-o", path("still.png")).returncode, 0)
    film, still = frames("turn.png"), frames("still.png")
    tap.equal(len(film), 8, "frames")
    assert all(abs(duration - 125) < 1 for _, duration in film), [d for _, d in film]
    tap.equal(difference(film[0][0], still[0][0]), 0, "the first frame is the picture")
    for i in range(1, 8):
        assert difference(film[i][0], film[0][0]) > 0.5, f"frame {i} turned"
    assert difference(film[7][0], film[1][0]) > 0.5


def test_threshold():
    done = render("--film", "threshold", "--seconds", "0.5", "--fps", "20", "-o", path("level.apng"))
    tap.equal(done.returncode, 0, done.stderr)
    film = frames("level.apng")
    tap.equal(len(film), 10, "frames")
    seen = shown(film)
    assert seen[0] < seen[2] < seen[5] and seen[5] > seen[8], f"pixels shown: {seen}"


def shown(film):
    ground = film[0][0][0, 0]
    return [int((np.abs(f - ground).sum(axis=2) > 30).sum()) for f, _ in film]


def test_training():
    done = render("--film", "training", "--epochs", "6", "--seconds", "2", "--fps", "10", "-o", path("training.png"))
    tap.equal(done.returncode, 0, done.stderr)
    tap.equal(render("-o", path("voxels.png")).returncode, 0)
    film, still = frames("training.png"), frames("voxels.png")
    tap.equal(len(film), 20, "frames")
    before, after = difference(film[0][0], still[0][0]), difference(film[19][0], still[0][0])
    assert after < 0.3 * before, f"the field becomes the map: differs by {before} in the first frame, by {after} in the last"
    assert len({f.tobytes() for f, _ in film}) > 3, "by steps"
    assert all(difference(f, film[19][0]) == 0 for f, _ in film[-5:]), "and rests at the end"
    done = render("--film", "training", "--epochs", "6", "--fps", "10", "--seconds", "2", "--seed", "1", "-o", path("other.png"))
    assert difference(frames("other.png")[3][0], film[3][0]) > 0, "another seed is another fit"


def write_model(name, *places):
    with open(path(name), "w") as f:
        for i, (x, y, z) in enumerate(places, 1):
            f.write(f"ATOM  {i:5d}  CA  ALA A{i:4d}    {x:8.3f}{y:8.3f}{z:8.3f}  1.00  0.00           C\n")
        f.write("END\n")
    return path(name)


def test_training_before_nodes():
    """Nodes are those of the field at the end and not seen before it; a model is there from the first frame."""
    graph, model = write_model("nodes.pdb", (8, 12, 12), (16, 14, 8)), write_model("model.pdb", (4, 18, 12), (7, 18, 12))
    done = render("--film", "training", "--epochs", "3", "--seconds", "1", "--fps", "12", "--opacity", "0.3", "--camera", "0,0,0,1,11,14,12,25", "--graph", graph,
                  "--model", model, "-o", path("nodes.png"))
    tap.equal(done.returncode, 0, done.stderr)
    blue, pale = [], []
    for frame, _ in frames("nodes.png"):
        red, green, other = frame.reshape(-1, 3).T
        blue.append(int((other > red + 40).sum()))
        pale.append(int((red > other + 10).sum()))
    print(f"# pixels of nodes by frame: {blue}, of the model: {pale}")
    assert all(n == 0 for n in blue[:5]), f"no node before the field is there: {blue}"
    assert all(n > 10 for n in blue[6:]), f"nodes at the end: {blue}"
    assert all(n > 20 for n in pale), f"the model from the first frame: {pale}"


def test_training_stops():
    running = subprocess.Popen([PROGRAM, "render", make_map(), "--film", "training", "-o", path("stopped.webm")], stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    error = running.communicate(timeout=60)[1]
    assert running.returncode not in (0, 1) or "cancel" in error.lower(), (running.returncode, error)
    assert not [n for n in os.listdir(FOLDER.name) if n.startswith("stopped")], os.listdir(FOLDER.name)


def test_containers():
    for name, marks in (("a.webm", (b"\x1aE\xdf\xa3", b"webm", b"V_VP9")), ("a.mp4", (b"ftyp", b"avc1", b"moov"))):
        done = render("--film", "turntable", "--seconds", "0.5", "--fps", "10", "-o", path(name))
        if "no libav" in done.stderr or "no encoder" in done.stderr:
            raise tap.Skip(done.stderr.strip())
        tap.equal(done.returncode, 0, done.stderr)
        with open(path(name), "rb") as f:
            data = f.read()
        for mark in marks:
            assert mark in data, f"{name}: {mark} is not in it"
        if name.endswith(".mp4"):
            at = data.index(b"mvhd") + 4
            scale, duration = struct.unpack(">II", data[at + 12:at + 20])
            tap.close(duration / scale, 0.5, 0.01, "seconds")


def test_refused():
    for arguments, needs in ((("--film", "turntable", "-o", path("a.gif")), ".apng"), (("--film", "spiral", "-o", path("a.png")), "turntable"),
                             (("--film", "turntable", "--fps", "0", "-o", path("a.png")), "--fps"), (("--plane", "0,0,0,1", "-o", path("a.png")), "normal"),
                             (("--clip", "3,1", "-o", path("a.png")), "NEAR"), (("--slice", "2,0,0", "-o", path("a.png")), "--slice"), (("--transfer", "warm", "-o", path("a.png")), "--style volume"),
                             (("--style", "volume", "--transfer", "0.1:fff:1", "-o", path("a.png")), "0.1:fff:1")):
        done = render(*arguments)
        tap.equal(done.returncode, 2, done.stderr)
        assert needs in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert not os.path.exists(path("a.png")) and not [n for n in os.listdir(FOLDER.name) if n.endswith(".part")]


def test_cuts():
    pictures = {}
    for name, arguments in {"whole": (), "plane": ("--plane", "1,0,0,10"), "clip": ("--clip", "0,50"), "second": ("--second", "0.3"),
                            "parallel": ("--orthographic",), "slices": ("--style", "slices"),
                            "aside": ("--style", "slices", "--slice", "0.3,0.5,0.5"),
                            "volume": ("--style", "volume"), "shells": ("--style", "volume", "--transfer", "shells"),
                            "points": ("--style", "volume", "--transfer", "0.2:00ff00:0,0.4:00ff00:0.9")}.items():
        done = render(*arguments, "-o", path(name + ".png"))
        tap.equal(done.returncode, 0, done.stderr)
        pictures[name] = frames(name + ".png")[0][0]
    for a, b in (("whole", "plane"), ("whole", "clip"), ("whole", "second"), ("whole", "parallel"), ("slices", "aside"), ("volume", "shells"), ("volume", "points")):
        assert difference(pictures[a], pictures[b]) > 0.2, f"{a} and {b} are alike"
    red, green, blue = pictures["points"].reshape(-1, 3).T
    assert (green > red + 60).sum() > 100 and (green < red - 5).sum() == 0, "what is seen is green"


if __name__ == "__main__":
    tap.run(tap.collect(globals()))
