"""Each graph file, read back by NetworkX, gemmi or NumPy, against a graph that SciPy and NetworkX made of the same points.
Usage: graph-files.py GRAPH-TOOL"""
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import tap

try:
    import gemmi
    import networkx as nx
    import numpy as np
    from scipy.spatial import cKDTree
except ImportError as e:
    tap.skip_all(e)

ADJACENCY, SMALLEST = 2.0, 4
NAME = "a<b>&\"c' \u00fc--z.mrc"
folder = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(folder.name, name)


def tool(*arguments):
    return subprocess.run([sys.argv[1], *map(str, arguments)], capture_output=True, text=True)


def save(points, density, *names):
    with open(path("points.txt"), "w") as f:
        for p, d in zip(points, density):
            f.write("%.17g %.17g %.17g %.9g\n" % (*p, d))
    return tool("save", path("points.txt"), ADJACENCY, SMALLEST, *map(path, names))


def reference(points):
    """Nodes kept (original numbers) and edges of the whole, from SciPy and NetworkX."""
    g = nx.Graph()
    g.add_nodes_from(range(len(points)))
    g.add_edges_from(cKDTree(points).query_pairs(ADJACENCY))
    parts = sorted((sorted(c) for c in nx.connected_components(g)), key=lambda c: (-len(c), c[0]))
    parts = [c for c in parts if len(c) >= SMALLEST]
    kept = sorted(i for c in parts for i in c)
    number = {old: new for new, old in enumerate(kept)}
    edges = sorted(tuple(sorted((number[a], number[b]))) for a, b in g.edges if a in number and b in number)
    component = {number[i]: k for k, c in enumerate(parts) for i in c}
    return kept, edges, [component[i] for i in range(len(kept))]


rng = np.random.default_rng(5)
points = rng.uniform(-20, 20, (2000, 3))
points[:40] = np.round(points[:40])  # distances of exactly 2
density = rng.uniform(0.1, 1, len(points)).astype(np.float32)
made = save(points, density, *["g" + s for s in (".graphml", ".json", ".npz", ".cif", ".pdb", ".cmm", ".bild")])
kept, edges, component = reference(points)


# Per axis: 100 voxels are two sub-regions of 52, which share voxels 48 to 51; z has one. Beyond the last voxel is no map.
voxel = (points[kept] + 20) / (0.4, 0.4, 0.8)
inside = ((voxel >= 0) & (voxel <= (99, 99, 49))).all(1)
region = np.where(inside, (voxel[:, 1] > 49.5) * 2 + (voxel[:, 0] > 49.5), -1)
in_blend = inside & ((voxel[:, :2] > 48) & (voxel[:, :2] < 51)).any(1)
assert set(region) == {-1, 0, 1, 2, 3} and 20 < in_blend.sum() < len(kept) / 4


def check_network(g):
    assert sorted(g.nodes) == list(range(len(kept)))
    assert sorted(tuple(sorted(e)) for e in g.edges) == edges
    names = {frozenset(d) for _, d in g.nodes(data=True)}
    assert len(names) == 1 and not names.pop() & {"length"}
    for i, old in enumerate(kept):
        n = g.nodes[i]
        assert (n["x"], n["y"], n["z"]) == tuple(points[old])
        assert np.float32(n["density"]) == density[old] and n["size"] == old + 1
        assert n["component"] == component[i] and n["region"] == region[i] and n["in_blend"] is bool(in_blend[i])
        assert abs(n["persistence"] - density[old] * 2 / 3) < 1e-6
    for a, b, d in g.edges(data=True):
        assert abs(d["length"] - np.linalg.norm(points[kept[a]] - points[kept[b]])) < 1e-6
    assert g.graph["map"] == NAME and g.graph["map_sha256"] == "a" * 64
    assert (g.graph["level_file"], g.graph["level_normalised"], g.graph["level_sigma"]) == (-0.5, 0.123456789012345, 3.25)
    assert g.graph["adjacency"] == ADJACENCY and g.graph["min_component"] == SMALLEST
    assert g.graph["seeds"] == 5 * len(points) and g.graph["peaks"] == len(points)
    assert g.graph["program"] == "Cryofield" and re.match(r"\d+\.\d+\.\d+$", g.graph["program_version"])
    assert g.graph["command"] == "cryofield-cli graph 'a b' -o \"x\" <&>; --level norm=0.1"


def read_json(name):
    import json
    with open(path(name), encoding="utf-8") as f:
        data = json.load(f)
    data["links"] = data.pop("edges")  # NetworkX 2.8 calls them so
    return nx.node_link_graph(data)


