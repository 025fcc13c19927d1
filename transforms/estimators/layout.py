"""Which rows of sums make up which cell: the cells of levels and changes, and those of effects."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.estimators.cohort import Grouping, Stack
from transforms.estimators.samples import Integers, Rows


@dataclass(frozen=True)
class Layout:
    """Cells, and one cluster row per cell and cluster that occurs in it; those of a breakdown stand together.

    `stack`: the breakdowns. `cells`: one row a cell, `cell, by` and what names it. `cluster_rows`: one row a cluster
    row, `cell, by`. `of_row`, `cell_of_row`: the cluster row and the cell of each row of the stack.
    """

    stack: Stack
    cells: pl.DataFrame
    cluster_rows: pl.DataFrame
    of_row: pl.Series
    cell_of_row: pl.Series

    @property
    def clustered(self) -> bool:
        """Whether errors go together by cluster."""
        return self.stack.clustered

    def gathered(self, sums: pl.DataFrame, kept: pl.Series | None = None) -> pl.DataFrame:
        """`sums` (one row per row of the stack) with `cell`, summed up so that a cluster has one row in a cell.

        `kept` says which rows of the stack `sums` has; all when not given.
        """
        of_row, cells = self.of_row.alias("cluster_row"), self.cell_of_row.alias("cell")
        rows = sums.with_columns(*((of_row, cells) if kept is None else (of_row.filter(kept), cells.filter(kept))))
        if rows["cluster_row"].n_unique() < rows.height:
            numbers = pl.all().exclude("cell", "cluster_row")
            rows = rows.group_by("cluster_row").agg(pl.col("cell").first(), numbers.sum())
        return rows.drop("cluster_row")

    def places(self) -> "list[Place]":
        """Where each breakdown's people stand, in the order of the cells."""
        starts = dict(zip((each.by for each in self.stack.groupings), self._first_rows(), strict=True))
        groupings = sorted(self.stack.groupings, key=lambda each: each.by)
        return [self._place(each, starts[each.by]) for each in groupings]

    def _first_rows(self) -> list[int]:
        return [0, *np.cumsum([each.keys.height for each in self.stack.groupings])[:-1].tolist()]

    def _place(self, grouping: Grouping, first: int) -> "Place":
        cells = self.cells.filter(by=grouping.by)["cell"]
        own = self.cluster_rows.with_row_index("row").filter(by=grouping.by)
        rows = self.of_row[first : first + grouping.keys.height].to_numpy() - int(own["row"][0])
        # In as few bits as do: people are looked up for every sample.
        small = np.append(rows, -1).astype(np.min_scalar_type(-max(own.height, 1)))
        layout = Rows(own["cell"].cast(pl.Int64).to_numpy() - int(cells[0]), cells.len())
        return Place(small[grouping.row_of_person], layout, cells)


@dataclass(frozen=True)
class Place:
    """Where the people of one breakdown stand.

    `of_person`: each participant's cluster row (-1 for none), counted from the breakdown's first. `rows`: the cells of
    its cluster rows, counted from its first. `cells`: its cells' numbers.
    """

    of_person: Integers
    rows: Rows
    cells: pl.Series


def layout(stack: Stack, names: list[str]) -> Layout:
    """The cells of each breakdown told apart by `names`, which are columns of the stack's keys."""
    named = ["by", *names]
    cells = stack.keys.select(named).unique().sort(named).with_row_index("cell")
    placed = stack.keys.join(cells, on=named, how="left", maintain_order="left")
    pairs = placed.select("cell", "cluster", "by").unique().sort("cell", "cluster").with_row_index("cluster_row")
    of_row = placed.join(pairs, on=["cell", "cluster"], how="left", maintain_order="left")["cluster_row"]
    return Layout(stack, cells, pairs.drop("cluster", "cluster_row"), of_row.cast(pl.Int64), placed["cell"])
