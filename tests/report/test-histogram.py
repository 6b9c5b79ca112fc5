"""Bins of the histogram against NumPy's. Usage: test-histogram.py HISTOGRAM_TOOL"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("1..0 # SKIP no NumPy")
    sys.exit(0)


def bins_of(voxels, lo, dims, largest):
    """voxels: [nz, ny, nx]; lo, dims: x, y, z."""
    with tempfile.NamedTemporaryFile(delete=False) as raw:
        raw.write(voxels.astype("<f4").tobytes())
    try:
        words = [sys.argv[1], raw.name, *voxels.shape[::-1], *lo, *dims, repr(float(largest))]
        out = subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True).stdout
    finally:
        os.unlink(raw.name)
    return np.array(out.split(), dtype=np.int64)


def expected(voxels, lo, dims, largest):
    crop = voxels[lo[2]:lo[2] + dims[2], lo[1]:lo[1] + dims[1], lo[0]:lo[0] + dims[0]].astype(np.float64)
    return np.histogram(np.maximum(crop, 0) / largest, bins=256, range=(0, 1))[0]


random = np.random.default_rng(1)
normal = random.normal(0.1, 1.0, (11, 17, 23)).astype(np.float32)
steps = (np.arange(11 * 17 * 23) % 257 / 256).astype(np.float32).reshape(11, 17, 23)  # each bin's edges, 1.0 too
cases = [
    ("whole map", normal, (0, 0, 0), (23, 17, 11), normal.max()),
    ("crop", normal, (3, 1, 2), (7, 15, 5), normal[2:7, 1:16, 3:10].max()),
    ("edges of bins", steps, (0, 0, 0), (23, 17, 11), 1.0),
    ("one voxel", steps, (5, 5, 5), (1, 1, 1), 1.0),
]
print(f"1..{len(cases)}")
for number, (name, voxels, lo, dims, largest) in enumerate(cases, 1):
    got, want = bins_of(voxels, lo, dims, largest), expected(voxels, lo, dims, largest)
    good = got.shape == want.shape and (got == want).all() and got.sum() == np.prod(dims)
    print(f"{'ok' if good else 'not ok'} {number} histogram: {name}")
    if not good:
        print("#", got - want)
