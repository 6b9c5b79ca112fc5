#!/usr/bin/python3
"""Every row of the tables of files as tiny files, through the command line: value, warning or refusal. files-cases.py CRYOFIELD-CLI."""
import concurrent.futures
import json
import math
import os
import subprocess
import sys
import tempfile

import numpy as np

import files_made_headers
import files_made_maps
import files_made_models
from files_tap import main, test

CLI = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory(prefix="cryofield-cases-")


def write(name, content):
    path = os.path.join(FOLDER.name, name)
    with open(path, "wb") as out:
        out.write(content)
    return path


def cli(*words):
    return subprocess.run([CLI, *words], capture_output=True, text=True)


def refusal(case, done, path):
    assert done.returncode == 3, f"exit status {done.returncode}, needs 3: {done.stdout[:300]}"
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith(f"cryofield-cli: {path}: "), done.stderr
    assert done.stdout == ""
    for word in case.refuse:
        assert word in lines[0].replace(path, ""), f"{word!r} is not in {lines[0]}"


def same(found, needed):
    if isinstance(needed, (list, tuple)):
        return isinstance(found, list) and len(found) == len(needed) and all(same(f, n) for f, n in zip(found, needed))
    if isinstance(needed, (float, np.floating)) or (isinstance(needed, int) and isinstance(found, float)):
        return found is not None and not isinstance(found, str) and math.isclose(found, needed, rel_tol=1e-5, abs_tol=1e-6)
    return found == needed


def warnings(case, done, told, path):
    """Those of JSON, those on stderr, and those that the case needs, are the same."""
    start = f"cryofield-cli: {path}: warning: "
    said = [line[len(start):] for line in done.stderr.splitlines() if line.startswith(start)]
    assert len(said) == len(done.stderr.splitlines()), done.stderr
    assert said == told["warnings"], (said, told["warnings"])
    assert len(said) == len(case.warn), f"warnings are {said}, needs {case.warn}"
    for words in case.warn:
        assert any(all(word in line for word in words) for line in said), f"{words} is in none of {said}"


def positions(path, *options):
    """What `probe` prints as an array."""
    done = cli("probe", path, *options)
    assert done.returncode == 0, done.stderr
    return np.array([[float(x) for x in line.split(",")] for line in done.stdout.splitlines()[1:]])


def check(case, path, told_of=lambda told: told, options=()):
    done = cli("info", path, "--json", *options)
    if case.refuse is not None:
        return refusal(case, done, options[-1] if options else path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    if "warnings" in told:
        warnings(case, done, told, path)
    for key, value in case.told.items():
        assert same(told_of(told)[key], value), f"{key} is {told_of(told)[key]}, needs {value}"
    return None


def check_map(case, name):
    path = write(name + case.suffix, case.content)
    check(case, path)
    if case.points is not None:
        # A little towards the middle: the first and last centres may lie outside by a rounding of the header's floats.
        near = case.points[:, :3] + 1e-5 * (case.points[:, :3].mean(0) - case.points[:, :3])
        found = positions(path, "--points", write(name + ".csv", "".join("%.9g,%.9g,%.9g\n" % tuple(p) for p in near).encode()))
        scale = np.abs(case.points[:, 3]).max() or 1
        assert np.abs(found[:, 3] - case.points[:, 3]).max() < 1e-3 * scale, "voxels are not where they should be"


def check_model(case, name):
    path = write(name + case.suffix, case.content)
    check(case, path)
    if case.points is not None:
        found = positions(ANY_MAP, "--model", path, "--atoms", "ca")
        assert found.shape[0] == len(case.points) and np.allclose(found[:, :3], case.points, atol=1e-3), f"traces are at {found[:, :3].tolist()}"


def check_header(case, name):
    path = write(name + case.suffix, case.content)
    check(case, ANY_MAP, lambda told: {**told["emdb"], "contour": told["contour"]}, ("--header", path))


def check_neural(case, name):
    check(case, write(name + case.suffix, case.content))


ANY_MAP = write("any.mrc", files_made_maps.make(files_made_maps.SMALL))


def row_test(what, row, cases, how):
    def test_row():
        wrong = []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = [(case, pool.submit(how, case, f"{what}-{i}")) for i, case in enumerate(cases)]
            for case, job in jobs:
                problem = job.exception()
                if problem:
                    wrong.append(f"{case.name}: {problem!r}")
        assert not wrong, "\n".join(wrong)

    test_row.__name__ = f"{what}: {row} ({len(cases)} cases)"
    test(test_row)


for WHAT, TABLE, HOW in (("maps", files_made_maps.all_cases(), check_map), ("models", files_made_models.all_cases(), check_model),
                         ("headers", files_made_headers.headers(), check_header), ("neural maps", files_made_headers.neural_maps(), check_neural)):
    print(f"# {WHAT}: {len(TABLE)} cases in {len(TABLE.rows())} rows")
    for ROW, CASES in TABLE.rows().items():
        row_test(WHAT.replace(" ", "-"), ROW, CASES, HOW)
main()