def test_written():
    assert made.returncode == 0, made.stderr
    assert 100 < len(kept) < len(points) and len(edges) > 200


def test_graphml():
    check_network(nx.read_graphml(path("g.graphml"), node_type=int))


def test_json():
    check_network(read_json("g.json"))


def test_npz():
    z = np.load(path("g.npz"))
    assert (z["pos"] == points[kept]).all() and (z["density"] == density[kept]).all()
    assert z["edge_index"].dtype == np.int64 and [tuple(e) for e in z["edge_index"].T] == edges
    assert np.allclose(z["edge_length"], [np.linalg.norm(points[kept[a]] - points[kept[b]]) for a, b in edges], atol=1e-6)
    assert (z["size"] == np.array(kept) + 1).all() and (z["birth"] == density[kept]).all() and (z["region"] == region).all()
    assert np.allclose(z["merge"], density[kept] / 3) and np.allclose(z["persistence"], density[kept] * 2 / 3)
    assert z["component"].tolist() == component and (z["in_blend"] == in_blend).all() and z["in_blend"].dtype == bool
    assert z["map"].item() == NAME and z["level_normalised"].item() == 0.123456789012345 and z["peaks"].item() == len(points)


def check_model(model, tolerance):
    residues = [r for c in model for r in c]
    assert len(residues) == len(kept)
    for r, old in zip(residues, kept):
        a, = r
        assert np.abs(np.array(a.pos.tolist()) - points[old]).max() <= tolerance
        assert abs(a.b_iso - 100 * density[old]) < 0.0051 and a.element == gemmi.Element("X") and r.name == "DUM"


def test_mmcif():
    s = gemmi.read_structure(path("g.cif"))
    check_model(s[0], 5.1e-5)
    ends = sorted(tuple(sorted((c.partner1.res_id.seqid.num - 1, c.partner2.res_id.seqid.num - 1))) for c in s.connections)
    assert ends == edges
    block = gemmi.cif.read(path("g.cif")).sole_block()
    value = lambda name: gemmi.cif.as_string(block.find_value("_cryofield_graph." + name))
    assert value("map").strip() == NAME and float(value("level_normalised")) == 0.123456789012345
    assert value("command").strip().startswith("cryofield-cli") and value("program_version")
    column = lambda name: np.array(list(block.find_values("_cryofield_node." + name)), float)
    assert (column("id") == np.arange(len(kept)) + 1).all() and (np.stack([column(a) for a in "xyz"], 1) == points[kept]).all()
    assert (np.float32(column("density")) == density[kept]).all() and (np.float32(column("birth")) == density[kept]).all()
    assert np.allclose(column("merge"), density[kept] / 3) and np.allclose(column("persistence"), density[kept] * 2 / 3)
    assert (column("size") == np.array(kept) + 1).all() and column("component").tolist() == component
    assert (column("region") == region).all() and (column("in_blend") == in_blend).all()
    lengths = [float(v) for v in block.find_values("_struct_conn.pdbx_dist_value")]
    assert np.allclose(lengths, [np.linalg.norm(points[kept[a]] - points[kept[b]]) for a, b in edges], atol=5.1e-4)


def test_pdb():
    s = gemmi.read_structure(path("g.pdb"))
    check_model(s[0], 5.1e-4)
    bonds = set()
    lines = open(path("g.pdb"), encoding="ascii").read().splitlines()
    assert max(map(len, lines)) <= 80
    for line in lines:
        if line.startswith("CONECT"):
            serials = [int(line[k:k + 5]) - 1 for k in range(6, len(line), 5)]
            assert len(serials) <= 5
            bonds |= {(serials[0], b) for b in serials[1:]}
    assert sorted(bonds) == sorted(edges + [(b, a) for a, b in edges])
    assert any("level_normalised 0.123456789012345" in line for line in lines)


def test_cmm():
    root = xml.etree.ElementTree.parse(path("g.cmm")).getroot()
    assert root.tag == "marker_set" and root.get("name") == NAME
    at = np.array([[float(m.get(k)) for k in "xyz"] for m in root.iter("marker")])
    assert np.abs(at - points[kept]).max() <= 5.1e-4
    assert all(re.match(r"-?\d+\.\d{3}$", m.get("x")) for m in root.iter("marker"))
    assert [(int(e.get("id1")) - 1, int(e.get("id2")) - 1) for e in root.iter("link")] == edges
    text = open(path("g.cmm"), encoding="utf-8").read()
    assert "level_sigma: 3.25" in text and "program_version" in text


