"""The surface that rays meet against marching cubes (scikit-image) of the same voxels at the same level: a helix of Gaussians on a
sheared and on an anisotropic lattice. The two programs interpolate alike along the voxels' edges and differ within a cell only; where the cubes march
through what lies between the voxels too, in steps of a fourth of them, they hardly differ at all: a level 2 % off, or a shift by a part of a voxel, is
seen."""
import os
import subprocess
import sys
import tempfile

import mrcfile
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import tap  # noqa: E402

TOOL = sys.argv[1]


def helix(points, middle):
    total = np.zeros(points.shape[0])
    for b in range(11):
        t = b * 0.7
        centre = middle + [9 * np.cos(t), 2.4 * (b - 5), 9 * np.sin(t)]
        total += np.exp(-((points - centre) ** 2).sum(axis=1) / (2 * 2.6 ** 2))
    return total


def write_map(path, cell, n):
    """The voxels, and the steps of the lattice: a along x, b in the xy plane, as the PDB has it."""
    a, b, c = cell[:3]
    alpha, beta, gamma = np.radians(cell[3:])
    cy = (np.cos(alpha) - np.cos(beta) * np.cos(gamma)) / np.sin(gamma)
    vectors = np.array([[a, 0, 0], [b * np.cos(gamma), b * np.sin(gamma), 0],
                        [c * np.cos(beta), c * cy, c * np.sqrt(1 - np.cos(beta) ** 2 - cy ** 2)]])
    steps = vectors / np.array(n)[:, None]
    k, j, i = np.meshgrid(*(np.arange(m) for m in n[::-1]), indexing="ij")
    points = np.stack([i, j, k], axis=-1).reshape(-1, 3) @ steps
    values = helix(points, points.mean(axis=0)).reshape(n[::-1]).astype(np.float32)
    with mrcfile.new(path, overwrite=True) as f:
        f.set_data(values)
        f.header.cella = (a, b, c)
        f.header.cellb = tuple(cell[3:])
    return values, steps


def distance_to_triangles(points, triangles):
    """Each point's distance to the nearest of its own candidates, below 0 within the surface: points (n, 3), triangles (n, m, 3, 3)."""
    a, b, c = triangles[:, :, 0], triangles[:, :, 1], triangles[:, :, 2]
    p = points[:, None, :]

    def to_segment(s, e):
        along = np.clip(((p - s) * (e - s)).sum(-1) / np.maximum(((e - s) ** 2).sum(-1), 1e-30), 0, 1)
        return np.linalg.norm(p - s - along[..., None] * (e - s), axis=-1)

    best = np.minimum(np.minimum(to_segment(a, b), to_segment(b, c)), to_segment(c, a))
    normal = np.cross(b - a, c - a)
    size = np.linalg.norm(normal, axis=-1)
    normal = normal / np.maximum(size, 1e-30)[..., None]
    height = ((p - a) * normal).sum(-1)
    foot = p - height[..., None] * normal
    inside = np.ones(best.shape, dtype=bool)
    for s, e in ((a, b), (b, c), (c, a)):
        inside &= (np.cross(e - s, foot - s) * normal).sum(-1) >= 0
    away = np.where(inside & (size > 0), np.minimum(best, np.abs(height)), best)
    nearest = away.argmin(axis=1)
    rows = np.arange(len(points))
    return away[rows, nearest] * np.sign(height[rows, nearest])


def surface(values, steps, level, finer):
    """Triangles (m, 3, 3) in A, turned outwards, of the voxels or of what lies between them trilinearly."""
    from scipy.ndimage import zoom
    from skimage.measure import marching_cubes
    if finer > 1:
        values = zoom(values.astype(float), [((n - 1) * finer + 1) / n for n in values.shape], order=1, grid_mode=False)
    vertices, faces, normals, _ = marching_cubes(values, level)
    corners = (vertices[:, ::-1] / finer @ steps)[faces]
    # towards less density, which a normal of marching cubes (of the lattice, a covector) tells
    outward = normals[faces].mean(axis=1)[:, ::-1] @ np.linalg.inv(steps).T
    turned = (np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) * outward).sum(axis=1) < 0
    corners[turned] = corners[turned][:, ::-1]
    return corners


def away_from(hits, corners):
    from scipy.spatial import cKDTree
    _, near = cKDTree(corners.mean(axis=1)).query(hits, k=16)
    return distance_to_triangles(hits, corners[near])


def compare(cell, n, level):
    try:
        import scipy.ndimage  # noqa: F401
        import skimage.measure  # noqa: F401
    except ImportError as missing:
        raise tap.Skip(str(missing))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "helix.mrc")
        values, steps = write_map(path, cell, n)
        voxel = np.linalg.norm(steps, axis=1).max()
        cubes = {finer: surface(values, steps, level, finer) for finer in (1, 4)}
        for azimuth, elevation in ((0, 0), (70, 25)):
            run = subprocess.run([TOOL, path, str(level), str(azimuth), str(elevation)], capture_output=True, text=True)
            if "no EGL" in run.stderr:
                raise tap.Skip(run.stderr.strip())
            assert run.returncode == 0, run.stderr
            hits = np.array([line.split() for line in run.stdout.splitlines()], dtype=float)
            assert len(hits) > 2000, f"{len(hits)} hits"
            for finer, farthest, mean, bias in ((1, 0.1, 0.02, 0.02), (4, 0.02, 0.003, 0.002)):
                away = away_from(hits, cubes[finer])
                found = np.abs(away).max() / voxel, np.abs(away).mean() / voxel, abs(away.mean()) / voxel
                said = f"farthest {found[0]:.4f}, mean {found[1]:.4f}, outwards {away.mean() / voxel:.5f}"
                print(f"# {len(hits)} hits, {len(cubes[finer])} triangles of cubes of 1/{finer} voxel: {said} voxels of {voxel:.2f} A")
                assert found[0] < farthest and found[1] < mean and found[2] < bias, said


def test_sheared():
    compare((44, 35.2, 52.8, 75, 100, 115), (44, 44, 44), 0.4)


def test_anisotropic():
    compare((39, 38, 39, 90, 90, 90), (60, 40, 26), 0.4)


if __name__ == "__main__":
    tap.run(tap.collect(globals()))
