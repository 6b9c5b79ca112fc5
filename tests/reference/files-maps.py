#!/usr/bin/python3
"""Maps as gemmi, mrcfile and NumPy read them, against what our reader makes of the same files: files-maps.py DUMP-MAP DUMP-PROBE."""
import io
import itertools
import json
import os
import sys
import tempfile
import warnings

import gemmi
import mrcfile
import numpy as np

from files_made_maps import make
from files_tap import data, main, run, test

DUMP, PROBE = sys.argv[1:3]
FOLDER = tempfile.TemporaryDirectory(prefix="cryofield-maps-")
REAL = ["emd_1832.map", "emd_20026_3ajo_prot.mrc", "emd_2566_3j6b_chain9.mrc", "emd_3001.map", "emd_3001.map.gz", "emd_3197.map",
        "emd_4413_6i5a_box.ccp4", "emd_5778_chainA.mrc", "emd_8216.map.gz", "xray_1mru_int8.map", "xray_3pqr.ccp4.gz"]


def scratch(name):
    return os.path.join(FOLDER.name, name)


def load(path, *options):
    raw = scratch("out.raw")
    told = json.loads(run(DUMP, path, raw, *options).stdout)
    return told, np.fromfile(raw, "<f4").reshape(told["dims"][::-1])


def refused(path):
    return run(DUMP, path, scratch("out.raw"), status=3).stderr.decode().strip()


def write(name, content):
    path = scratch(name)
    with open(path, "wb") as out:
        out.write(content)
    return path


def small(kind="f4"):
    return np.random.default_rng(5).integers(0, 15, (3, 4, 5)).astype(kind) - (0 if kind[0] == "u" else 7)


@test
def modes_and_byte_orders_and_axis_orders():
    n = 0
    for mode, order, axes in itertools.product((0, 1, 2, 6, 12, 101), "<>", itertools.permutations((1, 2, 3))):
        values = small("u1" if mode in (6, 101) else "i1").astype("f4") * (0.25 if mode in (2, 12) else 1)
        nstart = [(3, -5, 7)[a - 1] for a in axes]
        told, found = load(write("m.mrc", make(values, mode, order, axes, nstart, m=(10, 11, 12), cell=(20, 33, 48))))
        expected = values.transpose([2 - axes.index(a) for a in (3, 2, 1)])
        assert found.shape == expected.shape and np.array_equal(found, expected), (mode, order, axes)
        assert np.allclose(told["origin"], (6, -15, 28)), told["origin"]
        assert (told["mode"], told["big"], told["axes"]) == (mode, order == ">", list(axes))
        assert told["warnings"] == [], told["warnings"]
        n += 1
    assert n == 72


@test
def real_maps_equal_gemmi():
    for name in REAL:
        path = data("maps", name)
        told, found = load(path)
        theirs = gemmi.read_ccp4_map(path)
        axes = [theirs.header_i32(17 + i) - 1 for i in range(3)]
        values = np.array(theirs.grid, copy=False).transpose([axes.index(a) for a in range(3)])
        assert np.array_equal(values.transpose(2, 1, 0), found), name
        # Placement: the fractional position of the first voxel through gemmi's own cell.
        cell = gemmi.UnitCell(*[theirs.header_float(11 + i) for i in range(6)])
        m = [theirs.header_i32(8 + i) for i in range(3)]
        start = [theirs.header_i32(5 + axes.index(a)) for a in range(3)]
        origin = [theirs.header_float(50 + i) for i in range(3)]
        # gemmi leaves the placement to its user: it fills whole cells, and knows no ORIGIN.
        if not any(origin):
            origin = cell.orthogonalize(gemmi.Fractional(*[s / n for s, n in zip(start, m)])).tolist()
        assert np.allclose(told["origin"], origin, atol=2e-4), (name, told["origin"], origin)
        for a in range(3):
            step = cell.orthogonalize(gemmi.Fractional(*[(i == a) / m[a] for i in range(3)])).tolist()
            assert np.allclose(told["step"][3 * a:3 * a + 3], step, atol=1e-5), (name, a)
        double = found.astype("f8")
        assert np.allclose(told["statistics"][:4], (double.min(), double.max(), double.mean(), double.std()), rtol=1e-9, atol=1e-12)


