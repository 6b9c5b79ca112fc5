"""The rows of the table of models as tiny files, in PDB and in mmCIF where both can hold them."""
import gzip

from files_made import Table

CIF_COLUMNS = ("group_PDB", "id", "type_symbol", "label_atom_id", "label_alt_id", "label_comp_id", "label_asym_id", "label_entity_id", "label_seq_id",
               "pdbx_PDB_ins_code", "Cartn_x", "Cartn_y", "Cartn_z", "occupancy", "B_iso_or_equiv", "auth_seq_id", "auth_asym_id", "pdbx_PDB_model_num")


class Atom:
    """One atom; what is not named is that of an alanine's C-alpha."""

    def __init__(self, name="CA", res="ALA", seq=1, xyz=(10, 10, 10), element="C", chain="A", icode=" ", alt=" ", occ=1.0, het=False, model=1,
                 column=None, serial="1"):
        self.name, self.res, self.seq, self.xyz, self.element, self.chain, self.icode = name, res, seq, xyz, element, chain, icode
        self.alt, self.occ, self.het, self.model, self.serial = alt, occ, het, model, serial
        self.column = column if column is not None else (" " + name if len(element) < 2 and len(name) < 4 else name)

    def pdb(self):
        xyz = self.xyz if isinstance(self.xyz, str) else "".join(f"{x:8.3f}" for x in self.xyz)
        return (f"{'HETATM' if self.het else 'ATOM  '}{self.serial:>5s} {self.column:4s}{self.alt}{self.res:>3s} {self.chain}{self.seq:>4}{self.icode}   "
                f"{xyz}{self.occ:6.2f} 20.00          {self.element.upper():>2s}  ")

    def cif(self, number):
        def word(text):
            text = str(text).strip() or "."
            return f'"{text}"' if "'" in text else text
        return (["HETATM" if self.het else "ATOM", str(number), word(self.element.upper()), word(self.name), word(self.alt), word(self.res), word(self.chain), "1",
                 "." if self.het else word(self.seq), "?" if self.icode == " " else self.icode] + [f"{x:.3f}" for x in self.xyz]
                + [f"{self.occ:.2f}", "20.00", word(self.seq), word(self.chain), str(self.model)])


def pdb(atoms, before="HEADER    MADE FOR A TEST                         01-JAN-26   9XYZ              \n", after="END\n"):
    lines, models = [], sorted({a.model for a in atoms})
    for model in models:
        lines += [f"MODEL     {model:4d}"] if len(models) > 1 else []
        lines += [a.pdb() for a in atoms if a.model == model]
        lines += ["ENDMDL"] if len(models) > 1 else []
    return (before + "\n".join(lines) + "\n" + after).encode()


def cif(atoms, without=(), before="data_9XYZ\n_entry.id 9XYZ\n", after="#\n", rows=None):
    kept = [i for i, column in enumerate(CIF_COLUMNS) if column not in without]
    table = rows or [a.cif(i + 1) for i, a in enumerate(atoms)]
    text = before + "loop_\n" + "".join(f"_atom_site.{CIF_COLUMNS[i]}\n" for i in kept)
    return (text + "".join(" ".join(row[i] for i in kept) + "\n" for row in table) + after).encode()


class Models(Table):
    def both(self, row, name, made, /, warn=(), trace=None, **told):
        """The same atoms in both formats; trace: the positions that stand for residues, in order."""
        told = {"models": 1, "rejected": 0, **told}
        self.good(row, name + ", PDB", pdb(made), ".pdb", warn, trace, **told)
        self.good(row, name + ", mmCIF", cif(made), ".cif", warn, trace, **told)


def helix(n=3, **more):
    return [Atom(seq=i + 1, xyz=(10 + 3.8 * i, 10, 10), **more) for i in range(n)]


