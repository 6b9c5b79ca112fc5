"""The matching against SciPy: dense assignment with forbidden pairs made dear, and the sparse matching of the bipartite graph.
Usage: match-scipy.py GRAPH-TOOL"""
import os
import subprocess
import sys
import tempfile

import tap

try:
    import numpy as np
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import maximum_bipartite_matching
    from scipy.spatial import cKDTree
    from scipy.spatial.distance import cdist
except ImportError as e:
    tap.skip_all(e)

folder = tempfile.TemporaryDirectory()
rng = np.random.default_rng(17)


def ours(a, b, cutoff, kind="optimal"):
    names = []
    for k, p in enumerate((a, b)):
        names.append(os.path.join(folder.name, "%d.txt" % k))
        np.savetxt(names[k], np.c_[p, np.zeros(len(p))], fmt="%.17g")
    r = subprocess.run([sys.argv[1], "match", kind, "%.17g" % cutoff, *names], capture_output=True, text=True, check=True)
    rows = np.array([line.split() for line in r.stdout.splitlines()], float).reshape(-1, 3)
    i, j, d = rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2]
    assert len(set(i)) == len(i) and len(set(j)) == len(j), "not one-to-one"
    assert np.allclose(d, np.linalg.norm(a[i] - b[j], axis=1), atol=1e-12) and (d <= cutoff).all()
    return i, j, d, float(r.stderr.split()[0])


def check_dense(a, b, cutoff):
    cost = cdist(a, b) ** 2
    dear = (min(len(a), len(b)) + 1) * cutoff ** 2
    i, j = linear_sum_assignment(np.where(cost <= cutoff ** 2, cost, dear))
    best = cost[i, j][cost[i, j] <= cutoff ** 2]
    _, _, d, _ = ours(a, b, cutoff)
    assert len(d) == len(best), "%d matches, SciPy %d" % (len(d), len(best))
    assert abs((d ** 2).sum() - best.sum()) < 1e-9 * max(best.sum(), 1), "cost %.12g, SciPy %.12g" % ((d ** 2).sum(), best.sum())


def check_count(a, b, cutoff):
    pairs = cKDTree(a).query_ball_tree(cKDTree(b), cutoff)
    i = np.repeat(np.arange(len(a)), [len(p) for p in pairs])
    j = np.concatenate([np.array(p, int) for p in pairs])
    best = (maximum_bipartite_matching(csr_matrix((np.ones(len(i)), (i, j)), (len(a), len(b))), "column") >= 0).sum()
    _, _, d, _ = ours(a, b, cutoff)
    assert len(d) == best, "%d matches, SciPy %d" % (len(d), best)


def test_small_sets():
    for _ in range(60):
        n, m = rng.integers(1, 40, 2)
        side = rng.uniform(2, 12)
        check_dense(rng.uniform(0, side, (n, 3)), rng.uniform(0, side, (m, 3)), 3.0)


def test_ties():
    for _ in range(20):
        n, m = rng.integers(1, 40, 2)
        check_dense(rng.integers(0, 4, (n, 3)).astype(float), rng.integers(0, 4, (m, 3)).astype(float), rng.choice([1, 2 ** 0.5, 2]))


def test_line_where_greedy_loses():
    a, b = np.array([[0.0, 0, 0], [2, 0, 0]]), np.array([[1.9, 0, 0], [4.9, 0, 0]])
    check_dense(a, b, 3.0)
    assert len(ours(a, b, 3.0)[0]) == 2 and len(ours(a, b, 3.0, "greedy")[0]) == 1


def test_greedy_is_closest_first():
    for _ in range(10):
        a, b = rng.uniform(0, 8, (60, 3)), rng.uniform(0, 8, (70, 3))
        cost = cdist(a, b)
        expected = {}
        while np.min(cost) <= 3:
            i, j = np.unravel_index(np.argmin(cost), cost.shape)
            expected[i] = j
            cost[i, :] = cost[:, j] = np.inf
        i, j, _, _ = ours(a, b, 3.0, "greedy")
        assert dict(zip(i, j)) == expected


def test_residues_and_nodes():
    trace = np.cumsum(rng.normal(0, 2.2, (600, 3)), axis=0)
    nodes = np.concatenate([trace[rng.integers(0, 600, 500)] + rng.normal(0, 1, (500, 3)), rng.uniform(trace.min(0), trace.max(0), (200, 3))])
    check_dense(trace, nodes, 3.0)
    check_dense(nodes, trace, 3.0)
    _, _, _, ms = ours(trace, nodes, 3.0)
    print("# 600 residues x 700 nodes: %.2f ms" % ms)
    assert ms < 200


def test_many_atoms():
    n = 100000
    side = (n / 0.09) ** (1 / 3)
    atoms = rng.uniform(0, side, (n, 3))
    nodes = np.concatenate([atoms[: n // 2] + rng.normal(0, 0.5, (n // 2, 3)), rng.uniform(0, side, (n // 2, 3))])
    check_count(atoms, nodes, 1.0)
    _, _, _, ms = ours(atoms, nodes, 1.0)
    print("# 100000 atoms x 100000 nodes: %.0f ms" % ms)
    assert ms < 10000


def test_crowded():
    """One giant component where many must stay alone."""
    side = 30
    check_dense(rng.uniform(0, side, (1500, 3)), rng.uniform(0, side, (900, 3)), 3.0)
    check_dense(rng.uniform(0, side / 2, (1500, 3)), rng.uniform(side / 3, side, (1500, 3)), 3.0)


def test_empty_and_far():
    nothing, one = np.zeros((0, 3)), np.zeros((1, 3))
    for a, b in ((nothing, one), (one, nothing), (nothing, nothing), (one, one + 5)):
        assert len(ours(a, b, 3.0)[0]) == 0
    assert len(ours(one, one, 0.0)[0]) == 1


tap.run(dict(globals()))
