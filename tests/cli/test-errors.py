#!/usr/bin/python3
"""Exit status and one-line errors of every kind, and that nothing half-written stays behind."""
import json
import os
import resource
import struct
import subprocess
import tempfile

from cli import PROGRAM, as_json, cli, refused, write_helix
from tap import Skip, collect, data, equal, run

FOLDER = tempfile.TemporaryDirectory()
HELIX = os.path.join(FOLDER.name, "helix.pdb")
write_helix(HELIX)


def path(name):
    return os.path.join(FOLDER.name, name)


def commands():
    text = cli("--help").stdout
    return [line.split()[0] for line in text.split("Commands:")[1].splitlines() if line.startswith("  ")]


def test_bench_without_torch():
    python = path("python-without-torch")
    with open(python, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\necho \"ModuleNotFoundError: No module named 'torch'\" >&2\nexit 1\n")
    os.chmod(python, 0o755)
    refused("bench", "train", "--vs", "torch", "--python", python, status=1, has=["has no PyTorch", "python3-torch", "--python"])


def test_version_and_help():
    assert cli("--version").stdout.startswith("cryofield-cli ")
    equal(cli("-h").stdout, cli("--help").stdout)
    assert len(commands()) > 10, commands()


def test_each_command_has_help():
    for command in commands():
        done = cli(command, "--help")
        assert f"cryofield-cli {command}" in done.stdout and "--help" in done.stdout, done.stdout
        equal(done.stderr, "", command)


def test_no_command_is_wrong_usage():
    equal(cli(status=2).stdout, "")


def test_unknown_command_is_wrong_usage():
    refused("inof", status=2, has=["inof"])


def test_unknown_option_is_wrong_usage():
    for command in commands():
        refused(command, "--no-such-option", status=2, has=["no-such-option", command])


def test_missing_arguments_are_wrong_usage():
    refused("info", status=2, has=["MAP"])
    refused("info", HELIX, HELIX, status=2)
    refused("simulate", HELIX, "--resolution", 3, status=2, has=["-o"])
    refused("simulate", HELIX, "-o", path("x.mrc"), status=2, has=["--resolution"])
    refused("probe", HELIX, status=2, has=["--points"])
    refused("run", HELIX, status=2, has=["-o"])


def test_values_out_of_range_are_wrong_usage():
    for arguments in (["--resolution", "-1"], ["--resolution", "nan"], ["--resolution", "3", "--spacing", "-2"], ["--resolution", "3", "--box", "1,2,3"],
                      ["--resolution", "3", "--noise", "-1"], ["--resolution", "x"]):
        refused("simulate", HELIX, "-o", path("x.mrc"), *arguments, status=2)
    refused("train", HELIX, "-o", path("x"), "--recipe", "fast", status=2, has=["--recipe", "fast", "default", "paper"])
    refused("train", HELIX, "-o", path("x"), "--regions", "3-1", status=2, has=["--regions", "3-1"])
    refused("train", HELIX, "-o", path("x"), "--backend", "abacus", status=2, has=["abacus"])
    refused("graph", HELIX, "-o", path("x.graphml"), "--level", "7", status=2, has=["7"])
    refused("graph", HELIX, "-o", path("x.xyz"), status=2, has=["x.xyz", ".graphml"])
    refused("render", HELIX, "-o", path("x.png"), "--size", "800", status=2, has=["--size"])
    refused("render", HELIX, "-o", path("x.png"), "--style", "cubist", status=2, has=["cubist", "mip"])
    refused("report", HELIX, "--model", HELIX, "-o", path("x.docx"), status=2, has=["x.docx"])
    refused("bench", "patience", status=2, has=["patience"])
    refused("bench", "train", "--vs", "jax", status=2, has=["--vs", "jax"])
    refused("bench", "train", "--vs", "torch", "--python", path("nowhere"), status=1, has=["--python", "nowhere"])
    assert not os.path.exists(path("x.mrc"))


def test_inputs_that_are_not_there_are_refused():
    gone = path("gone.mrc")
    refused("info", gone, status=3, has=[gone])
    refused("train", gone, "-o", path("x"), status=3, has=[gone])
    refused("graph", gone, "-o", path("x.graphml"), status=3, has=[gone])
    refused("compare", gone, HELIX, status=3, has=[gone])
    refused("run", gone, "-o", path("folder"), status=3, has=[gone])
    refused("info", FOLDER.name, status=3, has=["folder"])
    assert not os.path.exists(path("folder"))


def test_inputs_of_another_kind_are_refused():
    for name, text in (("text.map", "just some words\n"), ("empty.map", ""), ("page.mrc", "<!DOCTYPE html><html><body>404</body></html>"),
                       ("empty.pdb", ""), ("none.cif", "data_x\n_entry.id x\n"), ("bad.neural.safetensors", "x" * 100),
                       ("long.neural.safetensors", "\xff" * 8 + "{}")):
        with open(path(name), "w", encoding="latin-1") as file:
            file.write(text)
        refused("info", path(name), status=3, has=[name])
        refused("info", path(name), "--json", status=3, has=[name])
    refused("graph", HELIX, "-o", path("x.graphml"), status=3, has=["helix.pdb"])
    refused("train", HELIX, "-o", path("x.neural.safetensors"), status=3, has=["helix.pdb"])
    refused("sample", path("text.map"), "-o", path("x.mrc"), status=3, has=["text.map"])


