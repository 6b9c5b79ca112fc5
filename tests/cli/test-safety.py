#!/usr/bin/python3
"""A fit survives what happens to it: killed at any moment, a damaged record, a full disk, a second process on the same output."""
import glob
import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import tempfile
import time

from cli import PROGRAM, as_json, cli, refused, write_helix
from tap import collect, equal, run

FOLDER = tempfile.TemporaryDirectory()
KILLS = 50
EPOCHS = 12


def path(name):
    return os.path.join(FOLDER.name, name)


def arguments(output, *more):
    return ["train", path("two.mrc"), "-o", path(output), "--threads", "1", "--epochs", str(EPOCHS), "--checkpoint-every", "0", *more]


def tensors(name):
    """The hash of the bytes behind the header, and what the metadata says of each region apart from the time it took."""
    with open(path(name), "rb") as file:
        raw = file.read()
    n = int.from_bytes(raw[:8], "little")
    regions = json.loads(json.loads(raw[8:8 + n])["__metadata__"]["regions"])
    return hashlib.sha256(raw[8 + n:]).hexdigest(), [{key: value for key, value in region.items() if key != "seconds"} for region in regions]


def epochs_said(lines):
    """The last epoch of each region."""
    said = {}
    for line in lines:
        try:
            one = json.loads(line)
        except ValueError:  # cut off by the kill
            continue
        said[one["region"]] = max(said.get(one["region"], 0), one["epoch"])
    return said


def epochs_trained(lines):
    """The first epoch of each region that a run trained itself. What it has from a record it says first, all with the seconds of the whole, and may be
    killed in the middle of that."""
    seconds, trained = {}, {}
    for line in lines:
        try:
            one = json.loads(line)
        except ValueError:
            continue
        region = one["region"]
        if one["epoch"] > 0 and seconds.setdefault(region, one["seconds"]) != one["seconds"]:
            trained.setdefault(region, one["epoch"])
    return trained


def start(output, *more, **how):
    return subprocess.Popen([PROGRAM, *arguments(output, "--progress", "json", *more)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)


def test_uninterrupted():
    write_helix(path("helix.pdb"))
    cli("simulate", path("helix.pdb"), "-o", path("two.mrc"), "--resolution", 3, "--spacing", 1, "--box", "-5,-4,0,64,3,7", "--noise", 0.01, "--seed", 7)
    cli(*arguments("whole"))
    regions = as_json("info", path("whole"))["regions"]
    equal(len(regions), 2)
    assert all(region["trained"] for region in regions)
    equal(sorted(os.listdir(FOLDER.name)), ["helix.pdb", "two.mrc", "whole"])


def run_and_kill(chance):
    """Kills a run some time after it started, or after it has said so many lines; returns its exit status and what it said."""
    lines, wanted = [], chance.choice((0, 1, 1, 2, 3, 5, 8))
    with start("killed", "--resume") as process:
        while len(lines) < wanted:
            line = process.stdout.readline()
            if not line:
                break
            lines.append(line)
        time.sleep(0.12 * chance.random())
        process.kill()
        out, messages = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), (process.returncode, messages)
    equal(messages if process.returncode else "", "")
    return process.returncode, lines + out.splitlines()


def test_killed_at_random_instants():
    chance, finished, went_on, reached = random.Random(4), 0, 0, {}
    for kill in range(KILLS):
        status, lines = run_and_kill(chance)
        # what was said and not yet recorded is one epoch at most; a run that was killed before it said anything says nothing
        first = epochs_said(lines[:2])
        for region, epoch in epochs_trained(lines).items():
            assert epoch >= reached.get(region, 0), f"kill {kill}: region {region} was at epoch {reached[region]}, goes on with {epoch}"
        for region, epoch in epochs_said(lines).items():
            went_on += region in first and 0 < reached.get(region, 0) < EPOCHS
            reached[region] = max(epoch, reached.get(region, 0))
        if status == 0 or os.path.exists(path("killed")):  # or killed on its way out
            equal(tensors("killed"), tensors("whole"), f"after {kill} kills")
            os.unlink(path("killed"))
            reached, finished = {}, finished + 1
    cli(*arguments("killed", "--resume"))
    equal(tensors("killed"), tensors("whole"), "after all kills")
    assert not os.path.exists(path("killed.checkpoint"))
    assert went_on >= KILLS / 5, f"only {went_on} of {KILLS} kills hit a region under way"
    print(f"# {KILLS} kills, {went_on} in a region under way, {finished + 1} fits came to their end")


