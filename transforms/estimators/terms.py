"""What is summed over units: terms, one number a unit. A term that is unknown (null) adds nothing."""

from collections.abc import Iterable

import numpy as np
import polars as pl

TERMS_AT_ONCE = 20
"""Each term is a column as long as there are people; all at once would take gigabytes for a million."""


def added(terms: Iterable[pl.Expr]) -> list[pl.Expr]:
    """The aggregations that add up terms; each keeps its name."""
    return [each.cast(pl.Float64).sum() for each in terms]


def summed(people: pl.DataFrame, codes: pl.Series, terms: list[pl.Expr]) -> pl.DataFrame:
    """One row per code of `codes` (0, 1, ... all occur; -1 is left out), in order: the sums of terms over its people.

    They add up in the order of people, whatever the number of threads, and so do not differ in their last bits.
    """
    rows = codes.to_numpy() + 1
    many = int(rows.max(initial=0)) + 1
    found: dict[str, np.ndarray] = {}
    for start in range(0, len(terms), TERMS_AT_ONCE):
        batch = [each.cast(pl.Float64).fill_null(0) for each in terms[start : start + TERMS_AT_ONCE]]
        for column in people.select(batch):
            found[column.name] = np.bincount(rows, weights=column.to_numpy(), minlength=many)[1:]
    return pl.DataFrame(found)