def write_map(name, values, dims):
    """A plain MRC2014 map of mode 2 with voxels of 1 A."""
    header = struct.pack("<10i6f3i3f2i", *dims, 2, 0, 0, 0, *dims, *map(float, dims), 90, 90, 90, 1, 2, 3, min(values), max(values), 0, 1, 0)
    header += bytes(208 - len(header)) + b"MAP \x44\x44\x00\x00" + bytes(4 + 4 + 800)
    with open(name, "wb") as file:
        file.write(header + struct.pack(f"<{len(values)}f", *values))


def test_a_constant_map_is_refused_where_it_matters():
    write_map(path("flat.mrc"), [1.5] * 512, (8, 8, 8))
    found = json.loads(cli("info", path("flat.mrc"), "--json").stdout)
    equal((found["dims"], found["min"], found["max"], found["sd"]), ([8, 8, 8], 1.5, 1.5, 0))
    equal(found["normalised"], None)
    for command in (["train", path("flat.mrc"), "-o", path("flat.neural")], ["render", path("flat.mrc"), "-o", path("flat.png")],
                    ["run", path("flat.mrc"), "-o", path("flat.d")]):
        refused(*command, status=3, has=["flat.mrc"])
    assert not os.path.exists(path("flat.neural")) and not os.path.exists(path("flat.png"))


def test_a_short_map_is_refused():
    write_map(path("short.mrc"), [1.0, 2.0] * 200, (8, 8, 8))
    refused("info", path("short.mrc"), status=3, has=["short.mrc"])


def test_odd_files_are_refused_or_warned_about():
    for name in ("imp_8byte_text.map", "imp_invalid_axes.mrc", "sfftk_corrupt_header.map"):
        refused("info", data("odd", name), status=3, has=[name])


def test_points_that_are_no_numbers_are_refused():
    cli("simulate", HELIX, "-o", path("map.mrc"), "--resolution", 3, "--spacing", 1)
    with open(path("points.csv"), "w", encoding="ascii") as file:
        file.write("x,y,z\n1,2,3\n4,five,6\n")
    refused("probe", path("map.mrc"), "--points", path("points.csv"), status=3, has=["points.csv", "line 3"])


def test_a_folder_that_is_not_there_fails():
    refused("simulate", HELIX, "-o", path("no/such/x.mrc"), "--resolution", 3, status=1, has=["no/such"])
    refused("simulate", HELIX, "-o", FOLDER.name, "--resolution", 3, status=1, has=["folder"])


def test_a_full_disk_leaves_nothing():
    before = sorted(os.listdir(FOLDER.name))
    done = subprocess.run([PROGRAM, "simulate", HELIX, "-o", path("full.mrc"), "--resolution", "3", "--spacing", "0.5"], capture_output=True, text=True,
                          check=False, restore_signals=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)))
    equal(done.returncode, 1, done.stderr)
    assert "full.mrc" in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    equal(sorted(os.listdir(FOLDER.name)), before)


def test_stdout_that_cannot_be_written_fails():
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full here")
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([PROGRAM, "info", HELIX, "--json"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    equal(done.returncode, 1, done.stderr)


def test_what_is_chosen_in_a_file():
    cli("simulate", HELIX, "-o", path("chosen.mrc"), "--resolution", 3, "--spacing", 1)
    with open(path("chosen.mrc"), "r+b") as file:
        file.seek(16)
        file.write(struct.pack("<3i", 10, 10, 10))
        file.seek(196)
        file.write(struct.pack("<3f", -6, -6, -6))
    origin = lambda name: [round(x, 3) for x in as_json("info", path(name))["origin"]]
    equal(origin("chosen.mrc"), [-6, -6, -6])
    equal(origin("chosen.mrc#nstart"), [10, 10, 10])
    with open(HELIX, encoding="ascii") as file:
        atoms = [line for line in file if line.startswith("ATOM")]
    with open(path("models.pdb"), "w", encoding="ascii") as file:
        file.writelines(["MODEL        1\n", *atoms, "ENDMDL\n", "MODEL        2\n", *atoms[:10], "ENDMDL\n", "END\n"])
    equal([as_json("info", path(name))["atoms"] for name in ("models.pdb", "models.pdb#model=2")], [len(atoms), 10])
    refused("info", path("chosen.mrc#origin"), status=2, has=["'origin' is chosen in it", "nstart or volume=N"])
    refused("info", path("models.pdb#model=3"), status=2, has=["models.pdb", "model is"])
    refused("info", path("missing.mrc#nstart"), status=3, has=["missing.mrc: no such file"])


run(collect(globals()))
