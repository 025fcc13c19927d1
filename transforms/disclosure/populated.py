"""How many people contribute to each cell tonight, be it shown or not."""

from collections.abc import Mapping

import polars as pl

from transforms.disclosure.additive import LEFT
from transforms.disclosure.changed import CELL
from transforms.disclosure.figures import ROW, cells_of_moves, of_estimates, of_funnel, row_of
from transforms.disclosure.left import left
from transforms.programme import Programme
from transforms.tables import Funnel


def populated(results: Mapping[str, pl.DataFrame], programme: Programme) -> pl.DataFrame:
    """One row per cell: its columns, and `number`, of people. `results`: the tables of a night, nothing hidden."""
    estimates = results["estimates"].filter(pl.col("term") == "")
    rests_on = of_estimates(estimates.filter(pl.col("quantity").cast(pl.String) != "effect"), programme)
    of_left = pl.col("item").str.contains(f".{LEFT}.", literal=True)
    lefts = left(estimates, programme).select(pl.col("estimate").alias(ROW), "number")
    funnel = results["funnel"].with_columns(row_of(Funnel.primary_key()))
    found = [
        rests_on.filter(~of_left).join(estimates.select(pl.col("estimate").alias(ROW), number="n"), on=ROW),
        rests_on.filter(of_left).join(lefts, on=ROW),
        of_funnel(results["funnel"]).join(funnel.select(ROW, number="people"), on=ROW),
        cells_of_moves(results["transitions"]),
    ]
    cells = pl.concat([each.select(*CELL, pl.col("number").cast(pl.Int64)) for each in found])
    return cells.group_by(CELL).agg(pl.col("number").max().fill_null(0)).sort(CELL)
