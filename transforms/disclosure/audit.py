"""What could be worked out of a release: the feasible interval of every hidden count of too few people.

A release passes when no such count is known to fewer than five values (fewer where the floor itself leaves fewer).
Sums of what hidden groups answered pass with it: where the counts of at least two groups are open, what is left for
either of them alone is open between nothing and all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.disclosure.bounds import ROUNDING, bounds, open_enough
from transforms.disclosure.counted import counted
from transforms.disclosure.margins import memberships

_BETWEEN = "\t"


def audited(
    told: Mapping[str, pl.DataFrame], results: Mapping[str, pl.DataFrame], lies_in: pl.DataFrame, floor: int
) -> pl.DataFrame:
    """One row per hidden count under the floor, the narrowest first: `count, width, safe`. Never the count itself.

    The width of a safe one may be more than is told.

    `told`: the tables as they are to be shown; `results`: with every figure; `lies_in`: by `margins.inside`.
    """
    cells = counted(results, told, {}, floor).with_row_index("cell").with_columns(place=pl.lit(""))
    stands = (~pl.col("hidden") & ~pl.col("beside")).any().over("same", "number")
    cells = cells.with_columns(hidden=pl.col("hidden") | (pl.col("beside") & ~stands))
    sums = memberships(cells, lies_in, floor)
    found = bounds(sums, floor, open_enough(floor)).filter(pl.col("number") < floor)
    unnamed = pl.lit("people in a total and in none of its groups")
    named = found.select(
        count=pl.col("row").str.replace_all(_BETWEEN, " ").fill_null(unnamed), width=pl.col("most") - pl.col("least")
    )
    return named.with_columns(safe=pl.col("width") >= open_enough(floor) - ROUNDING).sort("width", "count")


@dataclass(frozen=True)
class Shown:
    """How many estimates are shown: where each is judged by itself, in a first release, and in this one."""

    by_itself: int
    at_first: int
    now: int

    def lines(self) -> list[str]:
        """The same in words."""
        return [
            f"Estimates that are on enough people, each by itself: {self.by_itself}",
            f"Of these a first release shows {_of(self.at_first, self.by_itself)}; "
            f"this one, after all earlier ones, {_of(self.now, self.by_itself)}",
        ]


def shown_of(by_itself: pl.DataFrame, at_first: pl.DataFrame, now: pl.DataFrame) -> Shown:
    """How many of PublishedEstimates are not hidden."""
    is_shown = pl.col("visibility").cast(pl.String) != "suppressed"
    return Shown(*(each.filter(is_shown).height for each in (by_itself, at_first, now)))


def _of(part: int, whole: int) -> str:
    return f"{part} ({part / max(whole, 1):.1%})"


def audit_lines(audit: pl.DataFrame, most: int = 20) -> list[str]:
    """The audit in words: how many hidden counts, how many are known too well, the worst of them."""
    known = audit.filter(~pl.col("safe"))
    lines = [f"{audit.height} hidden counts under the floor; known too well: {known.height}"]
    worst = audit.head(most)
    told = pl.format("{}: open by {}{}", "count", pl.col("width").cast(pl.Int64), _too_well())
    return [*lines, *worst.select(line=told)["line"]]


def _too_well() -> pl.Expr:
    return pl.when("safe").then(pl.lit("")).otherwise(pl.lit(", too well known"))
