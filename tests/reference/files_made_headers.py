"""The rows of the table of EMDB headers, and neural maps, as tiny files."""
import json
import struct

from files_made import Table

VERSION = "1"


def emdb(body="", attributes='emdb_id="EMD-1234" version="3.0.2.6"', before='<?xml version="1.0" encoding="UTF-8"?>\n'):
    return f"{before}<emd {attributes}>{body}</emd>\n".encode()


def contours(*rows):
    """Each (level, primary, source); what is None is not written."""
    out = ""
    for level, primary, source in rows:
        out += "<contour%s>%s%s</contour>" % ("" if primary is None else f' primary="{primary}"', "" if level is None else f"<level>{level}</level>",
                                              "" if source is None else f"<source>{source}</source>")
    return f"<map><contour_list>{out}</contour_list></map>"


def determination(inside, method="singleParticle"):
    return (f"<structure_determination_list><structure_determination><method>{method}</method><image_processing><final_reconstruction>{inside}"
            "</final_reconstruction></image_processing></structure_determination></structure_determination_list>")


def headers():
    """The told of a case is what `info MAP --header` says under "emdb", and "contour"."""
    table, row = Table(), "contour levels"
    for name, rows, contour, source in (
            ("the one that is primary", [(1, "false", "EMDB"), (2.5, "true", "AUTHOR")], 2.5, "AUTHOR"),
            ("primary said with a 1", [(1, "0", "EMDB"), (2.5, "1", "AUTHOR")], 2.5, "AUTHOR"), ("else the first", [(1, "false", "EMDB"), (2, None, "AUTHOR")], 1, "EMDB"),
            ("one", [(0.02, None, None)], 0.02, None), ("a negative one", [(-3, "true", "AUTHOR")], -3, "AUTHOR"), ("an exponent", [("1.5e-2", "true", None)], 0.015, None),
            ("blanks around it", [(" 0.5\n", "true", " AUTHOR ")], 0.5, "AUTHOR"), ("words", [("high", "true", "AUTHOR"), (3, "false", "EMDB")], 3, "EMDB"),
            ("none", [], None, None), ("an empty one", [(None, "true", "AUTHOR")], None, None), ("NaN", [("nan", "true", None)], None, None),
            ("infinite", [("1e999", "true", None)], None, None)):
        table.good(row, name, emdb(contours(*rows)), ".xml", contour=contour, contour_source=source)
    table.good("resolution and method", "both", emdb(determination("<resolution>3.4</resolution>")), ".xml", resolution=3.4, method="singleParticle")
    table.good("resolution and method", "of a subtomogram", emdb(determination("<resolution>21</resolution>", "subtomogramAveraging")), ".xml", resolution=21,
               method="subtomogramAveraging")
    table.good("resolution and method", "neither", emdb(), ".xml", resolution=None, method=None)
    table.good("symmetry", "D7", emdb(determination("<applied_symmetry><point_group>D7</point_group></applied_symmetry>")), ".xml", symmetry="D7")
    pdb = "<crossreferences><pdb_list><pdb_reference><pdb_id>5k7n</pdb_id></pdb_reference><pdb_reference><pdb_id>1ABC</pdb_id></pdb_reference></pdb_list></crossreferences>"
    table.good("fitted PDB ids", "two", emdb(pdb), ".xml", pdb_ids=["5K7N", "1ABC"])
    table.good("fitted PDB ids", "none", emdb(), ".xml", pdb_ids=[])
    title = "<admin><title>%s</title></admin>"
    for name, written, read in (("plain", "A map", "A map"), ("escaped", "a &lt;b&gt; &amp; c", "a <b> & c"), ("CDATA", "<![CDATA[a <b>]]>", "a <b>"), ("Greek", "\u03b2", "\u03b2"),
                                ("lines", "one\n\ttwo", "one  two"), ("none", "", "")):
        table.good("title", name, emdb(title % written), ".xml", title=read, id="EMD-1234")
    pixel = "<map><pixel_spacing><x units=\"A\">1.0</x><y>1.25</y><z>-</z></pixel_spacing></map>"
    table.good("pixel sizes", "two of three", emdb(pixel), ".xml", pixel=[1.0, 1.25, None])
    table.good("encodings", "UTF-16", emdb(title % "\u03b2-barrel", before="").decode().encode("utf-16"), ".xml", title="\u03b2-barrel")
    table.good("encodings", "Latin-1", emdb(title % "\u00e9", before='<?xml version="1.0" encoding="ISO-8859-1"?>').decode().encode("latin-1"), ".xml", title="\u00e9")
    row, body = "entities and documents", title % "&x;"
    laughs = "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 30))
    for name, kind in (("an entity", "[<!ENTITY x 'y'>]"), ("a file of the machine", "[<!ENTITY x SYSTEM 'file:///etc/passwd'>]"),
                       ("the network", "SYSTEM 'http://localhost:1/x.dtd'"), ("a billion laughs", f"[<!ENTITY a0 'ha'>{laughs}<!ENTITY x '&a29;'>]")):
        table.bad(row, name, emdb(body, before=f"<!DOCTYPE emd {kind}>"), ".xml", "needs")
    for name, content, words in (("an entity that is not declared", emdb(body), ["XML"]), ("no end", emdb()[:-8], ["XML"]), ("text", b"hello", ["XML"]), ("empty", b"", ["empty"]),
                                 ("HTML", b"<html><body/></html>", ["html", "emd"]), ("version 1", b"<emdEntry accessCode='1'/>", ["emdEntry", "needs"]),
                                 ("ten thousand deep", b"<emd>" * 10000, ["XML"])):
        table.bad(row, name, content, ".xml", *words)
    return table


