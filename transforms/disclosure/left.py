"""Who is told of by two levels and the change between them: people who answered at one of the two rounds only.

A group's level at a round less its change is what those who answered at both rounds had answered at the baseline. Taken
from the group's level at the baseline it leaves the others': they are a group of which something is told, as any other.
Where they are too few one of the three figures gives way. That is the round's level: the baseline's was published
months before, and the change is what a programme is asked for (unless its headline is the level).

Of medians nothing adds up. Nor do answers that are weighted at the round and not at the baseline, once weights vary: of
weights that vary by a tenth, what a sum of n answers may be is as wide as a tenth of n answers.
"""

from collections.abc import Mapping

import polars as pl

from transforms.disclosure.additive import additive, gives_way
from transforms.disclosure.primary import without_figures
from transforms.disclosure.suppression import complementary
from transforms.programme import Programme

WEIGHED = 1.01
"""Kish's design effect of weights that vary by a tenth."""
_PLACE = ["period", "indicator", "arm", "by", "group"]


def left(estimates: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """One row per figure that would give way: `estimate, period, indicator, round, arm, by, group`, and `number`, how
    many people are left."""
    texts = [pl.col(each).cast(pl.String) for each in (*_PLACE, "quantity", "round")]
    rows = estimates.filter(pl.col("term") == "").select(*texts, "estimate", "n", "kish_deff")
    rows = rows.filter(pl.col("indicator").is_in(list(additive(programme))))
    levels, changes = (rows.filter(quantity=each).drop("quantity") for each in ("level", "change"))
    at_baseline = pl.col("round") == programme.baseline.id
    before = levels.filter(at_baseline).drop("round", "estimate")
    found = (
        levels.filter(~at_baseline)
        .join(before, on=_PLACE, suffix="_before")
        .join(changes, on=[*_PLACE, "round"], suffix="_change")
        .filter(~(pl.col("kish_deff") >= WEIGHED).fill_null(False))
    )
    of_change = [name for name, each in additive(programme).items() if gives_way(each) == "change"]
    return found.select(
        *_PLACE,
        "round",
        estimate=pl.when(pl.col("indicator").is_in(of_change)).then("estimate_change").otherwise("estimate"),
        number=(pl.col("n_before") + pl.col("n") - 2 * pl.col("n_change")).clip(0),
    )


def without_few_left(
    told: Mapping[str, pl.DataFrame],
    earlier: Mapping[str, pl.DataFrame],
    lefts: pl.DataFrame,
    lies_in: pl.DataFrame,
    floor: int,
) -> dict[str, pl.DataFrame]:
    """The tables of estimates without the figures that tell of too few who are left, by themselves or by subtraction.

    `told`: as they may be shown so far; `earlier`: as the last release showed them, or nothing. `lefts`: by `left`;
    `lies_in`: by `margins.inside`.
    """
    hidden = _telling(told["estimates"], earlier.get("estimates"), lefts, lies_in, floor)
    return {
        name: without_figures(told[name], told[name]["estimate"].is_in(hidden.implode()))
        for name in ("estimates", "certain_estimates")
    }


def _telling(
    published: pl.DataFrame, earlier: pl.DataFrame | None, lefts: pl.DataFrame, lies_in: pl.DataFrame, floor: int
) -> pl.Series:
    """The estimates to be hidden."""
    few = pl.col("number").is_between(1, floor - 1)
    cells = lefts.select(
        row="estimate",
        table=pl.concat_str("period", "indicator", "round", separator="\t"),
        arm="arm",
        by="by",
        group="group",
        number=pl.col("number").cast(pl.Int64),
        hidden=few | ((pl.col("number") > 0) & pl.col("estimate").is_in(_suppressed(published).implode())),
        known=pl.lit(False) if earlier is None else ~pl.col("estimate").is_in(_suppressed(earlier).implode()),
        asked=pl.lit(None, dtype=pl.String),
        same="estimate",
        beside=pl.lit(False),
    )
    return pl.concat([lefts.filter(few)["estimate"], complementary(cells, lies_in, floor)]).unique()


def _suppressed(published: pl.DataFrame) -> pl.Series:
    return published.filter(pl.col("visibility").cast(pl.String) == "suppressed")["estimate"]
