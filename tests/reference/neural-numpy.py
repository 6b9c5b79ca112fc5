"""Neural maps as another program reads them: read_neural_map.py against the evaluator, values and gradients (which here are central
differences in float64 of the blended field in A, so weights, cell and transform are all in them). Prints TAP."""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("1..0 # SKIP NumPy is not installed")
    sys.exit(0)

from read_neural_map import field, load

cases = [("smooth", "linear"), ("smooth", "sqrt"), ("paper", "linear"), ("smooth", "rectified")]
print(f"1..{2 * len(cases)}")
for number, (blend, transform) in enumerate(cases):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.neural.safetensors")
        rows = np.array([line.split() for line in subprocess.run([sys.argv[1], path, blend, transform], check=True, capture_output=True,
                                                                 text=True).stdout.splitlines()], dtype=float)
        tensors, metadata = load(path)
    xyz, value, gradient = rows[:, :3], rows[:, 3], rows[:, 4:]
    miss = np.abs(field(tensors, metadata, xyz) - value).max()
    print("ok" if len(rows) == 400 and miss < 2e-5 else "not ok", 2 * number + 1, f"- {blend}, {transform}: values, largest miss {miss:.2g}")
    step, numeric = 1e-6, np.zeros((len(xyz), 3))
    for a in range(3):
        shift = np.eye(3)[a] * step
        numeric[:, a] = (field(tensors, metadata, xyz + shift) - field(tensors, metadata, xyz - shift)) / (2 * step)
    # Where a difference steps over the edge of an overlap, the paper's blend jumps.
    miss = np.sort(np.abs(numeric - gradient).max(axis=1))[:-4].max() / np.abs(numeric).max()
    print("ok" if miss < 1e-4 else "not ok", 2 * number + 2, f"- {blend}, {transform}: gradients, largest miss {miss:.2g} of the largest")
