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
    from compare_parts import assign, distances, trace_and_atoms
    from scipy.spatial import cKDTree
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


def ours(nodes, model, seeds=None, na_atom="P"):
    write_graph(nodes)
    extra = []
    if seeds is not None:
        np.savetxt(path("seeds.txt"), seeds)
        extra = [path("seeds.txt"), str(SPACING)]
    r = subprocess.run([sys.argv[1], "compare", path("graph.json"), model, na_atom, path("out.csv"), *extra], capture_output=True, text=True)
    assert r.returncode == 0, r.stderr
    values = {k: float(v) for k, v in (line.split() for line in r.stdout.splitlines())}
    with open(path("out.csv"), newline="", encoding="utf-8") as f:
        return values, list(csv.DictReader(f))


def check_coverage(values, name, d):
    """d: distance of each, NaN where not matched."""
    found = d[~np.isnan(d)]
    assert values[name + ".total"] == len(d) and values[name + ".matched"] == len(found)
    assert not len(d) or abs(values[name + ".coverage"] - len(found) / len(d)) < 1e-9
    assert not len(found) or abs(values[name + ".rmsd"] - np.sqrt((found ** 2).mean())) < 1e-5


def check_chains(values, trace, ca, atom_chains, d, atom_d, nodes):
    chain_of = np.array([c for c, _, _ in trace])
    near = cKDTree(nodes).query(ca)[0] <= 3.0
    for name in sorted(set(atom_chains)):
        own = d[chain_of == name]
        check_coverage(values, "chain." + name, own)
        check_coverage(values, "chain.%s.atoms" % name, atom_d[atom_chains == name])
        if len(own):
            found = own[~np.isnan(own)]
            score = len(found) / len(own) / max(0.1, np.sqrt((found ** 2).mean())) if len(found) else 0
            assert abs(values["chain.%s.score" % name] - score) < 1e-5
            assert abs(values["chain.%s.recall" % name] - near[chain_of == name].mean()) < 1e-9
    assert {k.split(".")[1] for k in values if k.startswith("chain.")} == set(atom_chains)


def check(nodes, file, seeds=None, na_atom="P"):
    trace, atoms, atom_chains = trace_and_atoms(gemmi.read_structure(file)[0], na_atom)
    ca = np.array([a.pos.tolist() for a in trace.values()])
    values, rows = ours(nodes, file, seeds, na_atom)
    match, ca_d = distances(ca, nodes, 3.0)
    check_coverage(values, "ca", ca_d)  # to 1e-5: the program keeps coordinates as float
    d = ca_d[match >= 0]
    assert abs(values["ca_score"] - len(d) / len(ca) / max(np.sqrt((d ** 2).mean()), 0.1)) < 1e-5
    near = sum(len(n) > 0 for n in cKDTree(nodes).query_ball_tree(cKDTree(ca), 3.0))
    assert values["near"] == near and abs(values["precision"] - near / len(nodes)) < 1e-9
    near = (cKDTree(nodes).query(ca)[0] <= 3.0).sum()
    assert values["residues_near"] == near and abs(values["recall"] - near / len(ca)) < 1e-9
    _, atom_d = distances(atoms, nodes, 1.0)
    check_coverage(values, "atoms", atom_d)
    assert abs(values["atoms_nodes"] - (~np.isnan(atom_d)).sum() / len(nodes)) < 1e-9
    check_chains(values, trace, ca, atom_chains, ca_d, atom_d, nodes)
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
    values, _ = check(nodes[[0, 2]] - [[0, 0, 0], [0.1, 0, 0]], path("awkward.pdb"))  # 52 and 52A share the second node
    assert values["ca.matched"] == 2 and values["residues_near"] == 3 and values["chain.A.recall"] == 0.5


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
    trace, atoms, _ = trace_and_atoms(gemmi.read_structure(file)[0])
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
    values, _ = check(perturbed(ca, atoms), file)
    more, _ = check(perturbed(ca, atoms), file, na_atom="C4'")
    assert values["ca.total"] == 22 and more["ca.total"] == 24  # the first nucleotide of each strand has no phosphate


