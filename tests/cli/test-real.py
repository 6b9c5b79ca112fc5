#!/usr/bin/python3
"""test-real.py info|MAP MODEL [EPOCHS]: real maps. `info` of all of them against NumPy over the raw file; or one through `run`, end to end."""
import csv
import json
import math
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from cli import as_json, cli
from tap import Skip, close, collect, data, equal, run

FOLDER = tempfile.TemporaryDirectory()
FOUND = {}

# dims x, y, z after the axis order is applied; voxel; axes; mode; the header's own numbers by hand
MAPS = {
    "emd_2566_3j6b_chain9.mrc": ([35, 52, 47], [1.34, 1.34, 1.34], [1, 2, 3], 2),
    "emd_20026_3ajo_prot.mrc": ([94, 104, 112], [0.65, 0.65, 0.65], [1, 2, 3], 2),
    "emd_4413_6i5a_box.ccp4": ([46, 70, 43], [1.0635, 1.0635, 1.0635], [3, 2, 1], 2),
    "emd_1832.map": ([64, 64, 64], [5.7, 5.7, 5.7], [1, 2, 3], 2),
    "emd_3197.map": ([20, 20, 20], [11.4, 11.4, 11.4], [1, 2, 3], 2),
    "xray_1mru_int8.map": ([64, 28, 112], [63.1 / 64, 50.17 / 56, 111.07 / 112], [2, 1, 3], 0),
    "xray_3pqr.ccp4.gz": ([100, 69, 59], [241.55 / 252, 241.55 / 252, 109.86 / 120], [2, 1, 3], 2),
    "emd_8216.map.gz": ([100, 50, 83], [29.42 / 80, 4.99 / 16, 37.17 / 104], [3, 1, 2], 2),
}


def raw_voxels(path):
    """All voxels in file order by NumPy, which knows nothing of maps."""
    import gzip
    import struct

    import numpy

    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rb") as file:
        raw = file.read()
    nx, ny, nz, mode = struct.unpack_from("<4i", raw, 0)
    start = 1024 + struct.unpack_from("<i", raw, 92)[0]
    return numpy.frombuffer(raw, {0: "<i1", 2: "<f4"}[mode], nx * ny * nz, start).astype(numpy.float64)


def info_of(name):
    def test():
        path = data("maps", name)
        dims, voxel, axes, mode = MAPS[name]
        found = as_json("info", path)
        equal((found["dims"], found["axes"], found["mode"], found["byte_order"]), (dims, axes, mode, found["byte_order"]))
        for a in range(3):
            close(found["voxel"][a], voxel[a], 2e-4, "voxel")
        try:
            values = raw_voxels(path)
        except ImportError as error:
            raise Skip("python3-numpy is not installed") from error
        scale = abs(values).max()
        for key, value in (("min", values.min()), ("max", values.max()), ("mean", values.mean()), ("sd", values.std())):
            close(found[key], value, 1e-6 * scale, key)
        d = values.clip(0) / values.max()
        close(found["normalised"]["mu"], d.mean(), 1e-6)
        close(found["normalised"]["sigma"], d.std(), 1e-6)
        close(found["normalised"]["threshold"], max(0.1, d.mean() + 3 * d.std()), 1e-6)
        equal(found["contour"], 0.2 if name.startswith("emd_8216") else None, "contour")

    return f"info {name}", test


# z(CA) of the index of the data: placement, axes, shear and interpolation together
PAIRS = [("emd_20026_3ajo_prot.mrc", "emd_20026_3ajo_fitted.pdb", 7.37), ("emd_5778_chainA.mrc", "emd_5778_3j5p.pdb", 5.30),
         ("emd_2566_3j6b_chain9.mrc", "emd_2566_3j6b_9.pdb", 4.18), ("emd_4413_6i5a_box.ccp4", "emd_4413_6i5a_box.pdb", 2.05),
         ("xray_3pqr.ccp4.gz", "3pqr.pdb", 3.39), ("xray_1mru_int8.map", "1mru.pdb", 2.63)]


