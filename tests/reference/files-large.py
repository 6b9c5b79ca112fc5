#!/usr/bin/python3
"""Large files, sparse on the disk: files-large.py CRYOFIELD-CLI [--long]. Sizes of 64 bits in a refusal, which reads nothing; with --long maps of
512^3 voxels and of more than 2 GiB read to their last voxel, what they cost in memory, and an mmCIF of 165,000 atoms."""
import gzip
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time

import files_made_maps as made
from files_tap import main, run, test

CLI = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory(prefix="cryofield-large-")


def sparse(name, n, missing=0, axes=(1, 2, 3), last=7.5):
    """A map of n voxels that are 0 but for the last one in the file."""
    path = os.path.join(FOLDER.name, name)
    size = 1024 + 4 * n[0] * n[1] * n[2]
    with open(path, "wb") as out:
        out.write(made.make(made.SMALL, 2, "<", axes, n=n, m=n, cell=n)[:1024])
        out.truncate(size - missing)
        if not missing:
            out.seek(size - 4)
            out.write(struct.pack("<f", last))
    return path, size


def peak(*words):
    """Exit status, stdout, and the most memory the program had, bytes."""
    child = subprocess.Popen([CLI, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    child.stderr.close()
    return child.returncode, out, usage.ru_maxrss * 1024


@test
def a_refusal_has_sizes_of_64_bits():
    path, size = sparse("short.mrc", (1100, 1200, 1300), missing=1)
    assert size > 1 << 32
    said = run(CLI, "info", path, status=3).stderr.decode()
    assert f"length is {size - 1} bytes, needs {size} " in said, said
    os.truncate(path, 1024)
    assert f"length is 1024 bytes, needs {size} " in run(CLI, "info", path, status=3).stderr.decode()
    os.remove(path)


@test
def a_refusal_allocates_nothing():
    """The header declares 16 GiB, the memory is 512 MiB: the refusal is about the file, not the memory."""
    path, _ = sparse("declared.mrc", (1600, 1600, 1600), missing=1)
    done = subprocess.run([CLI, "info", path], capture_output=True, text=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (1 << 29, 1 << 29)))
    assert done.returncode == 3 and "length is" in done.stderr, done.stderr
    os.remove(path)


if "--long" in sys.argv:

    @test
    def memory_of_512_cubed():
        for axes in ((1, 2, 3), (3, 2, 1)):
            path, size = sparse("cube.mrc", (512, 512, 512), axes=axes)
            status, out, most = peak("info", path, "--json")
            assert status == 0 and json.loads(out)["max"] == 7.5
            print(f"# axes {axes}: {most / (size - 1024):.3f} times the float volume")
            assert most < 1.1 * (size - 1024), most
            os.remove(path)

    @test
    def a_map_of_more_than_2_gib():
        path, size = sparse("large.mrc", (820, 820, 820))
        assert size > 1 << 31
        status, out, most = peak("info", path, "--json")
        told = json.loads(out)
        assert status == 0 and told["dims"] == [820] * 3 and (told["min"], told["max"]) == (0, 7.5), told
        assert abs(told["mean"] - 7.5 / 820 ** 3) < 1e-12
        print(f"# {most / (size - 1024):.3f} times the float volume")
        with open(os.path.join(FOLDER.name, "corner.csv"), "w", encoding="ascii") as file:
            file.write("819,819,819\n0,0,0\n818.5,819,819\n")
        rows = run(CLI, "probe", path, "--points", file.name).stdout.decode().splitlines()[1:]
        assert [float(row.split(",")[3]) for row in rows] == [7.5, 0, 3.75], rows
        os.remove(path)

    @test
    def an_mmcif_of_165120_atoms():
        columns = ["group_PDB", "id", "type_symbol", "label_atom_id", "label_alt_id", "label_comp_id", "label_asym_id", "label_seq_id", "pdbx_PDB_ins_code", "Cartn_x",
                   "Cartn_y", "Cartn_z", "occupancy", "B_iso_or_equiv", "auth_seq_id", "auth_asym_id", "pdbx_PDB_model_num"]
        lines, n = ["data_made", "_entry.id made", "loop_", *("_atom_site." + c for c in columns)], 0
        for chain in range(80):
            for residue in range(258):
                for name in ("N", "CA", "C", "O", "CB", "CG", "CD1", "CD2"):
                    n += 1
                    xyz = " ".join(f"{(n * k) % 600000 / 1000 - 200:.3f}" for k in (7919, 104729, 1299709))
                    lines.append(f"ATOM {n} {name[0]} {name} . LEU L{chain} {residue + 1} ? {xyz} 1.00 {n % 9000 / 100:.2f} {residue + 1} L{chain} 1")
        path = os.path.join(FOLDER.name, "large.cif.gz")
        with gzip.open(path, "wt", compresslevel=6) as out:
            out.write("\n".join(lines) + "\n#\n")
        begin = time.monotonic()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = json.loads(run(CLI, "info", path, "--json").stdout)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert (told["atoms"], told["residues"], told["chains"], told["ca"]) == (165120, 20640, 80, 20640), told
        print(f"# {time.monotonic() - begin:.2f} s, of which {after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime:.2f} s of the processor")


main()
