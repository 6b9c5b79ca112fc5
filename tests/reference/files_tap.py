"""A few lines of TAP for the scripts that judge the readers."""
import os
import subprocess
import sys
import traceback

DATA = os.environ.get("CRYOFIELD_DATA", "")
_tests = []


class Skip(Exception):
    pass


def test(function):
    _tests.append(function)
    return function


def data(*path):
    full = os.path.join(DATA, *path)
    if not os.path.exists(full):
        raise Skip("no " + os.path.join(*path) + " beside this checkout")
    return full


def run(*command, status=0):
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == status, f"{command} gave {done.returncode}: {done.stderr.decode()[:300]}"
    return done


def main():
    print(f"1..{len(_tests)}")
    failed = 0
    for i, function in enumerate(_tests, 1):
        name = function.__name__.replace("_", " ")
        try:
            function()
            print(f"ok {i} - {name}")
        except Skip as skip:
            print(f"ok {i} - {name} # SKIP {skip}")
        except Exception:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("#", line)
            print(f"not ok {i} - {name}")
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
