#!/usr/bin/python3
"""test-machines.py DOCUMENT [slurm]: what docs/many-machines.md tells to type, typed: under GNU parallel, and under Slurm on this host.

CRYOFIELD_CLI names the program. Results are held against those of one process.
"""
import csv
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from cli import PROGRAM, cli, write_helix
from tap import Skip, collect, equal, run

with open(sys.argv[1], encoding="utf-8") as text:
    DOCUMENT = text.read()
UNDER_SLURM = "slurm" in sys.argv[2:]
FOLDER = tempfile.TemporaryDirectory(prefix="cf-machines-")
EPOCHS = {"train": "3", "batch": "12"}


def path(*parts):
    return os.path.join(FOLDER.name, *parts)


def code(heading, regions, rows=None):
    """The indented blocks below a heading, with this test's numbers and epochs in place of the document's."""
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", DOCUMENT, re.M | re.S).group(1)
    blocks = [re.sub(r"^    ", "", block, flags=re.M) for block in re.findall(r"(?:^    .*\n)+", section, re.M)]
    assert len(blocks) > 0, heading
    last = regions - 1 if rows is None else rows
    done = []
    for block in blocks:
        block = re.sub(r"(?<=array=)(\d)-\d+", rf"\g<1>-{last}", block)
        block = re.sub(r"seq (\d) \d+", rf"seq \g<1> {last}", block)
        done.append(block.replace("--progress none", f"--progress none --epochs {EPOCHS['train' if rows is None else 'batch']}"))
    return done


def shell(script, where, **environment):
    folder = os.path.join(FOLDER.name, "bin")
    if not os.path.isdir(folder):
        os.makedirs(folder)
        os.symlink(os.path.abspath(PROGRAM), os.path.join(folder, "cryofield-cli"))
    done = subprocess.run(["sh", "-e", "-c", script], capture_output=True, text=True, check=False, cwd=where,
                          env={**os.environ, "PATH": f"{folder}:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": FOLDER.name, **environment})
    assert done.returncode == 0, f"{script}: exit status {done.returncode}: {(done.stdout + done.stderr)[-2000:]}"
    return done.stdout


