#!/usr/bin/env python3
"""A page that rebuilds the field of a Cryofield neural map from the file alone, with PyTorch where it is there, else with NumPy.

    field = NeuralMap("emd_20026.neural.safetensors")
    d = field(xyz)                    # [n, 3] in A -> [n], normalised; NaN outside the map
    d * field.meta["max"]             # in the units of the map file
    d, by_xyz = field.gradient(xyz)   # with PyTorch: the gradient by A, too
"""
import json
import sys

try:
    import torch as xp
except ImportError:
    import numpy as xp


def read_safetensors(path):
    with open(path, "rb") as file:
        raw = bytearray(file.read())
    n = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:8 + n])
    metadata, tensors = header.pop("__metadata__"), {}
    for key, t in header.items():
        first, last = t["data_offsets"]
        kind = {"F32": xp.float32, "F16": xp.float16}[t["dtype"]]  # of a little-endian machine
        tensors[key] = xp.frombuffer(raw[8 + n + first:8 + n + last], dtype=kind).reshape(t["shape"])
    return metadata, tensors


def value_of(text):
    """Metadata are strings; those that are JSON hold numbers and lists."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def cast(x, kind):
    return x.to(kind) if hasattr(x, "to") else xp.asarray(x, dtype=kind)  # torch.asarray would forget the gradient


def held_within(x, least, most):
    """Points on the faces of the map, which rounding takes a hair outside, keep their gradient."""
    held = xp.clip(x, least, most)
    return held.detach() + (x - x.detach()) if hasattr(x, "detach") else held


class NeuralMap:
    def __init__(self, path):
        metadata, self.tensors = read_safetensors(path)
        self.meta = {key: value_of(text) for key, text in metadata.items()}
        self.size = self.meta["regions"][0]["size"]
        self.starts = [sorted({r["start"][a] for r in self.meta["regions"]}) for a in range(3)]

    def network(self, region, local):
        """[n, 3] in [-1, 1] -> t, [n]: sin (w0_first (W x + b)), sin (w0 (W h + b)) ..., W h + b."""
        h, last = local, self.meta["hidden"] + 1
        for k in range(last + 1):
            name = f"region.{region}.layers.{k}."
            w, b = (xp.asarray(self.tensors[name + part], dtype=xp.float32) for part in ("weight", "bias"))
            h = h @ w.T + b
            if k < last:
                h = xp.sin((self.meta["w0_first"] if k == 0 else self.meta["w0"]) * h)
        return h[:, 0]

    def density(self, t):
        """The transform's inverse: from what the network was trained on to d. Rectified, a t below -1 says that there is nothing."""
        t = xp.clip(t, -1, None) if self.meta.get("rectified", False) else t
        if self.meta["transform"] == "linear":
            return (t + 1) / 2
        o = self.meta["transform_offset"]
        root = (t + 1) / 2 * ((1 + o) ** 0.5 - o ** 0.5) + o ** 0.5
        return xp.clip(root, 0, None) ** 2 - o

    def axis_weights(self, a, x):
        """Of each region along axis a: its weight at x (voxels), and whether it holds x."""
        starts, end, left, out = self.starts[a], self.size[a] - 1, 1 + 0 * x, []
        for i, start in enumerate(starts):
            h = 0 * x
            if i + 1 < len(starts):
                u = xp.clip((x - starts[i + 1]) / (start + end - starts[i + 1]), 0, 1)
                h = u if self.meta["blend"] == "paper" else u * u * u * (u * (6 * u - 15) + 10)
            out.append((left * (1 - h), (x >= start) & (x <= start + end)))
            left = left * h
        return out

    def weight(self, parts, shared):
        """One region's weight from its weights along the axes; shared[a]: how many regions hold the point along axis a."""
        if self.meta["blend"] == "smooth":
            return parts[0] * parts[1] * parts[2]
        total, several = shared[0] * shared[1] * shared[2], [n > 1 for n in shared]
        top, bottom = (sum(several[a] * v[a] for a in range(3)) for v in (parts, [total / n for n in shared]))
        return xp.where(bottom > 0, top / xp.clip(bottom, 1, None), 1 + 0 * top)

    def __call__(self, xyz):
        meta = self.meta
        step, origin = (xp.asarray(meta[key], dtype=xp.float64) for key in ("source_step", "source_origin"))
        ijk = (xyz - origin) @ xp.linalg.inv(step) - xp.asarray(meta["crop_start"], dtype=xp.float64)
        inside = sum((ijk[:, a] >= -1e-9) & (ijk[:, a] <= meta["crop_dims"][a] - 1 + 1e-9) for a in range(3)) == 3
        ijk = xp.stack([held_within(ijk[:, a], 0, meta["crop_dims"][a] - 1) for a in range(3)], 1)
        axes = [self.axis_weights(a, ijk[:, a]) for a in range(3)]
        shared = [sum(1 * holds for _, holds in axis) for axis in axes]
        d = xp.where(inside, 0 * ijk[:, 0], float("nan"))
        for index, region in enumerate(meta["regions"]):
            mine = [axes[a][self.starts[a].index(region["start"][a])] for a in range(3)]
            at = mine[0][1] & mine[1][1] & mine[2][1] & inside
            w = xp.where(at, self.weight([part[0] for part in mine], shared), 0 * d)
            at = w > 0
            start, size = (xp.asarray(region[key], dtype=xp.float64) for key in ("start", "size"))
            local = 2 * (ijk[at] - start) / xp.clip(size - 1, 1, None) - (size > 1) * 1.0
            if region["flat"]:
                part = 0 * local[:, 0] + region["value"]
            elif region["trained"]:
                part = self.density(cast(self.network(index, cast(local, xp.float32)), xp.float64))
            else:
                part = 0 * local[:, 0] + float("nan")
            d[at] = d[at] + w[at] * part
        return d

    def gradient(self, xyz):
        """By PyTorch's autograd: d and its gradient, [n, 3], in A^-1."""
        xyz = xyz.detach().clone().requires_grad_()
        d = self(xyz)
        return d.detach(), xp.autograd.grad(d[~xp.isnan(d)].sum(), xyz)[0]


if __name__ == "__main__":
    field = NeuralMap(sys.argv[1])
    rows = [[float(word) for word in line.split(",")[:3]] for line in open(sys.argv[2]) if line[:1] in "-0123456789."]
    points = xp.asarray(rows, dtype=xp.float64)
    columns = [field(points)]
    if xp.__name__ == "torch":
        columns = [columns[0], *field.gradient(points)[1].T]
    for p, *values in zip(rows, *columns):
        print(*p, *(float(value) * field.meta["max"] for value in values), sep=",")
