"""Between which bounds hidden counts lie, given all that is shown: what somebody with every table can work out.

Only the sums that hold a hidden cell say anything, and sums without a hidden cell in common say nothing of each other's
cells. Where such sums and cells hang together without a ring (cells as nodes, sums as nodes, one edge for each cell in
a sum), narrowing each cell's interval by each sum in turn until nothing narrows gives the exact bounds: leaf by leaf a
sum passes on all it says of its one cell towards the rest, and every value left in an interval can be extended to the
whole tree, since what each branch allows of its cell is an interval by itself. Groups within areas within regions
make no rings. Arms within groups do: those are left to linear programmes (HiGHS).

Whether a cell is open by enough takes no programme of its own where two solutions are that far apart in it: solutions
that make many cells large or small at once, by weights drawn at random, prove most of them. The rest get two each.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

NARROWEST = 5
"""A hidden count must be open between at least this many values above its least one."""
MOST_OF_ALL = 1e9
"""More people than there are."""
ROUNDING = 1e-6
"""What a linear programme may be off by."""
_ROUNDS = 100
_IN_VAIN = 2
"""After how many tries of many cells at once that proved few each is tried by itself."""
_WORTHWHILE = 0.8
_Ends = tuple[np.ndarray, np.ndarray]
"""The least and the most of each cell."""


@dataclass(frozen=True)
class _Linear:
    """Sums of unknown cells: one entry per cell in a sum, by sum what its cells come to, by cell its true number."""

    variable: np.ndarray
    equation: np.ndarray
    sign: np.ndarray
    constant: np.ndarray
    number: np.ndarray


def open_enough(floor: int) -> int:
    """By how much a hidden count under the floor must be open: by less than five only where the floor leaves less."""
    return min(NARROWEST, floor - 1)


def bounds(sums: pl.DataFrame, floor: float = math.inf, enough: float = math.inf) -> pl.DataFrame:
    """One row per hidden cell that is in a sum: `cell, row, number, least, most`. `sums`: by `margins.memberships`.

    The bounds are exact, but for cells of `floor` people or more, whose may be wider, and for cells that are open by
    `enough`, of which it is told that they are. A part without a row is a cell too; its name is below zero.
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
    linear = _Linear(variable, equation, sign, constant, cells["number"].to_numpy().astype(float))
    least, most = _narrowed(linear, cells.height)
    wanted = (cells["number"] < floor).to_numpy() & (most > least)
    rings = [ring for ring in _with_rings(linear, cells.height) if wanted[ring].any()]
    low, high = linear.number.copy(), linear.number.copy()
    if rings and enough < math.inf:
        _many_at_once(np.concatenate(rings), linear, (least, most), (low, high), wanted, enough)
    for ring in rings:
        _one_by_one(ring, linear, (least, most), (low, high), wanted, enough)
    return cells.with_columns(least=pl.Series(least), most=pl.Series(most))


def _narrowed(linear: _Linear, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The intervals once no sum narrows any further."""
    variable, equation, sign, constant = linear.variable, linear.equation, linear.sign, linear.constant
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


def _with_rings(linear: _Linear, cells: int) -> list[np.ndarray]:
    """The cells of each part that hangs together and has a ring: as many edges as nodes, or more."""
    size = cells + linear.constant.size
    edge = (linear.variable, cells + linear.equation)
    _, part = connected_components(coo_array((np.ones(linear.variable.size), edge), shape=(size, size)), directed=False)
    nodes, edges = np.bincount(part), np.bincount(part[linear.variable], minlength=part.max() + 1)
    order = np.argsort(part[:cells], kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(part[:cells], minlength=nodes.size))[:-1])
    return [parts[each] for each in np.flatnonzero(edges >= nodes)]


def _many_at_once(
    cells: np.ndarray, linear: _Linear, within: _Ends, reached: _Ends, wanted: np.ndarray, enough: float
) -> None:
    """Puts in place how low and high these cells can be seen to go, all moved at once."""
    # None goes further than it must to be open by enough: else a few would take all there is, and prove nothing else.
    least, most = within
    fewest = np.where(wanted, np.maximum(least, linear.number - enough), least)
    best = _programme(cells, linear, (fewest, np.where(wanted, np.minimum(most, linear.number + enough), most)))
    random, vain, (low, high) = np.random.default_rng(0), 0, reached
    theirs = cells[wanted[cells]]
    while vain < _IN_VAIN:
        open_yet = wanted[cells] & (high[cells] - low[cells] < enough)
        count = int(open_yet.sum())
        if count == 0:
            break
        aim = np.where(open_yet, random.standard_normal(cells.size), 0.0)
        for found in (best(aim), best(-aim)):
            low[cells], high[cells] = np.minimum(low[cells], found), np.maximum(high[cells], found)
        vain += int(np.sum(high[theirs] - low[theirs] < enough) > _WORTHWHILE * count)


def _one_by_one(
    cells: np.ndarray, linear: _Linear, within: _Ends, reached: _Ends, wanted: np.ndarray, enough: float
) -> None:
    """Puts the bounds of these cells in place."""
    (least, most), (low, high) = within, reached
    best = None
    for place in np.flatnonzero(wanted[cells]):
        cell = cells[place]
        for direction in (1.0, -1.0):
            if high[cell] - low[cell] < enough:
                best = best or _programme(cells, linear, within)
                aim = np.zeros(cells.size)
                aim[place] = direction
                found = best(aim)  # what it says of the other cells may save programmes of their own
                low[cells], high[cells] = np.minimum(low[cells], found), np.maximum(high[cells], found)
    done = cells[wanted[cells]]
    least[done], most[done] = low[done], high[done]


def _programme(cells: np.ndarray, linear: _Linear, within: _Ends) -> Callable[[np.ndarray], np.ndarray]:
    """A function that gives the values of these cells at which an aim, one weight a cell, is least."""
    cells_in_order = np.argsort(cells)
    inside = np.isin(linear.variable, cells)
    rows, row = np.unique(linear.equation[inside], return_inverse=True)
    column = cells_in_order[np.searchsorted(cells, linear.variable[inside], sorter=cells_in_order)]
    matrix = coo_array((linear.sign[inside], (row, column)), shape=(rows.size, cells.size)).tocsr()
    limits = np.column_stack([each[cells] for each in within])

    def best(aim: np.ndarray) -> np.ndarray:
        found = linprog(aim, A_eq=matrix, b_eq=linear.constant[rows], bounds=limits, method="highs")
        if found.status != 0:
            raise ValueError(f"Bounds of hidden counts were not found: {found.message}")
        return np.asarray(found.x)

    return best
