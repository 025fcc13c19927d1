"""Estimates get the names of their cells, and the response there."""

from collections.abc import Iterable, Iterator

import polars as pl

from transforms.estimating.seen import Seen
from transforms.estimators.layout import Layout
from transforms.programme import Quantity


def placed(
    frames: Iterable[pl.DataFrame], cells: Layout, gathered: pl.DataFrame, seen: Seen, quantity: Quantity | str
) -> Iterator[pl.DataFrame]:
    """The estimates (with `cell`) in their places; cells in which nobody was asked are left out.

    `gathered` has `cell`, `due` and `told`. Where units stand alone they are their own clusters; in a session the one
    cluster is counted, the method says it.
    """
    by_unit = not (seen.stack.clustered or seen.stack.alone)
    own = {"clusters": "n", "clusters_comparison": "n_comparison"} if by_unit else {}
    response = (pl.col("told").sum() / pl.col("due").sum()).fill_nan(None)
    named = cells.cells.join(gathered.group_by("cell").agg(response=response), on="cell", how="left")
    for frame in frames:
        kept = frame.filter(pl.col("population") > 0).join(named, on="cell", how="left", maintain_order="left")
        yield kept.with_columns(
            *(pl.col(units).alias(name) for name, units in own.items() if units in kept.columns),
            method=pl.col("method") + pl.lit("_within_session" if seen.stack.alone else ""),
            smallest_detectable=None if quantity == "level" else pl.col("smallest_detectable"),
            quantity=pl.lit(quantity),
            round=pl.lit(seen.asked.round_id),
            weights=pl.lit(seen.asked.weights),
        ).drop("cell")
