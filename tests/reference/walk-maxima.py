"""How the two ascents compare on one map, which is fitted first (default recipe, seed 0), or on one neural map, by hand: takes minutes. For each node of either walk at mu + 3 sigma: whether the
other has one within 0.1 A, and whether the field has a maximum there (gradient and Hessian by differences: negative definite, and a
Newton step of less than 0.1 A). Of those that the other has not, why: where the climb ends that goes on from there by steps that
are halved when they do not rise, and where the other's walk of the same seeds ended. Nodes by scikit-learn's DBSCAN.
The last lines say it in short.
Usage: walk-maxima.py CRYOFIELD-CLI MAP|NEURAL"""
import io
import os
import subprocess
import sys
import tempfile

import numpy as np
from scipy.spatial import cKDTree
from sklearn.cluster import DBSCAN

folder = tempfile.TemporaryDirectory()
OTHER = {"default": "paper", "paper": "default"}
SHARED = 0.1  # A


def cli(*arguments):
    return subprocess.run([sys.argv[1], *arguments], check=True, capture_output=True, text=True)


def neural_of(path):
    if path.endswith(".safetensors"):
        return path
    fitted = os.path.join(folder.name, "fit.neural.safetensors")
    cli("train", path, "-o", fitted)
    return fitted


NEURAL = neural_of(sys.argv[2])


class Walk:
    def __init__(self, ascent):
        path = os.path.join(folder.name, ascent + ".npz")
        note = cli("walk", NEURAL, "-o", path, "--level", "3sigma", "--ascent", ascent).stderr
        print(ascent, "-", note.strip().splitlines()[-1].split(": ", 1)[1])
        table = np.load(path)
        self.peak = table["peak"].astype(float)
        self.seed = table["seed"]
        self.label = DBSCAN(eps=0.2, min_samples=1).fit(self.peak).labels_
        self.size = np.bincount(self.label)
        self.node = np.stack([np.bincount(self.label, self.peak[:, a]) / self.size for a in range(3)], 1)
        self.top, self.hessian, self.slope, self.density = shape(self.node)


def probe(points):
    """d in the map's own units, and its gradient."""
    path = os.path.join(folder.name, "points.csv")
    np.savetxt(path, points, delimiter=",", fmt="%.9g")
    table = np.genfromtxt(io.StringIO(cli("probe", NEURAL, "--points", path, "--gradient").stdout), delimiter=",", skip_header=1)
    return table.reshape(-1, 7)[:, 3], table.reshape(-1, 7)[:, 4:7]


def shape(points, h=0.02):
    """Whether there is a maximum, the Hessian, the slope and the density, all at points."""
    shifts = [np.zeros(3)] + [s * h * e for e in np.eye(3) for s in (1, -1)]
    d, g = probe(np.concatenate([points + s for s in shifts]))
    g = g.reshape(7, len(points), 3)
    hessian = np.stack([(g[1 + 2 * a] - g[2 + 2 * a]) / (2 * h) for a in range(3)], 1)
    hessian = (hessian + hessian.transpose(0, 2, 1)) / 2
    step = np.linalg.norm(np.linalg.solve(hessian, -g[0][..., None])[..., 0], axis=1)
    return (np.linalg.eigvalsh(hessian)[:, 2] < 0) & (step < 0.1), hessian, np.linalg.norm(g[0], axis=1), d[:len(points)]


def go_on(points, first=0.01, last=1e-3):
    """From points uphill: steps along the gradient, longer after one that rose, halved after one that did not, until they are short."""
    at, step = points.copy(), np.full(len(points), first)
    d, g = probe(at)
    for _ in range(2000):
        live = np.flatnonzero(step > last)
        if not len(live):
            break
        to = at[live] + g[live] / np.linalg.norm(g[live], axis=1)[:, None] * step[live, None]
        new_d, new_g = probe(to)
        rose = new_d > d[live]
        step[live] *= np.where(rose, 1.3, 0.5)
        at[live[rose]], d[live[rose]], g[live[rose]] = to[rose], new_d[rose], new_g[rose]
    return at, d


