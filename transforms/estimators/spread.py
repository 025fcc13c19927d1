"""How much units differ at the baseline: the yardstick by which an effect is large or small."""

import polars as pl

from transforms.estimators.cohort import Cohort
from transforms.estimators.sums import grows, level_terms
from transforms.estimators.terms import summed
from transforms.programme import Indicator, Programme

NO_SPREAD = ("count", "transition", "cost", "gini", "bottom_gain")
"""The statistics that are no mean of what units have, so that the units' spread is no yardstick of theirs."""


def spreads(cohort: Cohort, programme: Programme) -> pl.DataFrame:
    """One row per period and indicator: `spread`, the baseline's standard deviation over all arms, and `relative`.

    Of a ratio the spread is that of (y - R x) over the mean of x. `relative` is the spread over the mean, for
    indicators whose changes are told as percentages; else the spread again.
    """
    numeric = {name: each for name, each in programme.indicators.items() if each.statistic not in NO_SPREAD}
    baseline = cohort.rounds[programme.baseline.id]
    rows = summed(baseline, cohort.people["stratum"], level_terms(numeric))
    totals = rows.with_columns(cohort.strata["period"]).group_by("period").agg(pl.all().sum()).sort("period")
    schema = {"period": pl.String, "indicator": pl.String, "spread": pl.Float64, "relative": pl.Float64}
    parts = [totals.select("period", *_spread(name, each)) for name, each in numeric.items()]
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _spread(name: str, indicator: Indicator) -> list[pl.Expr]:
    n = pl.col(f"{name}:level.n")
    if indicator.statistic == "ratio":
        y, x, yy, yx, xx = (pl.col(f"{name}:level.{part}") for part in ("y", "x", "y.y", "y.x", "x.x"))
        mean = y / x
        squares = (yy - 2 * mean * yx + mean**2 * xx) / (x / n) ** 2
    else:
        mean = pl.col(f"{name}:level.sum") / n
        squares = pl.col(f"{name}:level.squares") - n * mean**2
    spread = pl.when(n > 1).then((squares.clip(0) / (n - 1)).sqrt()).fill_nan(None)
    relative = pl.when(mean > 0).then(spread / mean) if grows(indicator) else spread
    return [pl.lit(name).alias("indicator"), spread.alias("spread"), relative.alias("relative")]
