"""Who changed in which cell, and when: the log that the rules between releases read."""

from dataclasses import dataclass

import polars as pl

from transforms.disclosure.contributions import GROUP
from transforms.tables import EVERYONE

PERSON = "participant"
FIGURES = ["item", "period"]
CELL = [*FIGURES, "arm", "by", "group"]
PROGRAMME = "programme"
PART = "›"
"""Between the name of a group and that of a part of it."""


@dataclass(frozen=True)
class Published:
    """What was released until now.

    `cells`: one row per cell and release in which it was made anew: `item, period, arm, by, group, version`. `log`: one
    row per change, as `changes` makes them, with the `version` of the release that first knew it. `version`: tonight's.
    """

    cells: pl.DataFrame
    log: pl.DataFrame
    version: int


def changes(before: tuple[pl.DataFrame, pl.DataFrame], now: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """One row per person, item, part and place whose state differs: these, `period, arm, by...`, `before`, `after`.

    `before`, `now`: `places` and `contributions` of the same people, then and now. Who moved from one place to another
    left the one (`after` is null) and joined the other.
    """
    placed = [states.join(places, on=PERSON, how="inner") for places, states in (before, now)]
    old, new = (each.rename({"state": name}) for each, name in zip(placed, ("before", "after"), strict=True))
    key = [name for name in old.columns if name != "before"]
    both = old.join(new, on=key, how="full", coalesce=True, nulls_equal=True)
    return both.filter(pl.col("before").ne_missing(pl.col("after"))).select(*key, "before", "after").sort(key)


def net(log: pl.DataFrame) -> pl.DataFrame:
    """What has changed from before the first to after the last of several versions, for each person, item and place."""
    key = [name for name in log.columns if name not in ("before", "after", "version")]
    ends = log.sort("version").group_by(key, maintain_order=True).agg(pl.col("before").first(), pl.col("after").last())
    return ends.filter(pl.col("before").ne_missing(pl.col("after")))


def placed(changed: pl.DataFrame, *told: str) -> pl.DataFrame:
    """One row per change and cell that it is in, in its arm and in all; with the person's group in every breakdown.

    Where an item has parts: a row for the part of the group, and one for the whole of it. `told`: more columns to keep.
    """
    groups = [name for name in changed.columns if name.startswith(GROUP)]
    rows = []
    for name in groups:
        here = changed.drop_nulls(name).with_columns(by=pl.lit(name.removeprefix(GROUP)), within=pl.col(name))
        rows.append(here.with_columns(group=pl.col(name)))
        rows.append(here.drop_nulls("part").with_columns(group=pl.concat_str(name, part_of(pl.col("part")))))
    columns = [PERSON, *CELL, "within", *groups]
    own = pl.concat([changed.with_columns(by=None, group=None, within=None).clear(), *rows], how="diagonal_relaxed")
    also = [name for name in ("version", *told) if name in own.columns]
    own = own.select(pl.col(columns).cast(pl.String), *also)
    return pl.concat([own, own.with_columns(arm=pl.lit(EVERYONE))]).unique()


def part_of(part: pl.Expr) -> pl.Expr:
    """What a part adds to the name of a group; nothing where there are no parts."""
    return (pl.lit(PART) + part).fill_null("")