def density_at_alpha(name, model, expected):
    def test():
        path, model_path = data("maps", name), data("structures", model)
        told = as_json("info", path)
        options = ["--model", model_path]
        if name == "xray_1mru_int8.map":
            # The map is one cell along a and c and half of one along b, the model lies across several: back by whole cells.
            import gemmi

            cell = gemmi.UnitCell(*told["cell"])
            atoms = [a for c in gemmi.read_structure(model_path)[0] for r in c for a in r if a.name == "CA"]
            points = [cell.orthogonalize(cell.fractionalize(a.pos).wrap_to_unit()).tolist() for a in atoms]
            options = ["--points", os.path.join(FOLDER.name, "points.csv")]
            with open(options[1], "w", encoding="ascii") as file:
                file.writelines("%.6f,%.6f,%.6f\n" % tuple(p) for p in points)
        rows = list(csv.DictReader(cli("probe", path, *options).stdout.splitlines()))
        inside = [float(row["value"]) for row in rows if row["value"] != "nan"]
        z = (sum(inside) / len(inside) - told["mean"]) / told["sd"]
        print(f"# z(CA) {z:.3f}, index {expected}, {len(inside)} of {len(rows)} inside")
        close(z, expected, 0.02 * expected)

    return f"density at C-alpha of {name}", test


def test_it_runs():
    path, model = data("maps", sys.argv[1]), data("structures", sys.argv[2])
    more = ["--epochs", sys.argv[3]] if len(sys.argv) > 3 else []
    FOUND["run"] = as_json("run", path, "--model", model, "-o", FOLDER.name, *more, timeout=3600)
    print("#", json.dumps({key: FOUND["run"][key] for key in ("level", "seeds", "nodes", "edges", "loss", "comparison", "seconds")}))


def found_by_run():
    """What `run` printed, or Skip where it could not run."""
    if "run" not in FOUND:
        raise Skip("it did not run")
    return FOUND["run"]


def test_every_region_is_fitted():
    equal(found_by_run()["regions"]["fitted"] + found_by_run()["regions"]["flat"], found_by_run()["regions"]["total"])
    assert 0 < found_by_run()["loss"] < 5e-3, found_by_run()["loss"]


def test_nodes_lie_on_the_model():
    # placement, axes and origin are right only where nodes meet atoms better than chance does
    found = found_by_run()["comparison"]
    assert found["ca"]["coverage"] > 0.75 and found["ca"]["rmsd"] < 1.6, found
    chance = found["null"]
    print(f"# coverage {found['ca']['coverage']:.3f}, chance {chance['coverage']:.3f}; RMSD {found['ca']['rmsd']:.3f}, chance {chance['rmsd']:.3f}")
    if chance["coverage"] < 0.95:
        assert found["ca"]["coverage"] > chance["coverage"] + 0.05, found
    else:  # random points cover all residues too: how near is left
        assert found["ca"]["coverage"] >= chance["coverage"] and found["ca"]["rmsd"] < chance["rmsd"] - 0.03, found


def test_files_agree():
    files = found_by_run()["files"]
    space = "{http://graphml.graphdrawing.org/xmlns}"
    tree = xml.etree.ElementTree.parse(files["graph"][0])
    equal((len(tree.findall(f".//{space}node")), len(tree.findall(f".//{space}edge"))), (found_by_run()["nodes"], found_by_run()["edges"]))
    with open(files["compare"], encoding="utf-8") as file:
        equal(json.load(file), found_by_run()["comparison"])
    with open(files["residues"], encoding="utf-8") as file:
        table = [row for row in csv.DictReader(file)]
    equal(sum(row["node"] not in ("", "-1") for row in table), found_by_run()["comparison"]["ca"]["matched"])
    for name in (files["report"][0], files["picture"]):
        assert os.path.getsize(name) > 20000, name