def test_bild():
    lines = open(path("g.bild"), encoding="utf-8").read().splitlines()
    at = np.array([line.split()[1:4] for line in lines if line.startswith(".sphere")], float)
    assert np.abs(at - points[kept]).max() <= 5.1e-4
    assert sum(line.startswith(".cylinder") for line in lines) == len(edges)
    assert ".comment map: " + NAME in lines and ".comment level_file: -0.5" in lines


def test_read_back():
    for suffix in (".graphml", ".json"):
        r = tool("load", path("g" + suffix), path("back.graphml"), path("back.json"))
        assert r.returncode == 0, r.stderr
        check_network(nx.read_graphml(path("back.graphml"), node_type=int))
        assert open(path("back.json")).read() == open(path("g.json")).read()


def places(g):
    return np.array([[g.nodes[i][a] for a in "xyz"] for i in range(len(g))])


def test_arrays_read_back():
    back = [path("back" + s) for s in (".graphml", ".json", ".npz")]
    r = tool("load", path("g.npz"), *back)
    assert r.returncode == 0, r.stderr
    check_network(nx.read_graphml(back[0], node_type=int))
    assert open(back[1]).read() == open(path("g.json")).read()
    assert open(back[2], "rb").read() == open(path("g.npz"), "rb").read()
    # what NumPy itself writes, compressed, of single precision, and with nothing but what is needed
    np.savez_compressed(path("own.npz"), pos=points[kept].astype(np.float32), edge_index=np.array(edges, np.int32).T, other=np.zeros((2, 2, 2)))
    r = tool("load", path("own.npz"), path("own.json"))
    assert r.returncode == 0, r.stderr
    h = read_json("own.json")
    assert len(h) == len(kept) and np.abs(places(h) - points[kept]).max() < 2e-6 and sorted(tuple(sorted(e)) for e in h.edges) == edges


def test_markers_and_drawings_read_back():
    for suffix in (".cmm", ".bild"):
        r = tool("load", path("g" + suffix), path("back.json"))
        assert r.returncode == 0, r.stderr
        h = read_json("back.json")
        assert len(h) == len(kept) and np.abs(places(h) - points[kept]).max() <= 5.1e-4
        assert sorted(tuple(sorted(e)) for e in h.edges) == edges
        assert h.graph["level_file"] == -0.5 and h.graph["map_sha256"] == "a" * 64
        assert (h.graph["map"] == NAME.replace("--", "- -")) if suffix == ".cmm" else (h.graph["map"] == NAME)


def test_predicted_alpha_carbons():
    s = gemmi.Structure()
    s.add_model(gemmi.Model("1"))
    for name in "AB":
        chain = gemmi.Chain(name)
        for i in range(1, 6):
            residue = gemmi.Residue()
            residue.name, residue.seqid = ("ALA", "GLY")[i % 2], gemmi.SeqId(i, " ")
            for atom_name, shift in (("N", 1.4), ("CA", 0)) if name == "B" else (("CA", 0),):
                atom = gemmi.Atom()
                atom.name, atom.element = atom_name, gemmi.Element(atom_name[0])
                atom.pos = gemmi.Position(3.8 * i + shift, ord(name), 0.5)
                residue.add_atom(atom)
            chain.add_residue(residue)
        s[0].add_chain(chain)
    s.setup_entities()
    s.write_pdb(path("predicted.pdb"))
    s.make_mmcif_document().write_file(path("predicted.cif"))
    for name in ("predicted.pdb", "predicted.cif"):
        r = tool("load", path(name), path("predicted.json"))
        assert r.returncode == 0, r.stderr
        want = [[3.8 * i, ord(c), 0.5] for c in "AB" for i in range(1, 6)]
        assert np.abs(places(read_json("predicted.json")) - want).max() < 1e-3


def test_read_what_networkx_wrote():
    g = nx.read_graphml(path("g.graphml"), node_type=int)
    gone = [i for i in g.nodes if component[i] == 1]
    g.remove_nodes_from(gone)
    nx.write_graphml(g, path("edited.graphml"))
    r = tool("load", path("edited.graphml"), path("edited.json"))
    assert r.returncode == 0, r.stderr
    h = read_json("edited.json")
    assert len(h) == len(g) and h.number_of_edges() == g.number_of_edges()
    assert max(n["component"] for _, n in h.nodes(data=True)) == max(component) - 1
    assert h.graph["map"] == NAME and h.nodes[0]["size"] == g.nodes[min(g.nodes)]["size"]


