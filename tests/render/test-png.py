"""Reads a picture back, chunk by chunk: its pixels and its text; and what happens where it cannot be written."""
import os
import struct
import subprocess
import sys
import tempfile
import zlib

tool = sys.argv[1]
number = 0
failed = 0


def check(ok, what):
    global number, failed
    number += 1
    failed += not ok
    print("ok" if ok else "not ok", number, what)


def chunks(data):
    at = 8
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + n]
        crc, = struct.unpack(">I", data[at + 8 + n:at + 12 + n])
        yield kind, body, crc == zlib.crc32(kind + body)
        at += 12 + n


def pixels(width, height, data):
    raw, out, before = zlib.decompress(data), [], bytes(width * 4)
    for y in range(height):
        kind, row = raw[y * (width * 4 + 1)], bytearray(raw[y * (width * 4 + 1) + 1:(y + 1) * (width * 4 + 1)])
        for i in range(len(row)):
            a, b, c = row[i - 4] if i > 3 else 0, before[i], before[i - 4] if i > 3 else 0
            p = a + b - c
            paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            row[i] = (row[i] + (0, a, b, (a + b) // 2, paeth)[kind]) & 255
        out.append(bytes(row))
        before = row
    return out


print("1..6")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "a.png")
    subprocess.run([tool, path], check=True)
    with open(path, "rb") as file:
        data = file.read()
    parts = list(chunks(data))
    check(data[:8] == b"\x89PNG\r\n\x1a\n" and all(ok for _, _, ok in parts) and parts[-1][0] == b"IEND", "signature, checksums and end")
    header = struct.unpack(">IIBBBBB", parts[0][1])
    check(header == (61, 37, 8, 6, 0, 0, 0), f"header {header}")
    rows = pixels(61, 37, b"".join(body for kind, body, _ in parts if kind == b"IDAT"))
    wanted = [bytes(v for x in range(61) for v in (x, y, (y * 61 + x) * 7 & 255, 255)) for y in range(37)]
    check(rows == wanted, "pixels, first row on top")
    plain = dict(body.split(b"\0", 1) for kind, body, _ in parts if kind == b"tEXt")
    check(plain == {b"Software": b"Cryofield", b"level": b"0.0342 (3.0 sigma)"}, f"tEXt {plain}")
    wide = [body for kind, body, _ in parts if kind == b"iTXt"]
    check(len(wide) == 1 and wide[0] == b"Comment\0\0\0\0\0" + "3 Å, μ + 3σ".encode(), f"iTXt {wide}")
    missing = os.path.join(folder, "no", "a.png")
    run = subprocess.run([tool, missing], capture_output=True, text=True)
    check(run.returncode == 1 and missing in run.stderr and os.listdir(folder) == ["a.png"], f"refused: {run.stderr.strip()}")
sys.exit(failed != 0)
