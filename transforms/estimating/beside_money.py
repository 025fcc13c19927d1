"""Beside the lead figure of money: winsorised in its own unit, the share above zero, and the log-ratio of survivors.

Told of the whole programme alone. Each is the indicator with other values, estimated by what estimates all others, so
that weights, clusters and arms are the lead's. No figure has both a level and a change: with its fellows it would tell
of who answered at one round only, and the lead's medians do not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from transforms.beside import OF_MONEY, POSITIVE, SURVIVORS, WINSORISED
from transforms.estimating.dominance import dominated_changes
from transforms.estimating.rounds import of_round
from transforms.estimating.work import Work, quantities
from transforms.estimators.cohort import PROGRAMME, parts, stacks
from transforms.estimators.ratio_of_ratios import with_growth
from transforms.estimators.sums import Limits, grows, winsor_limits
from transforms.programme import Indicator, Quantity

MARK = "@"
"""Between the indicator's name and the term; no identifier has it."""
TOLD: dict[str, tuple[Quantity, ...]] = {
    WINSORISED: ("change", "effect"),
    POSITIVE: ("level", "effect"),
    SURVIVORS: ("change", "effect"),
}


@dataclass(frozen=True)
class View:
    """One term of one indicator: what it is estimated as, and the expressions of its value and its population."""

    indicator: Indicator
    value: pl.Expr
    asked: pl.Expr


def beside_money(work: Work) -> Iterator[pl.DataFrame]:
    """Frames with the columns of Estimates that are known, `term` too."""
    views = _views(work)
    if not views:
        return
    seen = _seen(work, views)
    for number in range(len(work.programme.rounds)):
        apart = _named(dominated_changes(seen, number)) if number else None
        for frame in of_round(seen, number):
            named = _named(frame)
            yield named if apart is None else named.join(apart, on=apart.columns, how="anti", maintain_order="left")


def _views(work: Work) -> dict[str, View]:
    """By `INDICATOR@term`, of all money of which a change or an effect is told."""
    found = {}
    for name, indicator in work.indicators.items():
        told = quantities(indicator, work.programme)
        if indicator.statistic != "money" or name in work.post_only or not {"change", "effect"} & set(told):
            continue
        for term in OF_MONEY:
            wanted = tuple(each for each in TOLD[term] if each in told)
            if not grows(indicator):  # below 0 there is no logarithm, and the lead's effect is winsorised itself
                wanted = tuple(each for each in wanted if (term, each) != (WINSORISED, "effect") and term != SURVIVORS)
            if wanted:
                found[f"{name}{MARK}{term}"] = _view(name, term, indicator, wanted)
    return found


def _view(name: str, term: str, indicator: Indicator, wanted: tuple[Quantity, ...]) -> View:
    statistic = "proportion" if term == POSITIVE else "mean"
    declared = {"statistic": statistic, "change_as": "difference", "quantities": wanted, "headline": None}
    value, asked = pl.col(name), pl.col(f"{name}__asked")
    if term == POSITIVE:
        value = (value > 0).cast(pl.Float64)
    elif term == SURVIVORS:
        survives = (value > 0).fill_null(False)
        # Who is left out of it is no answer that is missing.
        value, asked = pl.when(survives).then(value.log()), asked & survives
    return View(indicator.model_copy(update=declared), value, asked)


def _seen(work: Work, views: dict[str, View]) -> Work:
    """The work with the views for its indicators, and the whole programme for its only breakdown."""
    columns = [
        column
        for name, view in views.items()
        for column in (view.value.alias(name), view.asked.alias(f"{name}__asked"))
    ]
    rounds = {each: frame.with_columns(columns) for each, frame in work.cohort.rounds.items()}
    groups = [each for each in work.groups if each.by == PROGRAMME]
    indicators = {name: view.indicator for name, view in views.items()}
    seen = replace(
        work,
        cohort=replace(work.cohort, rounds=rounds),
        groups=groups,
        stacks=stacks(groups),
        parts=parts(groups),
        indicators=indicators,
        post_only=set(),
    )
    return replace(seen, limits=_limits(seen))


def _limits(seen: Work) -> Limits:
    """The 99th percentile of the baseline, pooled over arms; the 1st too where amounts may be below 0."""
    money = {
        name: each.model_copy(update={"statistic": "money"})
        for name, each in seen.indicators.items()
        if name.endswith(f"{MARK}{WINSORISED}")
    }
    found = winsor_limits(seen.cohort, seen.programme.baseline.id, money)
    return {
        name: {period: (low if low < 0 else 0.0, high) for period, (low, high) in by_period.items()}
        for name, by_period in found.items()
    }


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """With the indicator's own name and the term; methods say what of it is told; log-ratios become growth."""
    named = pl.col("indicator").str.split_exact(MARK, 1)
    told = frame.with_columns(indicator=named.struct[0], term=named.struct[1])
    if "method" not in told.columns:
        return told
    logs = (pl.col("term") == SURVIVORS) & pl.col("quantity").is_in(TOLD[SURVIVORS])
    survivors = told.filter(logs)
    others = told.filter(~logs)
    prefix = pl.when(pl.col("term") == WINSORISED).then(pl.lit("winsorised_")).otherwise(pl.lit(""))
    kept = others.with_columns(method=prefix + pl.col("method"))
    if survivors.is_empty():
        return kept
    grown = with_growth(survivors).with_columns(
        method=pl.lit("survivors_log_ratio_") + pl.col("method").str.extract(r"_(cr2|cr1|welch|t)$"),
        attrition_overall=pl.lit(None, dtype=pl.Float64),
        attrition_differential=pl.lit(None, dtype=pl.Float64),
    )
    return pl.concat([kept, grown], how="diagonal_relaxed")
