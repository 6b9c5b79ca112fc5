"""tap.py: TAP for tests that are Python scripts. Standard library only."""
import os
import sys
import traceback


class Skip(Exception):
    """Raised by a test that cannot run here, with the reason."""


def run(tests):
    """Runs each (name, function) in order; ends the process with 0 only where none failed."""
    print("TAP version 13")
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, (name, function) in enumerate(tests, 1):
        try:
            function()
            print(f"ok {number} {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} {name} # SKIP {reason}", flush=True)
        except BaseException:  # noqa: BLE001 a test may fail in any way
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            print(f"not ok {number} {name}", flush=True)
    sys.exit(1 if failed else 0)


def collect(namespace):
    """The functions named test_* in the order in which they are written."""
    tests = [(name[5:], value) for name, value in namespace.items() if name.startswith("test_") and callable(value)]
    return sorted(tests, key=lambda pair: pair[1].__code__.co_firstlineno)


def equal(found, needed, what=""):
    assert found == needed, f"{what}: found {found!r}, needs {needed!r}"


def close(found, needed, tolerance, what=""):
    assert abs(found - needed) <= tolerance, f"{what}: found {found!r}, needs {needed!r} within {tolerance}"


def data(*parts):
    """A file of the measured data, or Skip."""
    root = os.environ.get("CRYOFIELD_DATA", "")
    path = os.path.join(root, *parts)
    if not root or not os.path.exists(path):
        raise Skip("the data folder is not there: " + path)
    return path