def carbon_or_calcium(table):
    row = "alpha carbon or calcium"
    carbon, calcium = Atom(), Atom("CA", "CA", 101, (30, 10, 10), "Ca", het=True)
    table.both(row, "a carbon and a calcium", [carbon, calcium], atoms=2, ca=1, trace=[carbon.xyz])
    table.both(row, "calcium alone", [calcium], atoms=1, ca=0)
    table.both(row, "an element that calls a residue's carbon calcium", [Atom(element="Ca", column=" CA ")], ca=1, trace=[carbon.xyz])
    for name, column in (("column 13 and no element", "CA  "), ("column 14 and no element", " CA ")):
        atom = Atom(element="", column=column)
        table.good(row, f"{name}, in an alanine", pdb([atom]), ".pdb", (), [atom.xyz], ca=1)
        atom = Atom("CA", "CA", het=True, element="", column=column)
        table.good(row, f"{name}, in an ion", pdb([atom]), ".pdb", (), None, ca=0)
    table.good(row, "no type_symbol, in an alanine", cif([carbon], without=("type_symbol",)), ".cif", (), [carbon.xyz], ca=1)
    table.good(row, "no type_symbol, in an ion", cif([calcium], without=("type_symbol",)), ".cif", (), None, ca=0)
    table.good(row, "type_symbol '?', in an alanine", cif([Atom(element="?")]), ".cif", (), [carbon.xyz], ca=1)


def alternatives(table):
    row = "alternate locations, microheterogeneity"
    def pair(a, b, res=("ALA", "ALA")):
        return [Atom(alt="A", occ=a, res=res[0]), Atom(alt="B", occ=b, res=res[1], xyz=(11, 10, 10))]
    for a, b, x in ((0.5, 0.5, 10), (0.3, 0.7, 11), (0.7, 0.3, 10), (0, 0, 10)):
        table.both(row, f"two places of {a} and {b}", pair(a, b), atoms=2, altlocs=2, residues=1, ca=1, trace=[(x, 10, 10)])
        table.both(row, f"two residues of {a} and {b}", pair(a, b, ("SER", "PRO")), atoms=2, altlocs=2, residues=2, ca=1, trace=[(x, 10, 10)])
    table.both(row, "of one atom out of two", [Atom("N", element="N"), *pair(0.6, 0.4)], atoms=3, altlocs=2, ca=1, trace=[(10, 10, 10)])
    table.both(row, "a digit for a letter", [Atom(alt="1", occ=0.4), Atom(alt="2", occ=0.6, xyz=(11, 10, 10))], altlocs=2, ca=1, trace=[(11, 10, 10)])


def numbers(table):
    row = "insertion codes, negative numbers"
    places = [(-3, " "), (-2, " "), (0, " "), (1, " "), (52, " "), (52, "A"), (52, "B"), (53, " ")]
    atoms = [Atom(seq=n, icode=c, xyz=(10 + 3.8 * i, 10, 10)) for i, (n, c) in enumerate(places)]
    table.both(row, "-3 to 53 with 52A and 52B", atoms, atoms=8, residues=8, ca=8, trace=[a.xyz for a in atoms])
    for n in (-999, 9999):
        table.both(row, f"{n}", helix() + [Atom(seq=n, xyz=(40, 10, 10))], residues=4, ca=4)
    table.both(row, "the same number in two chains", [Atom(), Atom(chain="B", xyz=(20, 10, 10))], residues=2, chains=2, ca=2)
    table.good(row, "a number with its letter in auth_seq_id", cif([], rows=[a.cif(1)[:9] + ["?"] + a.cif(1)[10:15] + [f"{a.seq}{a.icode.strip()}"] + a.cif(1)[16:]
               for a in atoms]), ".cif", (), [a.xyz for a in atoms], residues=8)


def serials(table):
    row = "serials"
    for name, all_of in (("hybrid-36", ["99999", "A0000", "A0001"]), ("hexadecimal", ["1869f", "186a0", "186a1"]), ("asterisks", ["*****"] * 3),
                         ("blank", [""] * 3), ("all alike", ["1"] * 3)):
        atoms = helix()
        for atom, serial in zip(atoms, all_of):
            atom.serial = serial
        table.good(row, name, pdb(atoms), ".pdb", (), [a.xyz for a in atoms], atoms=3, ca=3)
    atoms = helix() + [Atom(seq="A000", xyz=(30, 10, 10)), Atom(seq="A001", xyz=(34, 10, 10))]
    table.good(row, "hybrid-36 residues", pdb(atoms), ".pdb", (), [a.xyz for a in atoms], residues=5, ca=5)
    table.good(row, "ids of mmCIF all alike", cif([], rows=[a.cif(1) for a in helix()]), ".cif", (), None, atoms=3, ca=3)


