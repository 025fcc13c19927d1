"""Money within an arm: medians of levels and of changes, for every cell of a breakdown at once."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.estimators import quantile, student, weighted_quantile
from transforms.estimators.layout import Layout


@dataclass(frozen=True)
class Sample:
    """A money indicator's values over the people (NaN unknown), with an order that sorts the known ones.

    `weights`: what each stands for, where answers are weighted.
    """

    values: NDArray[np.float64]
    order: NDArray[np.int64]
    weights: NDArray[np.float64] | None = None


def sample(values: pl.Series, weights: pl.Series | None = None) -> Sample:
    """The values of one indicator at one round; null is unknown. Sorted once for all breakdowns."""
    if weights is not None:
        values = values.set(weights.is_null(), None)
    numbers = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    order = np.argsort(numbers, kind="stable")
    known = order[: int((~np.isnan(numbers)).sum())].astype(np.int64)
    return Sample(numbers, known, None if weights is None else weights.fill_null(0.0).to_numpy())


def medians(
    name: str, values: Sample, row_of_person: NDArray[np.int64], asked: pl.DataFrame, layout: Layout, what: str
) -> pl.DataFrame:
    """One row per cell: the median, its interval and test, by `quantile`. `asked`: `cell, population`."""
    of_person, rows = layout.of_people(row_of_person)
    ordered = quantile.ordered(values.values, of_person, rows, values.order, values.weights)
    weighted = values.weights is not None
    found = (weighted_quantile if weighted else quantile).medians(ordered, rows, clustered=layout.clustered)
    t = student.quantile(student.TAIL, found["df"].fill_null(float("nan")).to_numpy())
    power = student.quantile(student.POWER, found["df"].fill_null(float("nan")).to_numpy())
    detectable = (pl.Series(t + power) * found["standard_error"]).fill_nan(None)
    method = f"{what}_woodruff_cr2" if layout.clustered else f"{what}_{'woodruff' if weighted else 'order_statistic'}"
    return (
        layout.cells.select(pl.col("cell"))
        .hstack(found)
        .with_columns(indicator=pl.lit(name), method=pl.lit(method), smallest_detectable=detectable)
        .join(asked, on="cell", how="left", maintain_order="left")
    )
