"""Between which bounds hidden counts lie, given all that is shown: what somebody with every table can work out.

Only the sums that hold a hidden cell say anything, and sums without a hidden cell in common say nothing of each other's
cells. Where such sums and cells hang together without a ring (cells as nodes, sums as nodes, one edge for each cell in
a sum), narrowing each cell's interval by each sum in turn until nothing narrows gives the exact bounds: leaf by leaf a
sum passes on all it says of its one cell towards the rest, and every value left in an interval can be extended to the
whole tree, since what each branch allows of its cell is an interval by itself. Groups within areas within regions
make no rings. Arms within groups do: those are left to a linear programme (HiGHS), two for each cell.
"""

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

MOST_OF_ALL = 1e9
"""More people than there are."""
_ROUNDS = 100


def bounds(sums: pl.DataFrame) -> pl.DataFrame:
    """One row per hidden cell that is in a sum: `cell, row, number, least, most`. `sums`: by `margins.memberships`.

    A part without a row is a cell too; its name is below zero.
    """
    nameless = -pl.col("equation").cast(pl.Int64) - 1
    hidden = sums.filter("hidden").with_columns(cell=pl.coalesce(pl.col("cell").cast(pl.Int64), nameless))
    cells = hidden.unique("cell", keep="first", maintain_order=True).select("cell", "row", "number")
    if cells.is_empty():
        return cells.with_columns(least=pl.lit(0.0), most=pl.lit(0.0))
    places = cells.select("cell").with_row_index("variable")
    placed = hidden.join(places, on="cell", how="left", maintain_order="left")
    variable = placed["variable"].to_numpy().astype(np.int64)
    equation = placed["equation"].rank("dense").to_numpy().astype(np.int64) - 1
    sign = np.where(placed["whole"].to_numpy(), -1.0, 1.0)
    constant = np.bincount(equation, sign * placed["number"].to_numpy().astype(float))
    least, most = _narrowed(variable, equation, sign, constant, cells.height)
    for rings in _with_rings(variable, equation, cells.height, constant.size):
        _solved(rings, variable, equation, sign, constant, least, most)
    return cells.with_columns(least=pl.Series(least), most=pl.Series(most))


def _narrowed(
    variable: np.ndarray, equation: np.ndarray, sign: np.ndarray, constant: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """The intervals once no sum narrows any further."""
    least, most = np.zeros(count), np.full(count, MOST_OF_ALL)
    for _ in range(_ROUNDS):
        low = np.where(sign > 0, least[variable], -most[variable])
        high = np.where(sign > 0, most[variable], -least[variable])
        all_low, all_high = np.bincount(equation, low), np.bincount(equation, high)
        up_to = (constant - all_low)[equation] + low
        from_on = (constant - all_high)[equation] + high
        narrower_least, narrower_most = least.copy(), most.copy()
        np.maximum.at(narrower_least, variable, np.where(sign > 0, from_on, -up_to))
        np.minimum.at(narrower_most, variable, np.where(sign > 0, up_to, -from_on))
        if np.array_equal(narrower_least, least) and np.array_equal(narrower_most, most):
            break
        least, most = narrower_least, narrower_most
    return least, most


def _with_rings(variable: np.ndarray, equation: np.ndarray, cells: int, sums: int) -> list[np.ndarray]:
    """The cells of each part that hangs together and has a ring: as many edges as nodes, or more."""
    size = cells + sums
    graph = coo_array((np.ones(variable.size), (variable, cells + equation)), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    nodes, edges = np.bincount(part), np.bincount(part[variable], minlength=part.max() + 1)
    return [np.flatnonzero(part[:cells] == each) for each in np.flatnonzero(edges >= nodes)]


def _solved(
    cells: np.ndarray,
    variable: np.ndarray,
    equation: np.ndarray,
    sign: np.ndarray,
    constant: np.ndarray,
    least: np.ndarray,
    most: np.ndarray,
) -> None:
    """Puts the exact bounds of these cells in place."""
    inside = np.isin(variable, cells)
    rows, row = np.unique(equation[inside], return_inverse=True)
    column = np.searchsorted(cells, variable[inside])
    matrix = coo_array((sign[inside], (row, column)), shape=(rows.size, cells.size)).tocsr()
    limits = np.column_stack([least[cells], most[cells]])
    for place, cell in enumerate(cells):
        for direction, bound in ((1.0, least), (-1.0, most)):
            aim = np.zeros(cells.size)
            aim[place] = direction
            found = linprog(aim, A_eq=matrix, b_eq=constant[rows], bounds=limits, method="highs")
            if found.status != 0:
                raise ValueError(f"Bounds of hidden counts were not found: {found.message}")
            bound[cell] = direction * found.fun
