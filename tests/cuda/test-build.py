#!/usr/bin/python3
"""test-build.py SOURCE: what the build says of the CUDA module where its compiler is missing, not wanted, or asked for."""
import os
import subprocess
import sys
import tempfile

from tap import run

SOURCE = sys.argv[1]


def setup(*options, **environment):
    """Configures, and returns the exit status with all that was said."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MESON", "NINJA"))}
    env.update(environment)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["meson", "setup", f"{folder}/build", SOURCE, *options], env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_no_compiler():
    status, said = setup(CUDA_HOME="/nonexistent")
    assert status == 0 and "not built: no nvcc in $CUDA_HOME, /nonexistent" in said, said[-800:]


def test_not_wanted():
    status, said = setup("-Dgpu=disabled", CUDA_HOME="")
    assert status == 0 and "not built: -Dgpu=disabled" in said, said[-800:]


def test_asked_for():
    status, said = setup("-Dgpu=enabled", CUDA_HOME="/nonexistent")
    assert status != 0 and "nvcc" in said, said[-800:]


def setup_with(known, *options):
    """Any program that is called nvcc will do to configure; known: what it says that it can make code for."""
    with tempfile.TemporaryDirectory() as toolkit:
        os.mkdir(f"{toolkit}/bin")
        with open(f"{toolkit}/bin/nvcc", "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nprintf '%s\\n' {known}\n")
        os.chmod(f"{toolkit}/bin/nvcc", 0o755)
        return setup(*options, CUDA_HOME=toolkit)


def test_compiler_and_devices():
    status, said = setup_with("", "-Dgpu_architectures=80,90")
    assert status == 0 and "for compute capabilities 80, 90" in said, said[-800:]


def test_older_compiler():
    status, said = setup_with("sm_75 sm_80 sm_86 sm_89 sm_90 sm_90a")
    assert status == 0 and "for compute capabilities 75, 80, 86, 89, 90; not known to this nvcc: 100, 120" in said, said[-800:]
    status, said = setup_with("sm_75 sm_80", "-Dgpu_architectures=100,120")
    assert status != 0 and "nvcc knows none of -Dgpu_architectures=100,120, but sm_75, sm_80" in said, said[-800:]


run(globals())
