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


def check_network(g):
    assert sorted(g.nodes) == list(range(len(kept)))
    assert sorted(tuple(sorted(e)) for e in g.edges) == edges
    names = {frozenset(d) for _, d in g.nodes(data=True)}
    assert len(names) == 1 and not names.pop() & {"length"}
    for i, old in enumerate(kept):
        n = g.nodes[i]
        assert (n["x"], n["y"], n["z"]) == tuple(points[old])
        assert np.float32(n["density"]) == density[old] and n["size"] == old + 1
        assert n["component"] == component[i] and n["region"] == -1 and n["in_blend"] is False
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
    assert z["component"].tolist() == component and not z["in_blend"].any() and z["in_blend"].dtype == bool
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
    for suffix, tolerance in ((".cif", 1e-4), (".pdb", 6e-4)):
        r = tool("load", path("g" + suffix), path("atoms.json"))
        assert r.returncode == 0, r.stderr
        h = read_json("atoms.json")
        assert len(h) == len(kept)
        for i, old in enumerate(kept):
            n = h.nodes[i]
            assert np.abs(np.array([n["x"], n["y"], n["z"]]) - points[old]).max() < tolerance
            assert abs(n["density"] - density[old]) < 1e-4


def test_no_nodes():
    r = save(points[:2] * 100, density[:2], "none.graphml", "none.json", "none.npz", "none.cif", "none.pdb", "none.cmm", "none.bild")
    assert r.returncode == 0, r.stderr
    assert len(nx.read_graphml(path("none.graphml"))) == 0 and len(read_json("none.json")) == 0
    assert np.load(path("none.npz"))["pos"].shape == (0, 3)
    assert tool("load", path("none.json"), path("again.json")).returncode == 0


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
    }
    for name, text in cases.items():
        with open(path(name), "w") as f:
            f.write(text)
        r = tool("load", path(name), path("never.json"))
        assert r.returncode == 1 and name.split(".")[0] in r.stderr and not os.path.exists(path("never.json")), (name, r)


def test_suffix():
    r = save(points, density, "g.xyz")
    assert r.returncode == 1 and ".graphml" in r.stderr


tap.run(dict(globals()))
