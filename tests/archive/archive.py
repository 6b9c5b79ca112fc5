"""archive.py: an archive on this machine for the tests: entries that it makes itself, served well or badly. NumPy and the standard library."""
import gzip
import http.server
import math
import os
import ssl
import struct
import subprocess
import sys
import threading

import numpy

ETAG = '"first"'
DATE = "Sat, 21 Nov 2026 10:00:00 GMT"


# -- what an entry holds


def helix(residues=8):
    """Atoms of an alpha helix of alanines: (name, residue from 1, position in A)."""
    shape = {"N": (1.55, -28.0, -0.90), "CA": (2.28, 0.0, 0.0), "C": (1.66, 26.6, 1.09), "O": (2.00, 20.0, 2.28), "CB": (3.29, -18.0, -0.6)}
    atoms = []
    for i in range(residues):
        for name, (radius, angle, height) in shape.items():
            turn = math.radians(angle + 100 * i)
            atoms.append((name, i + 1, (12 + radius * math.cos(turn), 12 + radius * math.sin(turn), 6 + height + 1.5 * i)))
    return atoms


def mrc(atoms, n=32, voxel=0.8, noise=0.01):
    """The atoms as Gaussians in a box, with a little noise: MRC2014, mode 2, by its definition."""
    at = (numpy.arange(n) * voxel)
    data = numpy.random.default_rng(1).normal(0, noise, (n, n, n)).astype("<f4")
    for _, _, (x, y, z) in atoms:
        data += (numpy.exp(-(at - z) ** 2 / 2)[:, None, None] * numpy.exp(-(at - y) ** 2 / 2)[None, :, None]
                 * numpy.exp(-(at - x) ** 2 / 2)[None, None, :]).astype("<f4")
    header = bytearray(1024)
    struct.pack_into("<10i", header, 0, n, n, n, 2, 0, 0, 0, n, n, n)
    struct.pack_into("<6f3i", header, 40, *[n * voxel] * 3, 90, 90, 90, 1, 2, 3)
    struct.pack_into("<3f2i", header, 76, data.min(), data.max(), data.mean(), 1, 0)
    header[208:216] = b"MAP \x44\x44\0\0"
    struct.pack_into("<f", header, 216, data.std())
    return bytes(header) + data.tobytes()


def mmcif(identity, atoms):
    lines = [f"data_{identity}", f"_entry.id {identity}", "loop_"]
    lines += ["_atom_site." + name for name in ("group_PDB", "id", "type_symbol", "label_atom_id", "label_alt_id", "label_comp_id", "label_asym_id",
                                                 "label_seq_id", "Cartn_x", "Cartn_y", "Cartn_z", "occupancy", "B_iso_or_equiv", "auth_seq_id",
                                                 "auth_asym_id", "pdbx_PDB_model_num")]
    for i, (name, residue, (x, y, z)) in enumerate(atoms, 1):
        lines.append(f"ATOM {i} {name[0]} {name} . ALA A {residue} {x:.3f} {y:.3f} {z:.3f} 1.00 20.00 {residue} A 1")
    return "\n".join(lines + ["#", ""]).encode()


def header_xml(number, pdb=(), contour=0.6, resolution=2.5):
    models = "".join(f"<pdb_reference><pdb_id>{identity.lower()}</pdb_id></pdb_reference>" for identity in pdb)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<emd emdb_id="EMD-{number}" version="3.0.0.0"><admin><title>A helix &lt;of&gt; alanines</title></admin>
