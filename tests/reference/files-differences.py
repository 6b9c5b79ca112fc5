#!/usr/bin/python3
"""Where this program differs from gemmi and mrcfile on purpose, each with what they do and what we do: files-differences.py CRYOFIELD-CLI."""
import json
import os
import subprocess
import sys
import tempfile
import warnings

import gemmi
import mrcfile
import numpy as np

import files_made_maps as maps
import files_made_models as models
from files_tap import main, test

CLI = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory(prefix="cryofield-differences-")
SMALL = maps.SMALL


def write(name, content):
    path = os.path.join(FOLDER.name, name)
    with open(path, "wb") as out:
        out.write(content)
    return path


def info(path, status=0):
    done = subprocess.run([CLI, "info", path, "--json"], capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout) if status == 0 else done.stderr


def by_gemmi(path):
    """What gemmi's own reader makes of it: the number of atoms of the first model, or its complaint."""
    try:
        return sum(len(r) for c in gemmi.read_structure(path)[0] for r in c)
    except (RuntimeError, ValueError, IndexError) as problem:
        return str(problem)


def by_mrcfile(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with mrcfile.open(path, permissive=True) as theirs:
            return theirs.header.copy(), None if theirs.data is None else theirs.data.copy()


@test
def gemmi_takes_blank_coordinates_as_0():
    """An atom at the origin of the world is in no density: it is left out here, and said."""
    path = write("a.pdb", models.pdb(models.helix() + [models.Atom(seq=9, xyz=" " * 24)]))
    theirs = [a.pos.tolist() for c in gemmi.read_structure(path)[0] for r in c for a in r]
    assert theirs[3] == [0, 0, 0] and info(path)["atoms"] == 3 and info(path)["rejected"] == 1


@test
def gemmi_refuses_models_of_the_same_number():
    """The first is what is asked for, whatever the others are called."""
    whole = models.pdb(models.helix(), before="MODEL        1\n", after="ENDMDL\n")
    path = write("a.pdb", whole + whole + b"END\n")
    assert "duplicate" in by_gemmi(path) and info(path)["models"] == 2 and info(path)["atoms"] == 3


@test
def gemmi_finds_no_atoms_where_columns_of_mmcif_are_missing():
    """Only the coordinates have to be there."""
    path = write("a.cif", models.cif(models.helix(), without=("id", "label_alt_id", "label_seq_id", "pdbx_PDB_ins_code", "occupancy", "B_iso_or_equiv", "group_PDB")))
    assert by_gemmi(path) != 3 and info(path)["atoms"] == 3


@test
def gemmi_reads_no_atoms_from_what_is_no_model():
    """Zero atoms are a refusal."""
    path = write("a.pdb", b"HEADER    X\nEND\n")
    assert by_gemmi(path) == 0 and "atoms are 0" in info(path, 3)


@test
def gemmi_takes_an_alpha_carbon_that_is_marked_calcium_for_one():
    path = write("a.pdb", models.pdb([models.Atom(element="Ca", column=" CA ")]))
    assert gemmi.read_structure(path)[0][0][0][0].element.name == "Ca" and info(path)["ca"] == 1


@test
def gemmi_places_no_map_by_its_origin():
    """Its grid is the crystal's. Most maps of EMDB's crops are placed by ORIGIN."""
    path = write("a.ccp4", maps.make(SMALL, origin=(10, 20, 30)))
    assert gemmi.read_ccp4_map(path).grid.get_value(0, 0, 0) == SMALL[0, 0, 0] and info(path)["origin"] == [10, 20, 30]


@test
def gemmi_reads_no_modes_of_12_and_101():
    for mode in (12, 101):
        path = write("a.mrc", maps.make(abs(SMALL), mode))
        try:
            gemmi.read_ccp4_map(path)
            raise AssertionError("gemmi reads it")
        except (RuntimeError, ValueError):
            assert info(path)["mode"] == mode


@test
def both_keep_values_that_are_no_numbers():
    """They would spoil every sum: counted, and 0 here."""
    odd = SMALL.copy()
    odd[0, 0, 0] = np.nan
    path = write("a.mrc", maps.make(odd))
    assert np.isnan(by_mrcfile(path)[1]).sum() == 1 and np.isnan(gemmi.read_ccp4_map(path).grid.get_value(0, 0, 0))
    assert info(path)["nonfinite"] == 1 and abs(info(path)["mean"] - np.nanmean(odd)) < 1e-5


@test
def mrcfile_keeps_the_order_of_the_axes():
    """Here X, Y, Z are what MAPC, MAPR, MAPS say."""
    path = write("a.mrc", maps.make(SMALL, axes=(3, 1, 2)))
    assert by_mrcfile(path)[1].shape == (3, 4, 5) and info(path)["dims"] == [4, 3, 5]


@test
def mrcfile_knows_no_bytes_without_sign():
    """IMOD's flag says so."""
    path = write("a.mrc", maps.make(SMALL * 0 - 1 + (SMALL > 0), 0, imod=0))
    assert by_mrcfile(path)[1].min() == -1 and (info(path)["min"], info(path)["max"]) == (0, 255)


@test
def mrcfile_gives_voxels_of_0_where_the_cell_is_0():
    """1 A here, and said."""
    path = write("a.mrc", maps.make(SMALL, cell=(0, 0, 0)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with mrcfile.open(path, permissive=True) as theirs:
            assert float(theirs.voxel_size.x) == 0
    assert info(path)["voxel"] == [1, 1, 1] and len(info(path)["warnings"]) == 3


@test
def mrcfile_takes_the_statistics_of_the_header():
    """They are computed here."""
    path = write("a.mrc", maps.make(SMALL))
    assert float(by_mrcfile(path)[0].dmin) == np.float32(1e9) and info(path)["min"] == SMALL.min()


main()
