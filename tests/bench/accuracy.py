#!/usr/bin/python3
"""How well a fit predicts what lies between the voxels: the tables of BENCHMARKS.md.

    tests/bench/accuracy.py build/cryofield-cli                      # all of it: an hour or two on two cores
    tests/bench/accuracy.py build/cryofield-cli --structures 1crn.pdb --resolutions 2.2,3.3 --maps ''

Simulated maps: `cryofield-cli interpolate MODEL --resolution R`, the mean absolute error of density and of gradient over the points of the
0.2 A truth. Real maps: `cryofield-cli interpolate MAP`, voxels left out. Models and maps are looked for in CRYOFIELD_DATA (default: ../shared/data
beside the source). The last lines say which goals were missed; the exit status is 0 either way, as nothing here is a test."""
import argparse
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("CRYOFIELD_DATA", os.path.join(HERE, "..", "..", "..", "shared", "data"))
# Recipes were tuned on windows of 1ubq and of emd_20026 and emd_4413; the other structures and maps had no part in it.
STRUCTURES = "1crn.pdb,1bna_dna.cif,1ejg_0.54A_altloc.pdb,1ubq.pdb.gz"
RESOLUTIONS = "1.2,1.6,2.2,3.3,4.0"
MAPS = "emd_2566_3j6b_chain9.mrc,emd_4413_6i5a_box.ccp4,emd_20026_3ajo_prot.mrc,emd_5778_chainA.mrc"
MOST = 0.0086  # the published neural error, which no structure may exceed
missed = []


def find(name, folder):
    path = name if os.path.exists(name) else os.path.join(DATA, folder, name)
    if not os.path.exists(path):
        sys.exit(f"{name} is neither a file nor in {os.path.join(DATA, folder)}")
    return path


def interpolate(arguments, *more):
    begun = time.monotonic()
    done = subprocess.run([arguments.cli, "interpolate", *more, "--json", "--progress", "none", *arguments.more.split()], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    return json.loads(done.stdout), time.monotonic() - begun


def row(cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def simulated(arguments):
    row(["structure, A", "trilinear", "tricubic", "triquintic", "neural", "neural / tricubic", "gradient: tricubic", "neural", "s"])
    row(["---"] * 9)
    for name in filter(None, arguments.structures.split(",")):
        for resolution in arguments.resolutions.split(","):
            found, seconds = interpolate(arguments, find(name, "structures"), "--resolution", resolution)
            mae = {method: found[method]["density"]["mae"] for method in ("trilinear", "tricubic", "triquintic", "neural")}
            slope = {method: found[method]["gradient"]["mae"] for method in ("tricubic", "neural")}
            ratio, label = mae["neural"] / mae["tricubic"], f"{name.split('.')[0]}, {resolution}"
            row([label, *(f"{mae[m]:.4f}" for m in mae), f"{ratio:.2f}", f"{slope['tricubic']:.4f}", f"{slope['neural']:.4f}", f"{seconds:.0f}"])
            if ratio > 0.8:
                missed.append(f"{label}: {ratio:.2f} of the tricubic's error, needs 0.8")
            if mae["neural"] >= MOST:
                missed.append(f"{label}: error {mae['neural']:.4f}, needs below {MOST}")
            if slope["neural"] >= slope["tricubic"]:
                missed.append(f"{label}: gradient error {slope['neural']:.4f}, needs below the tricubic's {slope['tricubic']:.4f}")


def real(arguments):
    row(["map", "voxels", "linear", "cubic", "quintic", "neural", "neural / cubic", "neural / quintic", "the same above 0", "the same of signed polynomials", "s"])
    row(["---"] * 11)
    for name in filter(None, arguments.maps.split(",")):
        found, seconds = interpolate(arguments, find(name, "maps"), "--held-out", str(arguments.held_out))
        mae = {method: found[method]["all"]["mae"] for method in ("linear", "cubic", "quintic", "neural")}
        inside = {method: found[method]["inside"]["mae"] for method in mae}
        cubic, quintic = mae["neural"] / mae["cubic"], mae["neural"] / mae["quintic"]
        row([name.split(".")[0], found["voxels"], *(f"{mae[m]:.4f}" for m in mae), f"{cubic:.2f}", f"{quintic:.2f}",
             f"{inside['neural'] / inside['cubic']:.2f}, {inside['neural'] / inside['quintic']:.2f}",
             ", ".join(f"{mae['neural'] / found['signed'][m]['all']['mae']:.2f}" for m in ("cubic", "quintic")), f"{seconds:.0f}"])
        if cubic > 0.9:
            missed.append(f"{name}: {cubic:.2f} of the cubic's error, needs 0.9")
        if quintic > 1:
            missed.append(f"{name}: {quintic:.2f} of the quintic's error, needs 1")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli")
    parser.add_argument("--structures", default=STRUCTURES)
    parser.add_argument("--resolutions", default=RESOLUTIONS)
    parser.add_argument("--maps", default=MAPS)
    parser.add_argument("--held-out", type=float, default=0.05)
    parser.add_argument("--more", default="", help="options for each run, in one word: '--recipe paper --threads 1'")
    arguments = parser.parse_args()
    if arguments.structures:
        simulated(arguments)
        print()
    if arguments.maps:
        real(arguments)
    print("\nnot reached:", *(missed or ["nothing"]), sep="\n  ")


main()
