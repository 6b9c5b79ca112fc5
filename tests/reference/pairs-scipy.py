"""`compare` on real pairs of map and model against gemmi, NumPy and SciPy: graphs of the maps' own local maxima, at three levels each, and atom inclusion by
trilinear interpolation. Usage: pairs-scipy.py CRYOFIELD-CLI"""
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
    from compare_parts import distances, trace_and_atoms
    from mrc_numpy import read_map
    from scipy import ndimage
    from scipy.spatial import cKDTree
except ImportError as e:
    tap.skip_all(e)

folder = tempfile.TemporaryDirectory()
DATA = os.environ.get("CRYOFIELD_DATA", "")
BACKBONE = {"N", "CA", "C", "O"}


def path(name):
    return os.path.join(folder.name, name)


def program(*arguments, status=0):
    done = subprocess.run([sys.argv[1], *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    return done


def local_maxima(data, step, origin, level):
    top = (data == ndimage.maximum_filter(data, 3, mode="constant")) & (data >= level)
    return np.argwhere(top) @ step.T + origin


def write_graph(nodes, level):
    with open(path("graph.json"), "w") as f:
        json.dump({"graph": {} if level is None else level, "nodes": [{"id": i, "x": p[0], "y": p[1], "z": p[2]} for i, p in enumerate(nodes)],
                   "edges": []}, f)


def inclusion(data, step, origin, model, level):
    """Of all atoms with all their locations, and of the backbone of amino acids."""
    at, backbone = [], []
    for chain in model:
        for residue in chain:
            protein = gemmi.find_tabulated_residue(residue.name).is_amino_acid()
            for atom in residue:
                if not residue.is_water() and not atom.is_hydrogen():
                    at.append(atom.pos.tolist())
                    backbone.append(protein and atom.name in BACKBONE)
    ijk = np.linalg.solve(step, (np.float32(at).astype(float) - origin).T)
    value = ndimage.map_coordinates(data, ijk, order=1, mode="constant", cval=-1e9)
    return (value >= level).mean(), (value[np.array(backbone)] >= level).mean(), len(at)


def check_numbers(found, rows, nodes, model):
    trace, atoms, _ = trace_and_atoms(model)
    ca = np.array([a.pos.tolist() for a in trace.values()])
    match, d = distances(ca, nodes, 3.0)
    _, atom_d = distances(atoms, nodes, 1.0)
    for name, values in (("ca", d), ("atoms", atom_d)):
        matched = values[~np.isnan(values)]
        assert (found[name]["total"], found[name]["matched"]) == (len(values), len(matched)), (name, found[name], len(matched))
        assert abs(found[name]["coverage"] - len(matched) / len(values)) < 1e-8
        assert not len(matched) or abs(found[name]["rmsd"] - np.sqrt((matched ** 2).mean())) < 1e-5
    matched = d[~np.isnan(d)]
    assert abs(found["ca_score"] - len(matched) / len(d) / max(0.1, np.sqrt((matched ** 2).mean()))) < 1e-4
    near = cKDTree(ca).query(nodes)[0] <= 3.0
    assert found["nodes"]["near"] == near.sum() and abs(found["nodes"]["precision"] - near.mean()) < 1e-8
    assert abs(found["ca"]["recall"] - (cKDTree(nodes).query(ca)[0] <= 3.0).mean()) < 1e-8
    ours = {(r["chain"], r["residue"]): int(r["node"]) for r in rows if r["node"]}
    assert ours == {(c, "%d%s" % (n, i.strip())): m for (c, n, i), m in zip(trace, match) if m >= 0}
    return len(d), len(nodes)


def check_pair(map_name, model_name):
    map_path, model_path = os.path.join(DATA, "maps", map_name), os.path.join(DATA, "structures", model_name)
    if not os.path.exists(map_path):
        raise tap.Skip("no " + map_name + " under CRYOFIELD_DATA")
    data, step, origin = read_map(map_path)
    model = gemmi.read_structure(model_path)[0]
    d = np.maximum(data, 0) / data.max()
    for level in (0.5 * (d.mean() + 3 * d.std()), d.mean() + 3 * d.std(), 0.5):
        level = {"level_file": level * data.max(), "level_normalised": level, "level_sigma": (level - d.mean()) / d.std()}
        nodes = local_maxima(data, step, origin, level["level_file"])
        write_graph(nodes, level)
        found = json.loads(program("compare", path("graph.json"), model_path, "--map", map_path, "-o", path("r.csv"), "--json").stdout)
        with open(path("r.csv"), newline="") as f:
            residues, n = check_numbers(found, list(csv.DictReader(f)), nodes, model)
        every, backbone, atoms = inclusion(data, step, origin, model, level["level_file"])
        ours = found["atom_inclusion"]
        assert abs(ours["all"] - every) < 1.5 / atoms and abs(ours["backbone"] - backbone) < 1.5 / atoms, (ours, every, backbone)  # one atom at the level
        assert abs(ours["level"]["file"] - level["level_file"]) < 1e-8 and abs(ours["level"]["sigma"] - level["level_sigma"]) < 1e-6
        assert 0 < every <= 1
        print("# %s at %.3f: %d nodes, %d residues, inclusion %.3f, backbone %.3f" % (map_name, level["level_normalised"], n, residues, every, backbone))


def test_emd_2566():
    check_pair("emd_2566_3j6b_chain9.mrc", "emd_2566_3j6b_9.pdb")


def test_emd_4413_with_hydrogens_and_other_axes():
    check_pair("emd_4413_6i5a_box.ccp4", "emd_4413_6i5a_box.pdb")


def test_emd_20026():
    check_pair("emd_20026_3ajo_prot.mrc", "emd_20026_3ajo_fitted.pdb")


def test_xray_3pqr_in_a_hexagonal_cell():
    check_pair("xray_3pqr.ccp4.gz", "3pqr.pdb")


def test_predicted_alphas():
    """A model of C-alphas alone, as others predict it: has no level, so it has to be said; PDB and mmCIF the same."""
    map_path, model_path = (os.path.join(DATA, *name) for name in (("maps", "emd_2566_3j6b_chain9.mrc"), ("structures", "emd_2566_3j6b_9.pdb")))
    if not os.path.exists(map_path):
        raise tap.Skip("no emd_2566 under CRYOFIELD_DATA")
    model = gemmi.read_structure(model_path)[0]
    trace, _, _ = trace_and_atoms(model)
    moved = np.round([a.pos.tolist() for a in trace.values()] + np.random.default_rng(2).normal(0, 0.8, (len(trace), 3)), 3)[::2]
    predicted = gemmi.Structure()
    predicted.add_model(gemmi.Model("1"))
    predicted[0].add_chain(gemmi.Chain("A"))
    for i, p in enumerate(moved):
        residue, atom = gemmi.Residue(), gemmi.Atom()
        residue.name, residue.seqid, atom.name, atom.element, atom.pos = "ALA", gemmi.SeqId(str(i + 1)), "CA", gemmi.Element("C"), gemmi.Position(*p)
        residue.entity_type = gemmi.EntityType.Polymer
        residue.add_atom(atom)
        predicted[0][0].add_residue(residue)
    predicted.setup_entities()
    predicted.write_pdb(path("p.pdb"))
    predicted.make_mmcif_document().write_file(path("p.cif"))
    both = []
    for name in ("p.pdb", "p.cif"):
        assert "level" in program("compare", path(name), model_path, "--map", map_path, status=2).stderr
        found = json.loads(program("compare", path(name), model_path, "--map", map_path, "--within", map_path, "--level", "3sigma", "-o", path("r.csv"),
                                   "--json").stdout)
        with open(path("r.csv"), newline="") as f:
            check_numbers(found, list(csv.DictReader(f)), moved, model)
        assert found["null"]["trials"] == 5 and 0 < found["null"]["coverage"] < found["ca"]["coverage"]
        both.append(found)
    assert both[0] == both[1]


tap.run(dict(globals()))