def test_clusters_are_those_of_scikit_learn():
    """Label for label at 32 levels of the real peaks; and a walk that begins at the level gives the nodes of `run`, whose walk began lower: but for one of
    two hundred, as a BLAS rounds a row by where it stands among the others, and a climb over flat density may go by that."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "reference", "sweep-sklearn.py")
    peaks = os.path.join(FOLDER.name, "peaks.npz")
    cli("walk", found_by_run()["files"]["neural"], "-o", peaks, "--level", "3sigma", timeout=3600)
    done = subprocess.run([sys.executable, script, os.environ["CRYOFIELD_SWEEP_TOOL"], peaks], capture_output=True, text=True, check=False)
    if "SKIP" in done.stdout:
        raise Skip(done.stdout.strip())
    print("#", done.stdout.strip().splitlines()[-1])
    equal((done.returncode, done.stdout.count("not ok")), (0, 0), done.stdout + done.stderr)
    assert f"({found_by_run()['seeds']})" in done.stdout, "all seeds of the level are looked at"
    import numpy
    from sklearn.cluster import DBSCAN

    at = numpy.load(peaks)["peak"].astype(float)
    labels = DBSCAN(eps=0.2, min_samples=1).fit(at).labels_
    sizes = numpy.bincount(labels)
    nodes = numpy.stack([numpy.bincount(labels, at[:, a]) / sizes for a in range(3)], 1)
    with open(found_by_run()["files"]["graph"][1], encoding="utf-8") as file:
        graph = numpy.array([[node[a] for a in "xyz"] for node in json.load(file)["nodes"]])
    apart = numpy.linalg.norm(nodes[:, None] - graph[None], axis=2)
    alone = [int((apart.min(a) >= 0.01).sum()) for a in (1, 0)]
    print(f"# nodes by walk {len(nodes)}, by run {len(graph)}; without one of the other within 0.01 A: {alone}")
    assert max(alone) <= 0.005 * len(graph), alone


def test_no_node_is_a_saddle():
    """A place without slope from which the field rises along some line, by differences of the gradient."""
    import numpy

    with open(found_by_run()["files"]["graph"][1], encoding="utf-8") as file:
        at = numpy.array([[node[a] for a in "xyz"] for node in json.load(file)["nodes"]])
    step, points = 0.02, os.path.join(FOLDER.name, "points.csv")
    shifts = [numpy.zeros(3)] + [sign * step * axis for axis in numpy.eye(3) for sign in (1, -1)]
    numpy.savetxt(points, numpy.concatenate([at + shift for shift in shifts]), delimiter=",", fmt="%.9g")
    rows = csv.reader(cli("probe", found_by_run()["files"]["neural"], "--points", points, "--gradient").stdout.splitlines()[1:])
    slope = numpy.array([row[4:7] for row in rows], float).reshape(7, len(at), 3)
    inside = numpy.isfinite(slope).all((0, 2))  # at the map's very edge there is nothing on one side
    assert inside.mean() > 0.99, inside.mean()
    at, slope = at[inside], slope[:, inside]
    hessian = numpy.stack([(slope[1 + 2 * a] - slope[2 + 2 * a]) / (2 * step) for a in range(3)], 1)
    curvature = numpy.linalg.eigvalsh((hessian + hessian.transpose(0, 2, 1)) / 2)
    steepest = abs(curvature).max(1)
    saddles = (curvature[:, 2] > 0.02 * steepest) & (numpy.linalg.norm(slope[0], axis=1) < 0.005 * steepest)
    maxima = (curvature[:, 2] < 0).sum()
    print(f"# {maxima} of {len(at)} nodes at maxima, {saddles.sum()} at saddles")
    assert not saddles.any() and maxima > 0.99 * len(at), (maxima, len(at), at[saddles])


def test_sampled_voxels_are_those_of_the_map():
    path, again = data("maps", sys.argv[1]), as_json("info", found_by_run()["files"]["sampled"])
    found = as_json("info", path)
    equal(again["dims"], found["dims"])
    for a in range(3):
        close(again["origin"][a], found["origin"][a], 2e-3, "origin")
        close(again["voxel"][a], found["voxel"][a], 1e-4, "voxel")
    close(again["max"], found["max"], 0.25 * found["max"], "max")
    assert math.isfinite(again["mean"])


run([info_of(name) for name in MAPS] + [density_at_alpha(*pair) for pair in PAIRS] if sys.argv[1:] == ["info"] else collect(globals()))
