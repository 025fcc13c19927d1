"""Which counts protect a small group only together, because they may be of the same people.

Two tables may count the same people at one place: those who answered one question and those who answered another. Where
the one hides a small group beside one place and the other shows that place, with a number that is the same, the small
group is known. So a place protects a small group only when it is hidden in every table in which as many people are at
it, unless the small group is shown there: then what that table says is of enough people, and tells of the one no more
than how many of them did not answer its question.
"""

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

LINE = ["cell", "split"]
"""A cell as a part or the whole of one split, in whichever table."""
_SUM = ["asked", "split"]


def together(sums: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """One row per line: `cell, split, set`. Lines of the same set protect others only when all are hidden.

    `sums`: by `margins.memberships`; `cells`: numbered, with `asked`.
    """
    at = pl.struct("by", "group").rank("dense")
    placed = cells.with_columns(pl.col("asked").rank("dense"), at=at).select("cell", "asked", "at")
    named = sums.join(placed, on="cell", how="left").with_columns(
        pl.col("split").rank("dense").alias("of"), pl.col("asked").forward_fill().backward_fill().over("equation")
    )
    lines = named.drop_nulls("row").select(*LINE).unique(maintain_order=True).with_row_index("line")
    pairs = _of_the_same_people(named).join(lines, on=LINE)
    key = pairs.select(pl.struct("asked", "of", "at", "number", "small").rank("dense")).to_series()
    place = lines.height + key.to_numpy().astype(np.int64) - 1
    size = int(place.max(initial=lines.height - 1)) + 1
    graph = coo_array((np.ones(place.size), (pairs["line"].to_numpy().astype(np.int64), place)), shape=(size, size))
    found = connected_components(graph, directed=False)[1][: lines.height] if size else place
    return lines.select(*LINE, set=pl.Series(found, dtype=pl.Int64))


def _of_the_same_people(named: pl.DataFrame) -> pl.DataFrame:
    """One row per line and small part that some table of the same people hides, and this one does not show."""
    parts = named.filter(~pl.col("whole")).with_columns(pl.col("at").fill_null(0))
    here = ["asked", "of"]
    small = parts.filter("hidden", pl.col("number") > 0).select(*here, small="at").unique().drop_nulls()
    shown = parts.filter(~pl.col("hidden")).select("equation", small="at").unique()
    # Where one group is all there is, hiding it would take hiding the whole, and says nothing of any other group.
    known = named.filter(pl.col("number") > 0, pl.len().over("equation") > 2).drop_nulls(["row", "asked"])
    beside = known.join(small, on=here).join(shown, on=["equation", "small"], how="anti")
    return beside.select("cell", "split", *here, "at", "number", "small")
