#!/usr/bin/python3
"""Splines by SciPy, Gaussians by NumPy, atoms by gemmi, against ours: files-numbers.py DUMP-MAP DUMP-PROBE DUMP-STRUCTURE DUMP-SIMULATE."""
import hashlib
import json
import os
import sys
import tempfile

import gemmi
import mrcfile
import numpy as np
from scipy import ndimage

from files_tap import data, main, run, test

DUMP, PROBE, STRUCTURE, SIMULATE = sys.argv[1:5]
FOLDER = tempfile.TemporaryDirectory(prefix="cryofield-numbers-")


def scratch(name):
    return os.path.join(FOLDER.name, name)


def probe(path, points, kind):
    np.ascontiguousarray(points, "f8").tofile(scratch("points"))
    return np.frombuffer(run(PROBE, path, scratch("points"), kind).stdout).reshape(-1, 4)


def random_map(shape, seed=1):
    path = scratch("random.mrc")
    values = np.random.default_rng(seed).normal(size=shape).astype("f4")
    with mrcfile.new(path, overwrite=True) as out:
        out.set_data(values)
        out.voxel_size = (1.1, 0.9, 1.3)
        out.header.origin = (10, -20, 30)
    return path, values


@test
def interpolation_equals_scipy():
    for shape in ((9, 8, 7), (50, 60, 45), (2, 3, 4), (1, 5, 6)):
        path, values = random_map(shape)
        voxel, origin = np.array((1.1, 0.9, 1.3), "f4").astype("f8"), np.array((10, -20, 30))
        voxel = np.array(json.loads(run(DUMP, path, scratch("raw")).stdout)["step"])[[0, 4, 8]]
        rng = np.random.default_rng(2)
        ijk = rng.uniform(0, 1, (500, 3)) * (np.array(shape[::-1]) - 1)
        ijk[:8] = np.array([[(c >> a & 1) * (shape[2 - a] - 1) for a in range(3)] for c in range(8)])
        points = origin + ijk * voxel
        for kind, order in (("trilinear", 1), ("tricubic", 3), ("triquintic", 5)):
            # SciPy refuses a spline along an axis of one sample; there the value is constant along it.
            padded = np.repeat(values, 2, 0) if shape[0] == 1 else values
            expected = ndimage.map_coordinates(padded.astype("f8"), ijk.T[::-1], order=order, mode="mirror")
            found = probe(path, points, kind)
            assert np.abs(found[:, 0] - expected).max() < 4e-6, (shape, kind, np.abs(found[:, 0] - expected).max())
        outside = probe(path, origin + np.array([[-0.01, 0, 0], [0, 0, (shape[0] - 1) * 1.3 + 0.01]]), "tricubic")
        assert np.isnan(outside).all()


@test
def gradients_are_the_slopes_of_the_values():
    for name in ("random", "emd_8216.map.gz"):
        if name == "random":
            path = random_map((20, 22, 24))[0]
            points = np.array((10, -20, 30)) + np.random.default_rng(3).uniform(0.2, 0.9, (300, 3)) * (24, 18, 24)
        else:
            path = data("maps", name)
            told = json.loads(run(DUMP, path, scratch("raw")).stdout)
            ijk = np.random.default_rng(3).uniform(0.1, 0.9, (300, 3)) * (np.array(told["dims"]) - 1)
            points = np.array(told["origin"]) + ijk @ np.array(told["step"]).reshape(3, 3)
        for kind in ("trilinear", "tricubic", "triquintic"):
            found, h = probe(path, points, kind), 1e-5
            for a in range(3):
                step = np.zeros(3)
                step[a] = h
                slope = (probe(path, points + step, kind)[:, 0] - probe(path, points - step, kind)[:, 0]) / (2 * h)
                error = np.abs(slope - found[:, 1 + a])
                # A point whose neighbours at 1e-5 A lie in another cell sees the trilinear kink.
                assert np.sort(error)[-3] < 1e-5, (name, kind, a, error.max())


def atoms_of(path, elements):
    table = {"H": 1, "C": 6, "N": 7, "O": 8, "S": 16}
    out = []
    for line in open(path):
        if line.startswith(("ATOM", "HETATM")) and (line[76:78].strip() in elements):
            out.append([float(line[30 + 8 * a:38 + 8 * a]) for a in range(3)] + [table[line[76:78].strip()]])
    return np.array(out, "f4").astype("f8")


