"""Sums of money that one or two units make up: who is one of them could work out the other."""

import polars as pl

SHARE_OF_LARGEST = 0.1
"""p % rule: what is left without the two largest is to be at least this part of the largest."""
SHARE_OF_TWO = 0.9
"""(2, 90) rule: the two largest are to be at most this part of all."""


def dominated(amounts: pl.Expr) -> pl.Expr:
    """Whether a sum of amounts fails the p % rule (p = 10) or the (2, 90) rule (Hundepool et al. 2012, 4.2).

    By size, whatever the sign; an aggregation. Nothing but zeros is dominated by nobody.
    """
    sizes = amounts.abs().cast(pl.Float64)
    first, two, all_of_them = sizes.max(), sizes.top_k(2).sum(), sizes.sum()
    return (all_of_them > 0) & ((all_of_them - two < SHARE_OF_LARGEST * first) | (two > SHARE_OF_TWO * all_of_them))


def never_dominated(largest: pl.Expr, total: pl.Expr) -> pl.Expr:
    """Whether a sum of sizes passes both rules whatever its second largest is: it is at most the largest."""
    two = 2 * largest
    return (total - two >= SHARE_OF_LARGEST * largest) & (two <= SHARE_OF_TWO * total)
