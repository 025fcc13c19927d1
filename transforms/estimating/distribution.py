"""How a programme's amounts are distributed and who gained: told of the whole programme, by arm."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms import tables
from transforms.estimating.work import Work
from transforms.estimators import inequality, student
from transforms.estimators.bootstrap import Bootstrapped, Floats, Statistic, bootstrapped, numbered
from transforms.estimators.cohort import PROGRAMME, UNWEIGHTED
from transforms.estimators.sums import BEFORE, WEIGHT, with_baseline
from transforms.programme import DISTRIBUTIONS, Indicator, Quantity


@dataclass(frozen=True)
class Asked:
    """One number to find: of which indicator, what of it, at which round."""

    name: str
    indicator: Indicator
    quantity: Quantity
    round_id: str


def distributions(work: Work) -> Iterator[pl.DataFrame]:
    """Gini's coefficients and their changes, the gain of the bottom, and gaps between groups."""
    for asked in _asked(work):
        people = with_baseline(work.cohort, asked.round_id, work.programme.baseline.id).with_columns(
            work.cohort.people[name] for name in _beside(asked.indicator)
        )
        rows = [_row(asked, str(period), str(arm), part, work) for (period, arm), part in _arms(people)]
        found = pl.DataFrame([each for each in rows if each is not None], infer_schema_length=None)
        if not found.is_empty():
            yield _inferred(found, asked)


def _asked(work: Work) -> Iterator[Asked]:
    usual: dict[str, tuple[Quantity, ...]] = {
        "gini": ("level", "change"),
        "bottom_gain": ("level",),
        "change_gap": ("change",),
    }
    for name, indicator in work.programme.indicators.items():
        if indicator.statistic not in DISTRIBUTIONS:
            continue
        for number, each in enumerate(work.programme.rounds):
            for quantity in indicator.quantities or usual[indicator.statistic]:
                paired = quantity == "change" or indicator.statistic == "bottom_gain"
                if (number or not paired) and (not indicator.rounds or each.id in indicator.rounds):
                    yield Asked(name, indicator, quantity, each.id)


def _beside(indicator: Indicator) -> list[str]:
    """The columns of people that are needed beside what was measured of them."""
    return ["period", "arm", "cluster", *([f"by.{indicator.between.by}"] if indicator.between else [])]


def _arms(people: pl.DataFrame) -> Iterator[tuple[tuple[object, ...], pl.DataFrame]]:
    """The people of each period and arm, in the order of their names."""
    yield from people.sort("period", "arm", maintain_order=True).group_by("period", "arm", maintain_order=True)


def _row(asked: Asked, period: str, arm: str, people: pl.DataFrame, work: Work) -> dict[str, object] | None:
    """The number of one period and arm; None where nobody was asked."""
    paired = f"{asked.name}{BEFORE}" in people.columns and (
        asked.quantity == "change" or asked.indicator.statistic == "bottom_gain"
    )
    wanted = [asked.name, *([f"{asked.name}{BEFORE}"] if paired else [])]
    eligible = pl.col(f"{asked.name}__asked")
    if paired:
        eligible = eligible & pl.col(f"{asked.name}__asked{BEFORE}")
    population = people.filter(eligible).height
    if population == 0:
        return None
    weight = WEIGHT if asked.round_id in work.cohort.weights else None
    told = people.filter(eligible).drop_nulls([*wanted, *([weight] if weight else [])])
    weights = told[weight].to_numpy() if weight else np.ones(told.height)
    now = told[asked.name].to_numpy()
    statistic = _statistic(asked, told, now)
    names = told["cluster"].to_numpy() if work.cohort.has_clusters else None
    found = bootstrapped(statistic, weights, numbered(names, now))
    due, answered = int(people["due"].sum()), int(people["told"].sum())
    return {
        "period": period,
        "arm": arm,
        **_numbers(found),
        "n": told.height,
        "population": population,
        "response": answered / due if due else None,
        "weights": work.cohort.weights.get(asked.round_id, UNWEIGHTED),
        "method": f"{asked.indicator.statistic}_{'cluster_' * (names is not None)}bootstrap",
    }


def _numbers(found: Bootstrapped) -> dict[str, object]:
    known: dict[str, float] = {"value": found.value, "standard_error": found.standard_error, "df": found.df}
    numbers: dict[str, object] = {name: None if np.isnan(each) else each for name, each in known.items()}
    return numbers | {"clusters": found.clusters}


def _statistic(asked: Asked, told: pl.DataFrame, now: Floats) -> Statistic:
    before = told[f"{asked.name}{BEFORE}"].to_numpy() if f"{asked.name}{BEFORE}" in told.columns else now
    indicator = asked.indicator
    if indicator.statistic == "gini":
        return inequality.gini(now) if asked.quantity == "level" else inequality.gini_change(before, now)
    if indicator.statistic == "bottom_gain":
        return inequality.bottom_gain(before, now, indicator.bottom)
    between = indicator.between
    if between is None:
        raise ValueError(f"{asked.name}: a gap without groups; checked on load")
    groups = told[f"by.{between.by}"]
    of, against = ((groups == each).fill_null(False).cast(pl.Float64) for each in (between.group, between.against))
    return inequality.change_gap(before, now, of.to_numpy(), against.to_numpy())


def _inferred(found: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    floats = pl.col("value", "standard_error", "df", "response").cast(pl.Float64)
    told = student.with_inference(found.with_columns(floats))
    if asked.quantity == "level":
        told = told.drop("p_value", "smallest_detectable", strict=False)
    return told.with_columns(
        indicator=pl.lit(asked.name),
        quantity=pl.lit(asked.quantity),
        round=pl.lit(asked.round_id),
        by=pl.lit(PROGRAMME),
        group=pl.lit(tables.EVERYONE),
    )
