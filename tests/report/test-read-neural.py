"""docs/read_neural.py says of a neural map what the program says. Usage: test-read-neural.py NEURAL_TOOL READ_NEURAL"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("1..0 # SKIP no NumPy")
    sys.exit(0)


def run(*words):
    out = subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True).stdout
    return np.array([[float(x) for x in line.split(",")] for line in out.splitlines()])


cases = ["smooth", "paper", "sqrt", "hole"]
print(f"1..{len(cases)}")
for number, case in enumerate(cases, 1):
    with tempfile.TemporaryDirectory() as folder:
        neural, points = os.path.join(folder, "a.neural.safetensors"), os.path.join(folder, "points.csv")
        program = run(sys.argv[1], case, neural)
        with open(points, "w") as file:
            file.writelines("%r,%r,%r\n" % tuple(row[:3]) for row in program.tolist())
        page = run(sys.executable, sys.argv[2], neural, points)
    a, b = program[:, 3], page[:, 3]
    known = ~np.isnan(a)
    worst = np.abs(a - b)[known].max()
    spread = a[known].std()
    good = (np.isnan(a) == np.isnan(b)).all() and 1500 < known.sum() < len(a) and spread > 0.05 and worst < 2e-5 * 3.75
    print(f"{'ok' if good else 'not ok'} {number} read_neural: {case}")
    print(f"# {known.sum()} of {len(a)} points known, largest difference {worst:.2e} file units, spread {spread:.3f}")
    if not good:
        print("# NaN at different points:", (np.isnan(a) != np.isnan(b)).sum())
