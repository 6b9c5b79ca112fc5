#!/usr/bin/python3
"""count-tests.py LOGS STATUS: counts the TAP subtests in meson's test log; the last line is "N passed, N failed, N skipped".

A test program that failed, crashed or ran out of time without saying which subtest did counts as one failure. Exit status 0 only
where at least one test passed, none failed, and meson's own status was 0.
"""
import glob
import json
import re
import sys

LINE = re.compile(r"^(ok|not ok)\b(.*)$")


def count(record):
    """(passed, failed, skipped, names of what failed, reasons of what was skipped) of one test program."""
    passed = failed = skipped = 0
    bad, skips = [], []
    tap = False
    said = []
    for line in (record.get("stdout") or "").splitlines():
        match = LINE.match(line)
        if not match:
            said = said[-11:] + [line]
            tap = tap or re.match(r"^(1\.\.\d|TAP version)", line) is not None
            continue
        tap = True
        directive = match.group(2)
        if re.search(r"#\s*skip", directive, re.I):
            skipped += 1
            skips.append(directive.strip())
        elif match.group(1) == "ok":
            passed += 1
        elif re.search(r"#\s*todo", directive, re.I):
            skipped += 1
        else:
            failed += 1
            bad.append("\n  ".join([directive.strip()] + said))
        said = []
    result = record.get("result", "ERROR")
    if result in ("SKIP",) and passed + failed + skipped == 0:
        skipped = 1
        skips.append("the whole program")
    elif result not in ("OK", "SKIP", "EXPECTEDFAIL"):
        if failed == 0:
            failed = 1
            bad.append("the program itself: " + result)
    elif passed + failed + skipped == 0:
        if tap:
            failed = 1
            bad.append("ran no subtest")
        else:
            passed = 1
    return passed, failed, skipped, bad, skips


def main():
    logs, status = sys.argv[1], int(sys.argv[2])
    total = [0, 0, 0]
    for path in sorted(glob.glob(logs + "/testlog*.json")):
        with open(path, encoding="utf-8", errors="replace") as log:
            for line in log:
                record = json.loads(line)
                passed, failed, skipped, bad, skips = count(record)
                total = [total[0] + passed, total[1] + failed, total[2] + skipped]
                for name in bad:
                    print(f"failed: {record['name']}: {name}")
                for name in skips:
                    print(f"skipped: {record['name']}: {name}")
    good = total[0] > 0 and total[1] == 0
    if good and status != 0:
        print(f"failed: meson test ended with status {status}")
        total[1] += 1
        good = False
    print("{} passed, {} failed, {} skipped".format(*total), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
