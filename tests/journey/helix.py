"""helix.py: a made map of a helix, and a window that opens it. For journeys that ask no more of a map than to be one."""
import contextlib
import os
import sys
import tempfile

import archive
import journey


def write(folder):
    """The map into a folder; its path."""
    path = os.path.join(folder, "helix.mrc")
    with open(path, "wb") as file:
        file.write(archive.mrc(archive.helix()))
    return path


@contextlib.contextmanager
def window(*arguments, **environment):
    """The program of the journey with the map, and the folder that holds nothing else; both end with the block."""
    with tempfile.TemporaryDirectory() as folder:
        started = journey.Window(sys.argv[1], [*arguments, write(folder)], **environment)
        try:
            yield started, folder
        finally:
            started.close()


def is_open(started, seconds=60):
    """Once there is a window, and the map in it."""
    return started.find(seconds) and started.wait(lambda: started.describe("train")[0], seconds)