def metadata(**more):
    out = {"format": "pt", "cryofield_version": VERSION, "program": "made", "source_name": "made.mrc", "source_sha256": "", "source_dims": [4, 4, 4],
           "source_origin": [1.0, 2.0, 3.0], "source_step": [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]], "axes": [1, 2, 3], "placement": "origin",
           "cell": [4, 4, 4, 90, 90, 90], "m": [4, 4, 4], "contour": None, "resolution": None, "crop_start": [0, 0, 0], "crop_dims": [4, 4, 4], "max": 1.0, "mu": 0.1,
           "sigma": 0.2, "partition": "balanced", "blend": "smooth", "transform": "linear", "transform_offset": 0.0, "recipe": "default", "seed": "1", "width": 2,
           "hidden": 1, "w0_first": 30.0, "w0": 30.0, "regions": [region()]}
    out.update(more)
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in out.items() if value is not Ellipsis}


def region(**more):
    return {"start": [0, 0, 0], "size": [4, 4, 4], "trained": True, "flat": False, "value": 0.0, "epochs": 3, "loss": 0.5, "held_out": None, "seconds": 0.1, **more}


def tensors(width=2, hidden=1, dtype="F32", n=1):
    """Name to (dtype, shape, bytes) of the networks."""
    out, size, kind = {}, {"F32": 4, "F16": 2, "F64": 8}[dtype], {"F32": "f", "F16": "e", "F64": "d"}[dtype]
    for r in range(n):
        for k, shape in enumerate([[width, 3]] + [[width, width]] * hidden + [[1, width]]):
            for part, dims in (("weight", shape), ("bias", shape[:1])):
                count = dims[0] * (dims[1] if len(dims) > 1 else 1)
                body = struct.pack(f"<{count}{kind}", *[(i % 7 - 3) / 8 for i in range(count)])
                assert len(body) == count * size
                out[f"region.{r}.layers.{k}.{part}"] = (dtype, dims, body)
    return out


def neural(meta=None, networks=None, change=None, after=b"", length=None):
    """The bytes of a neural map; change (header) alters the header before it is written."""
    header, body = {"__metadata__": metadata() if meta is None else meta}, b""
    for name, (dtype, shape, content) in (tensors() if networks is None else networks).items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(content)]}
        body += content
    if change:
        change(header)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text) if length is None else length) + text + body + after


def change_of(tensor, **more):
    def change(header):
        header[f"region.0.layers.{tensor}"].update(more)
    return change


