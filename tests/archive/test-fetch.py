#!/usr/bin/python3
"""Fetching from an archive on this machine: what is right is brought, kept and used again; what is wrong is said and never kept."""
import contextlib
import gzip
import json
import os
import re
import signal
import subprocess
import tempfile
import time

import archive
from cli import PROGRAM
from tap import Skip, close, collect, equal, run

NUMBER = "12345"


@contextlib.contextmanager
def place(**more):
    """An archive with one entry, an empty cache and an output folder."""
    with tempfile.TemporaryDirectory() as folder:
        server = archive.Archive()
        try:
            server.data = server.add(NUMBER, "9XYZ", **more)
            server.folder, server.cache, server.out = folder, os.path.join(folder, "cache"), os.path.join(folder, "out")
            server.environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
            server.environment["XDG_CACHE_HOME"] = server.cache
            yield server
        finally:
            server.close()


def command(server, *arguments):
    return [PROGRAM, "fetch", "-o", server.out, "--host", server.host, "--pdb-host", server.pdb_host, *arguments]


def fetch(server, *arguments, status=0):
    done = subprocess.run(command(server, *(arguments or ("EMD-" + NUMBER,))), capture_output=True, text=True, timeout=60, check=False,
                          env=server.environment)
    equal(done.returncode, status, done.stderr)
    return done


def refused(server, *arguments, status=1, has=()):
    done = fetch(server, *arguments, status=status)
    equal((done.stdout, done.stderr.count("\n")), ("", 1), done.stderr)
    for word in has:
        assert word in done.stderr, f"{word!r} is not in {done.stderr!r}"
    return done.stderr


def read(*parts):
    with open(os.path.join(*parts), "rb") as file:
        return file.read()


def kept(server, ending):
    """Files of the cache with that ending."""
    return sorted(os.path.join(root, name) for root, _, names in os.walk(server.cache) for name in names if name.endswith(ending))


def map_path(server):
    return server.path(NUMBER, "map")


def test_brings_map_header_and_model():
    with place() as server:
        found = json.loads(fetch(server, "EMD-" + NUMBER, "--json").stdout)
        names = [f"emd_{NUMBER}.map.gz", f"emd-{NUMBER}.xml", "9XYZ.cif.gz"]
        equal([found["map"], found["header"], found["model"]], [os.path.join(server.out, name) for name in names])
        equal([read(server.out, name) for name in names], server.data)
        equal((found["contour"], found["contour_source"], found["resolution"], found["fetched"]), (0.6, "AUTHOR", 2.5, 3))
        equal((found["model_id"], found["pdb_ids"], found["warnings"]), ("9XYZ", ["9XYZ"], []))
        about = json.loads(subprocess.run([PROGRAM, "info", found["map"], "--json"], capture_output=True, check=True).stdout)
        equal((about["dims"], about["contour"], about["emdb"]["title"]), ([32, 32, 32], 0.6, "A helix <of> alanines"))
        model = json.loads(subprocess.run([PROGRAM, "info", found["model"], "--json"], capture_output=True, check=True).stdout)
        equal((model["atoms"], model["ca"]), (40, 8))


def test_uses_the_cache_again_without_asking():
    with place() as server:
        text = fetch(server).stdout
        assert f"map         {server.out}/emd_{NUMBER}.map.gz\n" in text and "contour     0.6 in file units (AUTHOR)\n" in text, text
        asked = len(server.asked)
        equal(asked, 3)
        server.out += "-2"
        for identity in ("emd_" + NUMBER, NUMBER, f" Emd-{NUMBER} "):
            equal(json.loads(fetch(server, identity, "--json").stdout)["fetched"], 0)
        equal(len(server.asked), asked, "requests")
        equal(read(server.out, f"emd_{NUMBER}.map.gz"), server.data[0])
        equal(kept(server, ".part") + kept(server, ".info"), [])
        fetch(server, "EMD-" + NUMBER, "--refresh")
        equal(len(server.asked), 2 * asked, "requests")


def test_straight_to_the_folder():
    with place() as server:
        fetch(server, NUMBER, "--no-cache", "--no-model")
        equal((sorted(os.listdir(server.out)), kept(server, ".gz")), ([f"emd-{NUMBER}.xml", f"emd_{NUMBER}.map.gz"], []))


