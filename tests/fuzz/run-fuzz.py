#!/usr/bin/python3
"""run-fuzz.py BUILD SECONDS [--surprise]: each fuzzing target of BUILD on the cases that it once stumbled over, then for SECONDS on seeds.

Seeds are the files of tests/reference/files_made_*.py. --surprise: another sequence of inputs each time. What is found stays in BUILD/found;
made small (-minimize_crash=1) and mended, it belongs in tests/fuzz/found/TARGET.
"""
import concurrent.futures
import glob
import gzip
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "reference"))

# Bytes of an input, and what one allocation may take, MiB: the file's own bytes as floats (8 bytes for a byte of mode 101), which for gzip is
# deflate's 1032 times that; text as strings of 32 bytes in a vector that doubles.
LARGEST = 65536
LIMITS = {"mrc": 1, "gz": 520, "pdb": 4, "mmcif": 4, "emdb": 4, "neural": 4}


def seeds():
    """Target to contents."""
    import files_made_headers
    import files_made_maps
    import files_made_models

    maps = [case.content for case in files_made_maps.all_cases()]
    plain = [content for content in maps if content[:2] != b"\x1f\x8b"]
    models = [case for case in files_made_models.all_cases() if not case.suffix.endswith(".gz")]
    return {
        "mrc": plain, "gz": [content for content in maps if content[:2] == b"\x1f\x8b"] + [gzip.compress(content) for content in plain],
        "pdb": [case.content for case in models if case.suffix == ".pdb"], "mmcif": [case.content for case in models if case.suffix == ".cif"],
        "emdb": [case.content for case in files_made_headers.headers()], "neural": [case.content for case in files_made_headers.neural_maps()],
    }


def fuzz(build, target, *words):
    """Runs it in BUILD/found, where it leaves what it finds; (whether all was well, what it said)."""
    found = os.path.join(build, "found")
    os.makedirs(found, exist_ok=True)
    command = [os.path.join(build, "tests", "fuzz", "fuzz-" + target), f"-max_len={LARGEST}", "-timeout=1", f"-malloc_limit_mb={LIMITS[target]}", "-rss_limit_mb=2048",
               f"-artifact_prefix={found}/{target}-", "-print_final_stats=1", *words]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    return done.returncode == 0, done.stderr


def replay(build, target):
    cases = sorted(glob.glob(os.path.join(HERE, "found", target, "*")))
    return (True, "") if not cases else fuzz(build, target, *cases)


def explore(build, target, seconds, surprise, contents):
    with tempfile.TemporaryDirectory(prefix="cryofield-fuzz-") as folder:
        corpus, begin = os.path.join(folder, "corpus"), os.path.join(folder, "seeds")
        os.mkdir(corpus)
        os.mkdir(begin)
        for i, content in enumerate(contents):
            if len(content) <= LARGEST:
                with open(os.path.join(begin, str(i)), "wb") as out:
                    out.write(content)
        kept = os.path.join(HERE, "found", target)
        words = [f"-dict={HERE}/{target}.dict"] if os.path.exists(f"{HERE}/{target}.dict") else []
        return fuzz(build, target, *words, f"-max_total_time={seconds}", f"-seed={0 if surprise else 1}", corpus, begin, *([kept] if os.path.isdir(kept) else []))


def main():
    build, seconds, surprise = sys.argv[1], int(sys.argv[2]), "--surprise" in sys.argv
    missing = [target for target in LIMITS if not os.path.exists(os.path.join(build, "tests", "fuzz", "fuzz-" + target))]
    if missing:
        print(f"1..0 # SKIP no fuzzing targets in {os.path.basename(build)}: they need clang, and ./check builds them")
        return 0
    failed, number, contents = 0, 0, seeds()
    print(f"1..{2 * len(LIMITS)}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [(f"{target}: found cases", pool.submit(replay, build, target)) for target in LIMITS]
        jobs += [(f"{target}: {seconds} s on seeds", pool.submit(explore, build, target, seconds, surprise, contents[target])) for target in LIMITS]
        for name, job in jobs:
            number += 1
            good, said = job.result()
            executions = re.findall(r"number_of_executed_units: (\d+)", said)
            if executions:
                print(f"# {name}: {executions[-1]} executions")
            if not good:
                failed += 1
                for line in said.splitlines()[-40:]:
                    print("#", line)
            print(f"{'ok' if good else 'not ok'} {number} {name}", flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