def neural_maps():
    table, row, suffix = Table(), "good", ".neural.safetensors"
    good = {"kind": "neural", "recipe": "default"}
    table.good(row, "one region", neural(), suffix, **good)
    table.good(row, "float16", neural(networks=tensors(dtype="F16")), suffix, **good)
    table.good(row, "one that is flat", neural(metadata(regions=[region(flat=True)]), {}), suffix, **good)
    table.good(row, "one that is not trained", neural(metadata(regions=[region(trained=False)]), {}), suffix, **good)
    table.good(row, "a wide network", neural(metadata(width=16, hidden=2), tensors(16, 2)), suffix, **good)
    table.good(row, "the paper's partition and blend", neural(metadata(partition="paper", blend="paper", recipe="paper")), suffix, kind="neural", recipe="paper")
    row, whole = "header", neural()
    for name, content, words in (
            ("empty", b"", ["needs"]), ("nine bytes", whole[:9], ["needs"]), ("length 0", neural(length=0), ["header length", "0"]),
            ("length of 2^64 - 1", neural(length=2**64 - 1), ["header length"]), ("length above 100 MB", neural(length=100_000_001), ["header length", "100000001"]),
            ("length past the end", neural(length=len(whole)), ["header length"]), ("not JSON", struct.pack("<Q", 8) + b"{1: 2}  ", ["JSON"]),
            ("a list", struct.pack("<Q", 8) + b"[1, 2]  ", ["JSON"]), ("deep", struct.pack("<Q", 40000) + b'{"a":' + b"[" * 39995, ["JSON"]),
            ("a key twice", struct.pack("<Q", 16) + b'{"a": 1, "a": 2}', ["JSON"]), ("no metadata", neural(change=lambda h: h.pop("__metadata__")), ["cryofield_version"]),
            ("metadata of another program", neural({"format": "pt"}), ["cryofield_version"]), ("metadata that is a list", neural(change=lambda h: h.update(__metadata__=[])), ["version"])):
        table.bad(row, name, content, suffix, *words)
    row = "tensors"
    for name, content, words in (
            ("one missing", neural(change=lambda h: h.pop("region.0.layers.1.bias")), ["layers.1.bias", "missing"]),
            ("one too many", neural(change=lambda h: h.update(other=h["region.0.layers.1.bias"])), ["tensors", "needs"]),
            ("float64", neural(networks=tensors(dtype="F64")), ["dtype", "F32"]), ("int8", neural(change=change_of("0.bias", dtype="I8")), ["dtype"]),
            ("a wrong shape", neural(change=change_of("0.weight", shape=[3, 2])), ["shape", "needs"]), ("a shape of one number", neural(change=change_of("0.weight", shape=[6])), ["shape"]),
            ("a shape that is huge", neural(change=change_of("0.weight", shape=[2**62, 2**62])), ["shape"]),
            ("a shape that is negative", neural(change=change_of("0.weight", shape=[-2, 3])), ["shape"]),
            ("offsets past the end", neural(change=change_of("2.bias", data_offsets=[64, 10**12])), ["data_offsets"]),
            ("offsets backwards", neural(change=change_of("2.bias", data_offsets=[68, 64])), ["data_offsets"]),
            ("offsets that are negative", neural(change=change_of("0.weight", data_offsets=[-24, 0])), ["data_offsets"]),
            ("offsets that do not fit the shape", neural(change=change_of("0.weight", data_offsets=[0, 28])), ["data_offsets", "shape"]),
            ("an overlap", neural(change=change_of("0.bias", data_offsets=[16, 24])), ["overlap"]),
            ("bytes behind the last", neural(after=bytes(4)), ["tensor data", "needs"]), ("bytes missing", whole[:-4], ["data_offsets"]),
            ("a hole", neural(change=change_of("0.bias", data_offsets=[28, 36])), ["hole"]),
            ("a weight that is NaN", whole[:-4] + struct.pack("<f", float("nan")), ["nan", "needs"]), ("a weight that is infinite", whole[:-4] + struct.pack("<f", float("inf")), ["inf"]),
            ("another width", neural(metadata(width=3)), ["shape", "needs"]), ("more layers", neural(metadata(hidden=2)), ["layers", "needs"])):
        table.bad(row, name, content, suffix, *words)
    row = "metadata"
    for key, bad in (("source_dims", [[0, 4, 4], [4, 4], [2**31, 4, 4], "x", [4.5, 4, 4]]), ("source_origin", [["a", 0, 0], [1, 2], [None, 0, 0]]),
                     ("source_step", [[[0, 0, 0]] * 3, [[1, 0, 0]] * 3, [[1, 0, 0]], [[1e-9, 0, 0], [0, 1e-9, 0], [0, 0, 1e-9]]]), ("axes", [[1, 2, 4], [0, 1, 2]]),
                     ("placement", ["elsewhere"]), ("crop_dims", [[5, 4, 4], [0, 4, 4], [-4, 4, 4]]), ("crop_start", [[1, 0, 0], [-1, 0, 0]]), ("max", [0, -1, None]),
                     ("sigma", [0, -1, None]), ("partition", ["other"]), ("blend", ["other"]), ("recipe", ["other"]), ("transform", ["cubic"]), ("transform_offset", [-1, None]),
                     ("rectified", [1, "x"]),
                     ("seed", ["x", "-1"]), ("source_sha256", ["abc", "g" * 64]), ("width", [0, 5000, 2.5]), ("hidden", [0, 100]), ("w0", [None, "x"]),
                     ("regions", [[], [region()] * 2, [{}], [region(trained=1)], [region(value="x")], [region(value=1e300)], [region(epochs=-1)], [5]])):
        for value in bad:
            table.bad(row, f"{key} {str(value)[:60]}", neural(metadata(**{key: value})), suffix, "crop" if key.startswith("crop") else key)
        if key != "rectified":  # files of before do not have it
            table.bad(row, f"without {key}", neural(metadata(**{key: Ellipsis})), suffix, key)
    return table
