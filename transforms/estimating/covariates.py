"""What was known of everybody at the registration: the covariates by which answers are weighted and compared."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

UNKNOWN = "unknown"
"""The category of who gave none."""


@dataclass(frozen=True)
class Covariates:
    """One row a participant, row for row with the cohort's people. `frame`: amounts as floats, the rest as texts."""

    frame: pl.DataFrame

    @property
    def amounts(self) -> list[str]:
        """The covariates that are amounts."""
        return [name for name, dtype in self.frame.schema.items() if dtype == pl.Float64]

    @property
    def categories(self) -> list[str]:
        """The covariates that are categories; null is unknown."""
        return [name for name, dtype in self.frame.schema.items() if dtype == pl.String]


def covariates(baseline: pl.DataFrame, names: tuple[str, ...]) -> Covariates:
    """The covariates of these names, from the responses at the baseline."""
    dtypes = {name: pl.Float64 if baseline.schema[name].is_numeric() else pl.String for name in names}
    return Covariates(baseline.select(pl.col(name).cast(dtype) for name, dtype in dtypes.items()))


def patterns(people: pl.DataFrame) -> tuple[NDArray[np.float64], pl.Series]:
    """The terms of a logit, one row a different pattern of covariates, and each person's pattern.

    A category has a dummy, but for its largest; the unknown are one. An amount enters by its rank among these people
    (0 to 1), so that neither its unit nor its largest values decide; the unknown stand in the middle and have a dummy.
    """
    ranked = people.with_columns(
        ((pl.col(pl.Float64).rank("average") - 0.5) / pl.col(pl.Float64).count()),
        pl.col(pl.String).fill_null(UNKNOWN),
    )
    if not ranked.columns:
        return np.ones((1, 1)), pl.repeat(0, people.height, dtype=pl.Int64, eager=True)
    different = ranked.unique().sort(pl.all()).with_row_index("pattern")
    placed = ranked.join(different, on=ranked.columns, how="left", nulls_equal=True, maintain_order="left")
    columns = [np.ones(different.height)]
    for name, dtype in ranked.schema.items():
        columns += _ranks(different[name]) if dtype == pl.Float64 else _dummies(different[name], ranked[name])
    return np.column_stack(columns), placed["pattern"].cast(pl.Int64)


def _ranks(ranks: pl.Series) -> list[NDArray[np.float64]]:
    unknown = [ranks.is_null().cast(pl.Float64).to_numpy()] if ranks.null_count() else []
    return [ranks.fill_null(0.5).to_numpy(), *unknown]


def _dummies(values: pl.Series, everybody: pl.Series) -> list[NDArray[np.float64]]:
    by_size = everybody.value_counts().sort(["count", everybody.name], descending=[True, False])[everybody.name]
    return [(values == each).cast(pl.Float64).to_numpy() for each in by_size[1:]]
