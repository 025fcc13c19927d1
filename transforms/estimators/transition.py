"""From class to class: how many units moved, and the share of their origin, with Wilson intervals."""

import polars as pl

from transforms.estimators import student
from transforms.estimators.cohort import Cohort, Grouping
from transforms.estimators.proportion import wilson
from transforms.tables import UNKNOWN_CLASS

CELL = ["period", "arm", "group"]


def units(name: str, baseline: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """One row a participant: `origin` and `destination`, and `counted`: in the population at the baseline, and due."""
    return pl.DataFrame(
        {
            "origin": baseline[name].fill_null(UNKNOWN_CLASS),
            "destination": now[name].fill_null(UNKNOWN_CLASS),
            "counted": baseline[f"{name}__asked"] & now["due"],
        }
    )


def of_grouping(moves: pl.DataFrame, cohort: Cohort, grouping: Grouping) -> pl.DataFrame:
    """The transitions of every arm and group of a breakdown. `moves`: by `units`, row for row the cohort's people."""
    people = cohort.people.select("period", "arm", group=f"by.{grouping.by}")
    counted = pl.concat([people, moves], how="horizontal").filter("counted").drop_nulls("group")
    return transitions(counted, CELL).with_columns(by=pl.lit(grouping.by))


def transitions(counted: pl.DataFrame, cell: list[str]) -> pl.DataFrame:
    """One row per cell, `origin` and `destination` that occurs: `units, share, low, high`.

    `counted` has one row a unit with the cell's columns and its classes; shares are of the origin's units.
    """
    pairs = counted.group_by(*cell, "origin", "destination").agg(units=pl.len().cast(pl.Int64))
    moved = pl.col("units").cast(pl.Float64)
    from_origin = moved.sum().over(*cell, "origin")
    low, high = wilson(moved, from_origin)
    shares = pairs.with_columns(share=moved / from_origin, low=low, high=high)
    return shares.with_columns(pl.col("share", "low", "high").round_sig_figs(student.DIGITS))
