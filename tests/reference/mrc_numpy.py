"""A map's voxels and where they are, by NumPy from the header alone: for scripts that check what the program reads."""
import gzip

import gemmi
import numpy as np


def read_map(path):
    """data[x, y, z] in file units, step (3, 3) whose columns are the A from a voxel to the next along x, y, z, and the first voxel's place, A."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
        raw = f.read()
    order = "<" if raw[212] == 0x44 else ">"
    ints, floats = np.frombuffer(raw[:1024], order + "i4"), np.frombuffer(raw[:1024], order + "f4").astype(float)
    kind = {0: "i1", 1: "i2", 2: "f4", 6: "u2", 12: "f2"}[int(ints[3])]
    data = np.frombuffer(raw, order + kind, int(np.prod(ints[:3])), 1024 + int(ints[23])).astype(float).reshape(ints[2::-1])
    axis = [list(ints[16:19]).index(k) for k in (1, 2, 3)]  # of the file's columns, rows, sections: x, y, z
    cell = np.array(gemmi.UnitCell(*floats[10:16]).orth.mat.tolist())
    step = cell / ints[7:10]
    origin = floats[49:52] if floats[49:52].any() else step @ ints[4:7][axis]
    return data.transpose([2 - a for a in axis]), step, origin
