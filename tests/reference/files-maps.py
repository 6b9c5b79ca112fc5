#!/usr/bin/python3
"""Maps as gemmi, mrcfile and NumPy read them, against what our reader makes of the same files: files-maps.py DUMP-MAP DUMP-PROBE."""
import gzip
import io
import itertools
import json
import os
import struct
import sys
import tempfile

import gemmi
import mrcfile
import numpy as np

from files_tap import Skip, data, main, run, test

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


def make(values, mode=2, order="<", axes=(1, 2, 3), nstart=(0, 0, 0), m=None, cell=None, angles=(90, 90, 90), origin=(0, 0, 0), ispg=1,
         symmetry=b"", nsymbt=None, stamp=None, mark=b"MAP ", labels=(), nlabl=None, imod=None, lskflg=0):
    """The bytes of a map; values[section][row][column] as stored, m, cell and origin in X, Y, Z, nstart in file order."""
    kinds = {0: "i1", 1: "i2", 2: "f4", 6: "u2", 12: "f2"}
    nz, ny, nx = values.shape
    dims = [0, 0, 0]
    for axis, n in zip(axes, (nx, ny, nz)):
        if 1 <= axis <= 3:
            dims[axis - 1] = n
    h = bytearray(1024)
    struct.pack_into(order + "10i", h, 0, nx, ny, nz, mode, *nstart, *(m or dims))
    struct.pack_into(order + "6f", h, 40, *(cell or dims), *angles)
    struct.pack_into(order + "3i", h, 64, *axes)
    struct.pack_into(order + "3f2i", h, 76, 1e9, -1e9, 7, ispg, len(symmetry) if nsymbt is None else nsymbt)
    struct.pack_into(order + "i", h, 96, lskflg)
    if imod is not None:
        struct.pack_into(order + "2i", h, 152, 1146047817, imod)
    struct.pack_into(order + "3f", h, 196, *origin)
    h[208:212] = mark
    h[212:216] = stamp if stamp is not None else (b"\x44\x44\0\0" if order == "<" else b"\x11\x11\0\0")
    struct.pack_into(order + "i", h, 220, len(labels) if nlabl is None else nlabl)
    for i, label in enumerate(labels):
        h[224 + 80 * i:224 + 80 * i + 80] = label[:80].ljust(80)
    if mode == 101:
        flat = values.reshape(-1, nx).astype("u1")
        if nx % 2:
            flat = np.pad(flat, ((0, 0), (0, 1)))
        body = (flat[:, ::2] | flat[:, 1::2] << 4).astype("u1").tobytes()
    else:
        body = values.astype(order + kinds.get(mode, "f4")).tobytes()
    return bytes(h) + symmetry + body


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
        if not any(origin):
            origin = cell.orthogonalize(gemmi.Fractional(*[s / n for s, n in zip(start, m)])).tolist()
        assert np.allclose(told["origin"], origin, atol=2e-4), (name, told["origin"], origin)
        for a in range(3):
            step = cell.orthogonalize(gemmi.Fractional(*[(i == a) / m[a] for i in range(3)])).tolist()
            assert np.allclose(told["step"][3 * a:3 * a + 3], step, atol=1e-5), (name, a)
        double = found.astype("f8")
        assert np.allclose(told["statistics"][:4], (double.min(), double.max(), double.mean(), double.std()), rtol=1e-9, atol=1e-12)


