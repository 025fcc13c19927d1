"""Benjamini & Hochberg's (1995) false discovery rate within declared families."""

import polars as pl


def with_q_values(tests: pl.DataFrame, family: list[str]) -> pl.DataFrame:
    """Adds `q_value` and `family_size` to tests with a `p_value`: one row a test, in the given order; null where p is.

    q of the i-th smallest of a family of m is the least of p_j * m / j over j >= i; q <= 0.05 are rejected.
    """
    numbered = tests.with_row_index("_row")
    size = pl.len().over(family).cast(pl.Float64)
    larger = pl.int_range(pl.len()).over(family).cast(pl.Float64)
    found = (
        numbered.select("_row", "p_value", *family)
        .drop_nulls("p_value")
        .sort("p_value", descending=True, maintain_order=True)
        .with_columns(stepped=pl.col("p_value") * size / (size - larger))
        .select(
            "_row",
            q_value=pl.col("stepped").cum_min().over(family).clip(upper_bound=1),
            family_size=pl.len().over(family).cast(pl.Int64),
        )
    )
    return numbered.join(found, on="_row", how="left", maintain_order="left").drop("_row")
