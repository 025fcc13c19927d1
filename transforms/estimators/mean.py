"""The mean of a cell, with a variance that lets units of one cluster go together (CR2)."""

import polars as pl

from transforms.estimators.cluster_robust import Linearised, number, one_sample, total
from transforms.estimators.student import Inference, inference
from transforms.estimators.terms import added

SUMS = ("n", "sum", "squares")
"""What is summed per cluster: known values, their sum, the sum of their squares."""


def terms(prefix: str, value: pl.Expr) -> list[pl.Expr]:
    """The terms `PREFIX.n`, `PREFIX.sum`, `PREFIX.squares` of a value; null is unknown."""
    return [
        value.is_not_null().alias(f"{prefix}.n"),
        value.alias(f"{prefix}.sum"),
        (value * value).alias(f"{prefix}.squares"),
    ]


def weighted_terms(prefix: str, value: pl.Expr, weight: pl.Expr) -> list[pl.Expr]:
    """The terms of a weighted value: `.n`, `.w`, `.sum` (w y), their squares and product, and `.plain` (y).

    Null is unknown; so is the value of a unit without a weight.
    """
    known = value.is_not_null() & weight.is_not_null()
    w, y = pl.when(known).then(weight), pl.when(known).then(weight * value)
    return [
        known.alias(f"{prefix}.n"),
        w.alias(f"{prefix}.w"),
        (w * w).alias(f"{prefix}.w.w"),
        y.alias(f"{prefix}.sum"),
        (y * y).alias(f"{prefix}.squares"),
        (y * w).alias(f"{prefix}.sum.w"),
        pl.when(known).then(value).alias(f"{prefix}.plain"),
    ]


def _weighted(prefix: str) -> Linearised:
    """A cluster's leverage is its share of the weight: CR2 is then that of weighted least squares on a constant, with
    the working model 1 / w (Pustejovsky and Tipton 2018)."""
    n, w, ww, value, squares, product = (
        number(f"{prefix}.{part}") for part in ("n", "w", "w.w", "sum", "squares", "sum.w")
    )
    units = total(f"{prefix}.w")
    mean = total(f"{prefix}.sum") / units
    centred = squares - 2 * mean * product + ww * mean**2
    return Linearised(
        value=mean,
        units=n,
        influence=(value - w * mean) / units,
        leverage=w / units,
        squares=pl.when(centred > 1e-12 * squares).then(centred).otherwise(0.0) / units**2,
        concentration=ww / units**2,
    )


def linearised(prefix: str, *, weighted: bool = False) -> Linearised:
    """The mean over each cell of the sums of `terms`, or of `weighted_terms`."""
    if weighted:
        return _weighted(prefix)
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


def mean(values: pl.Series, clusters: pl.Series, weights: pl.Series | None = None) -> Inference:
    """The (weighted) mean of one sample with CR2 standard error and Satterthwaite's degrees of freedom.

    `values`, `clusters` and `weights`: one entry a unit. Unknown values are left out.
    """
    units = pl.DataFrame({"cluster": clusters, "value": values.cast(pl.Float64)})
    wanted, statistic = terms("y", pl.col("value")), linearised("y")
    if weights is not None:
        units = units.with_columns(weights.alias("weight"))
        wanted, statistic = weighted_terms("y", pl.col("value"), pl.col("weight")), linearised("y", weighted=True)
    rows = units.group_by("cluster").agg(added(wanted)).with_columns(cell=pl.lit(0))
    result = one_sample(rows, "cell", {"y": statistic}, clustered=True)
    return inference(
        result.select(value="y.value", standard_error=pl.col("y.variance").sqrt(), df="y.df"),
    )
