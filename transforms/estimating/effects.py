"""Treated against comparison, in every group of a breakdown that has both."""

from collections.abc import Iterator

import polars as pl

from transforms.estimating.placed import placed
from transforms.estimating.seen import Seen
from transforms.estimating.work import Work
from transforms.estimators import between_arms
from transforms.estimators.layout import layout

EFFECT_CELL = ["period", "group"]


def effects(work: Work, seen: Seen) -> Iterator[pl.DataFrame]:
    """Effects at the round, by the design."""
    asked = seen.asked
    if not asked.effects:
        return
    cells = layout(seen.stack, EFFECT_CELL)
    sides = seen.stack.keys.select(side=between_arms.side(pl.col("entered"), asked.round_number))["side"]
    apart = between_arms.with_sides(seen.rows, sides, cells)
    if apart.is_empty():
        return
    made = between_arms.effects(apart, cells, asked.effects, work.post_only, weighted=asked.is_weighted)
    both = apart.select(
        "cell", *(pl.sum_horizontal(f"treated|{name}", f"comparison|{name}").alias(name) for name in ("due", "told"))
    )
    for frame in placed(made, cells, both, seen, "effect"):
        yield frame.with_columns(arm=pl.lit("both"))