def test_a_model_alone():
    with place() as server:
        for identity in ("9xyz", "pdb_00009xyz"):
            found = json.loads(fetch(server, identity, "--json").stdout)
            equal((found["id"], found["map"], found["header"], found["model"]), ("9XYZ", None, None, os.path.join(server.out, "9XYZ.cif.gz")))
        equal([path for path, _, _ in server.asked], ["/pdb/9XYZ.cif.gz"])
        refused(server, "pdb_10009xyz", has=["pdb_10009xyz is not in the archive 127.0.0.1"])


def test_wrong_usage():
    with place() as server:
        for identity in ("EMD-123", "EMD-1234567", "EMD-12a45", "../../etc/passwd", "0abc", "12345/..", "", "6ZU5\n", "pdb_0009xyz"):
            if identity != "6ZU5\n":  # blanks around an id are not part of it
                refused(server, identity, status=2, has=["the id is", "EMD-11103"])
        for host in ("http://archive.example", "ftp://127.0.0.1/", "archive.example", "https://", "https://me@archive.example", "https://a.example/?q=1",
                     "file:///tmp", "http://127.0.0.1.example/"):
            refused(server, NUMBER, "--host", host, status=2, has=["the host is", "https"])
        refused(server, NUMBER, "--max-bytes", "0", status=2, has=["--max-bytes"])
        equal((server.asked, kept(server, "")), ([], []))


def test_not_in_the_archive():
    with place() as server:
        host = server.host.split("/")[2]
        equal(refused(server, "EMD-99999"), f"cryofield-cli: EMD-99999 is not in the archive {host}\n")
        equal(refused(server, "1ABC"), f"cryofield-cli: 1ABC is not in the archive {host}\n")
        left = [root for root, _, names in os.walk(server.cache) if "EMD-99999" in root or any("99999" in name or "1ABC" in name for name in names)]
        equal(left, [], "the cache")
        del server.files[map_path(server)]
        refused(server, NUMBER, has=[f"the map of EMD-{NUMBER} is not in the archive {host}"])
        equal(kept(server, ".gz"), [])


def test_a_model_that_is_not_released_is_a_warning():
    with place() as server:
        del server.files["/pdb/9XYZ.cif.gz"]
        done = fetch(server, NUMBER, "--json")
        assert "warning: 9XYZ is not in the archive" in done.stderr, done.stderr
        found = json.loads(done.stdout)
        equal((found["model"], len(found["warnings"])), (None, 1))