def tensors(name):
    """The header without what differs by the machine and the hour, and the bytes of all tensors by name."""
    with open(name, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__")
    return {key: (value["dtype"], value["shape"], data[slice(*value["data_offsets"])]) for key, value in header.items()}


def table(folder):
    with open(os.path.join(folder, "batch.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def work(name):
    """A new folder with the map, and the list of two maps and a row that fails."""
    where = path(name)
    os.makedirs(where)
    for file in ("map.mrc", "a.mrc", "helix.pdb", "list.csv"):
        os.symlink(path(file), os.path.join(where, file))
    return where


def prepare():
    """One process, of which the others have to make the same. Returns the number of regions."""
    if os.path.exists(path("one", "list.csv")):
        return REGIONS[0]
    write_helix(path("helix.pdb"), 40)
    cli("simulate", path("helix.pdb"), "-o", path("map.mrc"), "--resolution", 1.5, "--spacing", 0.5, "--box", "-3,-3,-2,3,3,66")
    write_helix(path("helix.pdb"))
    cli("simulate", path("helix.pdb"), "-o", path("a.mrc"), "--resolution", 3, "--spacing", 1)
    with open(path("list.csv"), "w", encoding="utf-8") as file:
        file.write("map,model,resolution\na.mrc,helix.pdb,3\nhelix.pdb,,\na.mrc,,\n")
    said = cli("train", path("map.mrc"), "-o", path("x"), "--regions", "9999", status=2).stderr
    REGIONS.append(int(re.search(r"needs a range in 0-(\d+)", said).group(1)) + 1)
    assert REGIONS[0] >= 3, said
    where = work("one")
    cli("train", "map.mrc", "-o", "map.neural.safetensors", "--epochs", EPOCHS["train"], "--threads", 2, "--progress", "none", cwd=where)
    cli("batch", "list.csv", "-o", "all", "--epochs", EPOCHS["batch"], "--threads", 2, "--progress", "none", cwd=where, status=1)
    return REGIONS[0]


REGIONS = []
# Columns that differ by the hour, the folder or the machine; the length of a neural map too, as its header holds times.
OWN = re.compile(r"_s$|neural_bytes|second|time|date|host|device|backend|machine|gflop|rate|folder|map$|model$|error|command|version")


def same_neural(where):
    one, other = tensors(path("one", "map.neural.safetensors")), tensors(os.path.join(where, "map.neural.safetensors"))
    assert len(one) >= 10 * REGIONS[0] // 2, len(one)
    equal(sorted(other), sorted(one))
    for name in one:
        assert one[name] == other[name], name


def same_table(where):
    one, other = table(path("one", "all")), table(os.path.join(where, "all"))
    equal([row["status"] for row in one], ["done", "failed", "done"])
    assert int(one[0]["nodes"]) > 3, one[0]
    compared = [key for key in one[0] if not OWN.search(key)]
    assert {"nodes", "ca_coverage", "ca_rmsd", "loss"} <= set(compared), compared
    for a, b in zip(one, other, strict=True):
        equal({key: b[key] for key in compared}, {key: a[key] for key in compared}, a["row"])


# -- GNU parallel ------------------------------------------------------------------------------------------------------------------------------

def test_one_map_under_parallel():
    if UNDER_SLURM:
        raise Skip("asked for Slurm alone")
    if not shutil.which("parallel"):
        raise Skip("GNU parallel is not installed")
    regions, where = prepare(), work("parallel-one")
    shell(code("One map: GNU parallel, or xargs", regions)[0], where)
    same_neural(where)


def test_many_maps_under_parallel():
    if UNDER_SLURM:
        raise Skip("asked for Slurm alone")
    if not shutil.which("parallel"):
        raise Skip("GNU parallel is not installed")
    regions, where = prepare(), work("parallel-many")
    lines = code("Many maps: GNU parallel", regions, 3)[0].splitlines()
    shell(lines[0] + " || true", where)  # a row fails, as it has to
    shell(lines[1], where)
    same_table(where)


# -- Slurm -------------------------------------------------------------------------------------------------------------------------------------

class Cluster:
    """munged, slurmctld and slurmd of this host, for the life of the object; all that they write is in one folder."""

    def __init__(self):
        for tool in ("munged", "slurmctld", "slurmd", "sbatch"):
            if not shutil.which(tool, path="/usr/sbin:/usr/bin:/sbin:/bin"):
                raise Skip(f"{tool} is not installed")
        if os.geteuid() != 0:
            raise Skip("slurmd needs root")
        self.children = []
        self.folder = tempfile.mkdtemp(prefix="cf-slurm-", dir="/tmp")  # a socket's name has room for 100 letters
        os.chmod(self.folder, 0o755)
        for name in ("state", "spool"):
            os.makedirs(f"{self.folder}/{name}")
        self.environment = {"SLURM_CONF": f"{self.folder}/slurm.conf"}
        with open(f"{self.folder}/munge.key", "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(os.urandom(128))
        self.start("munged", "--foreground", "--force", f"--key-file={self.folder}/munge.key", f"--socket={self.folder}/munge.socket",
                   f"--pid-file={self.folder}/munged.pid", f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munged.seed")
        self.wait(lambda: os.path.exists(f"{self.folder}/munge.socket"), "munged listens")
        self.configure()
        self.start("slurmctld", "-D", "-i")
        self.start("slurmd", "-D")
        self.wait(lambda: re.search("idle", self.ask("sinfo -h -o %T")), "the node is idle")

    def configure(self):
        host = socket.gethostname().split(".")[0]
        ports = []
        for _ in range(2):
            with socket.socket() as free:
                free.bind(("", 0))
                ports.append(free.getsockname()[1])
        with open(f"{self.folder}/slurm.conf", "w", encoding="utf-8") as file:
            file.write(f"""ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge.socket
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=2
SlurmdParameters=config_overrides
RequeueExit=143
ReturnToService=2
MinJobAge=300
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
""")

    def start(self, *words):
        log = open(f"{self.folder}/{words[0]}.out", "wb")
        self.children.append(subprocess.Popen(words, stdout=log, stderr=log, env={**os.environ, **self.environment, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}))

    def ask(self, line, where="/"):
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, cwd=where,
                              env={**os.environ, **self.environment, "PATH": f"{path('bin')}:/usr/bin:/bin", "HOME": FOLDER.name})
        return done.stdout

    def wait(self, done, what):
        while not done():
            for child in self.children:
                assert child.poll() is None, f"{what}: {child.args[0]} ended with status {child.returncode}: {self.logs()}"
            time.sleep(0.2)

    def logs(self):
        text = ""
        for name in sorted(os.listdir(self.folder)):
            if name.endswith((".log", ".out")):
                with open(f"{self.folder}/{name}", encoding="utf-8", errors="replace") as file:
                    text += f"\n{name}: " + file.read()[-800:]
        return text

    def finish(self, job):
        """Waits for a job and all of its array; returns how many tasks ended in each state."""
        self.wait(lambda: not self.ask(f"squeue -h -j {job} -t PENDING,RUNNING,COMPLETING,SUSPENDED,CONFIGURING,REQUEUED,SIGNALING"), f"job {job} ends")
        states = re.findall(r"JobState=(\w+)", self.ask(f"scontrol show job {job}"))
        return {state: states.count(state) for state in states}

    def close(self):
        # a task under way outlives the daemons that started it
        self.ask("timeout 20 scancel --user root")
        until = time.monotonic() + 20
        while time.monotonic() < until and self.ask("timeout 20 squeue -h").strip():
            time.sleep(0.2)
        for child in reversed(self.children):
            child.terminate()
        for child in reversed(self.children):
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


CLUSTER = []


def cluster():
    if not UNDER_SLURM:
        raise Skip("the test machines-slurm does this")
    if not CLUSTER:
        CLUSTER.append(Cluster())
        shell("true", FOLDER.name)
    return CLUSTER[0]


def submit(slurm, script, dependent, where, states):
    """The documented job, then the one that depends on it."""
    with open(os.path.join(where, "job.sh"), "w", encoding="utf-8") as file:
        file.write(script)
    job = slurm.ask("sbatch --parsable job.sh", where).strip()
    assert job.isdigit(), slurm.logs()
    after = slurm.ask(dependent.strip().replace("JOB", job).replace("sbatch", "sbatch --parsable"), where).strip()
    assert after.isdigit(), dependent
    equal(slurm.finish(job), states, f"tasks of the array: {slurm.logs()}")
    equal(slurm.finish(after), {"COMPLETED": 1}, "the job after it")


def test_one_map_under_slurm():
    slurm, regions, where = cluster(), prepare(), work("slurm-one")
    script, dependent = code("One map: Slurm", regions)
    submit(slurm, script, dependent, where, {"COMPLETED": regions})
    same_neural(where)


def test_a_task_that_is_requeued_goes_on():
    slurm, regions, where = cluster(), prepare(), work("slurm-requeue")
    script = code("One map: Slurm", regions)[0].replace(f"--epochs {EPOCHS['train']}", "--epochs 12 --checkpoint-every 1").replace(f"array=0-{regions - 1}", "array=1")
    with open(os.path.join(where, "job.sh"), "w", encoding="utf-8") as file:
        file.write(script)
    job = slurm.ask("sbatch --parsable job.sh", where).strip()
    folder = os.path.join(where, "part-1.checkpoint")

    def kept():
        assert "JobState=FAILED" not in slurm.ask(f"scontrol show job {job}"), slurm.logs()
        return os.path.isdir(folder) and any(entry.stat().st_size for entry in os.scandir(folder) if "lock" not in entry.name)

    slurm.wait(kept, "a checkpoint is written")
    slurm.ask(f"scontrol requeue {job}_1")
    slurm.wait(lambda: "Restarts=1" in slurm.ask(f"scontrol show job {job}"), "it is requeued")
    slurm.ask(f"scontrol update job={job}_1 StartTime=now")
    equal(slurm.finish(job), {"COMPLETED": 1}, slurm.logs())
    cli("train", "map.mrc", "-o", "alone", "--regions", 1, "--epochs", 12, "--threads", 2, "--progress", "none", cwd=where)
    assert tensors(os.path.join(where, "alone")) == tensors(os.path.join(where, "part-1"))


def test_many_maps_under_slurm():
    slurm, regions, where = cluster(), prepare(), work("slurm-many")
    script, dependent = code("Many maps: Slurm", regions, 3)
    submit(slurm, script, dependent, where, {"COMPLETED": 2, "FAILED": 1})
    same_table(where)


def leave():
    for one in CLUSTER:
        one.close()
    FOLDER.cleanup()


def stopped(*_):
    leave()
    os._exit(1)


signal.signal(signal.SIGTERM, stopped)
try:
    run(collect(globals()))
finally:
    leave()
