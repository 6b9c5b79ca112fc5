#!/usr/bin/python3
"""test-proof.py SOURCE: tools/gpu-proof.sh on a machine that answers as it is told: programs that print figures, a Python with PyTorch, a sanitizer. What a part
finds is in the results, one that fails ends no other, and the packed libraries are for the packed programs alone."""
import os
import shutil
import subprocess
import sys
import tempfile

from tap import run

SOURCE = sys.argv[1]

CLI = """#!/bin/sh
echo "$LD_LIBRARY_PATH" >>"$STUBS/libraries"
case $* in
  devices*) printf 'cpu      works: c\\ncuda     %s\\npicture  %s\\n' "${STUB_CUDA:-works: d}" "${STUB_PICTURE:-works: e}" ;;
  *march*) echo '{"march": {"fps": 40.0},'; echo ' "fps": 40.0}' ;;
  *walk*) echo "walk is broken" >&2; exit 3 ;;
  *bake*) echo '{"seconds": 0.5}' ;;
  *render*) echo '{"fps": {"surface": 100.0}}' ;;
  *torch*) while [ "$1" != --python ]; do shift; done; "$2" -c 'from torch' && echo '{"train": {"torch_gflops": 1e5, "torch_version": "2", "torch_how": "h", "torch_ratio": 2.0}}' ;;
  *train*query*) echo '{"train": {"gflops": 1e5, "peak_gflops": 2e5}, "query": {"gradient_gflops": 1e5}}' ;;
esac
"""
PYTHON = """#!/bin/sh
case $* in
  *"import torch"*) exit 0 ;;
  *"from torch"*) echo "$LD_LIBRARY_PATH" >"$STUBS/python" ;;
  *test-same-map.py*) echo "# nodes at most 0.001 A apart" ;;
  *) exec /usr/bin/python3 "$@" ;;
esac
"""


def script(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)


def proof(*arguments, **environment):
    """The exit status, the results, and what the programs saw of libraries."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("gpu-proof.sh", "gpu-goals.py"):
            shutil.copy(f"{SOURCE}/tools/{name}", folder)
        os.mkdir(f"{folder}/bin")
        script(f"{folder}/cryofield-cli", CLI)
        script(f"{folder}/test-parity", '#!/bin/sh\necho "ok 1"\necho "# climbs 0.001 A apart"\n')
        script(f"{folder}/bin/python3", PYTHON)
        script(f"{folder}/bin/compute-sanitizer", '#!/bin/sh\nwhile [ "${1#*/start-}" = "$1" ]; do shift; done\n"$@"\necho "ERROR SUMMARY: 0 errors"\n')
        script(f"{folder}/bin/nvidia-smi", "#!/bin/sh\necho a card\n")
        with open(f"{folder}/commit", "w", encoding="utf-8") as file:
            file.write("abc\n")
        env = dict(os.environ, PATH=f"{folder}/bin:/usr/bin:/bin", STUBS=folder, LD_LIBRARY_PATH="/their/own", **environment)
        done = subprocess.run(["sh", f"{folder}/gpu-proof.sh", "run", f"{folder}/results", *arguments], env=env, capture_output=True, text=True, check=False)
        said = {}
        for name in ("results", "libraries", "python"):
            path = f"{folder}/{name}"
            said[name] = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
        return done.returncode, said, folder


def has(said, *lines):
    for line in lines:
        assert line in said["results"], f"{line!r} is not in\n{said['results']}"


def test_all_of_it():
    status, said, folder = proof()
    assert status == 1, status
    has(said, "gpu-proof of abc", "a card", "parity-tf32: passed", "memcheck-fp16: passed", "ERROR SUMMARY: 0 errors", "same-map: passed", "# nodes at most 0.001 A apart")
    # the walk alone failed, and the rest came after it
    has(said, "bench-walk: FAILED (status 3", "walk is broken", 'figures march {"march": {"fps": 40.0}, "fps": 40.0}\n', "goal 0 seeds walked: not measured")
    has(said, "goal 1280 x 720 from the networks: 40 frames/s, needs at least 30: reached", "goal 1280 x 720 from the cache: 100 frames/s, needs at least 120: MISSED")
    has(said, "tf32 training step: 100 TFLOP/s of the 200", "training step beside PyTorch 2 (h): 100 TFLOP/s, 2 times as fast", "goal a 256^3 map trained:")
    assert said["results"].endswith(" passed, 1 failed, 0 skipped\n"), said["results"][-200:]
    for line in said["libraries"].splitlines():
        assert line.startswith(f"{folder}/lib:") and ":/their/own:" in line, line
    assert said["python"] == "/their/own\n", said["python"]


def test_halves():
    _, said, _ = proof("check")
    has(said, "parity-fp32: passed")
    assert "bench" not in said["results"]
    _, said, _ = proof("speed")
    has(said, "bench-fp16: passed")
    assert "parity" not in said["results"]


def test_no_opengl():
    _, said, _ = proof("speed", STUB_PICTURE="not here: no EGL")
    has(said, "bench-march: skipped, no OpenGL", "bench-cache: skipped", "bench-bake: passed")


def test_no_device():
    status, said, _ = proof(STUB_CUDA="not here: no driver")
    assert status == 1, status
    has(said, "no device works here", "0 passed, 0 failed, 5 skipped")


run(globals())
