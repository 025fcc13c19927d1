"""What changed behind published figures since an earlier release, in kinds that enough people are behind."""

from collections.abc import Iterable

import polars as pl

from transforms.disclosure.changed import CELL, PERSON
from transforms.disclosure.contributions import GROUP
from transforms.disclosure.figures import ROW, of_estimates
from transforms.programme import Programme

KINDS = ("came", "left", "answers")
"""People who are counted now and were not, who were and are not, and those whose answers are others than before."""


def kinds_behind(
    estimates: pl.DataFrame, logs: Iterable[pl.DataFrame], programme: Programme
) -> dict[str, tuple[str, ...]]:
    """By estimate the kinds of change behind it that at least as many people as the floor are of; none is left out.

    `logs`: what changed with each release since the earlier one, in order, as `changed.changes` makes it.
    """
    whole = pl.concat([each.lazy() for each in logs], how="diagonal_relaxed").collect()
    if whole.is_empty():
        return {}
    groups = [name for name in whole.columns if name.startswith(GROUP)]
    person = [PERSON, "item", "period", "arm", *groups]
    ends = whole.group_by(person, maintain_order=True).agg(pl.col("before").first(), pl.col("after").last())
    kind = (
        pl.when(pl.col("before").is_null())
        .then(pl.lit("came"))
        .when(pl.col("after").is_null())
        .then(pl.lit("left"))
        .otherwise(pl.lit("answers"))
    )
    ends = ends.filter(pl.col("before").ne_missing(pl.col("after"))).with_columns(kind=kind)
    long = ends.unpivot(groups, index=[PERSON, "item", "period", "arm", "kind"], variable_name="by", value_name="group")
    long = long.drop_nulls("group").with_columns(pl.col("by").str.strip_prefix(GROUP), pl.col("arm").cast(pl.String))
    placed = pl.concat([long, long.with_columns(arm=pl.lit("all"))], how="vertical_relaxed")
    rests_on = of_estimates(estimates, programme).with_columns(pl.col(CELL).cast(pl.String))
    behind = rests_on.join(placed.with_columns(pl.col(CELL).cast(pl.String)), on=CELL)
    enough = behind.group_by(ROW, "kind").agg(people=pl.col(PERSON).n_unique())
    enough = enough.filter(pl.col("people") >= programme.disclosure.floor)
    found = dict(enough.group_by(ROW).agg("kind").iter_rows())
    return {estimate: tuple(each for each in KINDS if each in kinds) for estimate, kinds in found.items()}
