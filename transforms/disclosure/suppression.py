"""Which figures must be hidden beside those on too few people, so that subtraction gives nothing away.

Of every sum (transforms/disclosure/margins.py) either nothing is hidden, or at least two parts are, who together are
as many people as the publication floor: what the whole less the shown parts tells is then of enough people, and of
which part it tells stays open. Where a sum is not so, one more of its parts is hidden: one that other sums need hidden
too, that no earlier release showed (who kept that release knows it), with the fewest people. The whole is hidden only
when no part is left. Cells of one place with the same number of people may be of the same people: they are hidden
together. (Primary and complementary suppression: Hundepool et al. 2012, Statistical Disclosure Control, chapter 4.)
"""

import polars as pl

from transforms.disclosure.margins import memberships


def complementary(cells: pl.DataFrame, lies_in: pl.DataFrame, floor: int) -> pl.Series:
    """The rows that must be hidden too. `cells`: margins.COLUMNS and `alike`; `lies_in`: by `margins.inside`.

    `alike`: equal in cells that may be of the same people, else null.
    """
    numbered = cells.with_row_index("cell").with_columns(place=pl.concat_str("arm", "by", "group", separator="\t"))
    few = numbered.filter("hidden")["row"].drop_nulls().unique()
    hidden = _hidden_rows(numbered, few)
    sums = memberships(numbered, lies_in, floor)
    while True:
        now = sums.with_columns(hidden=pl.coalesce(pl.col("row").is_in(hidden.implode()), "hidden"))
        now = now.with_columns(elsewhere=(pl.col("hidden") & pl.col("row").is_not_null()).sum().over("place"))
        more = _next_of(_unsafe(now, floor))
        if more.is_empty():
            return hidden.filter(~hidden.is_in(few.implode())).sort()
        hidden = _hidden_rows(numbered, pl.concat([hidden, more]))


def _unsafe(sums: pl.DataFrame, floor: int) -> pl.DataFrame:
    """The rows of sums of which the hidden parts are one, or together fewer than the floor."""
    hidden = pl.col("hidden")
    judged = sums.with_columns(
        hidden_cells=hidden.sum().over("equation"),
        hidden_people=pl.col("number").filter(hidden & ~pl.col("whole")).sum().over("equation"),
        whole_hidden=(hidden & pl.col("whole")).any().over("equation"),
    )
    single = pl.col("hidden_cells") == 1
    few = ~pl.col("whole_hidden") & (pl.col("hidden_cells") > 0) & (pl.col("hidden_people") < floor)
    return judged.filter(single | few)


def _next_of(unsafe: pl.DataFrame) -> pl.Series:
    """Of each unsafe sum the row to hide next."""
    open_to = unsafe.filter(~pl.col("hidden") & (pl.col("number") > 0) & pl.col("row").is_not_null())
    needed = open_to.with_columns(needs=pl.col("equation").n_unique().over("row"))
    order = ["whole", "known", "elsewhere", "needs", "number", "row"]
    best = needed.sort(order, descending=[False, False, True, True, False, False])
    return best.unique("equation", keep="first", maintain_order=True)["row"].unique()


def _hidden_rows(cells: pl.DataFrame, rows: pl.Series) -> pl.Series:
    """These rows and all that may be of the same people as one of them."""
    known = rows.unique()
    while True:
        alike = cells.filter(pl.col("row").is_in(known.implode()) & (pl.col("number") > 0))["alike"].drop_nulls()
        more = cells.filter(pl.col("alike").is_in(alike.unique().implode()))["row"]
        both = pl.concat([known, more]).unique()
        if both.len() == known.len():
            return known.sort()
        known = both
