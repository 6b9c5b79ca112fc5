#!/usr/bin/python3
"""The baselines of `cryofield-cli interpolate MODEL` against SciPy on the maps that `simulate` writes: trilinear, and trilinear on the grid of the published
experiment, whose Y and Z origins are the X origin."""
import os
import sys
import tempfile

import mrcfile
import numpy as np
from scipy.interpolate import RegularGridInterpolator

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from cli import as_json, cli, refused, write_helix
from tap import close, collect, run

FOLDER = tempfile.TemporaryDirectory()
MODEL, RESOLUTION = os.path.join(FOLDER.name, "helix.pdb"), 2.4


def simulated(name, *more):
    """Voxels [z][y][x] and the positions of their centres along x, y and z."""
    path = os.path.join(FOLDER.name, name)
    cli("simulate", MODEL, "-o", path, "--resolution", RESOLUTION, "--elements", "C,N,O", *more)
    with mrcfile.open(path) as file:
        origin, step = (np.array([getattr(what, axis) for axis in "xyz"], float) for what in (file.header.origin, file.voxel_size))
        return file.data.astype(float), [origin[a] + step[a] * np.arange(file.data.shape[2 - a]) for a in range(3)]


def expected():
    coarse, centres = simulated("coarse.mrc")
    box = ",".join(repr(float(c[end])) for end in (0, -1) for c in centres)
    fine, places = simulated("fine.mrc", "--spacing", "0.2", "--box", box)
    at = RegularGridInterpolator(centres[::-1], coarse, bounds_error=False, fill_value=0)
    z, y, x = (places[a][i] for a, i in zip((2, 1, 0), np.nonzero(fine)))
    inside = (x <= centres[0][-1]) & (y <= centres[1][-1]) & (z <= centres[2][-1])
    truth, span = fine[fine != 0][inside], coarse.max() - coarse.min()
    points = np.stack([z, y, x], 1)[inside]
    shift = np.array([centres[0][0] - centres[a][0] for a in range(3)])
    return shift, {"trilinear": np.abs(at(points) - truth) / span, "misaligned": np.abs(at(points + shift[::-1]) - truth) / span}


def test_baselines_equal_scipy():
    write_helix(MODEL, residues=5)
    found = as_json("interpolate", MODEL, "--resolution", RESOLUTION, "--epochs", 1, "--progress", "none", "--baseline", "misaligned")
    shift, errors = expected()
    close(found["points"] / len(errors["trilinear"]), 1, 1e-3, "points of the truth")
    for name, error in errors.items():
        close(found[name]["density"]["mae"] / error.mean(), 1, 1e-3, name)
        close(found[name]["density"]["rms"] / np.sqrt((error ** 2).mean()), 1, 1e-3, name)
    for a in range(3):
        close(found["misaligned"]["shift"][a], shift[a], 1e-4, "the shift")
    assert max(abs(shift)) > 0.5, "a shift that can be told from none"
    assert found["misaligned"]["density"]["mae"] > 3 * found["trilinear"]["density"]["mae"], found


def test_it_is_only_there_where_it_is_asked_for():
    assert "misaligned" not in as_json("interpolate", MODEL, "--resolution", RESOLUTION, "--epochs", 1, "--progress", "none")
    refused("interpolate", os.path.join(FOLDER.name, "coarse.mrc"), "--baseline", "misaligned", status=2, has=("--baseline misaligned", "MODEL"))
    refused("interpolate", MODEL, "--resolution", RESOLUTION, "--baseline", "wrong", status=2, has=("--baseline", "misaligned"))


run(collect(globals()))
