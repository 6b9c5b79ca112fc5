"""Writes tests/graph/sweep-golden.txt: small hard sets, and the labels scikit-learn's DBSCAN gives them at several levels.
A line `set NAME N LEVELS`, N lines `density x y z`, LEVELS lines `level label...` (-1: below the level)."""
import os

import numpy as np
from sklearn.cluster import DBSCAN

from sweep_sets import EPS, densities, sets

rng = np.random.default_rng(20210401)
out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "graph", "sweep-golden.txt")
with open(out, "w") as f:
    for name, p in sets(rng, 1):
        p = p.astype(np.float32)
        d = densities(rng, len(p))
        levels = [0.0, 0.3, 0.6, 0.9]
        f.write("set %s %d %d\n" % (name.replace(" ", "-"), len(p), len(levels)))
        for v, q in zip(d, p):
            f.write("%.9g %.9g %.9g %.9g\n" % (v, *q))
        for level in levels:
            labels = np.full(len(p), -1)
            inside = d.astype(float) >= level
            if inside.any():
                labels[inside] = DBSCAN(eps=EPS, min_samples=1).fit(p[inside].astype(float)).labels_
            f.write(" ".join(["%g" % level] + ["%d" % k for k in labels]) + "\n")
