"""The rows of the table of MRC and CCP4 maps as tiny files: both byte orders, good and bad."""
import gzip
import itertools
import struct
import zlib

import numpy as np

from files_made import Table

KINDS = {0: "i1", 1: "i2", 2: "f4", 6: "u2", 12: "f2"}
STAMPS = {"<": b"\x44\x44\0\0", ">": b"\x11\x11\0\0"}
NAMES = {"<": "little", ">": "big"}
SMALL = np.random.default_rng(5).integers(0, 15, (3, 4, 5)).astype("f4") - 7


def make(values, mode=2, order="<", axes=(1, 2, 3), nstart=(0, 0, 0), m=None, cell=None, angles=(90, 90, 90), origin=(0, 0, 0), ispg=1,
         symmetry=b"", nsymbt=None, stamp=None, mark=b"MAP ", labels=(), nlabl=None, imod=None, lskflg=0, n=None):
    """The bytes of a map; values[section][row][column] as stored, m, cell and origin in X, Y, Z, nstart in file order."""
    nz, ny, nx = values.shape
    dims = [0, 0, 0]
    for axis, size in zip(axes, (nx, ny, nz)):
        if 1 <= axis <= 3:
            dims[axis - 1] = size
    h = bytearray(1024)
    struct.pack_into(order + "10i", h, 0, *(n or (nx, ny, nz)), mode, *nstart, *(m or dims))
    struct.pack_into(order + "6f", h, 40, *(cell or dims), *angles)
    struct.pack_into(order + "3i", h, 64, *axes)
    struct.pack_into(order + "3f2i", h, 76, 1e9, -1e9, 7, ispg, len(symmetry) if nsymbt is None else nsymbt)
    struct.pack_into(order + "i", h, 96, lskflg)
    if imod is not None:
        struct.pack_into(order + "2i", h, 152, 1146047817, imod)
    struct.pack_into(order + "3f", h, 196, *origin)
    h[208:212] = mark
    h[212:216] = STAMPS[order] if stamp is None else stamp
    struct.pack_into(order + "i", h, 220, len(labels) if nlabl is None else nlabl)
    for i, label in enumerate(labels):
        h[224 + 80 * i:224 + 80 * i + 80] = label[:80].ljust(80)
    if mode == 101:
        flat = values.reshape(-1, nx).astype("u1")
        if nx % 2:
            flat = np.pad(flat, ((0, 0), (0, 1)))
        body = (flat[:, ::2] | flat[:, 1::2] << 4).astype("u1").tobytes()
    else:
        body = values.astype(order + KINDS.get(mode, "f4")).tobytes()
    return bytes(h) + symmetry + body


def steps(cell, angles, m):
    """One voxel along X, Y, Z as rows: the PDB's convention, a along x, b in the xy plane."""
    ca, cb, cg = np.cos(np.radians(angles))
    sg = np.sin(np.radians(angles[2]))
    y = (ca - cb * cg) / sg
    matrix = np.array([[1, 0, 0], [cg, sg, 0], [cb, y, np.sqrt(1 - cb * cb - y * y)]])
    return matrix * (np.array(cell, "f8") / m)[:, None]


def points(values, axes=(1, 2, 3), step=None, start=(0, 0, 0)):
    """x, y, z and value of every voxel; values as stored, non-finite ones as 0; start in A."""
    step = np.eye(3) if step is None else step
    out = []
    for k, j, i in np.ndindex(values.shape):
        ijk = [0, 0, 0]
        for axis, index in zip(axes, (i, j, k)):
            ijk[axis - 1] = index
        value = float(values[k, j, i])
        out.append([*(np.array(start) + ijk @ step), value if np.isfinite(value) else 0.0])
    return np.array(out)


def numbers(values, **more):
    """What `info` must say of the voxels."""
    good = values[np.isfinite(values)].astype("f8")
    if not good.size:
        good = np.zeros(1)
    return {"min": good.min(), "max": good.max(), "mean": good.mean(), "sd": good.std(), **more}


