"""Sets of peaks that are hard on a clustering by cells: what the sweep is compared with scikit-learn on."""
import numpy as np

EPS = 0.2


def chain(rng, n, step):
    """A line along a random lattice direction whose neighbours are exactly, or almost, one step apart."""
    p = np.zeros((n, 3))
    p[:, rng.integers(3)] = np.arange(n) * step
    return p + rng.integers(-4, 4, 3)


def sets(rng, scale):
    n = 60 * scale
    yield "chain at eps", chain(rng, n, EPS)
    yield "chain a hair below eps", chain(rng, n, EPS - 1e-7)
    yield "chain a hair above eps", chain(rng, n, EPS + 1e-6)
    yield "duplicates", np.repeat(rng.uniform(0, 2, (n // 6, 3)), 6, axis=0)
    yield "cell borders", np.stack(np.meshgrid(*[np.arange(5)] * 3), -1).reshape(-1, 3)[:n] * EPS / np.sqrt(3)
    yield "grid of eps / 2", rng.integers(0, 9, (n, 3)) * 0.1
    yield "grid of eps", rng.integers(0, 6, (n, 3)) * 0.2
    yield "shifted grid", rng.integers(0, 6, (n, 3)) * 0.2 + 517.3
    yield "dense", rng.uniform(0, 0.6, (n, 3))
    yield "sparse", rng.uniform(-1, 1, (n, 3)) * 0.5 * n ** (1 / 3) * 0.4
    yield "piles", rng.uniform(0, 4, (n // 10, 3)).repeat(10, axis=0) + rng.normal(0, 0.01, (n // 10 * 10, 3))
    u = rng.uniform(0, 1, (n, 2))
    side = rng.integers(0, 2, n)
    yield "two slanted sheets", np.c_[u, u.sum(1) * 0.5 + side * (EPS * 1.5 ** 0.5 + 1e-3)]
    yield "one point", np.zeros((1, 3))


def densities(rng, n):
    """Half of the time with many ties, so that seeds of one level come in together."""
    d = rng.uniform(0.05, 1, n)
    return (np.round(d, 1) if rng.integers(2) else d).astype(np.float32)
