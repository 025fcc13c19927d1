"""How much loss of units a comparison bears: the What Works Clearinghouse's boundary.

The more units are lost overall, the less the arms may differ in their loss. Limits are in percentage points of
differential attrition, by overall attrition in whole per cent, rounded up (WWC Standards Handbook, attrition
boundary under the cautious and the optimistic assumption).
"""

from typing import Literal

import polars as pl

Attrition = Literal["low", "between", "high"]

# fmt: off
CAUTIOUS = (
    5.7, 5.8, 5.9, 5.9, 6.0, 6.1, 6.2, 6.3, 6.3, 6.3, 6.3, 6.2, 6.2, 6.1, 6.0, 5.9, 5.9, 5.8, 5.7, 5.5,
    5.4, 5.3, 5.2, 5.1, 4.9, 4.8, 4.7, 4.5, 4.4, 4.3, 4.1, 4.0, 3.8, 3.6, 3.5, 3.3, 3.2, 3.1, 2.9, 2.8,
    2.6, 2.5, 2.3, 2.1, 2.0, 1.8, 1.6, 1.5, 1.3, 1.2, 1.0, 0.9, 0.7, 0.6, 0.4, 0.3, 0.2, 0.0,
)
"""The largest differential attrition that needs no cap, at 0 to 57 % overall."""

OPTIMISTIC = (
    10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.7, 10.8, 10.9, 10.9, 10.9, 10.9, 10.9, 10.9, 10.8, 10.8, 10.7, 10.6, 10.5,
    10.3, 10.2, 10.0, 9.9, 9.7, 9.5, 9.4, 9.2, 9.0, 8.8, 8.6, 8.4, 8.2, 8.0, 7.8, 7.6, 7.4, 7.2, 7.0, 6.7, 6.5,
    6.3, 6.0, 5.8, 5.6, 5.3, 5.1, 4.9, 4.6, 4.4, 4.2, 3.9, 3.7, 3.5, 3.2, 3.0, 2.8, 2.6, 2.3,
)
"""The largest differential attrition that baseline balance can still make up for."""
# fmt: on


def attrition(overall: pl.Expr, differential: pl.Expr) -> pl.Expr:
    """`low`, `between` or `high` from the fractions of units lost: overall, and the arms' difference.

    Null when either is unknown.
    """
    # The rounding takes off what binary fractions add: 0.07 * 100 must stay 7, not become 8.
    percent = (overall * 100).round(9).ceil()
    points = (differential.abs() * 100).round(9)
    return (
        pl.when(overall.is_null() | differential.is_null())
        .then(None)
        .when(points <= _limit(percent, CAUTIOUS))
        .then(pl.lit("low"))
        .when(points <= _limit(percent, OPTIMISTIC))
        .then(pl.lit("between"))
        .otherwise(pl.lit("high"))
    )


def lost(analysed: pl.Expr, eligible: pl.Expr) -> pl.Expr:
    """The share of eligible units that the analysis lacks; null where there are none."""
    return pl.when(eligible > 0).then((1 - analysed / eligible).clip(0, 1))


def _limit(percent: pl.Expr, limits: tuple[float, ...]) -> pl.Expr:
    by_percent = {float(overall): limit for overall, limit in enumerate(limits)}
    return percent.replace_strict(by_percent, default=-1.0, return_dtype=pl.Float64)  # beyond the table: none is low
