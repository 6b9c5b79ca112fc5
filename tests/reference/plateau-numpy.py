"""The plateau against NumPy: a Gaussian for each birth itself, no bins. Each node is born where it has its highest seed, so sets of single seeds far from
each other are born at their own levels; of NPZ files the clusters are grown by hand.
Usage: plateau-numpy.py SWEEP-TOOL [NPZ LOWEST]...      NPZ: of `cryofield-cli walk --level norm=LOWEST`; real peaks instead of the sets"""
import subprocess
import sys
import tempfile

import tap

try:
    import numpy as np
    from scipy.spatial import cKDTree
except ImportError as e:
    tap.skip_all(e)

WIDTH, HEAP, EPS = 0.1, 0.1, 0.2


def ours(density, peak, lowest):
    with tempfile.NamedTemporaryFile(suffix=".bin") as f:
        f.write(np.uint32(len(density)).tobytes() + density.astype(np.float32).tobytes() + peak.astype(np.float32).tobytes())
        f.flush()
        r = subprocess.run([sys.argv[1], f.name, "plateau", "%.9g" % lowest], capture_output=True, check=True, text=True)
    return np.array(r.stdout.split(), float)


def theirs(births, lowest):
    at, low = np.log(births.astype(float)), np.log(lowest)
    x = np.linspace(low, at.max(), 1501)
    both = np.concatenate([at, 2 * low - at[at < low + 6 * WIDTH]])
    p = np.concatenate([np.exp(-0.5 * ((part[:, None] - both) / WIDTH) ** 2).sum(1) for part in np.array_split(x, 50)])
    found = (np.nan,) * 3
    depth = 0
    for i in range(1, len(x) - 1):
        tops = p[:i].max(), p[i + 1:].max()
        if p[i] <= p[i - 1] and p[i] < p[i + 1] and min(tops) >= HEAP * max(tops) and min(tops) - p[i] > depth:
            depth = min(tops) - p[i]
            half = p <= p[i] + depth / 2
            first = i - np.argmin(np.append(half[i::-1], False)) + 1
            last = i + np.argmin(np.append(half[i:], False)) - 1
            found = np.exp(x[[i, first, last]])
    return np.array(found)


def check(births, lowest, density=None, peak=None):
    mine = ours(births if density is None else density, np.arange(len(births))[:, None] * [1.0, 0, 0] if peak is None else peak, lowest)
    expected = theirs(births, lowest)
    assert (np.isnan(mine) == np.isnan(expected)).all(), (mine, expected)
    assert np.isnan(mine).all() or np.abs(np.log(mine / expected)).max() < 0.02, (mine, expected)  # bins of 0.006 at most, here and there
    return mine[0]


rng = np.random.default_rng(5)


def heap(n, middle, spread):
    return middle * np.exp(rng.normal(0, spread, n))


def heaps(*parts, lowest=0.05):
    births = np.float32(np.concatenate([heap(*part) for part in parts]))
    return births[(births >= lowest) & (births <= 1)], lowest


def test_two_heaps():
    for _ in range(20):
        noise, atoms = rng.integers(200, 3000, 2)
        level = check(*heaps((noise, 0.1, 0.25), (atoms, 0.5, 0.2)))
        assert 0.1 < level < 0.5


def test_the_deepest_of_several():
    for _ in range(10):
        check(*heaps((rng.integers(300, 900), 0.07, 0.1), (rng.integers(300, 900), 0.2, 0.12), (rng.integers(300, 900), 0.6, 0.1)))


def test_noise_that_the_walk_begins_in():
    noise = np.float32(0.03 + rng.exponential(0.025, 6000))
    level = check(np.concatenate([noise[(noise >= 0.06) & (noise <= 1)], np.float32(heap(700, 0.45, 0.15))]), 0.06)
    assert 0.15 < level < 0.4


def test_one_heap():
    assert np.isnan(check(*heaps((2000, 0.4, 0.2))))
    assert np.isnan(check(*heaps((2000, 0.4, 0.2), (8, 0.97, 0.01))))
    assert np.isnan(check(np.float32([0.3]), 0.05))


def born(density, peak):
    """Seed by seed, highest first: one that has no higher one within EPS begins a node."""
    order = np.lexsort((peak[:, 2], peak[:, 1], peak[:, 0], -density))
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order))
    tree = cKDTree(peak.astype(float))
    return np.array([i for i in order if all(rank[j] >= rank[i] for j in tree.query_ball_point(peak[i].astype(float), EPS))])


def real(npz, lowest):
    walk = np.load(npz)
    density, peak = walk["seed_density"], walk["peak"]
    print("#", npz, check(density[born(density, peak)], float(lowest), density, peak))


tests = dict(globals())
if len(sys.argv) > 2:
    tests = {"test_" + npz: lambda npz=npz, lowest=lowest: real(npz, lowest) for npz, lowest in zip(sys.argv[2::2], sys.argv[3::2])}
tap.run(tests)
