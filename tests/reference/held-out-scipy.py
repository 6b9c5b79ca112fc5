#!/usr/bin/python3
"""What polynomials say of voxels that were left out: `cryofield-cli interpolate MAP` against the linear equations that its iteration solves, by SciPy."""
import csv
import json
import os
import subprocess
import tempfile

import numpy as np
from scipy.sparse import csr_matrix, identity
from scipy.sparse.linalg import spsolve

import tap

WEIGHTS = {"linear": [1 / 2], "cubic": [4 / 6, -1 / 6], "quintic": [15 / 20, -6 / 20, 1 / 20]}


def write_map(path, d):
    header = np.zeros(256, "<i4")
    header[:3] = header[7:10] = d.shape[::-1]
    header[3], header[16:19] = 2, (1, 2, 3)
    header[10:16] = np.array([*d.shape[::-1], 90, 90, 90], "<f4").view("<i4")
    header[52], header[53] = 0x2050414D, 0x4444
    with open(path, "wb") as file:
        file.write(header.tobytes() + d.astype("<f4").tobytes())


def solve(d, holes, weight):
    """Each hole is the mean, over the axes on which it has the most neighbours on both sides, of the polynomial through them."""
    number = {tuple(at): i for i, at in enumerate(holes)}
    rows, columns, values, known = [], [], [], np.zeros(len(holes))
    for i, at in enumerate(holes):
        reach = [min(len(weight), at[a], d.shape[a] - 1 - at[a]) for a in range(3)]
        most = max(reach)
        assert most > 0, "a hole in a corner of the map: not what this script compares"
        axes = [a for a in range(3) if reach[a] == most]
        for a in axes:
            for k in range(1, most + 1):
                for sign in (-1, 1):
                    beside = list(at)
                    beside[a] += sign * k
                    w = {1: WEIGHTS["linear"], 2: WEIGHTS["cubic"], 3: WEIGHTS["quintic"]}[most][k - 1] / len(axes)
                    if tuple(beside) in number:
                        rows.append(i)
                        columns.append(number[tuple(beside)])
                        values.append(w)
                    else:
                        known[i] += w * d[tuple(beside)]
    within = csr_matrix((values, (rows, columns)), shape=(len(holes), len(holes)))
    return spsolve((identity(len(holes)) - within).tocsc(), known)


def test_polynomials_equal_scipy():
    rng = np.random.default_rng(1)
    z, y, x = np.mgrid[:20, :21, :23]
    d = np.exp(-((x - 9) ** 2 + (y - 12) ** 2 + (z - 8) ** 2) / 18.0) + 0.05 * rng.normal(size=x.shape)
    with tempfile.TemporaryDirectory() as folder:
        name, table = os.path.join(folder, "made.mrc"), os.path.join(folder, "held.csv")
        write_map(name, d)
        done = subprocess.run([os.environ["CRYOFIELD_CLI"], "interpolate", name, "--held-out", "0.05", "--epochs", "2", "--seed", "3", "--threads", "2",
                               "--progress", "none", "--json", "-o", table], check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        with open(table, newline="", encoding="ascii") as file:
            rows = list(csv.DictReader(file))
    signed = d.astype("f4").astype("f8") / d.max()
    d = np.maximum(signed, 0)
    holes = np.array([[int(row[axis]) for axis in "zyx"] for row in rows])
    truth = np.array([float(row["value"]) for row in rows])
    assert 0.04 < len(holes) / d.size < 0.06 and len(set(map(tuple, holes))) == len(holes) == found["voxels"], len(holes)
    assert np.abs(d[tuple(holes.T)] - truth).max() < 1e-6
    assert found["inside"] == (truth > 0).sum(), found
    for method in ("linear", "cubic", "quintic", "neural"):
        told = np.array([float(row[method]) for row in rows])
        assert abs(np.abs(told - truth).mean() - found[method]["all"]["mae"]) < 1e-6, method
        assert abs(np.sqrt(((told - truth)[truth > 0] ** 2).mean()) - found[method]["inside"]["rms"]) < 1e-6, method
        if method in WEIGHTS:
            expected = np.maximum(solve(d, holes, WEIGHTS[method]), 0)
            assert np.abs(told - expected).max() < 1e-5, (method, np.abs(told - expected).max())
            by_signs = np.abs(np.maximum(solve(signed, holes, WEIGHTS[method]), 0) - truth).mean()
            assert abs(by_signs - found["signed"][method]["all"]["mae"]) < 1e-5, method
            assert found["better"][method] == ("signed" if by_signs < np.abs(told - truth).mean() else "normalised"), found["better"]
            best = min(by_signs, np.abs(told - truth).mean())
            assert abs(found["neural"]["all"]["mae"] / best - found["neural_of_better"][method]["all"]) < 1e-3, (method, found)


tap.run(dict(globals()))