@test
def alpha_carbons_sit_in_their_density():
    """z(CA) of the data's index, to 2 %: placement, axes and interpolation together."""
    pairs = [("emd_20026_3ajo_prot.mrc", "emd_20026_3ajo_fitted.pdb", 7.37), ("emd_5778_chainA.mrc", "emd_5778_3j5p.pdb", 5.30),
             ("emd_2566_3j6b_chain9.mrc", "emd_2566_3j6b_9.pdb", 4.18), ("emd_4413_6i5a_box.ccp4", "emd_4413_6i5a_box.pdb", 2.05),
             ("xray_3pqr.ccp4.gz", "3pqr.pdb", 3.39), ("xray_1mru_int8.map", "1mru.pdb", 2.63)]
    for name, model, expected in pairs:
        path = data("maps", name)
        atoms = [line for line in open(data("structures", model)) if line.startswith("ATOM") and line[12:16] == " CA "]
        points = np.array([[float(a[30 + 8 * i:38 + 8 * i]) for i in range(3)] for a in atoms])
        told, _ = load(path)
        if name == "xray_1mru_int8.map":
            # The map is one cell along a and c and half of one along b, the model lies across several: back by whole cells.
            cell = np.array(told["step"]).reshape(3, 3) * [[64], [56], [112]]
            points = (points @ np.linalg.inv(cell) % 1) @ cell
        points.tofile(scratch("points"))
        out = np.frombuffer(run(PROBE, path, scratch("points"), "trilinear").stdout).reshape(-1, 4)
        inside = out[np.isfinite(out[:, 0]), 0]
        z = (inside.mean() - told["statistics"][2]) / told["statistics"][3]
        print(f"# {name}: z(CA) {z:.3f}, index {expected}, {len(inside)} of {len(points)}")
        assert abs(z - expected) < 0.02 * expected, (name, z, expected)


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
def imod_bytes_and_labels_and_odd_headers():
    told, found = load(write("u.mrc", make(np.full((2, 2, 2), -1.0), 0, imod=0)))
    assert (found == 255).all()
    told, found = load(write("u.mrc", make(np.full((2, 2, 2), -1.0), 0, imod=1)))
    assert (found == -1).all()
    values = small()
    told, _ = load(write("l.mrc", make(values, labels=[b"one", b"\x1b[31m\xff two\0junk"])))
    assert told["labels"] == 2
    told, _ = load(write("l.mrc", make(values, labels=[b"x"] * 10, nlabl=99)))
    assert told["labels"] == 10 and len(told["warnings"]) == 1
    for change, words in [({"lskflg": 1}, "LSKFLG"), ({"axes": (0, 0, 0), "m": (5, 4, 3), "cell": (5, 4, 3)}, "MAPC"),
                          ({"angles": (0, 0, 0)}, "CELLB"), ({"angles": (60, 60, 170)}, "CELLB"), ({"stamp": b"\0\0\0\0"}, "stamp"),
                          ({"stamp": b"\x11\x11\0\0"}, "contradicts"), ({"mark": b"xyz "}, "MAP"), ({"nstart": (999, 0, 0)}, "NSTART"),
                          ({"m": (5, 4, 0)}, "MZ"), ({"cell": (5, -4, 3)}, "CELLA Y"), ({"cell": (5, 4, float("nan"))}, "CELLA Z"),
                          ({"origin": (float("inf"), 0, 0)}, "ORIGIN"), ({"origin": (9, 9, 9), "nstart": (1, 1, 1)}, "placed by ORIGIN")]:
        told, found = load(write("o.mrc", make(values, **change)))
        assert np.array_equal(found, values), change
        assert len(told["warnings"]) == 1 and words in told["warnings"][0], (change, told["warnings"])
    told, _ = load(write("o.mrc", make(values, order=">", stamp=b"\0\0\0\0")))
    assert told["big"] == 1
    told, _ = load(write("o.mrc", make(values, mark=b"MAP\0")))
    assert told["warnings"] == []
    assert load(scratch("o.mrc"))[0]["placement"] == 2
    both = write("o.mrc", make(values, origin=(9, 9, 9), nstart=(1, 2, 3)))
    assert load(both)[0]["origin"] == [9, 9, 9] and load(both, "--nstart")[0]["origin"] == [1, 2, 3]
    told, _ = load(write("o.mrc", make(values, origin=(1, 2, 3), nstart=(1, 2, 3))))
    assert told["warnings"] == []


@test
def lengths_symmetry_and_trailing_bytes():
    values = small()
    whole = make(values, symmetry=b"X,Y,Z".ljust(80))
    assert np.array_equal(load(write("s.mrc", whole))[1], values)
    absent = make(values, nsymbt=80)
    for name, content in (("s.mrc", absent), ("s.mrc.gz", gzip.compress(absent))):
        told, found = load(write(name, content))
        assert np.array_equal(found, values) and "NSYMBT" in told["warnings"][0]
    for extra in (1, 5000):
        for pack in (bytes, gzip.compress):
            told, found = load(write("t.mrc", pack(whole + b"\0" * extra)))
            assert np.array_equal(found, values) and f"{extra} bytes follow" in told["warnings"][0], told["warnings"]
    for cut in (1, 3, 200, 240):
        message = refused(write("t.mrc", whole[:-cut]))
        assert str(len(whole)) in message and str(len(whole) - cut) in message, message
        message = refused(write("t.mrc.gz", gzip.compress(whole[:-cut])))
        assert str(len(whole)) in message and str(len(whole) - cut) in message, message
    members = gzip.compress(whole[:700]) + gzip.compress(whole[700:1500]) + gzip.compress(whole[1500:])
    assert np.array_equal(load(write("m.gz", members))[1], values)
    for damaged in (members[:-1], members[:-9], members[:-6] + b"\xff" + members[-5:]):
        assert "gzip stream" in refused(write("d.gz", damaged))
    for mark in (b"xyz ",):
        assert "MAP" in refused(write("t.mrc", make(values, mark=mark) + b"\0"))


