"""Just enough of the Test Anything Protocol: each function named test_* of a module is one test."""
import sys
import traceback


def skip_all(reason):
    print("1..0 # SKIP", reason)
    sys.exit(0)


class Skip(Exception):
    pass


def run(names):
    tests = [(n[5:].replace("_", " "), f) for n, f in names.items() if n.startswith("test_")]
    print("1..%d" % len(tests))
    bad = 0
    for i, (name, f) in enumerate(tests, 1):
        try:
            f()
            print("ok %d %s" % (i, name))
        except Skip as e:
            print("ok %d %s # SKIP %s" % (i, name, e))
        except Exception:
            bad += 1
            print("not ok %d %s" % (i, name))
            for line in traceback.format_exc().splitlines():
                print("#", line)
    sys.exit(bad > 0)
