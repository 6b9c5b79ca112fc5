#!/usr/bin/python3
"""test-same-map.py CLI DEMO [BACKEND]: the same map on the CPU and on BACKEND (cuda): training from the same seed reaches the same held-out error, the
graph of one field has its nodes in the same places, and the picture of its own surface is the same. Needs Python's library only. Skipped where the backend
does not work; --required makes that a failure."""
import json
import math
import os
import subprocess
import sys
import tempfile
import time

CLI, DEMO = sys.argv[1:3]
BACKEND = sys.argv[3] if len(sys.argv) > 3 and sys.argv[3] != "--required" else "cuda"
REQUIRED = "--required" in sys.argv
EPOCHS = 12


def cli(*arguments, backend=BACKEND):
    """Commands without --backend take a device where one works; without its module none does."""
    env = dict(os.environ, CRYOFIELD_CUDA_MODULE="/nonexistent") if backend == "cpu" else None
    done = subprocess.run([CLI, *arguments], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    assert "not used any more" not in done.stderr and "the CPU" not in done.stderr, f"the device was given up: {done.stderr}"
    return done.stdout


def works():
    if BACKEND == "cpu":
        return True, ""
    cuda = json.loads(cli("devices", "--json"))["backends"][1]
    return cuda["works"], cuda.get("why", "")


def train(folder, backend):
    start = time.monotonic()
    path = f"{folder}/{backend.replace('/', '-')}.neural"
    cli("train", f"{folder}/map.mrc", "--epochs", str(EPOCHS), "--resolution", "2", "--backend", backend, "--progress", "none", "--seed", "5", "-o", path)
    regions = json.loads(cli("info", path, "--json"))["regions"]
    print(f"# {backend}: held out {regions[0]['held_out']:.4g}, {time.monotonic() - start:.1f} s")
    return path, regions[0]["held_out"]


def nodes(folder, neural, backend):
    start = time.monotonic()
    path = f"{folder}/graph.json"
    cli("graph", neural, "--level", "3sigma", "-o", path, backend=backend)
    with open(path, encoding="utf-8") as file:
        found = [(n["x"], n["y"], n["z"]) for n in json.load(file)["nodes"]]
    print(f"# {backend}: {len(found)} nodes, {time.monotonic() - start:.1f} s")
    return found


def farthest(some, others):
    return max(min(math.dist(a, b) for b in others) for a in some)


def test_held_out(folder):
    _, expected = train(folder, "cpu")
    _, found = train(folder, BACKEND)
    assert abs(found / expected - 1) <= 0.05, (found, expected)


def test_nodes(folder):
    neural = f"{folder}/cpu.neural"
    expected, found = nodes(folder, neural, "cpu"), nodes(folder, neural, BACKEND)
    assert len(expected) > 20 and len(found) == len(expected), (len(found), len(expected))
    away = max(farthest(found, expected), farthest(expected, found))
    print(f"# nodes at most {away:.4f} A apart")
    assert away <= 0.02, away


def test_picture(folder):
    """Marched on the device; what a picture costs is in the log."""
    start = time.monotonic()
    cli("render", f"{folder}/cpu.neural", "--level", "3sigma", "--size", "800x600", "--final", "-o", f"{folder}/final.png")
    print(f"# a picture of 800 x 600, four rays a pixel: {time.monotonic() - start:.1f} s with its start")
    assert os.path.getsize(f"{folder}/final.png") > 10000


def main():
    ok, why = works()
    if not ok:
        print(f"1..0 # SKIP {why}")
        return 1 if REQUIRED else 0
    tests = [test_held_out, test_nodes, test_picture]
    failed = 0
    print(f"1..{len(tests)}")
    with tempfile.TemporaryDirectory() as folder:
        cli("simulate", DEMO, "--resolution", "2", "--spacing", "0.5", "--box", "4,4,4,17,17,17", "-o", f"{folder}/map.mrc")
        for i, test in enumerate(tests, 1):
            try:
                test(folder)
                print(f"ok {i} {test.__name__}", flush=True)
            except (AssertionError, OSError, ValueError) as error:
                failed += 1
                print(f"not ok {i} {test.__name__}: {error}".replace("\n", " "), flush=True)
    return 1 if failed else 0


sys.exit(main())
