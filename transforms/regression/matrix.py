"""The matrix of a regression: effects that are absorbed, terms and covariates as columns of numbers.

A categorical column is one column of 0 and 1 for each of its values but the first. Of the effects to absorb, the one of
the most groups is taken out by demeaning (Frisch and Waugh 1933; Lovell 1963) and the others are columns, which is
exact for any pattern of gaps. They stand before the terms, so that a term which they determine is the one left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CONSTANT = "constant"


@dataclass(frozen=True)
class Matrix:
    """N rows: `x` (N x K) with the names of its columns, `y`, `weights` that average 1, and the groups (0, 1, ...).

    The first `nuisance` columns of x are effects. `absorbed`: the group of each row whose mean is taken out of x and y.
    `by`: the groups of every effect, the most first. `clusters`: each row its own where none are declared.
    """

    names: tuple[str, ...]
    x: Floats
    y: Floats
    weights: Floats
    clusters: Integers
    absorbed: Integers | None
    nuisance: int
    by: tuple[Integers, ...]

    @property
    def effects(self) -> int:
        """How many groups are absorbed by demeaning."""
        return 0 if self.absorbed is None else int(self.absorbed.max()) + 1

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return int(self.clusters.max()) + 1


def matrix(
    rows: pl.DataFrame,
    outcome: str,
    terms: Sequence[str],
    categorical: Sequence[str] = (),
    absorb: Sequence[str] = (),
    cluster: str | None = None,
    weight: str | None = None,
    *,
    demean: bool = True,
) -> Matrix:
    """The regression of `outcome` on `terms`, `categorical` columns and effects, on rows without an unknown.

    The rows must not be empty. A constant is added where nothing is demeaned; without `demean` every effect is columns.
    """
    by_size = sorted(absorb, key=lambda name: (-rows[name].n_unique(), absorb.index(name)))
    largest, others = (by_size[:1], by_size[1:]) if demean else ([], by_size)
    columns = {} if largest else {CONSTANT: np.ones(rows.height)}
    for name in others:
        columns |= _indicators(rows[name])
    nuisance = len(columns) if absorb else 0
    columns |= {name: _floats(rows[name]) for name in terms}
    for name in categorical:
        columns |= _indicators(rows[name])
    return Matrix(
        names=tuple(columns),
        x=np.column_stack([*columns.values()]) if columns else np.empty((rows.height, 0)),
        y=_floats(rows[outcome]),
        weights=_relative(_floats(rows[weight])) if weight else np.ones(rows.height),
        clusters=groups(rows[cluster]) if cluster else np.arange(rows.height),
        absorbed=groups(rows[largest[0]]) if largest else None,
        nuisance=nuisance,
        by=tuple(groups(rows[name]) for name in by_size),
    )


def demeaned(values: Floats, groups: Integers, weights: Floats) -> Floats:
    """Each column less its weighted mean in the row's group."""
    totals = np.bincount(groups, weights=weights)
    columns = values if values.ndim == 2 else values[:, None]
    found = np.empty_like(columns)
    for place, column in enumerate(columns.T):
        found[:, place] = column - (np.bincount(groups, weights=weights * column) / totals)[groups]
    return found.reshape(values.shape)


def without_singletons(rows: pl.DataFrame, effects: Sequence[str]) -> pl.DataFrame:
    """The rows without those alone in a group of any effect, which tell nothing, until none is alone."""
    alone = pl.any_horizontal(pl.len().over(name) == 1 for name in effects)
    left = rows.filter(~alone)
    return left if left.height == rows.height else without_singletons(left, effects)


def groups(column: pl.Series) -> Integers:
    """The number 0, 1, ... of each row's value; in the order of the values."""
    return column.rank("dense").cast(pl.Int64).to_numpy() - 1


def _floats(column: pl.Series) -> Floats:
    return column.cast(pl.Float64).to_numpy()


def _relative(weights: Floats) -> Floats:
    found: Floats = weights / weights.mean()
    return found


def _indicators(column: pl.Series) -> dict[str, Floats]:
    values = column.unique().sort().to_list()[1:]
    return {f"{column.name}={value}": _floats(column == value) for value in values}
