"""The mean change of units measured before and after: the mean of paired differences (CR2)."""

import polars as pl

from transforms.estimators import mean
from transforms.estimators.student import Inference


def difference(before: pl.Expr, after: pl.Expr) -> pl.Expr:
    """A unit's change in the value's unit; unknown when either measurement is."""
    return after - before


def relative(before: pl.Expr, after: pl.Expr) -> pl.Expr:
    """A unit's change as a fraction of its positive value before; a closure (0 after) is -1."""
    return pl.when(before > 0).then(after / before - 1)


def winsorised(value: pl.Expr, low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """A value held inside limits; unknown stays unknown."""
    return value.clip(low, high)


def paired_change(before: pl.Series, after: pl.Series, clusters: pl.Series) -> Inference:
    """The mean of after - before over units measured at both (one entry a unit), clustered."""
    return mean.mean(after.cast(pl.Float64) - before.cast(pl.Float64), clusters)
