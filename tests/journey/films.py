"""films.py PROGRAM: the films of the window, each to its end."""
import os
import sys

import helix
import journey
from gi.repository import GLib


def frames(path):
    """Of an APNG, as its acTL says, and as its frames' own marks count."""
    with open(path, "rb") as file:
        data = file.read()
    at = data.index(b"acTL")
    return int.from_bytes(data[at + 4:at + 8], "big"), data.count(b"fcTL")


def to_its_end(tap, window, folder, move):
    path = os.path.join(folder, move + ".apng")
    window.activate("film-" + move, GLib.Variant("s", path))
    shares = []
    tap.ok(window.wait(lambda: shares.append(window.state("film")) or (len(shares) > 1 and shares[-1] == -1), 600), f"the film {move} comes to its end")
    tap.ok(len(set(shares)) > 3, f"with progress: {len(set(shares))} different shares")
    if tap.ok(os.path.exists(path) and frames(path) == (200, 200), "8 s of 25 frames"):
        os.remove(path)


def main():
    tap = journey.Tap()
    with helix.window("--epochs", "3") as (window, folder):
        tap.ok(helix.is_open(window), "the map is open")
        window.activate("train")
        tap.ok(window.wait_status("nodes?", 240), "a field is fitted")
        for move in ("turntable", "threshold", "training"):
            to_its_end(tap, window, folder, move)
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    return tap.finish()


sys.exit(main())