def modes(table):
    for order in "<>":
        named = f"mode %s, {NAMES[order]}"
        signed = np.arange(-30, 30, dtype="f4").reshape(3, 4, 5) * 4
        table.good("mode 0", named % "0", make(signed, 0, order), ".mrc", points=points(signed), **numbers(signed, mode=0, byte_order=NAMES[order]))
        for flag, expected in ((0, signed % 256), (1, signed), (2, signed % 256), (3, signed)):
            table.good("mode 0", named % f"0 with IMOD flags {flag}", make(signed, 0, order, imod=flag), ".mrc", points=points(expected),
                       **numbers(expected, mode=0))
        large = {1: signed * 250, 2: signed * 1e-3, 6: abs(signed) * 500, 12: signed / 64}
        for mode, values in large.items():
            table.good("modes 1, 2, 6, 12", named % mode, make(values, mode, order), ".mrc", points=points(values),
                       **numbers(values.astype(KINDS[mode]), mode=mode, byte_order=NAMES[order]))
        for nx in (5, 6, 1):
            values = np.arange(3 * 4 * nx).reshape(3, 4, nx).astype("f4") % 16
            table.good("mode 101", named % f"101, {nx} columns", make(values, 101, order), ".mrc", points=points(values), **numbers(values, mode=101))
        for mode, words in ((3, ["transform"]), (4, ["transform"]), (16, ["RGB"]), (5, []), (7, []), (-1, []), (100, []), (1000, [])):
            table.bad("other modes", named % mode, make(SMALL, mode, order), ".mrc", "MODE", str(mode), "needs", *words)


def stamps(table):
    for order in "<>":
        for mark in {"<": (b"\x44\x44\0\0", b"\x44\x41\0\0"), ">": (b"\x11\x11\0\0",)}[order]:
            table.good("machine stamp", f"{mark.hex()} as it is", make(SMALL, 2, order, stamp=mark), ".mrc", points=points(SMALL), byte_order=NAMES[order])
        for mark in (b"\0\0\0\0", b"\x44\0\0\0", b"zz\0\0", b"\x41\x44\0\0"):
            for mode in (0, 1, 2):
                table.good("machine stamp", f"{mark.hex()} unknown, {NAMES[order]}, mode {mode}", make(SMALL, mode, order, stamp=mark), ".mrc",
                           [["stamp", mark[:2].hex(), NAMES[order]]], points(SMALL), byte_order=NAMES[order])
        other = STAMPS["<" if order == ">" else ">"]
        table.good("machine stamp", f"contradicted, {NAMES[order]}", make(SMALL, 2, order, stamp=other), ".mrc", [["stamp", "contradicts", NAMES[order]]],
                   points(SMALL), byte_order=NAMES[order])


def marks(table):
    for order in "<>":
        table.good("'MAP '", f"with a zero, {NAMES[order]}", make(SMALL, 2, order, mark=b"MAP\0"), ".mrc", points=points(SMALL))
        for mark in (b"\0\0\0\0", b"xyz "):
            whole = make(SMALL, 2, order, mark=mark)
            table.good("'MAP '", f"missing ({mark!r}), {NAMES[order]}", whole, ".mrc", [["'MAP '", "missing"]], points(SMALL))
            table.bad("'MAP '", f"missing ({mark!r}) and a byte too many, {NAMES[order]}", whole + b"\0", ".mrc", "'MAP '", "missing")
            table.bad("'MAP '", f"missing ({mark!r}) and a byte too many in gzip, {NAMES[order]}", gzip.compress(whole + b"\0"), ".mrc.gz", "'MAP '")
            table.bad("'MAP '", f"missing ({mark!r}) and a byte short, {NAMES[order]}", whole[:-1], ".mrc", "needs")
            table.bad("'MAP '", f"missing ({mark!r}) and axes 1, 2, 9, {NAMES[order]}", make(SMALL, 2, order, (1, 2, 9), mark=mark), ".mrc", "'MAP '")


