#!/usr/bin/python3
"""Every step on a small simulated map, each result read back by independent code: simulate, info, probe, train, sample, graph, walk, sweep,
compare, report, render, merge, a cancel and its resume, and run."""
import csv
import hashlib
import json
import math
import os
import signal
import struct
import subprocess
import tempfile
import xml.etree.ElementTree
import zipfile
import zlib

from cli import PROGRAM, as_json, cli, refused, write_helix
from tap import Skip, close, collect, equal, run

FOLDER = tempfile.TemporaryDirectory()
RESOLUTION = 3.0
SPACING = 0.8


def path(name):
    return os.path.join(FOLDER.name, name)


MODEL, MAP, NEURAL = path("helix.pdb"), path("helix.mrc"), path("helix.neural.safetensors")
ALPHAS = write_helix(MODEL)
FOUND = {}


def read_map(name):
    """dims (x, y, z), voxels, origin, spacing of a map that the program wrote: little endian, mode 2, axes 1,2,3."""
    with open(name, "rb") as file:
        raw = file.read()
    n = struct.unpack_from("<3i", raw, 0)
    m = struct.unpack_from("<3i", raw, 28)
    cell = struct.unpack_from("<3f", raw, 40)
    equal(struct.unpack_from("<3i", raw, 64), (1, 2, 3))
    equal(struct.unpack_from("<i", raw, 12)[0], 2)
    origin = struct.unpack_from("<3f", raw, 196)
    extended = struct.unpack_from("<i", raw, 92)[0]
    values = struct.unpack_from(f"<{n[0] * n[1] * n[2]}f", raw, 1024 + extended)
    return n, values, origin, [c / k for c, k in zip(cell, m)]


def atoms():
    with open(MODEL, encoding="ascii") as file:
        return [(line[76:78].strip(), [float(line[i:i + 8]) for i in (30, 38, 46)]) for line in file if line.startswith("ATOM")]


def density(at):
    """method.md: a Gaussian an atom, sd = 0.225 R, amplitude Z (2 pi)^-1.5 sd^-3."""
    sd = 0.225 * RESOLUTION
    number = {"C": 6, "N": 7, "O": 8}
    return sum(number[e] * (2 * math.pi) ** -1.5 * sd ** -3 * math.exp(-sum((a - b) ** 2 for a, b in zip(at, xyz)) / (2 * sd * sd)) for e, xyz in atoms())