@test
def written_maps_are_read_alike_by_mrcfile_and_gemmi():
    for name, mode in itertools.product(REAL, (2, 12)):
        path = data("maps", name)
        out = scratch("saved.mrc")
        told, values = load(path, "--save", out, str(mode))
        # Its own check of float16 statistics overflows in float16.
        complaints = io.StringIO()
        assert mode == 12 or mrcfile.validate(out, print_file=complaints), (name, complaints.getvalue())
        with mrcfile.open(out) as saved:
            expected = values.astype("f2") if mode == 12 else values
            assert np.array_equal(saved.data, expected), name
            h = saved.header
            double = expected.astype("f8")
            assert np.allclose([h.dmin, h.dmax, h.dmean, h.rms], (double.min(), double.max(), double.mean(), double.std()), rtol=1e-5, atol=1e-6)
            assert np.allclose([h.origin.x, h.origin.y, h.origin.z], told["origin"], atol=1e-3), name
            assert b"Cryofield" in b"".join(h.label.tolist())
            start = [int(h.nxstart), int(h.nystart), int(h.nzstart)]
        again, back = load(out)
        assert np.array_equal(back, expected.astype("f4"))
        assert np.allclose(again["origin"], told["origin"], atol=1e-3) and np.allclose(again["step"], told["step"], rtol=1e-5, atol=1e-6)
        assert again["warnings"] == [], again["warnings"]
        if any(start):
            shifted, _ = load(out, "--nstart")
            assert np.allclose(shifted["origin"], told["origin"], atol=0.02), (name, shifted["origin"], told["origin"])
        if mode == 2:
            theirs = gemmi.read_ccp4_map(out)
            assert np.array_equal(np.array(theirs.grid, copy=False).transpose(2, 1, 0), values)


@test
def real_maps_equal_mrcfile():
    for folder, name in [("maps", name) for name in REAL] + [("odd", "cctbx_tst_input_monoclinic.map"), ("odd", "emd_1703_msk_cell0.map")]:
        path = data(folder, name)
        told, found = load(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with mrcfile.open(path, permissive=True) as theirs:
                h, values = theirs.header, theirs.data.copy()
        axes = [int(h.mapc), int(h.mapr), int(h.maps)]
        # mrcfile keeps sections, rows and columns as stored, places nothing, and gives a voxel of 0 where CELLA is 0.
        assert np.array_equal(values.transpose([2 - axes.index(a) for a in (3, 2, 1)]).astype("f4"), found), name
        assert told["axes"] == axes and told["mode"] == int(h.mode), name
        cell = [float(h.cella[a]) for a in "xyz"]
        edges = np.linalg.norm(np.array(told["step"]).reshape(3, 3), axis=1)
        expected = [c / int(m) for c, m in zip(cell, (h.mx, h.my, h.mz))] if all(cell) else [1, 1, 1]
        assert np.allclose(edges, expected, rtol=1e-6), (name, edges, expected)
        if told["placement"] == 0:
            assert np.allclose(told["origin"], [float(h.origin[a]) for a in "xyz"], atol=1e-4), name


@test
def choices_that_a_file_leaves():
    """Another volume of a stack, and the other of two placements."""
    values = np.arange(6 * 4 * 5, dtype="f4").reshape(6, 4, 5)
    stack = write("stack.mrc", make(values, ispg=401, m=(5, 4, 2), cell=(5, 4, 2)))
    for i in range(3):
        told, found = load(stack, "--volume", str(i))
        assert told["volumes"] == 3 and told["dims"] == [5, 4, 2] and np.array_equal(found, values[2 * i:2 * i + 2])
    run(DUMP, stack, scratch("out.raw"), "--volume", "3", status=3)
    both = write("o.mrc", make(values, origin=(9, 9, 9), nstart=(1, 2, 3)))
    assert load(both)[0]["origin"] == [9, 9, 9] and load(both, "--nstart")[0]["origin"] == [1, 2, 3]


@test
def the_odd_files_of_the_index():
    assert "needs each of 1, 2, 3" in refused(data("odd", "imp_invalid_axes.mrc"))
    assert "text" in refused(data("odd", "imp_8byte_text.map"))
    assert "34280108" in refused(data("odd", "sfftk_corrupt_header.map"))
    assert "stack of images" in refused(data("odd", "xmipp_smallStack.mrcs"))
    told, _ = load(data("odd", "emd_1703_msk_cell0.map"))
    assert told["step"] == [1, 0, 0, 0, 1, 0, 0, 0, 1] and len(told["warnings"]) == 3
    told, found = load(data("odd", "gemmi_iota_yzx.ccp4.gz"))
    theirs = gemmi.read_ccp4_map(data("odd", "gemmi_iota_yzx.ccp4.gz"))
    theirs.setup(float("nan"))
    for z, y, x in itertools.product(*map(range, found.shape)):
        place = [round(o / s) + i for o, s, i in zip(told["origin"], (30, 22, 20), (x, y, z))]
        assert theirs.grid.get_value(*[p % n for p, n in zip(place, (5, 6, 7))]) == found[z, y, x]


main()
