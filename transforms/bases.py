"""How many people a figure rests on: what the publication floor is held against."""

import polars as pl


def smallest_base() -> pl.Expr:
    """An estimate's n; of an effect the smaller arm's, and 0 where an effect does not say how many it compares with."""
    comparison = pl.when(pl.col("quantity") == "effect").then(pl.col("n_comparison").fill_null(0))
    return pl.min_horizontal("n", comparison)
