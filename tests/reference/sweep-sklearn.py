"""The sweep against scikit-learn's DBSCAN, label for label, at many levels of many sets. Prints TAP.
Usage: sweep-sklearn.py SWEEP-TOOL [NPZ...]      NPZ: of `cryofield-cli walk`; real peaks, at 32 levels, instead of the sets"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from sklearn.cluster import DBSCAN
except ImportError as e:
    print("1..0 # SKIP", e)
    sys.exit(0)

from sweep_sets import EPS, densities, sets


def sweep(d, p, levels):
    with tempfile.NamedTemporaryFile(suffix=".bin") as f:
        f.write(np.uint32(len(d)).tobytes() + d.tobytes() + p.tobytes())
        f.flush()
        r = subprocess.run([sys.argv[1], f.name] + ["%.9g" % v for v in levels], capture_output=True, check=True)
    words, at = np.frombuffer(r.stdout, np.uint32), 0
    for _ in levels:
        n, k = words[at:at + 2]
        yield int(k), words[at + 2:at + 2 + n]
        at += 2 + int(n)
    assert at == len(words)


def same(ours, k, theirs):
    """Equal up to the names of the clusters."""
    if k != len(set(theirs)) or len(ours) != len(theirs):
        return False
    return len(set(zip(ours.tolist(), theirs.tolist()))) == k == len(set(ours.tolist()))


def check(name, rng, p, d=None):
    p = p.astype(np.float32)
    real = d is not None
    d = d if real else densities(rng, len(p))
    order = np.lexsort((p[:, 2], p[:, 1], p[:, 0], -d))  # as cf_peaks_sort () leaves them
    d, p = d[order], p[order]
    levels = np.geomspace(d[-1], d[0], 32) if real else [0.0, 1.1] + list(rng.uniform(0.05, 1, 6)) + [float(d[len(d) // 2])]
    for level, (k, ours) in zip(levels, sweep(d, p, levels)):
        level = float("%.9g" % level)
        m = int((d.astype(float) >= level).sum())
        theirs = DBSCAN(eps=EPS, min_samples=1).fit(p[:m].astype(float)).labels_ if m else np.zeros(0, int)
        if not same(ours, k, theirs):
            return "level %g: %d clusters of %d seeds, scikit-learn %d of %d" % (level, k, len(ours), len(set(theirs)), m)
    return None


rng = np.random.default_rng(7)
cases = [(name, p, None) for scale in (1, 3, 10) for name, p in sets(rng, scale)]
if len(sys.argv) > 2:
    cases = [(path, np.load(path)["peak"], np.load(path)["seed_density"]) for path in sys.argv[2:]]
print("1..%d" % len(cases))
bad = 0
for i, (name, p, d) in enumerate(cases):
    problem = check(name, rng, p, d)
    bad += problem is not None
    print("%s %d %s (%d)%s" % ("ok" if problem is None else "not ok", i + 1, name, len(p), "" if problem is None else " # " + problem))
sys.exit(bad > 0)
