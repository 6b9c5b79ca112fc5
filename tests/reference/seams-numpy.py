#!/usr/bin/python3
"""`cryofield-cli seams` against the field that docs/read_neural.py rebuilds with NumPy, here in double precision: jumps of its value from just before to just
behind a plane, and of its gradient from differences taken on either side."""
import csv
import os
import sys
import tempfile

import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path[:0] = [os.path.join(ROOT, "tests", "cli"), os.path.join(ROOT, "docs")]
sys.modules["torch"] = None  # NumPy, where PyTorch is there as well
import read_neural
from cli import as_json, cli, write_helix
from tap import close, collect, equal, run

FOLDER = tempfile.TemporaryDirectory()
NEURAL, TABLE, MODEL, MAP = (os.path.join(FOLDER.name, name) for name in ("a.neural.safetensors", "a.csv", "a.pdb", "a.mrc"))
VALUE_STEP, STEP = 1e-6, 1e-4  # A: to the sides of a plane, and between the points of a difference


def prepare():
    """Two regions along x and along y, which overlap amid the helix."""
    write_helix(MODEL, residues=6)
    cli("simulate", MODEL, "-o", MAP, "--resolution", "2", "--spacing", "0.5", "--box", "-17.1,-17.1,-3,17.4,17.4,10")
    cli("train", MAP, "-o", NEURAL, "--epochs", "2", "--partition", "paper", "--blend", "paper", "--weights", "float32", "--progress", "none")


def field(blend):
    read_neural.cast = lambda x, kind: np.asarray(x, np.float64)
    found = read_neural.NeuralMap(NEURAL)
    found.meta["blend"] = blend
    return found


def gradient(of, points):
    out = []
    for axis in range(3):
        step = np.zeros(3)
        step[axis] = STEP / 2
        out.append((of(points + step) - of(points - step)) / STEP)
    return np.stack(out, 1)


def test_jumps_equal_numpy():
    prepare()
    found = as_json("seams", NEURAL, "--points", "60", "-o", TABLE)
    equal(found["regions"], 4)
    with open(TABLE, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    equal(len(rows), 4 * 2 * 60, "two planes an axis, each with its crossings")
    points = np.array([[float(row[a]) for a in "xyz"] for row in rows])
    across = np.array([[row["axis"] == a for a in "xyz"] for row in rows], float)
    crossing = np.array([row["where"] == "crossing" for row in rows])
    for blend in ("paper", "smooth"):
        of = field(blend)
        value = np.abs(of(points + VALUE_STEP * across) - of(points - VALUE_STEP * across))
        # differences whose points all lie on one side of the plane, far enough to tell its kinks from those of other planes
        slope = np.linalg.norm(gradient(of, points + STEP * across) - gradient(of, points - STEP * across), axis=1)
        for name, expected, floor in (("density", value, 2e-6), ("gradient", slope, 2e-3)):
            ours = np.array([float(row[f"{name}_{blend}"]) for row in rows])
            assert np.all(np.abs(ours - expected) < floor + 0.02 * expected), (blend, name, np.abs(ours - expected).max(), expected.max())
            for where, mine in (("planes", ~crossing), ("crossings", crossing)):
                close(found[blend][where][name]["mean_abs"], ours[mine].mean(), 1e-4 * ours[mine].mean() + 1e-9, f"{blend} {where} {name}")
                close(found[blend][where][name]["max"], ours[mine].max(), 1e-4 * ours[mine].max() + 1e-9, f"{blend} {where} {name}")


def test_the_published_blend_jumps_and_ours_does_not():
    found = as_json("seams", NEURAL)
    paper, smooth = found["paper"]["crossings"], found["smooth"]["crossings"]
    assert paper["density"]["mean_abs"] > 1e-4 > 100 * smooth["density"]["mean_abs"], found
    assert paper["density"]["max"] > 0.1 * found["networks"]["mean_abs"], "as large as the networks differ"
    assert found["paper"]["planes"]["gradient"]["mean_abs"] > 20 * found["smooth"]["planes"]["gradient"]["mean_abs"], found


def test_one_region_has_none():
    one = os.path.join(FOLDER.name, "one.neural.safetensors")
    cli("simulate", MODEL, "-o", MAP, "--resolution", "3")
    cli("train", MAP, "-o", one, "--epochs", "1", "--progress", "none")
    found = as_json("seams", one)
    equal((found["regions"], found["networks"]["points"], found["paper"]["planes"]["points"], found["paper"]["crossings"]["density"]["max"]), (1, 0, 0, None))
    assert "no seams" in cli("seams", one).stdout


run(collect(globals()))
