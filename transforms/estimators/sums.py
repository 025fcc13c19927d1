"""What is summed over the people of one round, for all indicators in one pass.

Terms are named `INDICATOR:level.n` and so on; which parts there are depends on the indicator's statistic.
"""

from collections.abc import Iterable

import polars as pl

from transforms.estimators import change, mean, ratio, ratio_of_ratios
from transforms.estimators.cohort import Cohort
from transforms.programme import Indicator

BEFORE = "@before"
"""The suffix of a measurement's column at the baseline."""

WEIGHT = "@weight"
"""The column with what one who answered stands for; null for who did not."""

Limits = dict[str, dict[str, tuple[float, float]]]
"""By indicator and period, the values inside which its changes are winsorised."""


def grows(indicator: Indicator) -> bool:
    """Whether changes are told as percentages, so that arms are compared as ratios."""
    return indicator.statistic == "money" and indicator.change_as == "percent"


def with_baseline(cohort: Cohort, round_id: str, baseline_id: str) -> pl.DataFrame:
    """One row a participant: the round's measurements, and beside them the baseline's, named `...@before`."""
    now = cohort.rounds[round_id]
    if round_id == baseline_id:
        return now
    before = cohort.rounds[baseline_id].select(pl.all().name.suffix(BEFORE))
    return pl.concat([cohort.people.select("period"), now, before], how="horizontal")


def winsor_limits(cohort: Cohort, baseline_id: str, indicators: dict[str, Indicator]) -> Limits:
    """The 1st and 99th percentile of each money indicator's baseline, pooled over arms (linear interpolation)."""
    names = [name for name, each in indicators.items() if each.statistic == "money" and not grows(each)]
    baseline = pl.concat([cohort.people.select("period"), cohort.rounds[baseline_id].select(names)], how="horizontal")
    found: Limits = {name: {} for name in names}
    for (period,), part in baseline.group_by("period"):
        for name in names:
            low, high = (part[name].quantile(share, interpolation="linear") for share in (0.01, 0.99))
            if low is not None and high is not None:
                found[name][str(period)] = (low, high)
    return found


def level_terms(indicators: dict[str, Indicator], *, weighted: bool = False) -> list[pl.Expr]:
    """The terms of levels: values (and denominators) at the round, and how many were asked."""
    weight = pl.col(WEIGHT) if weighted else None
    terms = [pl.col("due"), pl.col("told")]
    for name, indicator in indicators.items():
        prefix = f"{name}:level"
        terms.append(pl.col(f"{name}__asked").alias(f"{prefix}.asked"))
        if indicator.statistic == "ratio":
            terms += ratio.terms(prefix, pl.col(name), pl.col(f"{name}__per"), weight)
        else:
            terms += _mean_terms(prefix, pl.col(name), weight)
    return terms


def change_terms(indicators: dict[str, Indicator], limits: Limits, *, weighted: bool = False) -> list[pl.Expr]:
    """The terms of changes since the baseline, over units measured at both rounds."""
    weight = pl.col(WEIGHT) if weighted else None
    terms: list[pl.Expr] = []
    for name, indicator in indicators.items():
        prefix = f"{name}:change"
        asked = pl.col(f"{name}__asked") & pl.col(f"{name}__asked{BEFORE}")
        terms.append(asked.alias(f"{prefix}.asked"))
        before, after = pl.col(f"{name}{BEFORE}"), pl.col(name)
        if indicator.statistic == "ratio":
            per = (pl.col(f"{name}__per{BEFORE}"), pl.col(f"{name}__per"))
            terms += ratio.change_terms(prefix, (before, per[0]), (after, per[1]), weight)
        elif grows(indicator):
            terms += ratio_of_ratios.terms(prefix, before, after, weight)
        else:
            inside = [held(value, limits.get(name)) for value in (before, after)]
            terms += _mean_terms(prefix, change.difference(*inside), weight)
    return terms


def eligible_terms(changes: Iterable[tuple[str, Indicator]], levels: Iterable[str]) -> list[pl.Expr]:
    """How many units might have been analysed: due at the round, in the population at the baseline.

    Of changes also with a value there: who never had one was not lost.
    """
    terms: list[pl.Expr] = []
    for name, indicator in changes:
        before = [pl.col(f"{name}{BEFORE}"), *([pl.col(f"{name}__per{BEFORE}")] if indicator.per is not None else [])]
        had = pl.all_horizontal(each.is_not_null() for each in before)
        might = pl.col("due") & pl.col(f"{name}__asked{BEFORE}") & had
        terms.append(might.alias(f"{name}:change.eligible"))
    for name in levels:
        might = pl.col("due") & pl.col(f"{name}__asked{BEFORE}")
        terms.append(might.alias(f"{name}:level.eligible"))
    return terms


def _mean_terms(prefix: str, value: pl.Expr, weight: pl.Expr | None) -> list[pl.Expr]:
    return mean.terms(prefix, value) if weight is None else mean.weighted_terms(prefix, value, weight)


def kish(prefix: str) -> pl.Expr:
    """Kish's (1965) design effect of the unequal weights of summed rows: n sum w^2 / (sum w)^2."""
    n, w, squares = (pl.col(f"{prefix}.{part}").sum() for part in ("n", "w", "w.w"))
    return (n * squares / w**2).fill_nan(None)


def held(value: pl.Expr, limits: dict[str, tuple[float, float]] | None) -> pl.Expr:
    """A value inside its period's limits, where it has any."""
    if not limits:
        return value
    ends = (
        pl.col("period").replace_strict({period: pair[end] for period, pair in limits.items()}, default=None)
        if len(limits) > 1
        else pl.lit(next(iter(limits.values()))[end])
        for end in (0, 1)
    )
    return change.winsorised(value, *ends)