<crossreferences><pdb_list>{models}</pdb_list></crossreferences>
<structure_determination_list><structure_determination structure_determination_id="1"><method>singleParticle</method>
<singleparticle_processing image_processing_id="1"><final_reconstruction><resolution units="&#197;">{resolution}</resolution></final_reconstruction>
</singleparticle_processing></structure_determination></structure_determination_list>
<map format="CCP4" size_kbytes="1"><file>emd_{number}.map.gz</file><contour_list><contour primary="true"><level>{contour}</level>
<source>AUTHOR</source></contour></contour_list></map></emd>
""".encode()


# -- how it is served


def good(handler, data):
    handler.whole_or_range(data, ETAG)


def html(handler, data):
    handler.answer(200, b"<!DOCTYPE html><html><body>Sign in first</body></html>", {"Content-Type": "text/html"})


def truncated(handler, data):
    """Says its length, and ends half-way. What is asked for by range is whole."""
    if handler.headers.get("Range"):
        good(handler, data)
    else:
        handler.begin(200, {"Content-Length": len(data), "ETag": ETAG})
        handler.wfile.write(data[:len(data) // 2])
        handler.close_connection = True


def silent(handler, data):
    """Half of it, then nothing until the archive closes or is told to go on."""
    if handler.headers.get("Range"):
        good(handler, data)
    else:
        handler.begin(200, {"Content-Length": len(data), "ETag": ETAG})
        handler.wfile.write(data[:len(data) // 2])
        handler.wfile.flush()
        handler.server.go_on.wait(60)
        handler.wfile.write(data[len(data) // 2:])


def crawling(handler, data):
    """A byte now and then."""
    handler.begin(200, {"Content-Length": len(data), "ETag": ETAG})
    for i in range(200):
        handler.wfile.write(data[i:i + 1])
        handler.wfile.flush()
        if handler.server.go_on.wait(0.1):
            return


def declared_oversized(handler, data):
    handler.begin(200, {"Content-Length": 1 << 50})
    handler.close_connection = True


def undeclared_oversized(handler, data):
    """No length, and no end until the other side goes away."""
    handler.begin(200, {"Connection": "close"})
    handler.close_connection = True
    for _ in range(4096):
        handler.wfile.write(bytes(65536))


def undeclared(handler, data):
    handler.begin(200, {"Connection": "close"})
    handler.close_connection = True
    handler.wfile.write(data)


def wrong_range(handler, data):
    """Ignores If-Range and answers 206 from the front."""
    if handler.headers.get("Range"):
        handler.answer(206, data[:10], {"Content-Range": f"bytes 0-9/{len(data)}", "ETag": ETAG})
    else:
        truncated(handler, data)


def loop(handler, data):
    handler.answer(302, b"", {"Location": handler.path})


def status(code):
    return lambda handler, data: handler.answer(code, b"no", {})


def to(address):
    return lambda handler, data: handler.answer(301, b"", {"Location": address})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def begin(self, code, headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()

    def answer(self, code, data, headers):
        self.begin(code, {**headers, "Content-Length": len(data)})
        self.wfile.write(data)

    def whole_or_range(self, data, etag):
        wanted, condition = self.headers.get("Range"), self.headers.get("If-Range")
        if not wanted or (condition and condition != etag):
            self.answer(200, data, {"ETag": etag, "Last-Modified": DATE, "Accept-Ranges": "bytes"})
            return
        start = int(wanted[len("bytes="):-1])
        if start >= len(data):
            self.answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
            return
        self.answer(206, data[start:], {"ETag": etag, "Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"})

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range"), self.headers.get("If-Range")))
        data = self.server.files.get(self.path)
        behaviour = self.server.behaviours.get(self.path)
        try:
            if behaviour:
                behaviour(self, data)
            elif data is None:
                self.answer(404, b"<html>not here</html>", {"Content-Type": "text/html"})
            else:
                good(self, data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


class Archive(http.server.ThreadingHTTPServer):
    """Serves until close (). host and pdb_host are what --host and --pdb-host need."""
    daemon_threads = True

    def __init__(self, certificate=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.behaviours, self.asked = {}, {}, []
        self.go_on = threading.Event()
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        base = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_address[1]}"
        self.host, self.pdb_host = base + "/emdb", base + "/pdb"
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (OSError, ssl.SSLError)):
            super().handle_error(request, client_address)

    def close(self):
        self.go_on.set()
        self.shutdown()
        self.server_close()

    @staticmethod
    def path(number, kind):
        return {"map": f"/emdb/structures/EMD-{number}/map/emd_{number}.map.gz", "header": f"/emdb/structures/EMD-{number}/header/emd-{number}.xml"}[kind]

    def add(self, number, pdb=None, contour=0.6, **more):
        """An entry; returns its three files as they are served."""
        atoms = helix()
        names = [self.path(number, "map"), self.path(number, "header")]
        self.files[names[0]] = gzip.compress(mrc(atoms, **more), 1, mtime=0)
        self.files[names[1]] = header_xml(number, [pdb] if pdb else [], contour)
        if pdb:
            names.append(f"/pdb/{pdb}.cif.gz")
            self.files[names[2]] = gzip.compress(mmcif(pdb, atoms), mtime=0)
        return [self.files[name] for name in names]


def make_certificate(folder):
    """One that nobody has signed; None where openssl is not installed."""
    path = os.path.join(folder, "certificate.pem")
    try:
        done = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path + ".key", "-out", path, "-days", "2",
                               "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], capture_output=True, check=False)
    except FileNotFoundError:
        return None
    if done.returncode:
        return None
    with open(path + ".key", encoding="ascii") as key, open(path, "a", encoding="ascii") as file:
        file.write(key.read())
    return path
