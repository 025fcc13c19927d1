"""What a figure rests on: the people the publication floor is held against, and the groups an interval takes."""

import polars as pl

FEWEST_DF = 4
"""With fewer degrees of freedom an interval says only that the groups are too few (Pustejovsky & Tipton 2018)."""


def smallest_base() -> pl.Expr:
    """An estimate's n; of an effect the smaller arm's, and 0 where an effect does not say how many it compares with."""
    comparison = pl.when(pl.col("quantity") == "effect").then(pl.col("n_comparison").fill_null(0))
    return pl.min_horizontal("n", comparison)


def enough_groups() -> pl.Expr:
    """Whether an estimate rests on groups enough for an interval; so does one that counts every unit for itself.

    A test of a table's margins is on degrees of freedom of its classes.
    """
    return pl.col("df").is_null() | (pl.col("df") >= FEWEST_DF) | (pl.col("method") == "stuart_maxwell")
