"""Which figures must be hidden beside those on too few people, so that subtraction gives nothing away.

Of every sum (transforms/disclosure/margins.py) either nothing is hidden, or at least two parts are, who together are
as many people as the publication floor: what the whole less the shown parts tells is then of enough people, and of
which part it tells stays open. Where a sum is not so, one more of its parts is hidden: one that no earlier release
showed (who kept that release knows it), and that costs the fewest figures for each sum it mends. The whole is hidden
only when no part is left. Several sums together may still tell more than each by itself: where they do, these sums get
one more hidden part, and so on; where that does not help, all groups of the table are hidden. (Primary and
complementary suppression: Hundepool et al. 2012, Statistical Disclosure Control, chapter 4.)
"""

import polars as pl

from transforms.disclosure.alike import LINE, together
from transforms.disclosure.bounds import ROUNDING, bounds, open_enough
from transforms.disclosure.margins import memberships

_ATTEMPTS = 8
"""How often what all sums say together is looked at; by the last but one, whole tables are hidden."""


def complementary(cells: pl.DataFrame, lies_in: pl.DataFrame, floor: int, need: int = 2) -> pl.Series:
    """The rows that must be hidden too. `cells`: by `counted`; `lies_in`: by `margins.inside`.

    `need`: how many a sum that hides any must hide at least.
    """
    numbered = cells.with_row_index("cell").with_columns(place=pl.concat_str("arm", "by", "group", separator="\t"))
    plain = memberships(numbered, lies_in, floor)
    sums = _prepared(numbered, plain).with_columns(need=pl.lit(need))
    chosen = _enough_in_every_sum(sums, sums["figure"].clear(), floor)
    for attempt in range(_ATTEMPTS):
        known = _known_too_well(plain.with_columns(_with(sums, chosen)["hidden"]), floor)
        if known.is_empty():
            break
        here = pl.col("equation").is_in(known.implode())
        sums = sums.with_columns(need=pl.col("need") + here)
        before = chosen.len()
        chosen = _enough_in_every_sum(sums, chosen, floor)
        if chosen.len() == before or attempt == _ATTEMPTS - 2:
            chosen = pl.concat([chosen, _family(sums, here)]).unique()
    rows = numbered.select("row", figure=_figure(numbered))
    return rows.filter(pl.col("figure").is_in(chosen.implode()))["row"].drop_nulls().unique().sort()


def _enough_in_every_sum(sums: pl.DataFrame, chosen: pl.Series, floor: int) -> pl.Series:
    """The chosen figures, and those that must be hidden with them so that every sum has enough that are."""
    while True:
        more = _next_of(_with(sums, chosen), floor)
        if more.is_empty():
            return chosen
        chosen = pl.concat([chosen, more]).unique()


def _known_too_well(sums: pl.DataFrame, floor: int) -> pl.Series:
    """The sums of the cells that all sums together bound too tightly, though each sum has enough that are hidden."""
    found = bounds(sums, floor, open_enough(floor)).filter(
        pl.col("number") < floor, pl.col("most") - pl.col("least") < open_enough(floor) - ROUNDING
    )
    nameless = -pl.col("equation").cast(pl.Int64) - 1
    cells = sums.select("equation", "hidden", cell=pl.coalesce(pl.col("cell").cast(pl.Int64), nameless))
    return cells.filter("hidden").join(found, on="cell", how="semi")["equation"].unique()


def _family(sums: pl.DataFrame, here: pl.Expr) -> pl.Series:
    """All figures of the tables of these sums, but those of everybody."""
    tables = sums.filter(here)["table"].unique()
    groups = sums.filter(pl.col("table").is_in(tables.implode()), "free", ~pl.col("whole"), pl.col("number") > 0)
    return groups["figure"].unique()


def _figure(cells: pl.DataFrame) -> pl.Series:
    """Which figures are hidden with one another whatever it is for, numbered: those that follow from each other."""
    return cells.select(pl.struct("same", "number").rank("dense").cast(pl.Int64)).to_series()


def _prepared(cells: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """The sums by numbers: `equation, table, set, figure, place, number, whole, known, free, first, few`.

    `free` is what can be hidden, `first` counts a figure of a set once.
    """
    names = ("equation", "table", "set", "figure", "place", "number", "whole", "known", "free", "first")
    of_cell = cells.select("cell", figure=_figure(cells), free=~pl.col("hidden"))
    return (
        sums.join(together(sums, cells), on=LINE, how="left", maintain_order="left")
        .join(of_cell, on="cell", how="left", maintain_order="left")
        .with_columns(pl.col("place", "table").rank("dense").cast(pl.Int64), pl.col("free").fill_null(False))
        .with_columns(first=pl.struct("set", "figure", "free").is_first_distinct())
        .select(*names, few="hidden")
    )


def _with(sums: pl.DataFrame, chosen: pl.Series) -> pl.DataFrame:
    """The sums once these figures are hidden: what is `hidden`, and what of it is unknown for that.

    `left`: how many figures more must be hidden before any of the set is unknown.
    """
    hides = sums.with_columns(also=pl.col("free") & pl.col("figure").is_in(chosen.implode()).fill_null(False))
    counted = hides.with_columns(
        hidden=pl.col("few") | pl.col("also"),
        left=(pl.col("free") & pl.col("first") & ~pl.col("also")).sum().over("set"),
    )
    told = counted.with_columns(unknown=pl.col("few") | (pl.col("also") & (pl.col("left") == 0)))
    unknown_part = pl.col("unknown") & ~pl.col("whole")
    return told.with_columns(
        people=pl.when(unknown_part).then("number").otherwise(0),
        whole_unknown=pl.col("unknown") & pl.col("whole"),
    ).with_columns(
        hidden_here=pl.col("hidden").sum().over("equation"),
        unknown_here=pl.col("unknown").sum().over("equation"),
        people=pl.col("people").sum().over("equation"),
        whole_unknown=pl.col("whole_unknown").any().over("equation"),
    )


def _next_of(sums: pl.DataFrame, floor: int) -> pl.Series:
    """The figures to hide next: of each table with unsafe sums one set, since it may mend several."""
    few = (pl.col("unknown_here") < pl.col("need")) | (~pl.col("whole_unknown") & (pl.col("people") < floor))
    unsafe = sums.filter(pl.col("hidden_here") > 0, few)
    candidates = unsafe.filter(~pl.col("unknown"), pl.col("number") > 0, "free")
    needs = candidates.group_by("set").agg(needs=pl.col("equation").n_unique())
    figures = sums.filter("free", ~pl.col("hidden")).join(needs, on="set", how="semi").select("set", "figure").unique()
    untouched = sums.filter(pl.col("hidden_here") == 0).select("figure", "equation")
    breaks = figures.join(untouched, on="figure").group_by("set").agg(breaks=pl.col("equation").n_unique())
    elsewhere = sums.filter("hidden").group_by("place").agg(elsewhere=pl.len())
    priced = (
        candidates.join(needs, on="set")
        .join(breaks, on="set", how="left")
        .join(elsewhere, on="place", how="left")
        .with_columns(pl.col("breaks", "elsewhere").fill_null(0))
        .with_columns(cost=(pl.col("left") + pl.col("breaks")) / pl.col("needs"))
    )
    order = ["whole", "known", "cost", "elsewhere", "number", "figure"]
    best = priced.sort(order, descending=[False, False, False, True, False, False])
    sets = best.unique("table", keep="first", maintain_order=True).select("set")
    return figures.join(sets, on="set", how="semi")["figure"].unique()
