#!/usr/bin/python3
"""Maps that are fitted and sampled again lie where their source lies: files-sample.py CRYOFIELD-CLI. Sheared cells, permuted axes, ORIGIN and NSTART;
gemmi and mrcfile read what is written, NumPy places the source."""
import os
import subprocess
import sys
import tempfile

import gemmi
import mrcfile
import numpy as np

import files_made_maps as made
from files_tap import main, test

CLI = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory(prefix="cryofield-sample-")
DIMS = (13, 12, 10)  # along X, Y, Z
SPACING = np.array((1.5, 1.2, 1.8))


def scratch(name):
    return os.path.join(FOLDER.name, name)


def cli(*words):
    done = subprocess.run([CLI, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def source(name, axes, angles, **placed):
    """A map with three unlike blobs, so that no mirror and no turn of it is itself; its voxels by NumPy."""
    m = tuple(2 * n for n in DIMS)
    cell = tuple(SPACING * m)
    step = made.steps(cell, angles, m)
    start = np.array(placed.get("origin") or np.array(placed.get("nstart", (0, 0, 0))) @ step)
    values = np.zeros(DIMS, "f4")
    ijk = np.stack(np.meshgrid(*map(np.arange, DIMS), indexing="ij"), -1)
    for centre, width, height in (((3, 3, 3), 1.6, 1.0), ((9, 4, 5), 2.0, 0.6), ((5, 9, 7), 1.4, 0.8)):
        values += height * np.exp(-((ijk - centre) ** 2).sum(-1) / (2 * width ** 2)).astype("f4")
    stored = values.transpose([a - 1 for a in axes])  # columns, rows, sections
    nstart = [placed.get("nstart", (0, 0, 0))[a - 1] for a in axes]
    path = scratch(name + ".ccp4")
    with open(path, "wb") as out:
        out.write(made.make(stored.transpose(2, 1, 0), 2, "<", axes, nstart, m, cell, angles, placed.get("origin", (0, 0, 0))))
    return path, values, start + ijk @ step, step, start


def check(name, axes, angles, **placed):
    path, values, world, step, start = source(name, axes, angles, **placed)
    neural, again = scratch(name + ".neural.safetensors"), scratch(name + ".mrc")
    cli("train", path, "-o", neural, "--epochs", 25, "--threads", 1, "--seed", 1, "--progress", "none")
    cli("sample", neural, "-o", again, "--like", path)
    with mrcfile.open(again) as out:
        h, found = out.header, out.data.transpose(2, 1, 0).copy()
    assert found.shape == DIMS, found.shape
    # Placement: ORIGIN as written, and NSTART through the cell as gemmi makes it.
    assert np.allclose([float(h.origin[a]) for a in "xyz"], start, atol=1e-3), (h.origin, start)
    theirs = gemmi.read_ccp4_map(again)
    cell = gemmi.UnitCell(*[theirs.header_float(11 + i) for i in range(6)])
    for a in range(3):
        edge = cell.orthogonalize(gemmi.Fractional(*[(i == a) / theirs.header_i32(8 + i) for i in range(3)])).tolist()
        assert np.allclose(edge, step[a], atol=1e-4), (edge, step[a])
    # Each voxel is the field at the place where NumPy puts the source's voxel; a little towards the middle, as edges may round outwards.
    near = world + 1e-5 * (world.reshape(-1, 3).mean(0) - world)
    with open(scratch("points.csv"), "w", encoding="ascii") as file:
        file.writelines("%.9g,%.9g,%.9g\n" % tuple(p) for p in near.reshape(-1, 3))
    rows = np.array([[float(x) for x in line.split(",")] for line in cli("probe", neural, "--points", scratch("points.csv")).splitlines()[1:]])
    assert np.abs(rows[:, 3].reshape(DIMS) - found).max() < 1e-3 * values.max(), np.abs(rows[:, 3].reshape(DIMS) - found).max()
    rms = np.sqrt(((found - values) ** 2).mean()) / values.max()
    flipped = min(np.sqrt(((np.flip(found, a) - values) ** 2).mean()) for a in range(3)) / values.max()
    print(f"# {name}: rms against the source {rms:.4f}, mirrored {flipped:.4f}")
    assert rms < 0.06 and flipped > 0.1, (rms, flipped)


@test
def sheared_with_origin():
    check("sheared", (1, 2, 3), (80, 95, 110), origin=(30.5, -12.25, 4.0))


@test
def sheared_permuted_with_nstart():
    check("crystal", (3, 1, 2), (90, 111.55, 90), nstart=(-7, 5, 3))


@test
def hexagonal_permuted_with_nstart():
    check("hexagonal", (2, 1, 3), (90, 90, 120), nstart=(4, -9, 2))


@test
def orthogonal_permuted_with_both():
    check("both", (2, 3, 1), (90, 90, 90), nstart=(4, 10, -5), origin=(100.0, 50.0, -25.5))


main()