def test_null():
    """Against the mean of as many points drawn here: both are means over 20 draws of 400 points."""
    file, ca, atoms = real("emd_2566_3j6b_9.pdb")
    inside = atoms[rng.integers(0, len(atoms), 3000)] + rng.normal(0, 1.5, (3000, 3))
    density = rng.uniform(0.1, 1, 3000)
    nodes = rng.uniform(atoms.min(0), atoms.max(0), (400, 3))
    values, _ = ours(nodes, file, np.c_[inside, density])
    covered, precise, rmsds, recalls, scores, atom_cover, atom_nodes = [], [], [], [], [], [], []
    for _ in range(20):
        p = inside[density >= 0.3][rng.integers(0, (density >= 0.3).sum(), 400)] + rng.uniform(-0.5, 0.5, (400, 3)) * SPACING
        match, d = assign(ca, p, 3.0)
        covered.append(len(d) / len(ca))
        rmsds.append(np.sqrt((d ** 2).mean()))
        precise.append(np.mean([len(n) > 0 for n in cKDTree(p).query_ball_tree(cKDTree(ca), 3.0)]))
        recalls.append(np.mean(cKDTree(p).query(ca)[0] <= 3.0))
        scores.append(covered[-1] / max(0.1, rmsds[-1]))
        _, d = assign(atoms, p, 1.0)
        atom_cover.append(len(d) / len(atoms))
        atom_nodes.append(len(d) / len(p))
    assert abs(values["chain.9.null.coverage"] - values["null.coverage"]) < 1e-12  # the one chain is the whole
    for name, sample in (("null.coverage", covered), ("null.precision", precise), ("null.rmsd", rmsds), ("null.recall", recalls),
                         ("null.score", scores), ("null_atoms.coverage", atom_cover), ("null_atoms.nodes", atom_nodes)):
        spread = 5 * np.std(sample) * np.sqrt(2 / 20)
        assert abs(values[name] - np.mean(sample)) < spread, (name, values[name], np.mean(sample), spread)


def findings(file, nodes, persistence, *density):
    with open(path("graph.json"), "w") as f:
        json.dump({"graph": {}, "nodes": [{"id": i, "x": p[0], "y": p[1], "z": p[2], "density": 0.5, "persistence": float(s)}
                                          for i, (p, s) in enumerate(zip(nodes, persistence))], "edges": []}, f)
    r = subprocess.run([sys.argv[1], "findings", path("graph.json"), file, *density], capture_output=True, text=True)
    assert r.returncode == 0, r.stderr
    lines = [line.split() for line in r.stdout.splitlines()]
    n, m = map(int, lines.pop(0))
    assert [line[0] for line in lines] == ["residue"] * n + ["node"] * m
    assert [int(line[2]) for line in lines] == list(range(1, n + 1)) + list(range(1, m + 1))
    values = np.array([line[3:] for line in lines], float)
    return [int(line[1]) for line in lines], values[:, 0], values[:, 1], values[:, 2], values[:, 3:], n


def test_findings():
    """Which, how far and in what order, from gemmi's reading of the model and SciPy's trees and assignment."""
    file, ca, atoms = real("emd_2566_3j6b_9.pdb")
    nodes = perturbed(ca, atoms)
    nodes = np.concatenate([nodes[::4], rng.uniform(atoms.min(0) - 12, atoms.max(0) + 12, (300, 3)).round(3)])
    persistence = rng.integers(0, 20, len(nodes)) / 32  # with ties: the farthest from an atom goes first
    index, distance, density, lived, at, n = findings(file, nodes, persistence, "0.618034")
    model = gemmi.read_structure(file)[0]
    heavy = np.array([a.pos.tolist() for c in model for r in c for a in r if not a.is_hydrogen()])
    far = cKDTree(heavy).query(nodes)[0]
    order = sorted(np.flatnonzero(far > 3.0), key=lambda i: (-persistence[i], -far[i]))
    assert len(order) > 50 and index[n:] == order
    assert np.allclose(distance[n:], far[order], atol=1e-4) and (lived[n:] == persistence[order]).all() and np.isnan(lived[:n]).all()
    missed = np.flatnonzero(assign(ca, nodes, 3.0)[0] < 0)
    d = np.float32(np.arange(len(ca)) * 0.618034 % 1)  # every residue of this model has a C-alpha, so they are counted alike
    expected = sorted(missed, key=lambda i: -d[i])
    assert len(expected) > 5 and index[:n] == expected
    assert np.allclose(distance[:n], cKDTree(nodes).query(ca)[0][expected], atol=1e-4) and np.allclose(density[:n], d[expected])
    assert np.allclose(at, np.concatenate([ca[expected], nodes[order]]), atol=1e-4)
    index, distance, density, _, _, n = findings(file, nodes, persistence)
    assert np.isnan(density[:n]).all() and (np.diff(distance[:n]) <= 0).all() and sorted(index[:n]) == sorted(missed)


tap.run(dict(globals()))