def symmetry(table):
    for order in "<>":
        for size in (0, 1, 80, 83, 4097):
            table.good("NSYMBT", f"{size} bytes, {NAMES[order]}", make(SMALL, 2, order, symmetry=b"X,Y,Z".ljust(size)[:size]), ".ccp4", points=points(SMALL))
        for size in (1, 80, 1000000):
            absent = make(SMALL, 2, order, nsymbt=size)
            words = [["NSYMBT", str(size), "read without"]]
            table.good("NSYMBT", f"{size} bytes that are absent, {NAMES[order]}", absent, ".ccp4", words, points(SMALL))
            if size < 1000000:
                table.good("NSYMBT", f"{size} bytes that are absent, gzip, {NAMES[order]}", gzip.compress(absent), ".ccp4.gz", words, points(SMALL))
        for size in (-1, -2**31):
            table.bad("NSYMBT", f"{size}, {NAMES[order]}", make(SMALL, 2, order, nsymbt=size), ".ccp4", "NSYMBT", str(size), "needs")
        for size in (81, 2**31 - 1):
            table.bad("NSYMBT", f"{size} where 80 are there, {NAMES[order]}", make(SMALL, 2, order, symmetry=bytes(80), nsymbt=size), ".ccp4", "needs", str(size))


def sizes(table):
    for order in "<>":
        for axis, value in itertools.product(range(3), (0, -1, -2**31)):
            n = [5, 4, 3]
            n[axis] = value
            table.bad("dimensions", f"N{'XYZ'[axis]} {value}, {NAMES[order]}", make(SMALL, 2, order, n=n), ".mrc", f"N{'XYZ'[axis]}", str(value), "needs")
        for n in ((2**31 - 1,) * 3, (2**31 - 1, 2**31 - 1, 2), (65536, 65536, 65536), (2**31 - 1, 1, 1), (1, 1, 2**31 - 1), (60000, 60000, 4)):
            table.bad("dimensions", f"{n}, {NAMES[order]}", make(SMALL, 2, order, n=n), ".mrc", str(n[0]), "needs")
        whole = make(SMALL, 2, order)
        for cut in (1, 4, 20, 239, 240):
            table.bad("length", f"{cut} bytes short, {NAMES[order]}", whole[:-cut], ".mrc", "length", str(len(whole)), str(len(whole) - cut), "needs")
            table.bad("length", f"{cut} bytes short in gzip, {NAMES[order]}", gzip.compress(whole[:-cut]), ".mrc.gz", str(len(whole)), str(len(whole) - cut))
        for extra in (1, 500, 70000):
            table.good("length", f"{extra} bytes longer, {NAMES[order]}", whole + bytes(extra), ".mrc", [[str(extra), "follow"]], points(SMALL))
        table.good("length", f"one voxel, {NAMES[order]}", make(SMALL[:1, :1, :1], 2, order), ".mrc", points=points(SMALL[:1, :1, :1]), dims=[1, 1, 1], warn=["not constant"])


def cells(table):
    row = "MX, MY, MZ and CELLA"
    for order in "<>":
        table.good(row, f"of a crystal, {NAMES[order]}", make(SMALL, 2, order, m=(10, 12, 16), cell=(15, 9, 32)), ".ccp4",
                   points=points(SMALL, step=np.diag((1.5, 0.75, 2))), voxel=[1.5, 0.75, 2], cell=[15, 9, 32, 90, 90, 90], dims=[5, 4, 3])
        for axis in range(3):
            edge, letter = [1.5, 0.75, 2], "XYZ"[axis]
            edge[axis] = 1
            for value in (0, -12, -2**31):
                m = [10, 12, 16]
                m[axis] = value
                table.good(row, f"M{letter} {value}, {NAMES[order]}", make(SMALL, 2, order, m=m, cell=(15, 9, 32)), ".ccp4", [["M" + letter, str(value), "1 A"]],
                           points(SMALL, step=np.diag(edge)), voxel=edge)
            for value in (0, -9, float("nan"), float("inf"), -float("inf")):
                cell = [15, 9, 32]
                cell[axis] = value
                table.good(row, f"CELLA {letter} {value}, {NAMES[order]}", make(SMALL, 2, order, m=(10, 12, 16), cell=cell), ".ccp4",
                           [["CELLA " + letter, "1 A"]], points(SMALL, step=np.diag(edge)), voxel=edge)
    row = "CELLB"
    for order in "<>":
        for angles in ((90, 111.55, 90), (90, 90, 120), (60, 60, 60), (80, 95, 103.5), (90, 90, 60)):
            step = steps((15, 9, 32), angles, (10, 12, 16))
            for axes in ((1, 2, 3), (3, 1, 2)):
                table.good(row, f"{angles}, axes {axes}, {NAMES[order]}", make(SMALL, 2, order, axes, m=(10, 12, 16), cell=(15, 9, 32), angles=angles), ".ccp4",
                           points=points(SMALL, axes, step), cell=[15, 9, 32, *angles], axes=list(axes))
        for angles in ((0, 0, 0), (90, 90, 180), (90, 90, 0), (-90, 90, 90), (90, float("nan"), 90), (90, 90, float("inf")), (60, 60, 170), (10, 90, 10)):
            table.good(row, f"{angles} which cannot be, {NAMES[order]}", make(SMALL, 2, order, angles=angles), ".ccp4", [["CELLB", "90"]], points(SMALL),
                       cell=[5, 4, 3, 90, 90, 90])