def interrupt(output, epoch):
    """A run that is told to stop once its first region has had so many epochs."""
    with start(output) as process:
        for line in process.stdout:
            if json.loads(line)["epoch"] >= epoch:
                process.send_signal(signal.SIGINT)
                break
        _, messages = process.communicate(timeout=120)
    equal(process.returncode, 1, messages)
    assert "--resume" in messages.splitlines()[-1], messages


def test_interrupted_within_an_epoch():
    interrupt("stopped", 2)
    cli(*arguments("stopped", "--resume"))
    equal(tensors("stopped"), tensors("whole"))


def test_damaged_record():
    for broken in (1, 2):  # the newest: the one before serves; both: the fit begins again
        interrupt("damaged", 3)
        records = sorted(glob.glob(path("damaged.checkpoint/region-0.?")), key=os.path.getmtime)
        equal(len(records), 2)
        for name in records[-broken:]:
            with open(name, "r+b") as file:
                file.seek(1000000)
                byte = file.read(1)
                file.seek(1000000)
                file.write(bytes([byte[0] ^ 1]))
        cli(*arguments("damaged", "--resume"))
        equal(tensors("damaged"), tensors("whole"), f"{broken} damaged")
        os.unlink(path("damaged"))


def test_another_fit_is_refused():
    interrupt("other", 1)
    refused(*arguments("other", "--resume", "--seed", "5"), status=2, has=["other.checkpoint", "seed"])
    refused(*arguments("other", "--resume", "--recipe", "paper"), status=2, has=["other.checkpoint"])
    cli(*arguments("other", "--seed", "5", "--epochs", "1"))  # without --resume it begins again
    assert not os.path.exists(path("other.checkpoint"))


def test_two_processes_on_one_output():
    with start("shared") as process:
        process.stdout.readline()
        refused(*arguments("shared"), status=1, has=["shared.checkpoint", "another process", str(process.pid)])
        refused(*arguments("shared", "--resume"), status=1, has=["another process"])
        refused("merge", path("whole"), "-o", path("shared"), status=1, has=["shared.checkpoint", "another process"])
        process.communicate(timeout=120)
    equal(process.returncode, 0)
    equal(tensors("shared"), tensors("whole"))
    cli("merge", path("whole"), "-o", path("shared"))  # nobody works on it
    equal(tensors("shared"), tensors("whole"))


def test_merge_spares_a_fit_that_was_killed():
    interrupt("spared", 2)
    before = sorted(os.listdir(path("spared.checkpoint")))
    cli("merge", path("whole"), "-o", path("spared"))
    equal(sorted(os.listdir(path("spared.checkpoint"))), before)
    os.unlink(path("spared"))
    cli(*arguments("spared", "--resume"))
    equal(tensors("spared"), tensors("whole"))


def test_full_disk():
    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000000, 3000000))

    with start("full", preexec_fn=small_files, restore_signals=False) as process:
        _, messages = process.communicate(timeout=300)
    equal(process.returncode, 0, messages)
    assert "region-0" in messages, messages
    assert 1 <= messages.count("training goes on") <= 2, messages  # once a region: what is kept of one that is done is small enough
    equal(tensors("full"), tensors("whole"))


def test_disk_that_is_full_from_the_start():
    """Not a byte can be written before the fit begins; after a while there is room."""
    def no_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    with start("late", preexec_fn=no_files, restore_signals=False) as process:
        said = process.stderr.readline()
        equal(process.poll(), None, said)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        _, messages = process.communicate(timeout=300)
    assert "training goes on" in said, said
    equal(process.returncode, 0, messages)
    equal(tensors("late"), tensors("whole"))


def test_disk_that_stays_full():
    """Neither a record nor the result can be written: nothing is said to be kept."""
    def no_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    with start("never", preexec_fn=no_files, restore_signals=False) as process:
        _, messages = process.communicate(timeout=300)
    equal(process.returncode, 1, messages)
    equal(messages.count("training goes on"), 1, messages)
    assert "never: cannot be written" in messages, messages
    assert "go on with" not in messages, messages
    assert not os.path.exists(path("never"))


def test_nothing_is_left():
    left = [name for name in os.listdir(FOLDER.name) if "checkpoint" in name]
    equal(left, [])


if __name__ == "__main__":
    run(collect(globals()))
