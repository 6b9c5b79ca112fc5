"""The comparison against gemmi and SciPy: a constructed model with everything that is awkward, and a real one with perturbed nodes.
Usage: compare-scipy.py GRAPH-TOOL"""
import csv
import json
import os
import subprocess
import sys
import tempfile

import tap

try:
    import gemmi
    import numpy as np
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial import cKDTree
    from scipy.spatial.distance import cdist
except ImportError as e:
    tap.skip_all(e)

folder = tempfile.TemporaryDirectory()
rng = np.random.default_rng(23)
DATA = os.environ.get("CRYOFIELD_DATA", "")
SPACING = 0.5


def path(name):
    return os.path.join(folder.name, name)


def write_graph(nodes, level=0.3):
    with open(path("graph.json"), "w") as f:
        json.dump({"graph": {"level_normalised": level},
                   "nodes": [{"id": i, "x": p[0], "y": p[1], "z": p[2], "density": 0.5} for i, p in enumerate(nodes)], "edges": []}, f)


def ours(nodes, model, seeds=None):
    write_graph(nodes)
    extra = []
    if seeds is not None:
        np.savetxt(path("seeds.txt"), seeds)
        extra = [path("seeds.txt"), str(SPACING)]
    r = subprocess.run([sys.argv[1], "compare", path("graph.json"), model, path("out.csv"), *extra], capture_output=True, text=True)
    assert r.returncode == 0, r.stderr
    values = {k: float(v) for k, v in (line.split() for line in r.stdout.splitlines())}
    with open(path("out.csv"), newline="", encoding="utf-8") as f:
        return values, list(csv.DictReader(f))


def assign(points, nodes, cutoff):
    """Most pairs, then least squares: node of each point or -1."""
    cost = cdist(points, nodes) ** 2
    i, j = linear_sum_assignment(np.where(cost <= cutoff ** 2, cost, (min(cost.shape) + 1) * cutoff ** 2))
    near = cost[i, j] <= cutoff ** 2
    match = np.full(len(points), -1)
    match[i[near]] = j[near]
    return match, np.sqrt(cost[i, j][near])


def best_location(atoms):
    return max(atoms, key=lambda a: a.occ)  # the first of those that are equal


def trace_and_atoms(model):
    """By gemmi's own reading: one trace atom a place in the chain, and the atoms that are compared."""
    trace, atoms = {}, []
    for chain in model:
        for residue in chain:
            if residue.is_water():
                continue
            name = "P" if residue.find_atom("P", "*", gemmi.Element("P")) and residue.find_atom("C1'", "*") else "CA"
            found = [a for a in residue if a.name == name and a.element.name == name[0]]
            key = (chain.name, residue.seqid.num, residue.seqid.icode)
            if found and (key not in trace or best_location(found).occ > trace[key].occ):
                trace[key] = best_location(found)
            for atom in {a.name for a in residue if not a.is_hydrogen()}:
                atoms.append(best_location([a for a in residue if a.name == atom]))
    return trace, np.array([a.pos.tolist() for a in atoms])


def check(nodes, file, seeds=None):
    trace, atoms = trace_and_atoms(gemmi.read_structure(file)[0])
    ca = np.array([a.pos.tolist() for a in trace.values()])
    values, rows = ours(nodes, file, seeds)
    match, d = assign(ca, nodes, 3.0)
    assert values["ca.total"] == len(ca) and values["ca.matched"] == len(d)
    rmsd = np.sqrt((d ** 2).mean())
    # 1e-5: the program keeps coordinates as float
    assert abs(values["ca.rmsd"] - rmsd) < 1e-5 and abs(values["ca.coverage"] - len(d) / len(ca)) < 1e-9
    assert abs(values["ca_score"] - len(d) / len(ca) / max(rmsd, 0.1)) < 1e-5
    near = sum(len(n) > 0 for n in cKDTree(nodes).query_ball_tree(cKDTree(ca), 3.0))
    assert values["near"] == near and abs(values["precision"] - near / len(nodes)) < 1e-9
    _, d = assign(atoms, nodes, 1.0)
    assert values["atoms.total"] == len(atoms) and values["atoms.matched"] == len(d)
    assert abs(values["atoms.rmsd"] - np.sqrt((d ** 2).mean())) < 1e-5 and abs(values["atoms_nodes"] - len(d) / len(nodes)) < 1e-9
    matched = {(r["chain"], r["residue"]): r for r in rows if r["node"]}
    expected = {(c, "%d%s" % (n, i.strip())): m for (c, n, i), m in zip(trace, match) if m >= 0}
    assert {k: int(r["node"]) for k, r in matched.items()} == expected
    for (c, n, i), a, m in zip(trace, ca, match):
        if m >= 0:
            r = matched[c, "%d%s" % (n, i.strip())]
            assert abs(float(r["distance"]) - np.linalg.norm(a - nodes[m])) < 1e-4 and float(r["node_density"]) == 0.5
    return values, ca


