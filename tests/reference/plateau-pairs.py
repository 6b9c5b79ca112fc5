"""Suggestions of a level that know no model, on real pairs, by hand: takes a minute. Nodes are the maxima of the cubic spline through the voxels on a grid of
at most 0.5 A, which needs no training; each is born at its height, so the count at every level is how many are as high. What a level is worth is
coverage times precision there (matches within 3 A, most pairs), as a share of the best that any level gives.
Usage: plateau-pairs.py DATA"""
import os
import sys

import gemmi
import numpy as np
from scipy import ndimage
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching
from scipy.spatial import cKDTree

from mrc_numpy import read_map

PAIRS = {
    "EMD-20026": ("emd_20026_3ajo_prot.mrc", "emd_20026_3ajo_fitted.pdb"), "EMD-4413": ("emd_4413_6i5a_box.ccp4", "emd_4413_6i5a_box.pdb"),
    "X-ray 3PQR": ("xray_3pqr.ccp4.gz", "3pqr.pdb"), "X-ray 1MRU": ("xray_1mru_int8.map", "1mru.pdb"),
    "EMD-2566": ("emd_2566_3j6b_chain9.mrc", "emd_2566_3j6b_9.pdb"), "EMD-5778": ("emd_5778_chainA.mrc", "emd_5778_3j5p.pdb")}
WIDTH = 0.1


def find_maxima(path):
    data, step, origin = read_map(path)
    d = np.maximum(data, 0) / data.max()
    edge = np.linalg.norm(step, axis=0)
    spacing = min(0.5, edge.min())
    shape = [int((n - 1) * e / spacing) + 1 for n, e in zip(d.shape, edge)]
    at = np.meshgrid(*[np.arange(n) * spacing / e for n, e in zip(shape, edge)], indexing="ij")
    fine = ndimage.map_coordinates(d, [x.ravel() for x in at], order=3, mode="nearest").reshape(shape)
    generic = max(0.1, d.mean() + 3 * d.std())
    floor = min(max(0.05, d.mean() + d.std()), 0.8 * generic)
    top = (fine == ndimage.maximum_filter(fine, 3, mode="nearest")) & (fine >= floor)
    ijk = np.argwhere(top)
    inside = ((ijk > 0) & (ijk < np.array(shape) - 1)).all(1)
    return (ijk[inside] * spacing / edge) @ step.T + origin, fine[top][inside], np.sort(fine[fine >= floor]), floor, generic


def trace(path):
    best = {}
    for chain in gemmi.read_structure(path)[0]:
        for residue in chain:
            found = [a for a in residue if a.name == "CA" and a.element.name == "C"]
            if found:
                best[chain.name, str(residue.seqid)] = max(found, key=lambda a: a.occ).pos.tolist()
    return np.array(list(best.values()))


def worth(height, at, ca, levels):
    near = cKDTree(ca).query(at)[0] <= 3
    pairs = cKDTree(at).query_ball_point(ca, 3.0)
    i, j = np.repeat(np.arange(len(ca)), [len(p) for p in pairs]), np.concatenate([np.array(p, int) for p in pairs])
    out = []
    for level in levels:
        keep = height[j] >= level
        links = csr_matrix((np.ones(keep.sum()), (i[keep], j[keep])), (len(ca), len(at)))
        coverage = (maximum_bipartite_matching(links, "column") >= 0).mean()
        out.append(coverage * near[height >= level].mean() if (height >= level).any() else 0)
    return np.array(out)


def longest_stretch(height, floor):
    """What was suggested before: the longest stretch in log d over which the count changes by less than 10 %."""
    edges = np.append(np.sort(height)[::-1], floor)
    first = np.arange(1, len(edges))
    last = np.maximum(first, np.ceil(1.1 * first).astype(int) - 1).clip(None, len(edges) - 1)
    k = np.argmax(edges[first - 1] / edges[last])
    return np.sqrt(edges[first[k] - 1] * edges[last[k]])


def plateau(height, floor, width=WIDTH):
    at, low = np.log(height), np.log(floor)
    x = np.linspace(low, at.max(), 512)
    p = np.exp(-0.5 * ((x[:, None] - np.concatenate([at, 2 * low - at])) / width) ** 2).sum(1)
    best = (0, np.nan)
    for i in range(1, len(x) - 1):
        tops = p[:i].max(), p[i + 1:].max()
        if p[i] <= p[i - 1] and p[i] < p[i + 1] and min(tops) >= 0.1 * max(tops):
            best = max(best, (min(tops) - p[i], np.exp(x[i])))
    return best[1]


def most_density_a_node(height, fine, floor):
    levels = np.geomspace(floor, height.max() * 0.999, 400)
    nodes, inside = [(v[:, None] >= levels).sum(0) if len(v) < 5000 else len(v) - np.searchsorted(v, levels) for v in (height, fine)]
    return levels[np.argmax(inside * levels / nodes)]


def otsu(v):
    v = np.sort(v)
    k, total = np.arange(1, len(v)), np.cumsum(v)
    low, high = total[:-1] / k, (total[-1] - total[:-1]) / (len(v) - k)
    i = np.argmax(k * (len(v) - k) * (high - low) ** 2)
    return (v[i] + v[i + 1]) / 2


if __name__ == "__main__":
    for name, (file, model) in PAIRS.items():
        at, height, fine, floor, generic = find_maxima(os.path.join(sys.argv[1], "maps", file))
        ca = trace(os.path.join(sys.argv[1], "structures", model))
        grid = np.geomspace(floor, height.max(), 64)
        curve = worth(height, at, ca, grid)
        print("%s: %d maxima above %.3f; best %.3f at d %.2f, 90 %% of it from %.2f to %.2f" % (
            name, len(at), floor, curve.max(), grid[curve.argmax()], grid[curve >= 0.9 * curve.max()].min(), grid[curve >= 0.9 * curve.max()].max()))
        for what, level in (("fewest births", plateau(height, floor)), ("the same, width 0.06", plateau(height, floor, 0.06)),
                            ("the same, width 0.2", plateau(height, floor, 0.2)), ("longest stretch", longest_stretch(height, floor)),
                            ("most density a node", most_density_a_node(height, fine, floor)), ("Otsu of log d", np.exp(otsu(np.log(height)))),
                            ("max (0.1, mu + 3 sigma)", generic)):
            value = worth(height, at, ca, [level])[0]
            print("  %-24s d %.2f, %d nodes, %.3f, %.2f of the best" % (what, level, (height >= level).sum(), value, value / curve.max()))
