"""What all figures ever published, added to and taken from each other in any way, would tell of a few.

A figure is a sum over the people of its cell, so all that was ever published is a system of linear equations between
what each person contributes. Somebody hides among `floor` people when in every sum of contributions that follows from
the equations and that theirs is in, the others weigh `floor - 1` or more (each as much as it counts). By the duality of
linear programmes that is so when theirs can be another by that much, nobody else's by more than one, and every figure
the same: one linear programme for each person, or for several whom no figure tells apart.

It is the feasible interval by which hidden counts are audited, taken of contributions: Castro, "Recent advances in
optimization techniques for statistical tabular data protection", European Journal of Operational Research 216 (2012).
"""

import numpy as np
import polars as pl
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_array

from transforms.disclosure.changed import CELL, Published
from transforms.disclosure.equations import MANY, System, systems

_ROUNDING = 1e-6


def told_combined(
    anew: pl.DataFrame, published: Published, numbers: pl.DataFrame, lies_in: pl.DataFrame, floor: int
) -> pl.DataFrame:
    """Of the cells to be made anew those that must stand, lest all figures together tell of fewer than `floor`.

    `anew`: the columns of a cell, and `changed`, how many changed in it since it was last made so. `numbers`: of all
    cells, hidden ones too, how many contribute tonight (`number`). `lies_in`: by `margins.inside`.
    """
    found, known = [anew.select(CELL).clear()], dict[bytes, list[int]]()
    for cells, system in systems(anew, published, numbers, lies_in):
        if system.key not in known:
            known[system.key] = must_stand(system, cells["changed"].to_numpy(), floor)
        found.append(cells.select(CELL)[known[system.key]])
    return pl.concat(found)


def must_stand(system: System, changed: np.ndarray, floor: int) -> list[int]:
    """The cells, by their place, that must stand for everybody to hide among enough."""
    stand: list[int] = []
    for kind in np.flatnonzero(system.people < floor):
        while blamed := _blamed(system, int(kind), floor):
            fewest = min(blamed, key=lambda cells: (changed[cells].max(), tuple(cells)))
            stand += fewest.tolist()
            system = system.without(fewest)
    return stand


def _blamed(system: System, kind: int, floor: int) -> list[np.ndarray]:
    """Tonight's cells that leave those of a kind too little to hide among; none where they have enough.

    Cells of which the same is told tonight are blamed together. Where earlier figures leave too little without
    tonight's, nothing is to be blamed.
    """
    wanted = floor - float(system.people[kind])
    equations, rows = system.different
    solved = _moved(equations, system.people, kind, wanted)
    if -solved.fun >= wanted - _ROUNDING:
        return []
    used = np.flatnonzero(np.abs(solved.eqlin.marginals) > _ROUNDING)
    cells = [np.unique(system.tonight[rows[each]]) for each in used]
    return [each for each in cells if each[0] >= 0]


def _moved(equations: csr_array, people: np.ndarray, kind: int, most: float) -> OptimizeResult:
    """How far, up to `most`, those of a kind can contribute otherwise without any figure being another."""
    room = np.minimum(people.astype(float), float(MANY))
    low, high = -room, room.copy()
    low[kind], high[kind] = 0.0, most
    wanted = np.zeros(len(room))
    wanted[kind] = -1.0
    zeros, bounds = np.zeros(equations.shape[0]), np.column_stack([low, high])
    # Presolving takes longer than it saves: what it would find is found once, for all kinds.
    how = {"method": "highs", "options": {"presolve": False}}
    solved = linprog(wanted, A_eq=equations, b_eq=zeros, bounds=bounds, **how)
    if solved.status != 0:
        raise AssertionError(f"nothing moved is always possible: {solved.message}")
    return solved
