#!/usr/bin/python3
"""Only a part of a map is fitted: a box, or what lies around residues; its outputs say which part, and compare nothing else."""
import json
import math
import os
import re
import shlex
import tempfile

from cli import as_json, cli, refused, write_helix
from tap import close, collect, equal, run

FOLDER = tempfile.TemporaryDirectory()
RESIDUES, SPACING, ORIGIN = 20, 1.0, (-6.0, -7.0, -4.0)


def path(name):
    return os.path.join(FOLDER.name, name)


def atoms(first, last):
    """Positions of the atoms of residues first to last, and of their C-alphas, as the file has them."""
    with open(path("helix.pdb"), encoding="ascii") as file:
        found = [(int(line[22:26]), line[12:16].strip(), [float(line[30 + 8 * a:38 + 8 * a]) for a in range(3)]) for line in file if line.startswith("ATOM")]
    return [xyz for number, _, xyz in found if first <= number <= last]


def voxels(box):
    """First and number of the voxels that hold a box, by the map's own grid."""
    info = as_json("info", path("map.mrc"))
    lo = [max(0, math.floor(box[a] - ORIGIN[a])) for a in range(3)]
    hi = [min(info["dims"][a] - 1, math.ceil(box[3 + a] - ORIGIN[a])) for a in range(3)]
    return lo, [hi[a] - lo[a] + 1 for a in range(3)], info


def test_around_residues():
    write_helix(path("helix.pdb"), RESIDUES)
    cli("simulate", path("helix.pdb"), "-o", path("map.mrc"), "--resolution", 2, "--spacing", SPACING, "--box", "-6,-7,-4,9,8,34")
    said = cli("train", path("map.mrc"), "-o", path("part"), "--around", "A/9-11", "--margin", 3, "--model", path("helix.pdb"), "--epochs", 5).stderr
    own = atoms(9, 11)
    box = [min(xyz[a] for xyz in own) - 3 for a in range(3)] + [max(xyz[a] for xyz in own) + 3 for a in range(3)]
    lo, dims, whole = voxels(box)
    info = as_json("info", path("part"))
    equal(info["dims"], dims)
    for a in range(3):
        close(info["origin"][a], ORIGIN[a] + lo[a], 1e-6)
        close(info["box"][a], box[a], 1e-3)
    part = f"voxels {lo[0]}-{lo[0] + dims[0] - 1}, {lo[1]}-{lo[1] + dims[1] - 1}, {lo[2]}-{lo[2] + dims[2] - 1} of 15 x 15 x 38"
    part = part.replace("15 x 15 x 38", " x ".join(map(str, whole["dims"])))
    assert part in said and part in info["part"], (part, said, info["part"])
    assert part in cli("info", path("part")).stdout
    # A level means the same as in the whole map.
    for key in ("mu", "sigma"):
        close(info["normalised"][key], whole["normalised"][key], 1e-7)
    close(info["normalised"]["max"], whole["max"], 1e-5)


def test_the_same_by_the_box():
    box = as_json("info", path("part"))["box"]
    cli("train", path("map.mrc"), "-o", path("box"), "--box=" + ",".join(map(str, box)), "--epochs", 5)
    one, other = as_json("info", path("part")), as_json("info", path("box"))
    for key in ("dims", "origin", "part"):
        equal(one[key], other[key])
    equal([r["loss"] for r in one["regions"]], [r["loss"] for r in other["regions"]])


def test_all_of_it():
    """run: only the residues in the part are compared, report and results say so, and the first command repeats the fit."""
    summary = as_json("run", path("map.mrc"), "--model", path("helix.pdb"), "--around", "A/9-11", "--margin", 3, "--epochs", 20, "-o", path("results"),
                      "--progress", "none")
    lo, dims, _ = voxels(summary_box(path("results/map.neural.safetensors")))
    inside = sum(all(lo[a] + ORIGIN[a] <= xyz[a] <= lo[a] + ORIGIN[a] + dims[a] - 1 for a in range(3)) for xyz in c_alphas())
    assert 3 <= inside < RESIDUES, inside
    equal(summary["comparison"]["ca"]["total"], inside)
    assert summary["part"].startswith("voxels "), summary["part"]
    with open(path("results/map.report.json"), encoding="utf-8") as file:
        equal(json.load(file)["field"]["part"], summary["part"])
    with open(path("results/map.report.html"), encoding="utf-8") as file:
        text = re.sub("<[^>]*>", "", file.read()).replace("×", "x").replace("Å", "A")
        assert summary["part"] in text, summary["part"]
    again = as_json("compare", path("results/map.json"), path("helix.pdb"), "--within", path("results/map.neural.safetensors"))
    equal(again["ca"]["total"], inside)
    command = shlex.split(summary["commands"][0])
    command[command.index("-o") + 1] = path("again")
    cli(*command[1:])
    equal([r["loss"] for r in as_json("info", path("again"))["regions"]],
          [r["loss"] for r in as_json("info", path("results/map.neural.safetensors"))["regions"]])


def summary_box(neural):
    return as_json("info", neural)["box"]


def c_alphas():
    with open(path("helix.pdb"), encoding="ascii") as file:
        return [[float(line[30 + 8 * a:38 + 8 * a]) for a in range(3)] for line in file if line.startswith("ATOM") and line[12:16].strip() == "CA"]


def test_refused():
    train = ["train", path("map.mrc"), "-o", path("none")]
    refused(*train, "--box", "1,2,3", status=2, has=["--box", "6 numbers"])
    refused(*train, "--box=100,100,100,110,110,110", status=2, has=["box is 100", "a part of the map", "-6,-7,-4"])
    refused(*train, "--box=3,0,0,1,5,5", status=2, has=["x0 < x1"])
    refused(*train, "--around", "A/9", status=2, has=["--model"])
    refused(*train, "--around", "B/9", "--model", path("helix.pdb"), status=2, has=["'B/9'", "helix.pdb"])
    refused(*train, "--around", "A/9-", "--model", path("helix.pdb"), status=2, has=["'A/9-'", "CHAIN/N-M"])
    refused(*train, "--around", "A/9", "--box=0,0,0,1,1,1", "--model", path("helix.pdb"), status=2, has=["both"])
    assert not os.path.exists(path("none")) and not os.path.exists(path("none.checkpoint"))


run(collect(globals()))