def coordinates(table):
    row = "coordinates"
    for name, xyz in (("blank", " " * 24), ("asterisks", "********" * 3), ("one blank", "  11.000        " + "  10.000"), ("NaN", "     nan  10.000  10.000"),
                      ("Inf", "     inf  10.000  10.000"), ("-Inf", "  10.000    -inf  10.000"), ("squashed", "-1234.567-1234.567-123.456"[:24]),
                      ("words", "   abcde  10.000  10.000"), ("two numbers in a column", "1 10.000  10.000  10.000"), ("exponents", "  10.000  10.000   1e3.0"),
                      ("two points", "  10.000  10.000  10.0.0"), ("hexadecimal", "   0x1.0  10.000  10.000"), ("a sign alone", "       -  10.000  10.000")):
        atoms = helix() + [Atom(seq=9, xyz=xyz)]
        table.good(row, f"{name}, PDB", pdb(atoms), ".pdb", [["1 atom"]], [a.xyz for a in atoms[:3]], atoms=3, ca=3, rejected=1)
        table.bad(row, f"{name} in all atoms, PDB", pdb(atoms[3:]), ".pdb", "coordinates", "needs")
    for word in ("?", ".", "nan", "inf", "abc", "1e400", "1,5", "0x10", "********"):
        rows = [a.cif(1) for a in helix()] + [Atom(seq=9).cif(4)]
        rows[3][11] = word
        table.good(row, f"{word}, mmCIF", cif([], rows=rows), ".cif", [["1 atom"]], None, atoms=3, ca=3, rejected=1)
        table.bad(row, f"{word} in all atoms, mmCIF", cif([], rows=rows[3:]), ".cif", "coordinates", "needs")
    table.good(row, "with a standard uncertainty, mmCIF", cif([]).replace(b"#\n", b"ATOM 1 C CA . ALA A 1 1 ? 1.5(3) 2 3 1 20 1 A 1\n"), ".cif", (), [(1.5, 2, 3)],
               atoms=1, rejected=0)
    table.good(row, "with a plus and without points, PDB", pdb([Atom(xyz="     +10      20      30")]), ".pdb", (), [(10, 20, 30)], atoms=1)
    table.good(row, "a long line, PDB", pdb(helix()).replace(b"\n", b" " * 200 + b"\n"), ".pdb", (), None, atoms=3, ca=3)
    table.good(row, "a carriage return, PDB", pdb(helix()).replace(b"\n", b"\r\n"), ".pdb", (), None, atoms=3, ca=3)
    table.good(row, "a carriage return, mmCIF", cif(helix()).replace(b"\n", b"\r\n"), ".cif", (), None, atoms=3, ca=3)


def models(table):
    row = "several models"
    many = helix() + helix(2, model=2) + helix(1, model=3)
    table.both(row, "three", many, [["3 models", "first"]], models=3, atoms=3, ca=3)
    table.both(row, "numbers from 5 on", helix(1, model=5) + helix(2, model=9), [["2 models", "first"]], models=2, atoms=1)
    table.good(row, "without numbers, PDB", pdb(helix()).replace(b"END\n", b"ENDMDL\n") + pdb(helix(2), before=""), ".pdb", [["2 models"]], None, models=2, atoms=3)
    table.good(row, "one that is empty, PDB", b"MODEL        1\nENDMDL\n" + pdb(helix(), before="MODEL        2\n", after="ENDMDL\nEND\n"), ".pdb", (), None, models=1,
               atoms=3)


def left_out(table):
    row = "hydrogens, waters"
    atoms = helix() + [Atom("HA", element="H", xyz=(10, 11, 10)), Atom("DA", element="D", xyz=(10, 12, 10))]
    table.both(row, "hydrogen and deuterium", atoms, atoms=5, hydrogens=2, ca=3)
    for i, name in enumerate(("HOH", "DOD", "WAT", "H2O", "SOL", "TIP")):
        table.both(row, f"a water called {name}", helix() + [Atom("O", name, 301 + i, (50, 50, 50), "O", het=True)], atoms=4, waters=1, ca=3)
    for name, column in (("HG21", "HG21"), ("1HB", "1HB "), ("HB1", " HB1"), ("HE", " HE ")):
        table.good(row, f"a hydrogen {name} without element", pdb(helix() + [Atom(name, "VAL", 9, (10, 11, 10), "", column=column)]), ".pdb", (), None, hydrogens=1)


def modified(table):
    row = "MSE and other modified residues as HETATM"
    for name in ("MSE", "SEP", "TPO", "CSO", "PTR", "LLP", "XYZ"):
        atoms = helix()
        atoms[1].res, atoms[1].het = name, True
        table.both(row, f"{name} in a chain", atoms, ca=3, trace=[a.xyz for a in atoms])
    table.both(row, "a ligand with a CA of its own", helix() + [Atom("CA", "PLM", 201, (60, 10, 10), "C", het=True)], ca=3)
    table.both(row, "selenium without element", helix() + [Atom("SE", "MSE", 2, (13.8, 13, 10), "", het=True, column="SE  ")], ca=3, atoms=4)
    table.both(row, "an ion beside the chain", helix() + [Atom("CA", "CA", 301, (21.4, 10, 10), "Ca", het=True)], ca=3)


