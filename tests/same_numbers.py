"""Whether two runs gave the same numbers, and what tells them apart by no more than the units of money."""

import polars as pl
from polars.testing import assert_frame_equal

IN_UNITS = ("value", "standard_error", "low", "high", "smallest_detectable", "baseline_sd")


def same_numbers(found: pl.DataFrame, expected: pl.DataFrame, key: str = "estimate") -> None:
    """Every row and column alike, whatever the order of rows, to 12 significant digits."""
    # Sums may differ in the last bits from run to run; what is rounded to 12 digits then differs by one in the last.
    assert_frame_equal(found.sort(key), expected.sort(key), rel_tol=1e-11, abs_tol=1e-12)


def told_in_other_units(estimates: pl.DataFrame, factor: float, money: pl.Expr) -> pl.DataFrame:
    """The estimates with what is told in money divided by `factor`; `money` says of which rows that is all figures."""
    return estimates.with_columns(pl.when(money).then(pl.col(IN_UNITS) / factor).otherwise(pl.col(IN_UNITS)))