def spread(values):
    return "none" if not len(values) else "%.3g (%.3g to %.3g)" % (np.median(values), values.min(), values.max())


def explain(name, mine, theirs, lost):
    """Why the nodes `lost` of mine have no partner; which of them a longer climb leads to a node of theirs."""
    if not lost.any():
        return np.zeros(0, bool)
    end, d = go_on(mine.node[lost])
    near = cKDTree(theirs.node).query(end)[0] <= SHARED
    values = np.linalg.eigvalsh(mine.hessian[lost])
    along = -mine.slope[lost] / np.where(mine.top[lost], values[:, 2], values[:, 0])
    far = np.linalg.norm(end - mine.node[lost], axis=1)
    for word, which in (("the maxima", mine.top[lost]), ("the others", ~mine.top[lost])):
        print("  gone on from %s, %d of %d come to a node of %s, and rise by %s of the map's units over %s A" %
              (word, near[which].sum(), which.sum(), OTHER[name], spread((d - mine.density[lost])[which]), spread(far[which])))
    print("  at these: slope over steepest curvature %s A; flattest over steepest curvature %s; the maxima that are shared: %s" %
          (spread(along), spread(values[:, 2] / values[:, 0]), spread((lambda v: v[:, 2] / v[:, 0])(np.linalg.eigvalsh(mine.hessian[mine.top & ~lost])))))
    for k in np.flatnonzero(lost & mine.top):
        seeds = mine.label == k
        ends = theirs.node[theirs.label[theirs_of[name][seeds]]]
        print("    maximum at %.2f, %.2f, %.2f, d %.4g, of %d seeds; flattest over steepest %.3f; their walks by %s end %s A from it" %
              (*mine.node[k], mine.density[k], seeds.sum(), (lambda v: v[2] / v[0])(np.linalg.eigvalsh(mine.hessian[k])), OTHER[name],
               spread(np.linalg.norm(ends - mine.node[k], axis=1))))
    return near


walks = {name: Walk(name) for name in OTHER}
order = {name: np.lexsort(w.seed.T) for name, w in walks.items()}
theirs_of = {}
for name in OTHER:  # the number of the same seed in the other walk
    theirs_of[name] = np.empty(len(order[name]), int)
    theirs_of[name][order[name]] = order[OTHER[name]]
    assert (walks[name].seed == walks[OTHER[name]].seed[theirs_of[name]]).all()
short = []
for name, mine in walks.items():
    theirs = walks[OTHER[name]]
    shared = cKDTree(theirs.node).query(mine.node)[0] <= SHARED
    top, size = mine.top, mine.size
    print("%s: %d nodes; %.2f %% within 0.1 A of one of %s, weighted by seeds %.2f %%" %
          (name, len(mine.node), 100 * shared.mean(), OTHER[name], 100 * size[shared].sum() / size.sum()))
    print("  at a maximum of the field: %d; %.2f %% of these are within 0.1 A of one of %s" % (top.sum(), 100 * shared[top].mean(), OTHER[name]))
    print("  the other %d not shared: %d at a maximum, %d not, of which %d of one or two seeds" %
          ((~shared).sum(), (~shared & top).sum(), (~shared & ~top).sum(), (~shared & ~top & (size <= 2)).sum()))
    near = explain(name, mine, theirs, ~shared)
    short.append("%s: %d of %d nodes (%.1f %%) within 0.1 A of one of %s; of the other %d, %d had stopped short of one, and %d of the rest are maxima" %
                 (name, shared.sum(), len(shared), 100 * shared.mean(), OTHER[name], (~shared).sum(), near.sum(), (top[~shared] & ~near).sum()))
ends = [walks[n].node[walks[n].label] for n in ("default", "paper")]
apart = np.linalg.norm(ends[0] - ends[1][theirs_of["default"]], axis=1)
print("seeds whose two walks end at nodes within 0.1 A: %.2f %%" % (100 * (apart <= SHARED).mean()))
print("\n".join(short))
