"""Levels and changes of each arm, in every group of a breakdown."""

from collections.abc import Iterator
from functools import partial

import polars as pl

from transforms.estimating.placed import placed
from transforms.estimating.seen import Seen
from transforms.estimating.work import Work
from transforms.estimators import medians, sums, within_arm
from transforms.estimators.at_once import at_once
from transforms.estimators.attrition import lost
from transforms.estimators.layout import Layout, layout
from transforms.programme import Indicator

ARM_CELL = ["period", "group", "arm"]


def arms(work: Work, seen: Seen) -> Iterator[pl.DataFrame]:
    """Levels at the round and changes since the baseline."""
    asked, grouping = seen.asked, seen.grouping
    cells = layout(grouping, ARM_CELL)
    gathered = cells.gathered(seen.rows)
    made = {
        "level": within_arm.levels(gathered, cells, _but_money(asked.levels), weighted=asked.is_weighted),
        "change": within_arm.changes(gathered, cells, _but_money(asked.changes), weighted=asked.is_weighted),
    }
    for quantity, frames in made.items():
        tell = partial(_median, seen, cells, gathered, quantity)
        yield from placed([*frames, *at_once(tell, seen.samples[quantity])], cells, gathered, seen, quantity)


def _median(seen: Seen, cells: Layout, gathered: pl.DataFrame, quantity: str, name: str) -> pl.DataFrame:
    """The median of one money indicator's level or change, in every cell."""
    what = "median"
    if quantity == "change":
        what = "median_relative_change" if sums.grows(seen.asked.changes[name]) else "median_change"
    people = pl.col(f"{name}:{quantity}.asked").sum().cast(pl.Int64)
    population = gathered.group_by("cell").agg(population=people, **_eligible(gathered, name, quantity))
    rows = seen.grouping.row_of_person
    found = medians.medians(name, seen.samples[quantity][name], rows, population, cells, what)
    if "eligible" in found.columns:
        found = found.with_columns(attrition_overall=lost(pl.col("n"), pl.col("eligible"))).drop("eligible")
    return found


def _eligible(gathered: pl.DataFrame, name: str, quantity: str) -> dict[str, pl.Expr]:
    column = f"{name}:{quantity}.eligible"
    return {"eligible": pl.col(column).sum()} if column in gathered.columns else {}


def _but_money(indicators: dict[str, Indicator]) -> dict[str, Indicator]:
    return {name: each for name, each in indicators.items() if each.statistic != "money"}
