"""Levels and changes of each arm, in every group of a breakdown."""

from collections.abc import Iterator

import polars as pl

from transforms.estimating.placed import placed
from transforms.estimating.seen import Seen
from transforms.estimating.work import Work
from transforms.estimators import medians, sums, within_arm
from transforms.estimators.attrition import lost
from transforms.estimators.layout import layout
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
        for name, sample in seen.samples[quantity].items():
            what = "median"
            if quantity == "change":
                what = "median_relative_change" if sums.grows(asked.changes[name]) else "median_change"
            people = pl.col(f"{name}:{quantity}.asked").sum().cast(pl.Int64)
            population = gathered.group_by("cell").agg(population=people, **_eligible(gathered, name, quantity))
            found = medians.medians(name, sample, grouping.row_of_person, population, cells, what)
            if "eligible" in found.columns:
                found = found.with_columns(attrition_overall=lost(pl.col("n"), pl.col("eligible"))).drop("eligible")
            frames.append(found)
        yield from placed(frames, cells, gathered, seen, quantity)


def _eligible(gathered: pl.DataFrame, name: str, quantity: str) -> dict[str, pl.Expr]:
    column = f"{name}:{quantity}.eligible"
    return {"eligible": pl.col(column).sum()} if column in gathered.columns else {}


def _but_money(indicators: dict[str, Indicator]) -> dict[str, Indicator]:
    return {name: each for name, each in indicators.items() if each.statistic != "money"}
