"""How the two ascents compare on one neural map, by hand: takes minutes. For each node of either walk at mu + 3 sigma: whether the
other has one within 0.1 A, and whether the field has a maximum there (gradient and Hessian by differences: negative definite, and a
Newton step of less than 0.1 A). Nodes by scikit-learn's DBSCAN.
Usage: walk-maxima.py CRYOFIELD-CLI NEURAL"""
import io
import os
import subprocess
import sys
import tempfile

import numpy as np
from scipy.spatial import cKDTree
from sklearn.cluster import DBSCAN

folder = tempfile.TemporaryDirectory()


def cli(*arguments):
    return subprocess.run([sys.argv[1], *arguments], check=True, capture_output=True, text=True)


def nodes(ascent):
    path = os.path.join(folder.name, ascent + ".npz")
    note = cli("walk", sys.argv[2], "-o", path, "--level", "3sigma", "--ascent", ascent).stderr
    print(ascent, "-", note.strip().splitlines()[-1].split(": ", 1)[1])
    peak = np.load(path)["peak"].astype(float)
    labels = DBSCAN(eps=0.2, min_samples=1).fit(peak).labels_
    size = np.bincount(labels)
    return np.stack([np.bincount(labels, peak[:, a]) / size for a in range(3)], 1), size


def gradients(points):
    path = os.path.join(folder.name, "points.csv")
    np.savetxt(path, points, delimiter=",", fmt="%.9g")
    table = np.genfromtxt(io.StringIO(cli("probe", sys.argv[2], "--points", path, "--gradient").stdout), delimiter=",", skip_header=1)
    return table[:, 4:7]


def is_maximum(points, h=0.02):
    shifts = [np.zeros(3)] + [s * h * e for e in np.eye(3) for s in (1, -1)]
    g = gradients(np.concatenate([points + s for s in shifts])).reshape(7, len(points), 3)
    hessian = np.stack([(g[1 + 2 * a] - g[2 + 2 * a]) / (2 * h) for a in range(3)], 1)
    hessian = (hessian + hessian.transpose(0, 2, 1)) / 2
    step = np.linalg.norm(np.linalg.solve(hessian, -g[0][..., None])[..., 0], axis=1)
    return (np.linalg.eigvalsh(hessian)[:, 2] < 0) & (step < 0.1)


found = {ascent: nodes(ascent) for ascent in ("default", "paper")}
for ascent, other in (("default", "paper"), ("paper", "default")):
    at, size = found[ascent]
    shared = cKDTree(found[other][0]).query(at)[0] <= 0.1
    top = is_maximum(at)
    print("%s: %d nodes; %.2f %% within 0.1 A of one of %s, weighted by seeds %.2f %%" %
          (ascent, len(at), 100 * shared.mean(), other, 100 * size[shared].sum() / size.sum()))
    print("  at a maximum of the field: %d; %.2f %% of these are within 0.1 A of one of %s" % (top.sum(), 100 * shared[top].mean(), other))
    print("  the other %d not shared: %d at a maximum, %d not, of which %d of one or two seeds" %
          ((~shared).sum(), (~shared & top).sum(), (~shared & ~top).sum(), (~shared & ~top & (size <= 2)).sum()))
