#!/usr/bin/python3
"""`train --keep`: whether a file holds the best weights or the last, by the loss that NumPy finds at the voxels with the network that docs/read_neural.py reads.
An epoch of the published recipe is one step, and its loss that of the weights before it."""
import json
import os
import sys
import tempfile

import mrcfile
import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path[:0] = [os.path.join(ROOT, "tests", "cli"), os.path.join(ROOT, "docs")]
sys.modules["torch"] = None  # NumPy, where PyTorch is there as well
import read_neural
from cli import cli, refused, write_helix
from tap import close, collect, run

FOLDER = tempfile.TemporaryDirectory()
MODEL, MAP = (os.path.join(FOLDER.name, name) for name in ("a.pdb", "a.mrc"))
EPOCHS = 7


def losses(name, *more):
    """Of each epoch, as train prints them."""
    done = cli("train", MAP, "-o", os.path.join(FOLDER.name, name), "--recipe", "paper", "--weights", "float32", "--progress", "json", *more)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["epoch"]: line["loss"] for line in lines if line["state"] == "training"}


def loss_at_voxels(name):
    """MSE on t = 2 d - 1 over all voxels, negative ones taken as 0."""
    with mrcfile.open(MAP) as file:
        d = np.maximum(file.data.astype(float), 0)
    places = [np.linspace(-1, 1, n) for n in d.shape]
    z, y, x = np.meshgrid(*places, indexing="ij")
    t = read_neural.NeuralMap(os.path.join(FOLDER.name, name)).network(0, np.stack([x, y, z], -1).reshape(-1, 3).astype(np.float32))
    return np.mean((t - (2 * d / d.max() - 1).ravel()) ** 2)


def test_best_and_last():
    write_helix(MODEL, residues=4)
    cli("simulate", MODEL, "-o", MAP, "--resolution", "3")
    best = losses("best", "--epochs", EPOCHS, "--keep", "best")
    losses("last", "--epochs", EPOCHS, "--keep", "last")
    one_more = losses("more", "--epochs", EPOCHS + 1)
    close(loss_at_voxels("best") / min(best.values()), 1, 1e-3, "the least loss of the epochs")
    close(loss_at_voxels("last") / one_more[EPOCHS + 1], 1, 1e-3, "what the next epoch would begin with")
    assert abs(loss_at_voxels("last") / loss_at_voxels("best") - 1) > 0.01, "two that can be told apart"


def test_other_words_are_refused():
    refused("train", MAP, "-o", os.path.join(FOLDER.name, "x"), "--keep", "first", status=2, has=("--keep", "last"))


run(collect(globals()))