def axis_orders(table):
    row = "MAPC, MAPR, MAPS"
    for order in "<>":
        for axes in itertools.permutations((1, 2, 3)):
            nstart = [(3, -5, 7)[a - 1] for a in axes]
            shape = [0, 0, 0]
            for a, n in zip(axes, (5, 4, 3)):
                shape[a - 1] = n
            for mode in (1, 2):
                table.good(row, f"{axes}, mode {mode}, {NAMES[order]}", make(SMALL, mode, order, axes, nstart, (10, 11, 12), (20, 33, 48)), ".ccp4",
                           points=points(SMALL, axes, np.diag((2, 3, 4)), (6, -15, 28)), dims=shape, origin=[6, -15, 28], axes=list(axes))
        table.good(row, f"0, 0, 0, {NAMES[order]}", make(SMALL, 2, order, (0, 0, 0), m=(5, 4, 3), cell=(5, 4, 3)), ".ccp4", [["MAPC", "1, 2, 3"]], points(SMALL),
                   axes=[1, 2, 3])
        for axes in ((1, 1, 3), (1, 2, 2), (3, 3, 3), (1, 2, 0), (0, 2, 3), (1, 2, 4), (-1, 2, 3), (2**31 - 1, 1, 2)):
            table.bad(row, f"{axes}, {NAMES[order]}", make(SMALL, 2, order, axes, m=(5, 4, 3), cell=(5, 4, 3)), ".ccp4", "MAPC", ", ".join(map(str, axes)), "needs")


def placements(table):
    row, nan, inf = "placement", float("nan"), float("inf")
    grid = {"m": (10, 12, 16), "cell": (15, 9, 32)}
    step = np.diag((1.5, 0.75, 2))
    for order in "<>":
        def put(name, start, by, warn=(), **more):
            table.good(row, f"{name}, {NAMES[order]}", make(SMALL, 2, order, **{**grid, **more}), ".mrc", warn, points(SMALL, step=step, start=start),
                       origin=list(start), placed_by=by)
        put("none", (0, 0, 0), "zero")
        put("ORIGIN", (100.5, -7.25, 3), "ORIGIN", origin=(100.5, -7.25, 3))
        put("ORIGIN along one axis", (0, 0, -3), "ORIGIN", origin=(0, 0, -3))
        put("NSTART", (-3, 0.75, 14), "NSTART", nstart=(-2, 1, 7))
        put("both, alike", (-3, 0.75, 14), "ORIGIN", nstart=(-2, 1, 7), origin=(-3, 0.75, 14))
        put("both, unlike", (9, 8, 7), "ORIGIN", [["ORIGIN", "NSTART", "placed by ORIGIN"]], nstart=(-2, 1, 7), origin=(9, 8, 7))
        for value in (nan, inf, -inf):
            put(f"ORIGIN {value}", (0, 0, 0), "zero", [["ORIGIN"]], origin=(5, value, 0))
            put(f"ORIGIN {value} and NSTART", (-3, 0.75, 14), "NSTART", [["ORIGIN"]], origin=(5, value, 0), nstart=(-2, 1, 7))
        put("NSTART of 10 times the size", (150, 0, 0), "NSTART", nstart=(100, 0, 0))
        for value in (161, -161, 2**31 - 1, -2**31):
            put(f"NSTART {value}", (-3, 0.75, 0), "NSTART", [["NSTART of Z", str(value), "0"]], nstart=(-2, 1, value))
        angles = (90, 111.55, 90)
        sheared = steps(grid["cell"], angles, grid["m"])
        table.good(row, f"NSTART through a sheared cell, {NAMES[order]}", make(SMALL, 2, order, (3, 1, 2), (7, -2, 1), angles=angles, **grid), ".ccp4",
                   points=points(SMALL, (3, 1, 2), sheared, np.array((-2, 1, 7)) @ sheared), placed_by="NSTART")


