"""What a comparison is made of, by gemmi's reading of a model and SciPy's assignment."""
import gemmi
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist


def assign(points, nodes, cutoff):
    """Most pairs, then least squares: node of each point or -1."""
    cost = cdist(points, nodes) ** 2
    i, j = linear_sum_assignment(np.where(cost <= cutoff ** 2, cost, (min(cost.shape) + 1) * cutoff ** 2))
    near = cost[i, j] <= cutoff ** 2
    match = np.full(len(points), -1)
    match[i[near]] = j[near]
    return match, np.sqrt(cost[i, j][near])


def best_location(atoms):
    return max(atoms, key=lambda a: a.occ)  # the first of those that are equal


def trace_and_atoms(model, na_atom="P"):
    """By gemmi's own reading: one trace atom a place in the chain, and the atoms that are compared, with the chain of each."""
    trace, atoms, chains = {}, [], []
    for chain in model:
        for residue in chain:
            if residue.is_water():
                continue
            name = na_atom if residue.find_atom("C1'", "*") else "CA"
            polymer = name != "CA" or gemmi.find_tabulated_residue(residue.name).is_amino_acid()  # a fatty acid has an atom CA too
            found = [a for a in residue if polymer and a.name == name and a.element.name == name[0]]
            key = (chain.name, residue.seqid.num, residue.seqid.icode)
            if found and (key not in trace or best_location(found).occ > trace[key].occ):
                trace[key] = best_location(found)
            for atom in {a.name for a in residue if not a.is_hydrogen()}:
                atoms.append(best_location([a for a in residue if a.name == atom]))
                chains.append(chain.name)
    return trace, np.array([a.pos.tolist() for a in atoms]), np.array(chains)


def distances(points, nodes, cutoff):
    match, found = assign(points, nodes, cutoff)
    d = np.full(len(points), np.nan)
    d[match >= 0] = found
    return match, d
