#!/usr/bin/python3
"""gpu-goals.py RESULTS: what the figures of gpu-proof.sh come to beside the goals, which are for one H100. Python's library only."""
import json
import sys


def figures(path):
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("figures "):
                _, name, text = line.split(" ", 2)
                try:
                    found[name] = json.loads(text)
                except ValueError:
                    pass
    return found


def get(found, *keys):
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def line(what, value, unit, goal=None, most=True):
    if value is None:
        print(f"goal {what}: not measured")
    elif goal is None:
        print(f"goal {what}: {value:.4g} {unit}")
    else:
        reached = value <= goal if most else value >= goal
        print(f"goal {what}: {value:.4g} {unit}, needs {'at most' if most else 'at least'} {goal:g}: {'reached' if reached else 'MISSED'}")


def main():
    found = figures(sys.argv[1])
    for precision in ("fp32", "tf32", "fp16"):
        train = get(found, precision, "train") or {}
        query = get(found, precision, "query") or {}
        for what, rate in (("training step", train.get("gflops")), ("query with gradient", query.get("gradient_gflops"))):
            peak = train.get("peak_gflops")
            if rate and peak:
                print(f"{precision} {what}: {rate / 1e3:.4g} TFLOP/s of the {peak / 1e3:.4g} that its products reach here, {rate / peak:.0%}")
    torch = get(found, "torch", "train") or {}
    if torch.get("torch_gflops"):
        print(f"training step beside PyTorch {torch['torch_version']} ({torch['torch_how']}): {torch['torch_gflops'] / 1e3:.4g} TFLOP/s, {torch['torch_ratio']:.3g} times as fast")
    seconds = get(found, "train-256", "seconds")
    line("a 256^3 map trained", seconds, "s", 20)
    line("a 64^3 region of it", seconds and seconds / 64, "s", 0.25)
    walk = found.get("walk") or {}
    line(f"{walk.get('seeds', 0)} seeds walked", walk.get("seconds"), "s", 1)
    line("1280 x 720 from the networks", get(found, "march", "fps"), "frames/s", 30, False)
    line("1280 x 720 from the networks, 16-bit operands", get(found, "march-fp16", "fps"), "frames/s", 30, False)
    line("1280 x 720 from the cache", get(found, "cache", "fps", "surface"), "frames/s", 120, False)
    line("256 samples along the longest axis", get(found, "bake", "seconds"), "s")


main()