def voxels(table):
    row = "statistics"
    for order in "<>":
        table.good(row, f"of a header that lies, {NAMES[order]}", make(SMALL, 2, order), ".mrc", **numbers(SMALL, nonfinite=0))
        for mode in (2, 12):
            odd = SMALL.copy()
            odd[0, 0, :3] = np.nan, np.inf, -np.inf
            table.good(row, f"without NaN and Inf, mode {mode}, {NAMES[order]}", make(odd, mode, order), ".mrc", [["3 voxels", "not finite"]], points(odd),
                       **numbers(odd, nonfinite=3))
            table.good(row, f"of nothing but NaN, mode {mode}, {NAMES[order]}", make(odd * np.nan, mode, order), ".mrc", [["60 voxels"], ["positive"]],
                       points(odd * np.nan), min=0, max=0, mean=0, nonfinite=60, normalised=None)
        table.good(row, f"of a constant map, {NAMES[order]}", make(SMALL * 0 + 3, 2, order), ".mrc", [["constant"]], min=3, max=3, mean=3, sd=0, normalised=None)
        table.good(row, f"of values near the largest float, {NAMES[order]}", make(np.sign(SMALL) * np.float32(3e38), 2, order), ".mrc",
                   **numbers(np.sign(SMALL) * np.float32(3e38)))


def stacks(table):
    row, six = "ISPG", np.arange(6 * 4 * 5, dtype="f4").reshape(6, 4, 5)
    for order in "<>":
        for ispg in (0, 1, 4, 230):
            table.good(row, f"{ispg}, a volume, {NAMES[order]}", make(six, 2, order, ispg=ispg), ".mrc", points=points(six), dims=[5, 4, 6])
        for ispg in (401, 500, 630):
            table.good(row, f"{ispg}, three volumes, {NAMES[order]}", make(six, 2, order, ispg=ispg, m=(5, 4, 2), cell=(5, 4, 2)), ".mrc",
                       [["stack of 3 volumes"]], points(six[:2]), dims=[5, 4, 2], max=39)
        table.good(row, f"401, one volume, {NAMES[order]}", make(six, 2, order, ispg=401), ".mrc", points=points(six))
        for mz in (4, 0, -2, 7, 12):
            table.bad(row, f"401 and MZ {mz}, {NAMES[order]}", make(six, 2, order, ispg=401, m=(5, 4, mz), cell=(5, 4, 2)), ".mrc", "MZ", str(mz), "needs")


def texts(table):
    for order in "<>":
        for n in (-1, 11, 99, -2**31, 2**31 - 1):
            table.good("labels", f"{n} of them, {NAMES[order]}", make(SMALL, 2, order, labels=[b"x"] * 10, nlabl=n), ".mrc", [["NLABL", str(n)]], points(SMALL),
                       labels=[] if n < 0 else ["x"] * 10)
        table.good("labels", f"with control characters and broken UTF-8, {NAMES[order]}",
                   make(SMALL, 2, order, labels=[b"one", b"\x1b[31mred\r\n\x07 two\0junk", "\u202etwisted\u2028".encode(), b"\xff\xfe\xc3"]), ".mrc",
                   labels=["one", " [31mred    two", " twisted", "\ufffd\ufffd\ufffd"])
        for flag in (1, -5):
            table.good("LSKFLG", f"{flag}, {NAMES[order]}", make(SMALL, 2, order, lskflg=flag), ".mrc", [["LSKFLG", str(flag), "ignored"]], points(SMALL))