def nucleic(table):
    row = "nucleic acids"
    def strand(n, names=("DA", "DC"), **more):
        return [Atom(name, names[i % 2], i + 1, (10 + 6.5 * i, y, 30), element, chain="N", **more) for i in range(n)
                for name, element, y in (("P", "P", 10), ("C4'", "C", 13), ("O5'", "O", 11))]
    for names in (("DA", "DC"), ("A", "U")):
        table.both(row, f"{names[0]} and {names[1]}", strand(3, names), p=3, ca=0, chains=1)
        table.both(row, f"{names[0]} and {names[1]} beside a protein", helix() + strand(3, names), p=3, ca=3, chains=2)
        table.both(row, f"{names[0]} and {names[1]}, the first without P", [a for a in strand(3, names) if (a.seq, a.name) != (1, "P")], p=2)
    table.both(row, "a modified one in a strand", [a if a.seq != 2 else Atom(a.name, "5MU", 2, a.xyz, a.element, "N", het=True) for a in strand(3, ("A", "U"))], p=3)
    table.both(row, "a phosphate ion", helix() + [Atom("P", "PO4", 401, (60, 60, 60), "P", het=True)], p=0, ca=3)
    table.both(row, "old names with a star", [Atom(a.name.replace("'", "*"), a.res, a.seq, a.xyz, a.element, "N") for a in strand(2)], p=2)


def mmcif(table):
    row, atoms = "mmCIF", helix()
    table.good(row, "label and auth ids that differ", cif([], rows=[[*a.cif(1)[:6], "LBL", *a.cif(1)[7:15], "77", "Auth", "1"] for a in atoms[:1]]), ".cif", (), [atoms[0].xyz],
               atoms=1, chains=1)
    table.good(row, "quotes and text fields", cif([], after="ATOM 1 'C' \"CA\" . 'ALA' \"A\" 1\n;1\n;\n? 1 2 3 1 20 1 'A' 1\n"), ".cif", (), [(1, 2, 3)], atoms=1)
    table.good(row, "O5' in quotes", cif([Atom("O5'", "DA", element="O"), Atom("P", "DA", element="P")]), ".cif", (), None, atoms=2, p=1)
    for column in CIF_COLUMNS:
        if column.startswith("Cartn"):
            table.bad(row, f"without {column}", cif(atoms, without=(column,)), ".cif", "atoms", "needs")
        elif column not in ("label_atom_id", "label_comp_id"):
            table.good(row, f"without {column}", cif(atoms, without=(column,)), ".cif", (), None, atoms=3)
    table.good(row, "comments and blank lines", b"# x\n\n" + cif(atoms, after="# end\n\n# more\n"), ".cif", (), None, atoms=3)
    table.good(row, "a byte order mark", b"\xef\xbb\xbf" + cif(atoms), ".cif", (), None, atoms=3)
    table.good(row, "capitals", cif(atoms).replace(b"loop_", b"LOOP_").replace(b"data_", b"DATA_").replace(b"_atom_site.Cartn", b"_ATOM_SITE.cartn"), ".cif", (), None, atoms=3)
    table.good(row, "a second block", b"data_first\n_cell.length_a 1\n" + cif(atoms), ".cif", (), None, atoms=3)
    table.good(row, "one atom without a loop", b"data_x\n" + "".join(
        f"_atom_site.{c} {w}\n" for c, w in zip(CIF_COLUMNS, atoms[0].cif(1))).encode(), ".cif", (), [atoms[0].xyz], atoms=1)
    table.bad(row, "a row with a value too few", cif(atoms).replace(b" 20.00 2 A 1\n", b" 20.00 2 A\n"), ".cif", "line")
    table.bad(row, "a row with a value too many", cif(atoms).replace(b" 20.00 2 A 1\n", b" 20.00 2 A 1 1\n"), ".cif", "line")
    # two tables, or files, that were put one behind the other: half of the atoms would be lost without a word
    head = cif([], before="").removesuffix(b"#\n")
    table.bad(row, "a table whose head stands again after some rows", cif(atoms, after="") + head + cif(helix(), before="").removeprefix(head), ".cif", "line 25",
              "duplicate", "_atom_site")
    table.bad(row, "a column that stands twice in the head", cif(atoms).replace(b"_atom_site.Cartn_y\n", b"_atom_site.Cartn_x\n"), ".cif", "line", "duplicate",
              "_atom_site.Cartn_x")
    table.bad(row, "a block whose name stands twice", cif(atoms) * 2, ".cif", "cannot be read: duplicate", "9XYZ")
    table.bad(row, "a quote that is not closed", cif(atoms).replace(b"ALA", b"'ALA", 1), ".cif", "line")
    table.bad(row, "a text field that is not closed", cif(atoms, after="_x.y\n;text\n"), ".cif", "line")


