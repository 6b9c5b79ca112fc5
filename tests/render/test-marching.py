"""The surface that rays meet against marching cubes (scikit-image) of the same voxels at the same level: a helix of Gaussians on a
sheared and on an anisotropic lattice. The two programs interpolate alike along the voxels' edges and differ within a cell only."""
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
    """Each point's distance to the nearest of its own candidates: points (n, 3), triangles (n, m, 3, 3)."""
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
    return np.where(inside & (size > 0), np.minimum(best, np.abs(height)), best).min(axis=1)


def compare(cell, n, level):
    try:
        from skimage.measure import marching_cubes
        from scipy.spatial import cKDTree
    except ImportError as missing:
        raise tap.Skip(str(missing))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "helix.mrc")
        values, steps = write_map(path, cell, n)
        vertices, faces, _, _ = marching_cubes(values, level)
        vertices = vertices[:, ::-1] @ steps
        voxel = np.linalg.norm(steps, axis=1).max()
        for azimuth, elevation in ((0, 0), (70, 25)):
            run = subprocess.run([TOOL, path, str(level), str(azimuth), str(elevation)], capture_output=True, text=True)
            if "no EGL" in run.stderr:
                raise tap.Skip(run.stderr.strip())
            assert run.returncode == 0, run.stderr
            hits = np.array([line.split() for line in run.stdout.splitlines()], dtype=float)
            assert len(hits) > 2000, f"{len(hits)} hits"
            corners = vertices[faces]
            _, near = cKDTree(corners.mean(axis=1)).query(hits, k=16)
            away = distance_to_triangles(hits, corners[near])
            print(f"# {len(hits)} hits, {len(faces)} triangles: farthest {away.max():.4f} A, mean {away.mean():.4f} A, voxel {voxel:.2f} A")
            assert away.max() < 0.1 * voxel and away.mean() < 0.02 * voxel, f"farthest {away.max()}, mean {away.mean()} A"


def test_sheared():
    compare((44, 35.2, 52.8, 75, 100, 115), (44, 44, 44), 0.4)


def test_anisotropic():
    compare((39, 38, 39, 90, 90, 90), (60, 40, 26), 0.4)


if __name__ == "__main__":
    tap.run(tap.collect(globals()))
