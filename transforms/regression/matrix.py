"""The matrix of a regression: effects that are absorbed, terms and covariates as columns of numbers.

A categorical column is one column of 0 and 1 for each of its values but the first. Effects are absorbed (`absorbing`)
or columns: these stand before the terms, so that a term which they determine is the one left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from transforms.regression.absorbing import Floats, Integers

Absorbed = Literal["all", "largest", "none"]
"""Which effects are absorbed; the others are columns, as leverage needs them."""

CONSTANT = "constant"


@dataclass(frozen=True)
class Matrix:
    """N rows: `x` (N x K) with the names of its columns, `y`, `weights` that average 1, and the groups (0, 1, ...).

    The first `nuisance` columns of x are effects. `by`: the groups of every effect, the most first, of which the first
    `absorbed` are no columns. `clusters`: each row its own where none are declared.
    """

    names: tuple[str, ...]
    x: Floats
    y: Floats
    weights: Floats
    clusters: Integers
    by: tuple[Integers, ...]
    absorbed: int
    nuisance: int

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
    absorbed: Absorbed = "all",
) -> Matrix:
    """The regression of `outcome` on `terms`, `categorical` columns and effects, on rows without an unknown.

    The rows must not be empty. A constant is added where nothing is absorbed.
    """
    by_size = sorted(absorb, key=lambda name: (-rows[name].n_unique(), absorb.index(name)))
    taken = by_size[: {"all": len(by_size), "largest": 1, "none": 0}[absorbed]]
    columns = {} if taken else {CONSTANT: np.ones(rows.height)}
    for name in by_size[len(taken) :]:
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
        by=tuple(groups(rows[name]) for name in by_size),
        absorbed=len(taken),
        nuisance=nuisance,
    )


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
