"""docs/read_neural.py says of a neural map what the program says, with NumPy and with PyTorch; with PyTorch the gradients too.
Usage: test-read-neural.py NEURAL_TOOL READ_NEURAL"""
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


def has_torch():
    return subprocess.run([sys.executable, "-c", "import torch"], capture_output=True, check=False).returncode == 0


def page(library, neural, points):
    """The page with the one or the other library: a module that is None cannot be imported."""
    hide = "import sys; sys.modules['torch'] = None; " if library == "NumPy" else ""
    return run(sys.executable, "-c", hide + "import runpy; import sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')",
               sys.argv[2], neural, points)


def relative(a, b):
    """Of the differences, to the spread."""
    return np.sqrt(((a - b) ** 2).mean() / ((b - b.mean(axis=0)) ** 2).mean())


cases = [(library, case) for library in ("NumPy", "PyTorch") for case in ("smooth", "paper", "sqrt", "hole", "half", "rectified")]
torch = has_torch()
print(f"1..{len(cases)}")
for number, (library, case) in enumerate(cases, 1):
    if library == "PyTorch" and not torch:
        print(f"ok {number} {library}: {case} # SKIP PyTorch (python3-torch) is not installed")
        continue
    with tempfile.TemporaryDirectory() as folder:
        neural, points = os.path.join(folder, "a.neural.safetensors"), os.path.join(folder, "points.csv")
        program = run(sys.argv[1], case, neural)
        with open(points, "w") as file:
            file.writelines("%r,%r,%r\n" % tuple(row[:3]) for row in program.tolist())
        found = page(library, neural, points)
    known = ~np.isnan(program[:, 3])
    good = (known == ~np.isnan(found[:, 3])).all() and 1500 < known.sum() < len(program) and program[known, 3].std() > 0.05 and (case != "rectified" or 0.1 < (program[known, 3] == 0).mean() < 0.9)
    misses = [relative(found[known, 3], program[known, 3])]
    if library == "PyTorch":
        misses.append(relative(found[known, 4:], program[known, 4:]))
    good = good and max(misses) < 1e-5
    print(f"{'ok' if good else 'not ok'} {number} {library}: {case}")
    print(f"# {known.sum()} of {len(program)} points known; of values and gradients the relative differences", *(f"{miss:.2e}" for miss in misses))
