"""The style volume with a transfer function against light followed along the same rays in NumPy: steps 20 times shorter, SciPy's
interpolation, the points of the function by np.interp. Thin shells and a ramp, on a sheared and on an anisotropic lattice."""
import os
import subprocess
import sys
import tempfile

import mrcfile
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import tap  # noqa: E402

TOOL = sys.argv[1]
LEVEL = 0.3
KEY = np.array([-0.408, 0.571, 0.712])  # towards the light, in the eye's axes
RAMP = "0.1:203060:0,0.3:e69f00:0.1,0.8:ffffff:0.6"
SHELLS = "0.20:56b4e9:0,0.23:56b4e9:0.4,0.26:56b4e9:0,0.50:d55e00:0,0.52:d55e00:0.9,0.54:d55e00:0"


def lattice(cell, n):
    a, b, c = cell[:3]
    alpha, beta, gamma = np.radians(cell[3:])
    cy = (np.cos(alpha) - np.cos(beta) * np.cos(gamma)) / np.sin(gamma)
    vectors = np.array([[a, 0, 0], [b * np.cos(gamma), b * np.sin(gamma), 0],
                        [c * np.cos(beta), c * cy, c * np.sqrt(1 - np.cos(beta) ** 2 - cy ** 2)]])
    return vectors / np.array(n)[:, None]


def write_map(path, cell, n):
    steps = lattice(cell, n)
    k, j, i = np.meshgrid(*(np.arange(m) for m in n[::-1]), indexing="ij")
    points = np.stack([i, j, k], axis=-1).reshape(-1, 3) @ steps
    middle, values = points.mean(axis=0), 0
    for b in range(7):
        centre = middle + [7 * np.cos(b), 3.0 * (b - 3), 7 * np.sin(b)]
        values = values + (0.4 + 0.1 * b) * np.exp(-((points - centre) ** 2).sum(axis=1) / (2 * 3.4 ** 2))
    values = (values / values.max()).reshape(n[::-1]).astype(np.float32)
    with mrcfile.new(path, overwrite=True) as f:
        f.set_data(values)
        f.header.cella = tuple(cell[:3])
        f.header.cellb = tuple(cell[3:])
    return values, steps


def parse(text):
    rows = [part.split(":") for part in text.split(",")]
    return (np.array([float(r[0]) for r in rows]), np.array([[int(r[1][c:c + 2], 16) / 255 for c in (0, 2, 4)] for r in rows]),
            np.array([float(r[2]) for r in rows]))


def composite(values, steps, axes, origins, directions, transfer):
    """Red, green, blue of each ray over white."""
    from scipy.ndimage import map_coordinates
    levels, colours, opacities = parse(transfer)
    to_grid = np.linalg.inv(steps)
    last = np.array(values.shape[::-1]) - 1.0

    def field(ijk):
        return map_coordinates(values, ijk[..., ::-1].reshape(-1, 3).T, order=1, mode="nearest").reshape(ijk.shape[:-1])

    start, step = origins @ to_grid, directions @ to_grid
    with np.errstate(divide="ignore"):
        faces = np.stack([-start / step, (last - start) / step])
    enter, leave = faces.min(axis=0).max(axis=1), faces.max(axis=0).min(axis=1)
    ds = np.linalg.norm(steps, axis=1).min() / 40
    toward = (KEY @ axes) @ to_grid
    toward = 2 * toward / np.linalg.norm(toward)
    colour, left = np.zeros((len(origins), 3)), np.ones(len(origins))
    for s in np.arange(max(enter.min(), 0) + ds / 2, leave.max(), ds):
        at = np.flatnonzero((s > enter) & (s < leave) & (left > 1e-4))
        if not len(at):
            continue
        ijk = start[at] + s * step[at]
        v = field(ijk)
        seen = np.flatnonzero(v > levels[0])
        at, ijk, v = at[seen], ijk[seen], v[seen]
        opacity = np.interp(v, levels, opacities, left=0)
        light = np.clip(0.85 + 1.2 * (v - field(ijk + toward)) / (v + 0.5 * LEVEL), 0.4, 1.35)
        rgb = np.stack([np.interp(v, levels, colours[:, c]) for c in range(3)], axis=-1)
        taken = left[at] * (1 - (1 - np.minimum(opacity, 0.999)) ** ds)
        colour[at] += taken[:, None] * np.minimum(rgb * light[:, None], 1)
        left[at] -= taken
    return 255 * (colour + left[:, None])


def compare(cell, n, transfer, view, orthographic, farthest, mean):
    try:
        import scipy.ndimage  # noqa: F401
    except ImportError as missing:
        raise tap.Skip(str(missing))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "blobs.mrc")
        values, steps = write_map(path, cell, n)
        run = subprocess.run([TOOL, path, transfer, str(LEVEL), *map(str, view), str(int(orthographic))], capture_output=True, text=True)
        if "no EGL" in run.stderr:
            raise tap.Skip(run.stderr.strip())
        assert run.returncode == 0, run.stderr
        lines = run.stdout.splitlines()
        axes = np.array(lines[0].split(), dtype=float).reshape(3, 3)
        pixels = np.array([line.split() for line in lines[1:]], dtype=float)
        rays = pixels[:, 3:].reshape(-1, 6)
        expected = composite(values, steps, axes, rays[:, :3], rays[:, 3:], transfer).reshape(-1, 4, 3).mean(axis=1)
        away = np.abs(pixels[:, :3] - expected)
        shown = (expected.min(axis=1) < 250).sum()
        print(f"# {len(pixels)} pixels, {shown} not white: farthest {away.max():.2f} of 255, mean of those {away[expected.min(axis=1) < 250].mean():.3f}")
        assert shown > 150, f"{shown} pixels show something"
        assert away.max() < farthest and away.mean() < mean, f"farthest {away.max()}, mean {away.mean()}"


def test_ramp_sheared():
    compare((40, 35.2, 44, 75, 100, 115), (40, 40, 40), RAMP, (30, 20), False, 4, 0.6)


def test_ramp_anisotropic():
    compare((39, 38, 39, 90, 90, 90), (60, 40, 26), RAMP, (75, -10), True, 4, 0.6)


def test_shells():
    """Shells thinner than what d changes by in a step: samples alone, without what lies between them, are off by 60 and more."""
    compare((40, 40, 40, 90, 90, 90), (40, 40, 40), SHELLS, (10, 50), False, 25, 1.0)


if __name__ == "__main__":
    tap.run(tap.collect(globals()))
