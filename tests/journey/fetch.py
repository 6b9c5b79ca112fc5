"""fetch.py PROGRAM: an entry opened by its id from an archive on this machine, as a person does it; stopped, and gone on with."""
import os
import re
import struct
import sys
import time

from gi.repository import GLib

import archive
import journey

NUMBER, CONTOUR = "12345", 0.6


def largest(data):
    """Of the map's voxels."""
    import gzip

    voxels = gzip.decompress(data)[1024:]
    return max(struct.unpack(f"<{len(voxels) // 4}f", voxels))


def type_id(tap, window, text):
    window.focus()
    window.xdotool("key", "ctrl+shift+o")
    tap.ok(window.wait(lambda: window.focus("Open from EMDB"), 10), "Ctrl+Shift+O asks for an id")
    window.xdotool("type", text)
    window.xdotool("key", "Return")


def is_wrong(tap, window):
    type_id(tap, window, "EMD-12")
    tap.ok(window.wait(lambda: "the id is 'EMD-12'" in window.state("fetch-status"), 5), window.state("fetch-status"))
    window.picture("fetch-wrong.png")
    window.xdotool("key", "ctrl+a")
    window.xdotool("type", "EMD-99999")
    window.xdotool("key", "Return")
    tap.ok(window.wait(lambda: "EMD-99999 is not in the archive" in window.state("fetch-status"), 10), window.state("fetch-status"))
    window.xdotool("key", "Escape")
    tap.ok(window.wait(lambda: not window.focus("Open from EMDB"), 5), "Escape closes it")


def stop(tap, window, server, size):
    type_id(tap, window, "EMD-" + NUMBER)
    tap.ok(window.wait(lambda: re.search(r"emd_12345.map.gz \(2 of 3\), [\d.]+.kB of", window.state("fetch-status")), 20), window.state("fetch-status"))
    time.sleep(0.3)
    window.picture("fetch-running.png")
    window.xdotool("key", "Escape")
    tap.ok(window.wait(lambda: window.state("fetch-status") == "stopped", 10), "Escape stops it")
    parts = [os.path.join(root, name) for root, _, names in os.walk(window.folder) for name in names if name.endswith(".part")]
    tap.ok([os.path.getsize(part) for part in parts] == [size // 2], "what came is kept")
    time.sleep(0.3)
    window.picture("fetch-stopped.png")


def go_on(tap, window, server, data):
    window.xdotool("key", "Return")
    tap.ok(window.wait(lambda: window.state("fetch-status") == "opened EMD-" + NUMBER, 30), "Open goes on: " + window.state("fetch-status"))
    tap.ok((f"bytes={len(data) // 2}-", archive.ETAG) in [asked[1:] for asked in server.asked], "from where it stopped")
    tap.ok(window.wait(lambda: window.describe("train")[0], 30), "the map can be trained")
    tap.ok(not window.focus("Open from EMDB"), "the dialog has gone")
    tap.ok(abs(window.state("contour") - CONTOUR) < 1e-9, f"the author's contour is {window.state('contour')}")
    tap.ok(window.wait(lambda: "voxels" in window.state("status"), 10), window.state("status"))
    time.sleep(1)
    window.picture("fetched.png")
    window.activate("author-level")
    level = CONTOUR / largest(data)
    tap.ok(window.wait(lambda: abs(window.state("level") - level) < 1e-4, 5), f"its tick stands at {window.state('level'):.4f} normalised, {level:.4f} by the voxels")
    window.activate("train")
    tap.ok(window.wait_status("nodes?, coverage", 120), "the model came with it: " + window.state("status").split("\n")[0])
    window.picture("fetched-trained.png")


def again(tap, window, server):
    asked = len(server.asked)
    window.activate("close-map")
    window.activate("fetch", GLib.Variant("s", NUMBER))
    tap.ok(window.wait(lambda: window.describe("train")[0], 30), "it opens again from the cache")
    tap.ok(len(server.asked) == asked, "without asking")


def main():
    tap = journey.Tap()
    server = archive.Archive()
    data = server.add(NUMBER, "9XYZ", CONTOUR)[0]
    server.behaviours[server.path(NUMBER, "map")] = archive.silent
    window = journey.Window(sys.argv[1], ["--empty", "--epochs", "8"], settings={"emdb-host": server.host},
                            CRYOFIELD_PDB_HOST=server.pdb_host)
    try:
        tap.ok(window.find(), "the window is on the bus")
        time.sleep(1)
        window.picture("empty.png")
        is_wrong(tap, window)
        stop(tap, window, server, len(data))
        go_on(tap, window, server, data)
        again(tap, window, server)
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        for line in window.errors():
            tap.note(line)
        window.close()
        server.close()
    return tap.finish()


sys.exit(main())
