"""How much units differ at the baseline: the yardstick by which an effect is large or small."""

from collections.abc import Iterator

import polars as pl

from transforms.estimators.cohort import Cohort
from transforms.estimators.sums import grows
from transforms.programme import Indicator, Programme

NO_SPREAD = ("count", "transition", "cost", "gini", "bottom_gain")
"""The statistics that are no mean of what units have, so that the units' spread is no yardstick of theirs."""


def spreads(cohort: Cohort, programme: Programme) -> pl.DataFrame:
    """One row per period and indicator: `spread`, the baseline's standard deviation over all arms, and `relative`.

    Of a ratio the spread is that of (y - R x) over the mean of x. `relative` is the spread over the mean, for
    indicators whose changes are told as percentages; else the spread again.
    """
    numeric = {name: each for name, each in programme.indicators.items() if each.statistic not in NO_SPREAD}
    schema = {"period": pl.String, "indicator": pl.String, "spread": pl.Float64, "relative": pl.Float64}
    rows = [
        {"period": period, "indicator": name, **here.select(**_spread(name, each)).row(0, named=True)}
        for period, here in _by_period(cohort, cohort.rounds[programme.baseline.id])
        for name, each in numeric.items()
    ]
    return pl.DataFrame(rows, schema=schema)


def _by_period(cohort: Cohort, measured: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    periods = cohort.strata["period"].unique().sort()
    for period in periods:
        yield period, measured.filter(cohort.people["period"] == period) if len(periods) > 1 else measured


def _spread(name: str, indicator: Indicator) -> dict[str, pl.Expr]:
    value = pl.col(name)
    mean, spread = value.mean(), value.std()
    if indicator.statistic == "ratio":
        per = pl.when(value.is_not_null()).then(f"{name}__per")
        known = pl.when(per.is_not_null()).then(value)
        spread = (known - known.sum() / per.sum() * per).std() / per.mean()
    found = spread.fill_nan(None)
    return {"spread": found, "relative": pl.when(mean > 0).then(found / mean) if grows(indicator) else found}
