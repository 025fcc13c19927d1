"""The mean of a cell, with a variance that lets units of one cluster go together (CR2)."""

import polars as pl

from transforms.estimators.cluster_robust import Linearised, number, one_sample, total
from transforms.estimators.student import Inference, inference

SUMS = ("n", "sum", "squares")
"""What is summed per cluster: known values, their sum, the sum of their squares."""


def sums(prefix: str, value: pl.Expr) -> list[pl.Expr]:
    """The aggregations `PREFIX.n`, `PREFIX.sum`, `PREFIX.squares` of a value; null is unknown."""
    return [
        value.count().cast(pl.Float64).alias(f"{prefix}.n"),
        value.sum().alias(f"{prefix}.sum"),
        (value * value).sum().alias(f"{prefix}.squares"),
    ]


def linearised(prefix: str) -> Linearised:
    """The mean of the columns `PREFIX.n`, `PREFIX.sum`, `PREFIX.squares` (see `sums`) over each cell."""
    n, value, squares = (number(f"{prefix}.{part}") for part in SUMS)
    units = total(f"{prefix}.n")
    mean = total(f"{prefix}.sum") / units
    centred = squares - 2 * mean * value + n * mean**2
    return Linearised(
        value=mean,
        units=n,
        influence=(value - n * mean) / units,
        leverage=n / units,
        # What is left when equal values are taken from each other is rounding, not variance.
        squares=pl.when(centred > 1e-12 * squares).then(centred).otherwise(0.0) / units**2,
        concentration=n / units**2,
    )


def mean(values: pl.Series, clusters: pl.Series) -> Inference:
    """The mean of one sample with CR2 standard error and Satterthwaite's degrees of freedom.

    `values` and `clusters`: one entry a unit. Unknown values are left out.
    """
    units = pl.DataFrame({"cluster": clusters, "value": values.cast(pl.Float64)})
    rows = units.group_by("cluster").agg(sums("y", pl.col("value"))).with_columns(cell=pl.lit(0))
    result = one_sample(rows, "cell", {"y": linearised("y")}, clustered=True)
    return inference(
        result.select(value="y.value", standard_error=pl.col("y.variance").sqrt(), df="y.df"),
    )
