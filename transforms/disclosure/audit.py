"""What could be worked out of a release: the feasible interval of every hidden count of too few people.

A release passes when no such count is known to fewer than five values (fewer where the floor itself leaves fewer).
Sums of what hidden groups answered pass with it: where the counts of at least two groups are open, what is left for
either of them alone is open between nothing and all.
"""

from collections.abc import Mapping

import polars as pl

from transforms.disclosure.bounds import bounds
from transforms.disclosure.counted import counted
from transforms.disclosure.margins import memberships

NARROWEST = 5
"""A hidden count must be open between at least this many values above its least one."""
_BETWEEN = "\t"


def audited(
    told: Mapping[str, pl.DataFrame], results: Mapping[str, pl.DataFrame], lies_in: pl.DataFrame, floor: int
) -> pl.DataFrame:
    """One row per hidden count under the floor, the narrowest first: `count, width, safe`. Never the count itself.

    `told`: the tables as they are to be shown; `results`: with every figure; `lies_in`: by `margins.inside`.
    """
    cells = counted(results, told, {}, floor).with_row_index("cell").with_columns(place=pl.lit(""))
    sums = memberships(cells, lies_in, floor)
    found = bounds(sums).filter(pl.col("number") < floor)
    unnamed = pl.lit("people in a total and in none of its groups")
    named = found.select(
        count=pl.col("row").str.replace_all(_BETWEEN, " ").fill_null(unnamed), width=pl.col("most") - pl.col("least")
    )
    return named.with_columns(safe=pl.col("width") >= min(NARROWEST, floor - 1)).sort("width", "count")


def audit_lines(audit: pl.DataFrame, most: int = 20) -> list[str]:
    """The audit in words: how many hidden counts, how many are known too well, the worst of them."""
    known = audit.filter(~pl.col("safe"))
    lines = [f"{audit.height} hidden counts under the floor; known too well: {known.height}"]
    worst = audit.head(most)
    told = pl.format("{}: open by {}{}", "count", pl.col("width").cast(pl.Int64), _too_well())
    return [*lines, *worst.select(line=told)["line"]]


def _too_well() -> pl.Expr:
    return pl.when("safe").then(pl.lit("")).otherwise(pl.lit(", too well known"))