def refusals(table):
    row, whole = "zero atoms, HTML, truncated", pdb(helix())
    for suffix in (".pdb", ".cif"):
        for name, content, words in (("an empty file", b"", ["empty"]), ("blanks", b" \n\n", ["blank"]), ("HTML", b"<!DOCTYPE html><html></html>", ["HTML"]),
                                     ("XML", b"<?xml version='1.0'?><a/>", ["XML"]), ("JSON", b'{"a": 1}', ["JSON"]), ("words", b"hello\n", ["atoms", "0"]),
                                     ("zeros", bytes(300), ["binary"]), ("gzip of HTML", gzip.compress(b"<html></html>"), ["HTML"])):
            table.bad(row, f"{name} called {suffix}", content, suffix, *words)
        packed = gzip.compress(whole if suffix == ".pdb" else cif(helix()))
        for cut in (1, 8, 30):
            table.bad(row, f"{cut} bytes short of gzip, {suffix}", packed[:-cut], suffix + ".gz", "gzip", "needs")
        table.bad(row, f"a wrong checksum, {suffix}", packed[:-6] + bytes([packed[-6] ^ 255]) + packed[-5:], suffix + ".gz", "gzip")
        table.good(row, f"whole in gzip, {suffix}", packed, suffix + ".gz", (), None, atoms=3)
    table.bad(row, "records without atoms, PDB", b"HEADER    X\nREMARK   2\nEND\n", ".pdb", "atoms", "0")
    table.bad(row, "a table without rows, mmCIF", b"data_x\n_cell.length_a 10\n", ".cif", "atoms", "0")
    for cut in (27, 45, 70):
        table.bad(row, f"cut {cut} columns before the end of the last atom, PDB", whole[:-5 - cut], ".pdb", "cut short")
    table.good(row, "no END record, PDB", whole[:-4], ".pdb", [["END"]], None, atoms=3)
    text = cif(helix())
    table.bad(row, "cut in the last row, mmCIF", text[:-20], ".cif", "line")
    table.bad(row, "cut in the names of columns, mmCIF", text[:200], ".cif", "needs")


def symmetry(table):
    row = "symmetry"
    rows = ("REMARK 350   BIOMT1   1  1.000000  0.000000  0.000000        0.00000            \n"
            "REMARK 350   BIOMT2   1  0.000000  1.000000  0.000000        0.00000            \n"
            "REMARK 350   BIOMT3   1  0.000000  0.000000  1.000000        0.00000            \n")
    table.good(row, "the identity alone, PDB", pdb(helix(), before=rows), ".pdb", (), None, atoms=3)
    for at, number in ((24, " -1.0"), (58, " 31.5")):
        second = rows.replace("BIOMT1   1", "BIOMT1   2")
        lines = second.splitlines()
        lines[0] = lines[0][:at] + number + lines[0][at + len(number):]
        table.good(row, f"another copy ({number.strip()}), PDB", pdb(helix(), before=rows + "\n".join(lines) + "\n"), ".pdb", [["symmetry", "not applied"]], None, atoms=3)
    operators = "loop_\n_pdbx_struct_oper_list.id\n_pdbx_struct_oper_list.type\n1 'identity operation'\n"
    table.good(row, "the identity alone, mmCIF", cif(helix(), before="data_x\n" + operators), ".cif", (), None, atoms=3)
    table.good(row, "another copy, mmCIF", cif(helix(), before="data_x\n" + operators + "2 'crystal symmetry operation'\n"), ".cif", [["symmetry", "not applied"]], None,
               atoms=3)


def all_cases():
    table = Models()
    for part in (carbon_or_calcium, alternatives, numbers, serials, coordinates, models, left_out, modified, nucleic, mmcif, refusals, symmetry):
        part(table)
    return table