def gaussians(atoms, origin, dims, spacing, resolution):
    sd = 0.225 * resolution
    axes = [origin[a] + spacing * np.arange(dims[a]) for a in range(3)]
    total = np.zeros(dims[::-1])
    for x, y, z, number in atoms:
        dx, dy, dz = ((axis - c) ** 2 / sd ** 2 for axis, c in zip(axes, (x, y, z)))
        r2 = dz[:, None, None] + dy[None, :, None] + dx[None, None, :]
        total += np.where(r2 <= 25, number * (2 * np.pi) ** -1.5 / sd ** 3 * np.exp(-r2 / 2), 0)
    return total


@test
def simulated_maps_equal_numpy():
    path = data("structures", "1crn.pdb")
    for resolution, spacing, elements, box in ((4.0, 0, "-", None), (2.0, 0.7, "C,N,O", None), (3.0, 1.0, "-", (0, 0, 0, 20, 18.5, 16))):
        arguments = [path, scratch("s.mrc"), str(resolution), str(spacing), elements, "0", "0"]
        run(SIMULATE, *arguments, *([",".join(map(str, box))] if box else []))
        atoms = atoms_of(path, ("C", "N", "O", "S") if elements == "-" else elements.split(","))
        with mrcfile.open(scratch("s.mrc")) as out:
            found, origin = out.data.copy(), np.array([out.header.origin[a] for a in "xyz"], "f8")
        step = spacing or resolution / 3
        if box:
            assert found.shape == (17, 19, 21) and (origin == 0).all()
        else:
            assert np.allclose(origin, atoms[:, :3].min(0) - 3 * resolution, atol=1e-4)
            top = origin + step * (np.array(found.shape[::-1]) - 1)
            assert (top >= atoms[:, :3].max(0) + 3 * resolution - 1e-3).all() and (top < atoms[:, :3].max(0) + 3 * resolution + step).all()
        exact = atoms[:, :3].min(0) - 3 * resolution if not box else origin
        expected = gaussians(atoms, exact, found.shape[::-1], step, resolution)
        assert np.abs(found - expected).max() < 2e-6 * expected.max(), np.abs(found - expected).max() / expected.max()


@test
def simulated_alternates_count_by_their_occupancy():
    """molmap shows one location of each atom; here the locations share it, so that the electrons are those of the atom."""
    path = data("structures", "1ejg_0.54A_altloc.pdb")
    run(SIMULATE, path, scratch("a.mrc"), "3", "1", "-", "0", "0")
    atoms = np.array([[*a.pos.tolist(), a.element.atomic_number * (a.occ if a.altloc != "\0" else 1)]
                      for c in gemmi.read_structure(path)[0] for r in c for a in r if a.element.atomic_number > 1])
    atoms[:, :3] = atoms[:, :3].astype("f4")
    with mrcfile.open(scratch("a.mrc")) as out:
        found = out.data.copy()
    expected = gaussians(atoms, atoms[:, :3].min(0) - 9, found.shape[::-1], 1.0, 3.0)
    assert np.abs(found - expected).max() < 2e-6 * expected.max(), np.abs(found - expected).max() / expected.max()


@test
def noise_is_white_and_repeatable():
    path = data("structures", "1crn.pdb")
    maps = []
    for noise, seed in ((0, 1), (0.5, 1), (0.5, 1), (0.5, 2)):
        run(SIMULATE, path, scratch("n.mrc"), "4", "0", "-", str(noise), str(seed))
        with mrcfile.open(scratch("n.mrc")) as out:
            maps.append(out.data.astype("f8"))
    assert np.array_equal(maps[1], maps[2]) and not np.array_equal(maps[1], maps[3])
    noise = maps[1] - maps[0]
    n = noise.size
    assert abs(noise.mean()) < 5 * 0.5 / n ** 0.5 and abs(noise.std() - 0.5) < 5 * 0.5 / (2 * n) ** 0.5
    for axis in range(3):
        a, b = np.moveaxis(noise, axis, 0)[:-1].ravel(), np.moveaxis(noise, axis, 0)[1:].ravel()
        assert abs(np.corrcoef(a, b)[0, 1]) < 5 / a.size ** 0.5