def test_truncated_goes_on_where_it_ended():
    with place() as server:
        server.behaviours[map_path(server)] = archive.truncated
        data = server.data[0]
        refused(server, has=[f"emd_{NUMBER}.map.gz", f"after {len(data) // 2} of {len(data)} bytes", "try again"])
        equal([len(read(path)) for path in kept(server, ".part")], [len(data) // 2])
        fetch(server)
        equal(server.asked[-2][1:], (f"bytes={len(data) // 2}-", archive.ETAG), "the second request")
        equal((read(server.out, f"emd_{NUMBER}.map.gz") == data, kept(server, ".part"), kept(server, ".info")), (True, [], []))


def test_a_file_that_changed_meanwhile_starts_over():
    with place() as server:
        server.behaviours[map_path(server)] = archive.truncated
        refused(server)
        other = gzip.compress(archive.mrc(archive.helix(6)), 1, mtime=0)
        server.behaviours[map_path(server)] = lambda handler, data: handler.whole_or_range(other, '"second"')
        fetch(server)
        equal(server.asked[-2][2], archive.ETAG, "If-Range")
        equal(read(server.out, f"emd_{NUMBER}.map.gz") == other, True, "the new file")


def test_a_wrong_range_starts_over():
    with place() as server:
        server.behaviours[map_path(server)] = archive.wrong_range
        data = server.data[0]
        refused(server)
        # from the front with 206: asked again without a range, which this archive truncates
        refused(server, has=[f"after {len(data) // 2} of"])
        equal([wanted for path, wanted, _ in server.asked if path == map_path(server)], [None, f"bytes={len(data) // 2}-", None])


def test_a_part_of_another_place_is_not_continued():
    with place() as server:
        server.behaviours[map_path(server)] = archive.truncated
        refused(server)
        part = kept(server, ".part")[0]
        with open(part + ".info", encoding="utf-8") as file:
            text = file.read()
        with open(part + ".info", "w", encoding="utf-8") as file:
            file.write(re.sub("url=.*", "url=https://elsewhere.example/", text))
        server.behaviours.clear()
        fetch(server)
        equal(server.asked[-2][1], None, "Range")
        equal(read(server.out, f"emd_{NUMBER}.map.gz") == server.data[0], True)


def test_a_whole_part_needs_only_its_name():
    with place() as server:
        server.behaviours[map_path(server)] = archive.truncated
        refused(server)
        part = kept(server, ".part")[0]
        with open(part, "wb") as file:
            file.write(server.data[0])
        fetch(server)
        equal([path for path, _, _ in server.asked].count(map_path(server)), 1)


def test_silence_is_given_up():
    for behaviour in (archive.silent, archive.crawling):
        with place() as server:
            server.behaviours[map_path(server)] = behaviour
            refused(server, NUMBER, "--stall", "1", has=["sends nothing for 1 s", "are kept"])
            equal(len(kept(server, ".part")), 1)


def test_too_much_is_refused():
    with place() as server:
        server.behaviours[map_path(server)] = archive.declared_oversized
        refused(server, has=[f"sends {1 << 50} bytes", str(8 << 30)])
        server.behaviours[map_path(server)] = archive.undeclared_oversized
        refused(server, NUMBER, "--max-bytes", "1000000", has=["sends more than 1000000 bytes", "the limit"])
        equal(kept(server, ".gz") + kept(server, ".part"), [])
        server.behaviours[map_path(server)] = archive.good
        refused(server, NUMBER, "--max-bytes", str(len(server.data[0]) - 1), has=[f"sends {len(server.data[0])} bytes"])
        fetch(server, NUMBER, "--max-bytes", str(len(server.data[0])))


def test_without_a_length():
    with place() as server:
        server.behaviours[map_path(server)] = archive.undeclared
        fetch(server)
        equal(read(server.out, f"emd_{NUMBER}.map.gz") == server.data[0], True)
        # the end of such an answer cannot be told from a broken one, but for what it holds
        server.behaviours[map_path(server)] = lambda handler, data: archive.undeclared(handler, data[:-100])
        refused(server, NUMBER, "--refresh", has=["holds a damaged gzip stream"])
        equal(len(kept(server, ".map.gz")), 1, "the good one is still there")


def test_what_is_not_what_it_should_be_is_not_kept():
    text, flat = gzip.compress(b"hello " * 1000), gzip.compress(archive.mrc([])[:500])
    broken = bytearray(gzip.compress(archive.mrc(archive.helix()), 1, mtime=0))
    broken[-6] ^= 1  # in the checksum
    cases = {"map": [(b"<html>no</html>", "a web page"), (text, "something else"), (flat, "something else"), (bytes(broken), "a damaged gzip stream"),
                     (archive.mrc(archive.helix()), "something else"), (b"\x1f\x8b\x08\0", "a damaged gzip stream")],
             "header": [(b"<html>no</html>", "a web page"), (b"<?xml version='1.0'?><a/>", "XML"), (archive.header_xml("54321"), "the header of 'EMD-54321'"),
                        (archive.header_xml(NUMBER)[:-20], "XML")],
             "model": [(text, "something else"), (gzip.compress(b"<!doctype html><html>"), "a web page"), (b"data_9XYZ\n", "something else")]}
    with place() as server:
        for kind in ("header", "map", "model"):
            path = "/pdb/9XYZ.cif.gz" if kind == "model" else server.path(NUMBER, kind)
            for data, looks in cases[kind]:
                server.behaviours[path] = lambda handler, _, data=data: handler.answer(200, data, {"ETag": archive.ETAG})
                refused(server, has=[looks, "needs"])
                equal(kept(server, ".part") + kept(server, os.path.basename(path)), [], f"{kind} {looks}")
            del server.behaviours[path]
        fetch(server)


def test_a_page_with_status_200():
    with place() as server:
        server.behaviours[server.path(NUMBER, "header")] = archive.html
        refused(server, has=[f"emd-{NUMBER}.xml", "holds a web page (HTML), needs an EMDB header"])


def test_redirects():
    with place() as server:
        there = server.host.replace("/emdb", "/moved.gz")
        server.files["/moved.gz"] = server.data[0]
        server.behaviours[map_path(server)] = archive.to(there)
        fetch(server)
        equal(read(server.out, f"emd_{NUMBER}.map.gz") == server.data[0], True)
        server.behaviours[map_path(server)] = archive.loop
        refused(server, NUMBER, "--refresh", has=["redirects more than 5 times"])
        for address in ("http://archive.example/x", "ftp://127.0.0.1/x", "file:///etc/passwd"):
            server.behaviours[map_path(server)] = archive.to(address)
            refused(server, NUMBER, "--refresh", has=["redirects to", "needs an https address"])


def test_other_answers():
    with place() as server:
        for code, has in ((403, "403 (Forbidden)"), (503, "try again later"), (429, "try again later"), (206, "206"), (401, "401")):
            server.behaviours[map_path(server)] = archive.status(code)
            refused(server, has=[has])


def test_no_network():
    with place() as server:
        refused(server, NUMBER, "--host", "http://127.0.0.1:9", has=["127.0.0.1:9 cannot be reached"])
        refused(server, NUMBER, "--host", "https://archive.invalid", has=["archive.invalid cannot be found"])


def test_a_certificate_that_nobody_signed():
    with place() as server:
        certificate = archive.make_certificate(server.folder)
        if not certificate:
            raise Skip("openssl is not installed")
        other = archive.Archive(certificate)
        try:
            other.add(NUMBER)
            refused(server, NUMBER, "--host", other.host, has=["no certificate that can be trusted"])
            equal(other.asked, [])
        finally:
            other.close()


def test_sigint_keeps_what_came_and_says_how_to_go_on():
    with place() as server:
        server.behaviours[map_path(server)] = archive.silent
        process = subprocess.Popen(command(server, NUMBER), stderr=subprocess.PIPE, text=True, env=server.environment)
        end = time.monotonic() + 30
        while not (kept(server, ".part") and len(read(kept(server, ".part")[0])) == len(server.data[0]) // 2) and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        text = process.communicate(timeout=30)[1]
        equal(process.returncode, 1)
        assert f"cancelled; go on with: cryofield-cli fetch -o {server.out}" in text, text
        fetch(server)
        equal(server.asked[-2][1], f"bytes={len(server.data[0]) // 2}-")
        equal(read(server.out, f"emd_{NUMBER}.map.gz") == server.data[0], True)


def test_two_at_once():
    with place() as server:
        server.behaviours[map_path(server)] = archive.silent
        outs = [server.out + "-a", server.out + "-b"]
        both = []
        for server.out in outs:
            both.append(subprocess.Popen(command(server, NUMBER), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=server.environment))
        end = time.monotonic() + 30
        while not any(path == map_path(server) for path, _, _ in server.asked) and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.5)  # so that the second one is at the lock
        server.go_on.set()
        for process in both:
            text = process.communicate(timeout=30)[1]
            equal(process.returncode, 0, text)
        equal([read(out, f"emd_{NUMBER}.map.gz") == server.data[0] for out in outs], [True, True])
        equal([path for path, _, _ in server.asked].count(map_path(server)), 1, "requests for the map")
        equal(kept(server, ".part"), [])


def test_a_file_of_the_user_is_not_replaced():
    with place() as server:
        os.makedirs(server.out)
        mine = os.path.join(server.out, f"emd-{NUMBER}.xml")
        with open(mine, "w", encoding="utf-8") as file:
            file.write("mine")
        refused(server, has=[mine, "differs", "--refresh"])
        equal(read(mine), b"mine")
        fetch(server, NUMBER, "--refresh")
        equal(read(mine), server.data[1])
        fetch(server)


def test_a_folder_that_cannot_be_written():
    with place() as server:
        with open(server.out, "w", encoding="utf-8") as file:
            file.write("a file")
        refused(server, has=[server.out, "is not a folder"])
        equal(server.asked, [])


def test_hosts_from_the_environment():
    with place() as server:
        server.environment.update(CRYOFIELD_EMDB_HOST=server.host + "/", CRYOFIELD_PDB_HOST=server.pdb_host)
        done = subprocess.run([PROGRAM, "fetch", NUMBER, "-o", server.out], capture_output=True, text=True, env=server.environment, check=False)
        equal(done.returncode, 0, done.stderr)
        close(len(server.asked), 3, 0)


run(collect(globals()))