AWKWARD = """\
ATOM      1  N   ALA A   1       0.000   0.000   0.000  1.00 10.00           N
ATOM      2  CA AALA A   1       1.458   0.000   0.000  0.40 10.00           C
ATOM      3  CA BALA A   1       1.458   0.700   0.000  0.60 10.00           C
ATOM      4  H   ALA A   1      -0.500   0.900   0.000  1.00 10.00           H
ATOM      5  CB AALA A   1       2.000   1.400   0.600  0.50 10.00           C
ATOM      6  CB BALA A   1       2.000  -1.400   0.600  0.50 10.00           C
ATOM      7  CA  GLY A  52       5.200   0.000   0.000  1.00 10.00           C
ATOM      8  CA  SER A  52A      9.000   0.000   0.000  1.00 10.00           C
ATOM      9  CA  LEU A  -3      12.800   0.000   0.000  1.00 10.00           C
ATOM     10  CA ASER A  60      16.600   0.000   0.000  0.30 10.00           C
ATOM     11  CA BTHR A  60      16.600   1.000   0.000  0.70 10.00           C
HETATM   12  CA  MSE A  61      20.400   0.000   0.000  1.00 10.00           C
HETATM   13 SE   MSE A  61      21.400   1.000   0.000  1.00 10.00          SE
ATOM     14  P     A B   1      30.000   0.000   0.000  1.00 10.00           P
ATOM     15  C1'   A B   1      32.000   0.000   0.000  1.00 10.00           C
HETATM   16 CA    CA C   1      40.000   0.000   0.000  1.00 10.00          CA
HETATM   17  O   HOH D   1      44.000   0.000   0.000  1.00 10.00           O
END
"""


def test_constructed():
    with open(path("awkward.pdb"), "w") as f:
        f.write(AWKWARD)
    nodes = np.array([[1.5, 0.6, 0.1], [5.0, 2.0, 0.0], [7.1, 0.0, 0.0], [13.0, 0.5, 0.5], [16.5, 1.2, 0.0], [20.4, 0.1, 0.0], [21.4, 1.1, 0.0],
                      [29.5, 0.0, 0.3], [40.1, 0.0, 0.0], [44.0, 0.1, 0.0], [60.0, 0.0, 0.0], [2.1, 1.4, 0.5]])
    values, ca = check(nodes, path("awkward.pdb"))
    assert len(ca) == 7 and values["ca.matched"] == 7  # by hand: 1, 52, 52A, -3, 60, 61 and the P; calcium and water are no residues
    assert values["near"] == 9                         # the nodes at the calcium, the water and far off are near none


def test_nothing_near():
    with open(path("awkward.pdb"), "w") as f:
        f.write(AWKWARD)
    values, rows = ours(np.array([[500.0, 0, 0]]), path("awkward.pdb"))
    assert values["ca.coverage"] == 0 and values["precision"] == 0 and values["ca_score"] == 0 and np.isnan(values["ca.rmsd"])
    assert all(r["node"] == "" and r["distance"] == "" for r in rows)


def real(name):
    file = os.path.join(DATA, "structures", name)
    if not os.path.exists(file):
        raise tap.Skip("no " + name + " under CRYOFIELD_DATA")
    trace, atoms = trace_and_atoms(gemmi.read_structure(file)[0])
    ca = np.array([a.pos.tolist() for a in trace.values()])
    return file, ca, atoms


def perturbed(ca, atoms):
    nodes = np.concatenate([atoms[::3] + rng.normal(0, 0.4, atoms[::3].shape), ca[::2] + rng.normal(0, 1.2, ca[::2].shape),
                            rng.uniform(atoms.min(0), atoms.max(0), (len(ca), 3))])
    return nodes.round(3)


def test_real_small():
    file, ca, atoms = real("emd_2566_3j6b_9.pdb")
    check(perturbed(ca, atoms), file)


def test_real_high_resolution():
    file, ca, atoms = real("emd_20026_3ajo_fitted.pdb")
    check(perturbed(ca, atoms), file)


def test_alternate_locations():
    file, ca, atoms = real("1ejg_0.54A_altloc.pdb")
    check(perturbed(ca, atoms), file)


def test_nucleic_acid():
    file, ca, atoms = real("1bna_dna.cif")
    check(perturbed(ca, atoms), file)


def test_null():
    """Against the mean of as many points drawn here: both are means over 20 draws of 400 points."""
    file, ca, atoms = real("emd_2566_3j6b_9.pdb")
    inside = atoms[rng.integers(0, len(atoms), 3000)] + rng.normal(0, 1.5, (3000, 3))
    density = rng.uniform(0.1, 1, 3000)
    nodes = rng.uniform(atoms.min(0), atoms.max(0), (400, 3))
    values, _ = ours(nodes, file, np.c_[inside, density])
    covered, precise, rmsds = [], [], []
    for _ in range(20):
        p = inside[density >= 0.3][rng.integers(0, (density >= 0.3).sum(), 400)] + rng.uniform(-0.5, 0.5, (400, 3)) * SPACING
        match, d = assign(ca, p, 3.0)
        covered.append(len(d) / len(ca))
        rmsds.append(np.sqrt((d ** 2).mean()))
        precise.append(np.mean([len(n) > 0 for n in cKDTree(p).query_ball_tree(cKDTree(ca), 3.0)]))
    for name, sample in (("null.coverage", covered), ("null.precision", precise), ("null.rmsd", rmsds)):
        spread = 5 * np.std(sample) * np.sqrt(2 / 20)
        assert abs(values[name] - np.mean(sample)) < spread, (name, values[name], np.mean(sample), spread)


tap.run(dict(globals()))
