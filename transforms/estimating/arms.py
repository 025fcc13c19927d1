"""Levels and changes of each arm, in every group of a breakdown."""

from collections.abc import Iterator

import polars as pl

from transforms.estimating.asked import Asked
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
    asked = seen.asked
    cells = layout(seen.stack, ARM_CELL)
    gathered = cells.gathered(seen.rows)
    made = {
        "level": within_arm.levels(gathered, cells, _but_money(asked.levels), weighted=asked.is_weighted),
        "change": within_arm.changes(gathered, cells, _but_money(asked.changes), weighted=asked.is_weighted),
    }
    for quantity, frames in made.items():
        of_money = seen.samples[quantity]
        if of_money:
            found = medians.medians(of_money, cells, weighted=asked.is_weighted)
            frames.append(_among_asked(found, gathered, quantity).with_columns(_method(quantity, asked)))
        yield from placed(frames, cells, gathered, seen, quantity)


def _among_asked(found: pl.DataFrame, gathered: pl.DataFrame, quantity: str) -> pl.DataFrame:
    """Medians with `population` and, where that is asked, the share lost. One row per indicator and cell."""
    names = found["indicator"].unique(maintain_order=True)
    counted = gathered.group_by("cell").agg(pl.col(rf"^.*:{quantity}\.(asked|eligible)$").sum().cast(pl.Int64))
    about = pl.concat(
        counted.select(
            "cell",
            indicator=pl.lit(name),
            population=f"{name}:{quantity}.asked",
            eligible=_eligible(counted, f"{name}:{quantity}.eligible"),
        )
        for name in names
    )
    told = found.join(about, on=["indicator", "cell"], how="left", maintain_order="left")
    return told.with_columns(attrition_overall=lost(pl.col("n"), pl.col("eligible"))).drop("eligible")


def _eligible(counted: pl.DataFrame, column: str) -> pl.Expr:
    return pl.col(column) if column in counted.columns else pl.lit(None, dtype=pl.Int64)


def _method(quantity: str, asked: Asked) -> pl.Expr:
    """What is the median of, and how its errors were found."""
    growing = [name for name, each in asked.changes.items() if sums.grows(each)]
    of_changes = pl.when(pl.col("indicator").is_in(growing)).then(pl.lit("median_relative_change"))
    what = pl.lit("median") if quantity == "level" else of_changes.otherwise(pl.lit("median_change"))
    return pl.concat_str(what, "errors", separator="_").alias("method")


def _but_money(indicators: dict[str, Indicator]) -> dict[str, Indicator]:
    return {name: each for name, each in indicators.items() if each.statistic != "money"}