@test
def the_demonstration_is_crambin():
    run(SIMULATE, "demo", scratch("d.mrc"), "2", "0.5", "-", "0", "0")
    with mrcfile.open(scratch("d.mrc")) as out:
        found, origin = out.data.copy(), np.array([out.header.origin[a] for a in "xyz"], "f8")
    print("# voxels", found.shape[::-1], "sha256 of the voxels", hashlib.sha256(found.tobytes()).hexdigest()[:16])
    assert min(found.shape) > 64
    model = os.path.join(os.path.dirname(__file__), "..", "..", "resources", "demo", "1ejg.cif")
    atoms = np.array([[*a.pos.tolist(), a.element.atomic_number] for c in gemmi.read_structure(model)[0] for r in c for a in r])
    assert len(atoms) == 327
    atoms[:, :3] = atoms[:, :3].astype("f4")
    exact = atoms[:, :3].min(0) - 6
    assert np.allclose(exact, origin, atol=1e-4)
    expected = gaussians(atoms, exact, found.shape[::-1], 0.5, 2.0)
    assert np.abs(found - expected).max() < 2e-6 * expected.max()


def by_gemmi(path):
    """Counts and traces after gemmi alone: residues with a CA of carbon; of places with several, the most occupied."""
    structure = gemmi.read_structure(path)
    model = structure[0]
    places = []  # of residues in a row with the same number: a file may hold the same chain twice
    for chain in model:
        residues = list(chain)
        for i, residue in enumerate(residues):
            ca = [a for a in residue if a.name == "CA" and a.element == gemmi.Element("C")]
            if not ca:
                continue
            best = max(ca, key=lambda a: a.occ)
            near = any(a.name == "CA" and a.pos.dist(best.pos) < 4.5 for j in (i - 1, i + 1) if 0 <= j < len(residues) for a in residues[j])
            if residue.het_flag == "H" and not near:
                continue
            key = (chain.name, residue.seqid.num, residue.seqid.icode)
            if not places or places[-1][0] != key:
                places.append((key, best))
            elif best.occ > places[-1][1].occ:
                places[-1] = (key, best)
    atoms = [a for c in model for r in c for a in r]
    return {
        "atoms": len(atoms), "residues": sum(len(c) for c in model), "chains": len(model), "models": len(structure), "ca": len(places),
        "hydrogens": sum(a.is_hydrogen() for a in atoms), "altlocs": sum(a.altloc != "\0" for a in atoms),
        "waters": sum(r.is_water() or r.name == "TIP" for c in model for r in c), "electrons": sum(a.element.atomic_number for a in atoms),
    }, [a.pos.tolist() for _, a in places], np.sum([a.pos.tolist() for a in atoms], 0)


@test
def structures_equal_gemmi():
    names = [("structures", n) for n in ("1bna_dna.cif", "1crn.cif", "1crn.pdb", "1d3z_nmr.pdb", "1ejg_0.54A_altloc.pdb", "1igy_inscodes.pdb",
             "1mru.pdb", "1tw7_hybrid36.pdb.gz", "1ubq.pdb.gz", "3pqr.pdb", "7a4m.cif", "emd_20026_3ajo_fitted.pdb", "emd_2566_3j6b_9.pdb",
             "emd_4413_6i5a_box.pdb", "emd_5778_3j5p.pdb")] + [("odd", "biopython_disordered.pdb"), ("odd", "biotite_altloc.cif")]
    for name in names:
        path = data(*name)
        found = json.loads(run(STRUCTURE, path).stdout)
        counts, traces, total = by_gemmi(path)
        for key, value in counts.items():
            assert found[key] == value, (name, key, found[key], value)
        ours = [t[1:] for t in found["trace"] if t[0].endswith(" CA")]
        assert np.allclose(sorted(ours), sorted(traces), atol=1e-3), name
        assert np.allclose(found["sum"], total, rtol=1e-6, atol=1), name
    assert json.loads(run(STRUCTURE, data("structures", "1bna_dna.cif")).stdout)["p"] == 22


main()
