"""From class to class: how many units moved, and the share of their origin, with Wilson intervals."""

import polars as pl

from transforms.estimators.proportion import wilson

CLOSED = "closed"
UNKNOWN = "unknown"


def transitions(units: pl.DataFrame, cell: list[str]) -> pl.DataFrame:
    """One row per cell, `origin` and `destination` that occurs: `units, share, low, high`.

    `units` has one row a unit with the cell's columns and its classes; shares are of the origin's units.
    """
    counted = units.group_by(*cell, "origin", "destination").agg(units=pl.len().cast(pl.Int64))
    moved = pl.col("units").cast(pl.Float64)
    from_origin = moved.sum().over(*cell, "origin")
    low, high = wilson(moved, from_origin)
    return counted.with_columns(share=moved / from_origin, low=low, high=high)