@test
def nonfinite_voxels_are_counted_and_zero():
    values = small().astype("f4")
    values[0, 0, :3] = np.nan, np.inf, -np.inf
    for mode in (2, 12):
        told, found = load(write("n.mrc", make(values, mode)))
        assert told["statistics"][4] == 3 and "3 voxels" in told["warnings"][0]
        good = values[np.isfinite(values)].astype("f8")
        assert np.allclose(told["statistics"][:4], (good.min(), good.max(), good.mean(), good.std()), rtol=1e-12)
        assert (found[0, 0, :3] == 0).all()


@test
def stacks():
    values = np.arange(6 * 4 * 5, dtype="f4").reshape(6, 4, 5)
    stack = write("stack.mrc", make(values, ispg=401, m=(5, 4, 2), cell=(5, 4, 2)))
    for i in range(3):
        told, found = load(stack, "--volume", str(i))
        assert told["volumes"] == 3 and told["dims"] == [5, 4, 2] and np.array_equal(found, values[2 * i:2 * i + 2])
        assert "stack of 3 volumes" in told["warnings"][0]
    assert "MZ is 4" in refused(write("stack.mrc", make(values, ispg=401, m=(5, 4, 4))))
    assert "MZ is 0" in refused(write("stack.mrc", make(values, ispg=630, m=(5, 4, 0))))
    assert "stack of images" in refused(write("stack.mrcs", make(values, ispg=0, m=(5, 4, 1))))
    assert load(write("v.mrc", make(values, ispg=0)))[0]["dims"] == [5, 4, 6]


@test
def what_is_refused_names_field_and_value():
    values = small()
    def header(offset, *numbers, kind="i"):
        content = bytearray(make(values))
        struct.pack_into(f"<{len(numbers)}{kind}", content, offset, *numbers)
        return write("r.mrc", bytes(content))
    assert "MODE is 3 (a Fourier transform" in refused(header(12, 3))
    assert "MODE is 4 (a Fourier transform" in refused(header(12, 4))
    assert "MODE is 16 (an RGB" in refused(header(12, 16))
    assert "MODE is 7, needs" in refused(header(12, 7))
    assert "NX is 0" in refused(header(0, 0))
    assert "NY is -4" in refused(header(4, -4))
    assert "NSYMBT is -1" in refused(header(92, -1))
    assert "length is" in refused(write("r.mrc", make(values, nsymbt=2**31 - 1) + b"\0"))
    assert "NX, NY, NZ are 2147483647" in refused(header(0, 2**31 - 1, 2**31 - 1, 2**31 - 1))
    assert "length is" in refused(header(0, 2**31 - 1, 1, 1))
    assert "length is" in refused(header(0, 60000, 60000, 4))
    assert "1, 1, 3" in refused(header(64, 1, 1, 3))
    assert "1, 2, 4" in refused(header(64, 1, 2, 4))
    assert "HTML" in refused(write("r.mrc", b"<!DOCTYPE html><html>" + b" " * 2000))
    assert "text" in refused(write("r.mrc", b"hello " * 300))
    assert "empty" in refused(write("r.mrc", b""))
    assert "empty" in refused(write("r.mrc", gzip.compress(b"")))
    assert "text" in refused(write("r.mrc", gzip.compress(b"hello " * 300)))
    assert "model" in refused(write("r.mrc", b"HEADER    X\nATOM  \n" + b" " * 2000))
    assert "HDF5" in refused(write("r.mrc", b"\x89HDF\r\n" + bytes(2000)))
    assert "1023 bytes" in refused(write("r.mrc", make(values)[:1023]))
    assert "not an MRC map" in refused(write("r.mrc", bytes(5000)))
    assert "folder" in refused(FOLDER.name)
    assert "cannot be opened" in refused(scratch("nothing"))


@test
def a_bomb_costs_nothing():
    """A gzip file of a megabyte whose header declares more than deflate could ever hold, and one that goes on for ever."""
    values = small()
    big = bytearray(make(values))
    struct.pack_into("<3i", big, 0, 4000, 4000, 4000)
    assert "at most" in refused(write("b.gz", gzip.compress(bytes(big), 1)))
    told, found = load(write("b.gz", gzip.compress(make(values) + bytes(200_000_000), 1)))
    assert np.array_equal(found, values) and "at least" in told["warnings"][0]


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