def test_pseudo_atoms_read_back():
    r = tool("load", path("g.cif"), path("atoms.json"))
    assert r.returncode == 0, r.stderr
    assert open(path("atoms.json")).read() == open(path("g.json")).read()
    r = tool("load", path("g.pdb"), path("atoms.json"))
    assert r.returncode == 0, r.stderr
    h = read_json("atoms.json")
    assert len(h) == len(kept) and np.abs(places(h) - points[kept]).max() < 6e-4
    assert max(abs(h.nodes[i]["density"] - density[old]) for i, old in enumerate(kept)) < 1e-4
    assert sorted(tuple(sorted(e)) for e in h.edges) == edges
    whole = read_json("g.json").graph
    assert h.graph.pop("map").isascii() and whole.pop("map") and h.graph == whole


def test_what_is_not_known_is_not_zero():
    """A graph whose level no one knows stays one through each file."""
    with open(path("vague.json"), "w") as f:
        f.write('{"graph": {"map": "m"}, "nodes": [{"id": 0, "x": 1, "y": 2, "z": 3}], "edges": []}')
    for suffix in (".graphml", ".npz", ".cif", ".pdb", ".cmm", ".bild"):
        assert tool("load", path("vague.json"), path("vague" + suffix)).returncode == 0
        r = tool("load", path("vague" + suffix), path("vague-again.json"))
        assert r.returncode == 0, (suffix, r.stderr)
        assert read_json("vague-again.json").graph["level_file"] is None, suffix


def test_no_nodes():
    r = save(points[:2] * 100, density[:2], "none.graphml", "none.json", "none.npz", "none.cif", "none.pdb", "none.cmm", "none.bild")
    assert r.returncode == 0, r.stderr
    assert len(nx.read_graphml(path("none.graphml"))) == 0 and len(read_json("none.json")) == 0
    assert np.load(path("none.npz"))["pos"].shape == (0, 3)
    for suffix in (".json", ".npz", ".cmm"):
        assert tool("load", path("none" + suffix), path("again.json")).returncode == 0


def test_pdb_limits():
    far = points.copy()
    far[:, 0] += 10000
    r = save(far, density, "far.pdb")
    assert r.returncode == 1 and "mmCIF" in r.stderr and not os.path.exists(path("far.pdb"))
    assert save(far, density, "far.cif").returncode == 0
    many = np.stack(np.meshgrid(*[np.arange(47)] * 3), -1).reshape(-1, 3)[:100000] * 1.9
    r = save(many, np.ones(len(many)), "many.pdb")
    assert r.returncode == 1 and "100000" in r.stderr and "mmCIF" in r.stderr and not os.path.exists(path("many.pdb"))
    assert save(many[:99999], np.ones(99999), "most.pdb").returncode == 0
    s = gemmi.read_structure(path("most.pdb"))
    assert sum(len(r) for c in s[0] for r in c) == 99999


def test_refused():
    cases = {
        "edge.json": '{"nodes": [{"id": 0, "x": 0, "y": 0, "z": 0}], "edges": [{"source": 0, "target": 7}]}',
        "twice.json": '{"nodes": [{"id": 0, "x": 0, "y": 0, "z": 0}, {"id": 0, "x": 0, "y": 0, "z": 0}], "edges": []}',
        "nowhere.json": '{"nodes": [{"id": 0, "x": 0, "y": 0}], "edges": []}',
        "other.json": '{"a": 1}',
        "cut.json": '{"nodes": [',
        "page.graphml": "<!DOCTYPE html><html><body>404</body></html>",
        "cut.graphml": open(path("g.graphml")).read()[:5000],
        "bomb.graphml": '<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><graphml>'
                        '<key id="x" for="node" attr.name="x"/><graph><node id="0"><data key="x">&b;</data></node></graph></graphml>',
        "empty.pdb": "",
        "far.cmm": '<marker_set name="a"><marker id="1" x="0" y="0"/></marker_set>',
        "end.cmm": '<marker_set name="a"><marker id="1" x="0" y="0" z="0"/><link id1="1" id2="2"/></marker_set>',
        "cut.cmm": open(path("g.cmm")).read()[:5000],
        "word.bild": ".sphere 1 2 x 0.4\n",
        "cut.npz": open(path("g.npz"), "rb").read()[:5000],
        "bits.npz": bytes(b ^ (i == 300) for i, b in enumerate(open(path("g.npz"), "rb").read())),
    }
    np.savez(path("flat.npz"), pos=np.zeros(6))
    cases["flat.npz"] = open(path("flat.npz"), "rb").read()
    for name, text in cases.items():
        with open(path(name), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        r = tool("load", path(name), path("never.json"))
        assert r.returncode == 1 and name.split(".")[0] in r.stderr and not os.path.exists(path("never.json")), (name, r)


def test_suffix():
    r = save(points, density, "g.xyz")
    assert r.returncode == 1 and ".graphml" in r.stderr


tap.run(dict(globals()))