def test_simulate_is_the_sum_of_gaussians():
    cli("simulate", MODEL, "-o", MAP, "--resolution", RESOLUTION, "--spacing", SPACING)
    n, values, origin, step = read_map(MAP)
    for a in range(3):
        close(step[a], SPACING, 1e-4)
    top = max(range(len(values)), key=values.__getitem__)
    for i in (top, top + 1, top + n[0], top + 2 * n[0] * n[1]):
        at = [origin[0] + i % n[0] * step[0], origin[1] + i // n[0] % n[1] * step[1], origin[2] + i // n[0] // n[1] * step[2]]
        close(values[i], density(at), 2e-4 * max(values), f"voxel {i}")


def test_info_of_the_map():
    n, values, origin, _ = read_map(MAP)
    found = as_json("info", MAP)
    equal(found["dims"], list(n))
    for key in ("voxel", "cell", "origin", "axes", "mode", "byte_order", "min", "max", "mean", "sd", "nonfinite", "normalised", "contour", "warnings"):
        assert key in found, key
    mean = sum(values) / len(values)
    close(found["mean"], mean, 1e-6)
    close(found["sd"], math.sqrt(sum((v - mean) ** 2 for v in values) / len(values)), 1e-6)
    close(found["max"], max(values), 1e-7 * max(values))
    top = max(values)
    mu = mean / top
    sigma = math.sqrt(sum((v / top - mu) ** 2 for v in values) / len(values))
    close(found["normalised"]["mu"], mu, 1e-6)
    close(found["normalised"]["sigma"], sigma, 1e-6)
    close(found["normalised"]["threshold"], max(0.1, mu + 3 * sigma), 1e-6)
    equal(found["contour"], None)
    for a in range(3):
        close(found["origin"][a], origin[a], 1e-4)


def test_info_of_the_model():
    found = as_json("info", MODEL)
    for key, value in (("atoms", 40), ("residues", 8), ("chains", 1), ("models", 1), ("ca", 8), ("p", 0), ("hydrogens", 0), ("waters", 0), ("altlocs", 0),
                       ("rejected", 0), ("warnings", [])):
        equal(found[key], value, key)


def rows(text):
    return list(csv.DictReader(text.splitlines()))


def test_probe_of_the_map():
    cli("simulate", MODEL, "-o", path("fine.mrc"), "--resolution", RESOLUTION, "--spacing", 0.4)
    with open(path("points.csv"), "w", encoding="ascii") as file:
        file.write("x,y,z\n" + "".join(f"{x},{y},{z}\n" for x, y, z in ALPHAS) + "900,900,900\n")
    for interpolation, tolerance in (("trilinear", 0.2), ("tricubic", 0.02)):
        found = rows(cli("probe", path("fine.mrc"), "--points", path("points.csv"), "--interpolation", interpolation, "--gradient").stdout)
        equal(list(found[0]), ["x", "y", "z", "value", "gx", "gy", "gz"])
        equal(len(found), len(ALPHAS) + 1)
        for row, at in zip(found, ALPHAS):
            close(float(row["value"]), density(at), tolerance * density(at), interpolation)
        equal(found[-1]["value"], "nan")
    at_model = rows(cli("probe", MAP, "--model", MODEL).stdout)
    equal(len(at_model), 8)
    equal(len(rows(cli("probe", MAP, "--model", MODEL, "--atoms", "all").stdout)), 40)


def test_train_reports_each_epoch():
    done = cli("train", MAP, "-o", NEURAL, "--epochs", 12, "--seed", 3, "--resolution", RESOLUTION, "--progress", "json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        equal(sorted(line), ["epoch", "held_out", "loss", "region", "seconds", "state"])
    epochs = [line for line in lines if line["state"] == "training" and line["loss"] is not None]
    assert len(epochs) >= 3 and epochs[-1]["loss"] < epochs[0]["loss"] / 3, epochs
    equal({line["region"] for line in lines}, {0})
    equal(lines[-1]["state"], "done")


def test_info_of_the_neural_map():
    found = as_json("info", NEURAL)
    equal(len(found["regions"]), 1)
    equal(found["recipe"], "default")
    equal(found["network"], {"width": 256, "hidden": 4, "w0_first": 20, "w0": 30})
    equal(found["bytes"], os.path.getsize(NEURAL))
    equal(found["source"]["name"], "helix.mrc")
    equal(found["source"]["sha256"], subprocess.run(["sha256sum", MAP], capture_output=True, text=True, check=True).stdout.split()[0])
    region = found["regions"][0]
    assert region["trained"] and not region["flat"] and 0 < region["loss"] < 2e-3 and region["epochs"] > 2 and region["seconds"] > 0, region


def test_the_neural_map_is_a_safetensors_file():
    with open(NEURAL, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    assert "__metadata__" in header
    shapes = {name: tensor["shape"] for name, tensor in header.items() if name != "__metadata__"}
    equal(sorted(shape for name, shape in shapes.items() if name.endswith("weight")), [[1, 256]] + [[256, 3]] + [[256, 256]] * 4)


def test_probe_of_the_neural_map():
    top = max(read_map(MAP)[1])
    found = rows(cli("probe", NEURAL, "--points", path("points.csv"), "--gradient").stdout)
    spline = rows(cli("probe", MAP, "--points", path("points.csv"), "--interpolation", "tricubic").stdout)
    for row, other in zip(found[:-1], spline):
        close(float(row["value"]), float(other["value"]), 0.12 * top)
    equal(found[-1]["value"], "nan")
    # the gradient is that of the values, by central differences of the probe itself
    h, at = 1e-2, ALPHAS[3]
    with open(path("near.csv"), "w", encoding="ascii") as file:
        for axis in range(3):
            for side in (-h, h):
                file.write(",".join(str(at[a] + (side if a == axis else 0)) for a in range(3)) + "\n")
    near = [float(row["value"]) for row in rows(cli("probe", NEURAL, "--points", path("near.csv")).stdout)]
    for axis, name in enumerate(("gx", "gy", "gz")):
        close(float(found[3][name]), (near[2 * axis + 1] - near[2 * axis]) / (2 * h), 0.01 * top)


def test_sample_is_the_map_again():
    cli("sample", NEURAL, "-o", path("sampled.mrc"))
    n, values, origin, step = read_map(path("sampled.mrc"))
    m, source, source_origin, source_step = read_map(MAP)
    equal(n, m)
    for a in range(3):
        close(origin[a], source_origin[a], 1e-3)
        close(step[a], source_step[a], 1e-4)
    top = max(source)
    rms = math.sqrt(sum((a - b) ** 2 for a, b in zip(values, source)) / len(source)) / top
    assert rms < 0.02, rms
    cli("sample", NEURAL, "-o", path("half.mrc"), "--spacing", 0.5)
    close(read_map(path("half.mrc"))[3][0], 0.5, 1e-4)
    cli("sample", NEURAL, "-o", path("like.mrc"), "--like", MAP)
    equal(read_map(path("like.mrc"))[0], m)


def test_graph_in_every_format():
    names = [path("graph" + suffix) for suffix in (".graphml", ".json", ".npz", ".cif", ".pdb", ".cmm", ".bild")]
    found = as_json("graph", NEURAL, *[word for name in names for word in ("-o", name)])
    for key in ("level", "seeds", "peaks", "nodes", "edges", "components"):
        assert key in found, key
    FOUND["graph"] = found
    assert found["nodes"] >= 8 and found["seeds"] > found["nodes"], found
    threshold = as_json("info", MAP)["normalised"]["threshold"]
    close(found["level"]["normalised"], threshold, 1e-5)
    space = "{http://graphml.graphdrawing.org/xmlns}"
    tree = xml.etree.ElementTree.parse(names[0])
    equal(len(tree.findall(f".//{space}node")), found["nodes"])
    equal(len(tree.findall(f".//{space}edge")), found["edges"])
    with open(names[1], encoding="utf-8") as file:
        link = json.load(file)
    equal((len(link["nodes"]), len(link["edges"])), (found["nodes"], found["edges"]))
    with zipfile.ZipFile(names[2]) as arrays:
        assert {"pos.npy", "density.npy", "edge_index.npy", "edge_length.npy"} <= set(arrays.namelist()), arrays.namelist()
    for name in names[3:]:
        assert os.path.getsize(name) > 100, name


def test_levels_in_their_units():
    for level, key in (("norm=0.3", "normalised"), ("sigma=4", "sigma"), ("file=" + str(0.4 * max(read_map(MAP)[1])), "file")):
        found = as_json("graph", NEURAL, "-o", path("level.json"), "--level", level)
        close(found["level"][key], float(level.split("=")[1]), 1e-5)
    fewer = as_json("graph", NEURAL, "-o", path("level.json"), "--level", "norm=0.9")
    assert fewer["seeds"] < FOUND["graph"]["seeds"], fewer
    refused("graph", NEURAL, "-o", path("level.json"), "--level", "plateau", status=1, has=["plateau"])  # without noise all nodes are of one heap
    refused("graph", NEURAL, "-o", path("level.json"), "--level", "contour", status=2, has=["contour"])
    refused("graph", NEURAL, "-o", path("level.json"), "--level", "norm=1.5", status=2, has=["1.5"])


def test_walk_has_every_seed():
    cli("walk", NEURAL, "-o", path("walk.npz"))
    try:
        import numpy
    except ImportError as error:
        raise Skip("python3-numpy is not installed") from error
    arrays = numpy.load(path("walk.npz"))
    equal(sorted(arrays), ["peak", "peak_density", "seed", "seed_density"])
    equal(arrays["seed"].shape, (FOUND["graph"]["seeds"], 3))
    level = FOUND["graph"]["level"]["normalised"]
    assert arrays["seed_density"].min() >= level - 1e-6
    assert (arrays["peak_density"] >= arrays["seed_density"] - 1e-4).all()


def test_sweep_has_a_row_a_level():
    cli("sweep", NEURAL, "-o", path("sweep.csv"), "--model", MODEL, "--levels", 20)
    with open(path("sweep.csv"), encoding="utf-8") as file:
        table = list(csv.DictReader(line for line in file if not line.startswith("#")))
    equal(len(table), 20)
    assert any(float(row["coverage"]) > 0.8 for row in table), table
    for row in table:
        assert float(row["recall"]) >= float(row["coverage"]) and 0 < float(row["inside"]) < 1, row
        assert 0 <= float(row["backbone_inclusion"]) <= 1 and row["null_atoms_coverage"], row
    cli("sweep", NEURAL, "-o", path("sweep-alone.csv"))


def test_report_of_nucleotides():
    rows = [("O5'", 1, 1.0), ("C4'", 1, 3.0), ("P", 2, 6.0), ("C4'", 2, 8.0)]  # the first has no phosphate
    with open(path("dna.pdb"), "w", encoding="ascii") as file:
        for i, (name, residue, x) in enumerate(rows):
            file.write(f"ATOM  {i + 1:5d}  {name:<3s}  DG A{residue:4d}    {x:8.3f}{2:8.3f}{3:8.3f}  1.00 10.00           {name[0]}\n")
    for atom, total in (("P", 1), ("C4'", 2)):
        cli("report", NEURAL, "--model", path("dna.pdb"), "--na-atom", atom, "-o", path("dna.json"))
        with open(path("dna.json"), encoding="utf-8") as file:
            equal(json.load(file)["comparison"]["ca"]["total"], total)
    refused("report", NEURAL, "--model", path("dna.pdb"), "--na-atom", "N9", "-o", path("dna.json"), status=2, has=["--na-atom", "N9"])


def test_compare_of_nucleotides():
    """A predicted model stands by the same atoms as the one that it is compared with."""
    for atom, total in (("P", 1), ("C4'", 2)):
        found = as_json("compare", path("dna.pdb"), path("dna.pdb"), "--na-atom", atom)
        equal((found["nodes"]["total"], found["ca"]["matched"], found["ca"]["rmsd"]), (total, total, 0))
        said = cli("compare", path("dna.pdb"), path("dna.pdb"), "--na-atom", atom).stdout
        assert said.startswith(f"{atom:<11s} {total} of {total}, "), said


def test_compare_with_the_model():
    found = as_json("compare", path("graph.json"), MODEL, "-o", path("residues.csv"))
    FOUND["compare"] = found
    equal(found["ca"]["total"], 8)
    with open(path("graph.json"), encoding="utf-8") as file:
        nodes = [node["pos"] if "pos" in node else [node[axis] for axis in "xyz"] for node in json.load(file)["nodes"]]
    near = sum(any(math.dist(node, alpha) <= 3 for alpha in ALPHAS) for node in nodes)
    equal((found["nodes"]["total"], found["nodes"]["near"]), (len(nodes), near))
    close(found["nodes"]["precision"], near / len(nodes), 1e-9)
    covered = sum(any(math.dist(node, alpha) <= 3 for node in nodes) for alpha in ALPHAS)
    assert found["ca"]["matched"] <= covered and found["ca"]["coverage"] >= 0.75, found
    equal((found["ca"]["near"], sum(chain["ca"]["matched"] for chain in found["chains"])), (covered, found["ca"]["matched"]))
    greedy = as_json("compare", path("graph.json"), MODEL, "--matching", "greedy", "--na-atom", "C4'")
    assert greedy["ca"]["matched"] <= found["ca"]["matched"], greedy
    with open(path("residues.csv"), encoding="utf-8") as file:
        equal(len(list(csv.DictReader(file))), 8)
    for key in ("atoms", "null", "ca_score"):
        assert key in found, key
    chance = as_json("compare", path("graph.json"), MODEL, "--within", NEURAL)["null"]
    assert chance and 0 <= chance["coverage"] <= 1, chance
    assert cli("compare", path("graph.graphml"), MODEL).stdout.strip()
    with open(path("far.pdb"), "w", encoding="utf-8") as file:
        file.write("ATOM      1  CA  ALA A   1    1000.0001000.0001000.000  1.00  0.00           C\nEND\n")
    told = cli("compare", path("graph.json"), path("far.pdb"), "--within", NEURAL).stdout
    assert "coverage 0.00 %, RMSD -\n" in told and "nan" not in told, told
    with open(path("side.pdb"), "w", encoding="utf-8") as file:  # no C-alpha at all
        file.write("ATOM      1  CB  ALA A   1       1.000   1.000   1.000  1.00  0.00           C\nEND\n")
    told = cli("compare", path("graph.json"), path("side.pdb"), "--within", NEURAL).stdout
    assert "0 of 0, coverage -, RMSD -\n" in told and "precision -\n" in told and "CA score    -\n" in told and "nan" not in told, told


def test_report():
    cli("report", NEURAL, "--model", MODEL, "-o", path("report.html"), "--map", MAP)
    with open(path("report.html"), encoding="utf-8") as file:
        text = file.read()
    assert "<script" not in text and "helix" in text and "data:image/png" in text, text[:500]
    several = [path(name) for name in ("report.json", "report.pdf", "r.findings.csv", "r.chains.csv")]
    cli("report", NEURAL, "--model", MODEL, *(word for name in several for word in ("-o", name)))
    with open(path("report.json"), encoding="utf-8") as file:
        report = json.load(file)
    with open(NEURAL, "rb") as neural, open(MODEL, "rb") as model:
        equal(report["neural"]["sha256"], hashlib.sha256(neural.read()).hexdigest())
        equal(report["model"]["sha256"], hashlib.sha256(model.read()).hexdigest())
    equal([line.split()[1] for line in report["commands"]], ["train", "report"])
    with open(path("r.findings.csv"), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    equal(sum(row["kind"] == "residue" for row in rows), report["findings"]["residues_without_node"])
    equal(sum(row["kind"] == "node" for row in rows), report["findings"]["nodes_without_atom"])
    with open(path("report.pdf"), "rb") as file:
        equal(file.read(5), b"%PDF-")


def png_size(name):
    with open(name, "rb") as file:
        head = file.read(24)
    equal(head[:8], b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">2I", head[16:24])


def pixels_of(name):
    """What the chunks IDAT hold: the rows of the picture, without the texts beside them."""
    with open(name, "rb") as file:
        data, at, packed = file.read(), 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    return zlib.decompress(packed)


def test_render_draws():
    for style in ("surface", "mesh", "volume", "mip", "slices"):
        cli("render", NEURAL, "-o", path(style + ".png"), "--style", style, "--size", "320x240")
        equal(png_size(path(style + ".png")), (320, 240))
    sizes = {os.path.getsize(path(style + ".png")) for style in ("surface", "mesh", "volume", "mip", "slices")}
    assert min(sizes) > 1000 and len(sizes) > 2, sizes
    cli("render", MAP, "-o", path("all.png"), "--model", MODEL, "--graph", path("graph.json"), "--view", "-40,10", "--zoom", 1.5)
    equal(png_size(path("all.png")), (800, 600))
    with open(path("surface.png"), "rb") as one, open(path("mip.png"), "rb") as other:
        assert one.read() != other.read()


def seen(name, *arguments):
    """Which pixels of the neural map's picture on white show something."""
    try:
        import numpy as np
        from PIL import Image
    except ImportError as missing:
        raise Skip(str(missing))
    cli("render", NEURAL, "-o", path(name), "--size", "320x240", "--background", "white", "--no-fog", "--no-outline", *arguments)
    with Image.open(path(name)) as picture:
        return np.asarray(picture.convert("RGB")).min(axis=2) < 250


def test_render_final_from_near():
    """Outlines of a picture by the networks are no coarser than those of one from finer samples."""
    view = ("--view", "30,20", "--zoom", 6, "--level", "norm=0.7")
    plain, final = seen("near.png", *view), seen("near-final.png", *view, "--final")
    share = (plain != final).mean()
    print(f"# {plain.mean():.3f} of the pixels are seen, {share:.5f} in one picture alone")
    assert 0.2 < plain.mean() < 0.9 and share < 0.005, f"{share}"


def test_cancel_resume_and_merge():
    box = "-5,-9,-9,124,10,10"
    cli("simulate", MODEL, "-o", path("long.mrc"), "--resolution", 3, "--spacing", 1, "--box", box, "--noise", 0.01, "--seed", 7)
    part = path("long.neural.safetensors")
    arguments = ["train", path("long.mrc"), "-o", part, "--threads", "1", "--epochs", "4", "--progress", "json"]
    with subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if json.loads(line)["state"] == "done":
                process.send_signal(signal.SIGINT)
                break
        _, messages = process.communicate(timeout=120)
    equal(process.returncode, 1, messages)
    assert "--resume" in messages.splitlines()[-1], messages
    before = as_json("info", part)["regions"]
    equal(len(before), 3)
    done = [i for i, region in enumerate(before) if region["trained"]]
    assert 1 <= len(done) < 3, before
    refused("graph", part, "-o", path("x.json"), status=3, has=["regions", "3"])
    cli(*arguments, "--resume")
    after = as_json("info", part)["regions"]
    assert all(region["trained"] for region in after), after
    for i in done:
        equal(after[i], before[i], f"region {i}")
    # the same by parts
    for k in range(3):
        cli("train", path("long.mrc"), "-o", path(f"part{k}"), "--regions", f"{k}-{k}", "--epochs", 4, "--progress", "none")
    refused("train", path("long.mrc"), "-o", path("part3"), "--regions", "3-3", status=2, has=["regions", "3-3"])
    cli("merge", path("part0"), path("part1"), path("part2"), "-o", path("merged"))
    merged = as_json("info", path("merged"))["regions"]
    assert all(region["trained"] for region in merged), merged
    refused("merge", path("part0"), NEURAL, "-o", path("x"), status=3, has=["helix.neural"])
    with open(path("part1"), "rb") as file:
        part = file.read()
    assert b'"w0_first":"20.0"' in part, part[:2000]
    with open(path("other"), "wb") as file:
        file.write(part.replace(b'"w0_first":"20.0"', b'"w0_first":"30.0"'))
    refused("merge", path("part0"), path("other"), "-o", path("x"), status=3, has=["other", "network"])


def test_cancel_before_anything_is_done():
    with subprocess.Popen([PROGRAM, "train", path("long.mrc"), "-o", path("early"), "--threads", "1"], stderr=subprocess.PIPE, text=True) as process:
        try:
            process.wait(1.5)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
        messages = process.communicate(timeout=120)[1]
    equal(process.returncode, 1, messages)
    assert "cancelled" in messages.splitlines()[-1], messages
    assert not os.path.exists(path("early"))


def test_run_does_all_of_it():
    found = as_json("run", MAP, "--model", MODEL, "-o", path("results"), "--epochs", 12, "--resolution", RESOLUTION)
    for name in ("helix.neural.safetensors", "helix.graphml", "helix.json", "helix.cif", "helix.sweep.csv", "helix.sampled.mrc", "helix.compare.json",
                 "helix.residues.csv", "helix.report.html", "helix.report.pdf", "helix.report.json", "helix.findings.csv", "helix.png", "helix.run.json"):
        assert os.path.getsize(os.path.join(path("results"), name)) > 50, name
    equal(len(os.listdir(path("results"))), 14)
    assert found["nodes"] >= 8 and found["comparison"]["ca"]["coverage"] >= 0.75, found
    for step in ("load", "train", "samples", "walk", "graph", "sweep", "compare", "sample", "picture", "report", "total"):
        assert found["seconds"][step] >= 0, step
    # each command line can be run as it stands
    graph = next(line for line in found["commands"] if line.startswith("cryofield-cli graph "))
    again = subprocess.run(graph.replace("cryofield-cli", PROGRAM, 1), shell=True, capture_output=True, text=True, check=True).stdout
    assert f"nodes       {found['nodes']}\n" in again, again
    # and the picture is the same again, pixel for pixel
    picture = pixels_of(found["files"]["picture"])
    os.remove(found["files"]["picture"])
    render = next(line for line in found["commands"] if line.startswith("cryofield-cli render "))
    subprocess.run(render.replace("cryofield-cli", PROGRAM, 1), shell=True, capture_output=True, check=True)
    assert pixels_of(found["files"]["picture"]) == picture, render
    # what is fitted is kept
    more = as_json("run", MAP, "-o", path("results"), "--resume", "--resolution", RESOLUTION)
    equal((more["loss"], more["nodes"]), (found["loss"], found["nodes"]))
    equal(more["comparison"], None)


def test_interpolate_is_aligned():
    found = as_json("interpolate", MODEL, "--resolution", RESOLUTION, "--epochs", 6, "--progress", "none")
    for method in ("trilinear", "tricubic", "neural"):
        for of in ("density", "gradient"):
            assert 0 < found[method][of]["mae"] < found[method][of]["rms"] < 1, found
    # a shift of one grid against the other would make these alike
    assert found["tricubic"]["density"]["mae"] < 0.7 * found["trilinear"]["density"]["mae"], found
    assert found["tricubic"]["density"]["mae"] < 0.02, found
    assert 0.5 < found["triquintic"]["density"]["mae"] / found["tricubic"]["density"]["mae"] < 1.5, found


def test_interpolate_of_a_map_needs_no_model():
    refused("interpolate", MODEL, "--resolution", RESOLUTION, "-o", path("held.csv"), status=2, has=("-o", "MAP"))
    refused("interpolate", MAP, "--held-out", 0.9, status=2, has=("--held-out",))


def test_devices():
    found = as_json("devices")
    assert any(backend["name"] == "cpu" and backend["works"] for backend in found["backends"]), found
    assert "picture" in found


run(collect(globals()))
