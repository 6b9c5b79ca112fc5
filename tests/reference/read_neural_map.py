"""Rebuilds the field of a neural map from its file alone, in NumPy and float64: what the tests hold the evaluator against. The page for users is
docs/read_neural.py."""
import json
import struct

import numpy as np


def load(path):
    """The tensors and the metadata of a safetensors file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    text = header.pop("__metadata__")
    plain = {"format", "cryofield_version", "program", "source_name", "source_sha256", "placement", "partition", "blend", "transform",
             "recipe", "seed", "keep", "weights"}
    metadata = {key: value if key in plain else json.loads(value) for key, value in text.items()}
    tensors = {}
    for name, about in header.items():
        begin, end = about["data_offsets"]
        dtype = {"F32": "<f4", "F16": "<f2"}[about["dtype"]]
        tensors[name] = np.frombuffer(data[begin:end], dtype).reshape(about["shape"]).astype(np.float64)
    return tensors, metadata


def siren(tensors, metadata, region, x):
    """t of one region's network at its own coordinates x (n, 3) in [-1, 1]."""
    last = metadata["hidden"] + 1
    for layer in range(last + 1):
        weight, bias = (tensors[f"region.{region}.layers.{layer}.{part}"] for part in ("weight", "bias"))
        x = x @ weight.T + bias
        if layer < last:
            x = np.sin((metadata["w0"] if layer else metadata["w0_first"]) * x)
    return x[:, 0]


def to_density(metadata, t):
    """d in [0, 1] from t."""
    if metadata["rectified"]:
        t = np.maximum(t, -1)
    if metadata["transform"] == "linear":
        return (t + 1) / 2
    o = metadata["transform_offset"]
    root = (t + 1) / 2 * (np.sqrt(1 + o) - np.sqrt(o)) + np.sqrt(o)
    return np.maximum(root, 0) ** 2 - o


def axis_weights(metadata, starts, size, x):
    """Each region's share of the points along one axis, and whether it holds them."""
    weights, product = [], np.ones_like(x)
    for i, start in enumerate(starts):
        hand_over = np.zeros_like(x)
        if i + 1 < len(starts):
            u = np.clip((x - starts[i + 1]) / (start + size - 1 - starts[i + 1]), 0, 1)
            hand_over = u if metadata["blend"] == "paper" else u ** 3 * (u * (6 * u - 15) + 10)
        weights.append(product * (1 - hand_over))
        product = product * hand_over
    return np.array(weights), np.array([(x >= s) & (x <= s + size - 1) for s in starts])


def field(tensors, metadata, xyz):
    """d at points (n, 3) in A, inside the map."""
    first = np.array(metadata["source_origin"]) + np.array(metadata["crop_start"]) @ np.array(metadata["source_step"])
    ijk = (xyz - first) @ np.linalg.inv(np.array(metadata["source_step"]))
    regions = metadata["regions"]
    size = regions[0]["size"]
    starts = [sorted({r["start"][a] for r in regions}) for a in range(3)]
    shares = [axis_weights(metadata, starts[a], size[a], ijk[:, a]) for a in range(3)]
    total, weight_sum = np.zeros(len(xyz)), np.zeros(len(xyz))
    for index, region in enumerate(regions):
        at = [starts[a].index(region["start"][a]) for a in range(3)]
        inside = np.logical_and.reduce([shares[a][1][at[a]] for a in range(3)])
        if metadata["blend"] == "smooth":
            weight = np.prod([shares[a][0][at[a]] for a in range(3)], axis=0)
        else:
            overlapped = [shares[a][1].sum(axis=0) > 1 for a in range(3)]
            weight = np.sum([np.where(overlapped[a], shares[a][0][at[a]], 0) for a in range(3)], axis=0)
            weight = np.where(np.any(overlapped, axis=0), weight, 1) * inside
        if region["flat"]:
            density = np.full(len(xyz), region["value"])
        else:
            local = 2 * (ijk - region["start"]) / (np.array(size) - 1) - 1
            density = to_density(metadata, siren(tensors, metadata, index, local))
        total += weight * density
        weight_sum += weight
    return total / weight_sum
