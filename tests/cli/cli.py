"""cli.py: runs the command line for the tests. CRYOFIELD_CLI names the program."""
import json
import math
import os
import re
import subprocess

PROGRAM = os.environ["CRYOFIELD_CLI"]


def cli(*arguments, status=0, timeout=600, **more):
    """Runs a command, checks its exit status, returns it with stdout and stderr as text."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, check=False, **more)
    assert done.returncode == status, f"{arguments}: exit status {done.returncode}, needs {status}; {done.stderr[-2000:]}"
    return done


def as_json(*arguments, **more):
    """The one JSON object that a command prints."""
    return json.loads(cli(*arguments, "--json", **more).stdout)


def refused(*arguments, status, has=()):
    """A command that must fail: the status, one line on stderr that begins as it should, and nothing on stdout."""
    done = cli(*arguments, status=status)
    lines = [line for line in done.stderr.splitlines() if ": warning: " not in line and not re.fullmatch(r"[a-z ]+: \d+ %", line)]  # nor progress
    assert len(lines) == 1, f"{arguments}: stderr has {len(lines)} lines: {done.stderr!r}"
    assert lines[0].startswith("cryofield-cli: "), lines[0]
    for word in has:
        assert word in lines[0], f"{word!r} is not in {lines[0]!r}"
    assert done.stdout == "", f"{arguments}: stdout is {done.stdout!r}"
    return lines[0]


def write_helix(path, residues=8, step=1.5):
    """An alpha helix of alanines as a PDB file; returns the C-alpha positions."""
    # radius (A), angle (degrees) and height (A) of the atoms of a residue about the helix axis
    shape = {"N": (1.55, -28.0, -0.90), "CA": (2.28, 0.0, 0.0), "C": (1.66, 26.6, 1.09), "O": (2.00, 20.0, 2.28), "CB": (3.29, -18.0, -0.6)}
    alphas, lines, serial = [], ["HEADER    A HELIX OF ALANINES"], 0
    for i in range(residues):
        for name, (radius, angle, height) in shape.items():
            serial += 1
            turn = math.radians(angle + 100 * i)
            xyz = (radius * math.cos(turn), radius * math.sin(turn), height + step * i)
            lines.append(f"ATOM  {serial:5d}  {name:<3s} ALA A{i + 1:4d}    {xyz[0]:8.3f}{xyz[1]:8.3f}{xyz[2]:8.3f}  1.00 20.00           {name[0]}  ")
            if name == "CA":
                alphas.append(xyz)
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines + ["END", ""]))
    return alphas
