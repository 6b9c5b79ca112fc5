#!/usr/bin/python3
"""test-devices.py CLI EMULATED OTHER FOLDER [BUILT]: what `devices` says of each way in which CUDA can be missing. FOLDER holds a libcuda.so.1 that answers
what it is told to; EMULATED is a module that works, OTHER one of another version, BUILT the one that is
shipped, where there is a compiler for it."""
import json
import os
import subprocess
import sys
import tempfile

from tap import Skip, run

CLI, EMULATED, OTHER, FOLDER = sys.argv[1:5]
BUILT = sys.argv[5] if len(sys.argv) > 5 else None


def cuda(library_path="", module=EMULATED, **environment):
    env = dict(os.environ, LD_LIBRARY_PATH=library_path, CRYOFIELD_EGL="surfaceless", CRYOFIELD_CUDA_MODULE=module, **environment)
    done = subprocess.run([CLI, "devices", "--json"], env=env, capture_output=True, text=True, check=True)
    device = json.loads(done.stdout)["backends"][1]
    assert device["name"] == "cuda", device
    assert device["works"] or "\n" not in device["why"], device
    return device


def refused(word, *arguments, **options):
    device = cuda(*arguments, **options)
    assert not device["works"] and word in device["why"] and "use the backend cpu" in device["why"], device


def test_no_driver():
    refused("no NVIDIA driver is installed", "/nonexistent")


def test_driver_that_is_not_a_library():
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/libcuda.so.1", "w", encoding="utf-8") as file:
            file.write("not a library\n")
        refused("the NVIDIA driver cannot be opened", folder)


def test_stub_driver():
    refused("stub", FOLDER, CF_FAKE_DRIVER_STATUS="34")


def test_driver_without_device():
    refused("finds no device", FOLDER, CF_FAKE_DRIVER_STATUS="100")


def test_driver_and_kernel_differ():
    refused("restart the machine", FOLDER, CF_FAKE_DRIVER_STATUS="803")


def test_driver_that_fails():
    refused("does not start: error 999", FOLDER, CF_FAKE_DRIVER_STATUS="999")


def test_old_driver():
    refused("for CUDA 12.4, the module needs 13.0", FOLDER, CF_FAKE_DRIVER_VERSION="12040")


def test_no_module():
    refused("no CUDA module (/nonexistent/module.so)", FOLDER, module="/nonexistent/module.so")


def test_module_that_is_not_a_library():
    with tempfile.NamedTemporaryFile("w", suffix=".so") as file:
        file.write("not a library\n")
        file.flush()
        refused("the CUDA module cannot be opened", FOLDER, module=file.name)


def test_library_that_is_not_a_module():
    refused("another version", FOLDER, module=f"{FOLDER}/libcuda.so.1")


def test_module_of_another_version():
    refused("another version", FOLDER, module=OTHER)


def test_no_cublas():
    refused("libcublas is not found", FOLDER, CF_SIMT_NO_BLAS="1")


def test_no_device_left():
    refused("no device", FOLDER, CF_SIMT_DEVICES="0")


def test_device_older_than_the_kernels():
    refused("no kernels for this device", FOLDER, CF_SIMT_NO_IMAGE="1")


def test_built_module_on_a_driver_that_can_do_nothing():
    """CUDA's own runtime meets a libcuda.so.1 that has two functions."""
    if BUILT is None:
        raise Skip("there is no nvcc")
    refused("no device", FOLDER, module=BUILT)
    refused("for CUDA 11.8, the module needs", FOLDER, module=BUILT, CF_FAKE_DRIVER_VERSION="11080")


def test_module_that_works():
    device = cuda(FOLDER)
    assert device["works"] and "emulated" in device["description"] and device["lanes"] > 0, device


run(globals())