def compressed(table):
    row = "compression"
    for order in "<>":
        whole = make(SMALL, 2, order)
        table.good(row, f"gzip called .mrc, {NAMES[order]}", gzip.compress(whole), ".mrc", points=points(SMALL))
        table.good(row, f"plain called .gz, {NAMES[order]}", whole, ".mrc.gz", points=points(SMALL))
        members = gzip.compress(whole[:700]) + gzip.compress(whole[700:1100]) + gzip.compress(b"") + gzip.compress(whole[1100:])
        table.good(row, f"several members, {NAMES[order]}", members, ".map.gz", points=points(SMALL))
        table.good(row, f"zeros behind the last member, {NAMES[order]}", members + bytes(512), ".map.gz", points=points(SMALL))
        table.bad(row, f"a member that is damaged, {NAMES[order]}", gzip.compress(whole[:700]) + b"\x1f\x8b\x08\0damaged", ".map.gz", "gzip")
        packed = gzip.compress(whole)
        for cut in (1, 8, 9, 100, len(packed) - 20, len(packed) - 3):
            table.bad(row, f"{cut} bytes of the stream missing, {NAMES[order]}", packed[:-cut], ".map.gz", "gzip", "needs")
        for at, what in ((-5, "checksum"), (-1, "length")):
            wrong = bytearray(packed)
            wrong[at] ^= 255
            table.bad(row, f"wrong {what}, {NAMES[order]}", bytes(wrong), ".map.gz", "gzip", "damaged")
        table.bad(row, f"a header that declares more than deflate can hold, {NAMES[order]}", gzip.compress(make(SMALL, 2, order, n=(4000, 4000, 4000))), ".map.gz",
                  "at most", "needs")
        table.good(row, f"a bomb behind the map, {NAMES[order]}", gzip.compress(whole + bytes(30_000_000)), ".map.gz", [["at least", "follow"]], points(SMALL))


def others(table):
    row = "not a map"
    for name, content, words in (
            ("text", b"hello, world\n" * 200, ["text"]), ("a short text", b"hello", ["text"]), ("an empty file", b"", ["empty"]),
            ("an HTML page", b"<!DOCTYPE html><html><body>404</body></html>" + b" " * 2000, ["HTML"]),
            ("an XML file", b"<?xml version='1.0'?><emd/>" + b" " * 2000, ["XML"]), ("a PNG", b"\x89PNG\r\n\x1a\n" + bytes(2000), ["PNG"]),
            ("an HDF5 file", b"\x89HDF\r\n\x1a\n" + bytes(2000), ["HDF5"]), ("a ZIP archive", b"PK\x03\x04" + bytes(2000), ["ZIP"]),
            ("a TIFF", b"II*\0" + bytes(2000), ["TIFF"]), ("bzip2", b"BZh91AY" + bytes(2000), ["bzip2"]), ("zeros", bytes(5000), ["not an MRC map"]),
            ("noise", np.random.default_rng(8).bytes(5000), ["needs"]), ("half a header", make(SMALL)[:500], ["length", "500", "1024"]),
            ("a header alone", make(SMALL)[:1024], ["length", "1024", "1264"]), ("gzip of text", gzip.compress(b"hello, world\n" * 200), ["text"]),
            ("gzip of nothing", gzip.compress(b""), ["empty"]), ("zlib without gzip", zlib.compress(make(SMALL)), ["needs"])):
        table.bad(row, name, content, ".map", *words)
    for order in "<>":
        table.bad(row, f"an image stack, {NAMES[order]}", make(SMALL, 2, order, ispg=0, m=(5, 4, 1)), ".mrcs", "stack of images")


def all_cases():
    table = Table()
    for part in (modes, stamps, marks, symmetry, sizes, cells, axis_orders, placements, voxels, stacks, texts, compressed, others):
        part(table)
    return table
