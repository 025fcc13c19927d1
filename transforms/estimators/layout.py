"""Which rows of sums make up which cell: the cells of levels and changes, and those of effects."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.estimators.cohort import Grouping
from transforms.estimators.samples import Integers, Rows


@dataclass(frozen=True)
class Layout:
    """Cells, and one cluster row per cell and cluster that occurs in it.

    `cells`: one row a cell, `cell` and what names it. `cluster_rows`: one row a cluster row, `cluster_row, cell`.
    `of_row`, `cell_of_row`: the cluster row and the cell of each row of the grouping.
    """

    cells: pl.DataFrame
    cluster_rows: pl.DataFrame
    of_row: pl.Series
    cell_of_row: pl.Series
    clustered: bool

    def gathered(self, sums: pl.DataFrame, kept: pl.Series | None = None) -> pl.DataFrame:
        """`sums` (one row per row of the grouping) with `cell`, summed up so that a cluster has one row in a cell.

        `kept` says which rows of the grouping `sums` has; all when not given.
        """
        of_row, cells = self.of_row.alias("cluster_row"), self.cell_of_row.alias("cell")
        rows = sums.with_columns(*((of_row, cells) if kept is None else (of_row.filter(kept), cells.filter(kept))))
        if rows["cluster_row"].n_unique() < rows.height:
            numbers = pl.all().exclude("cell", "cluster_row")
            rows = rows.group_by("cluster_row").agg(pl.col("cell").first(), numbers.sum())
        return rows.drop("cluster_row")

    def of_people(self, row_of_person: Integers) -> Integers:
        """Each participant's cluster row; -1 for none. In as few bits as do: people are looked up for every sample."""
        rows = np.append(self.of_row.to_numpy(), -1).astype(np.min_scalar_type(-max(self.cluster_rows.height, 1)))
        found: Integers = rows[row_of_person]
        return found

    @property
    def clusters(self) -> Rows:
        """The cells of the cluster rows."""
        return Rows(self.cluster_rows["cell"].cast(pl.Int64).to_numpy(), self.cells.height)


def layout(grouping: Grouping, names: list[str]) -> Layout:
    """The cells told apart by `names`, which are columns of the grouping's keys."""
    cells = grouping.keys.select(names).unique().sort(names).with_row_index("cell")
    placed = grouping.keys.join(cells, on=names, how="left", maintain_order="left")
    pairs = placed.select("cell", "cluster").unique().sort("cell", "cluster").with_row_index("cluster_row")
    of_row = placed.join(pairs, on=["cell", "cluster"], how="left", maintain_order="left")["cluster_row"]
    return Layout(cells, pairs.drop("cluster"), of_row.cast(pl.Int64), placed["cell"], grouping.clustered)
