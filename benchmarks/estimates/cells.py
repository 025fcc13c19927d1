"""20,000 cells, each a difference-in-differences with clusters: units before and after, in two arms.

Three ways from the same rows: the bare means that any tool must make, the shipped estimators with CR2 errors,
Satterthwaite's df, p and q, and a model a cell in NumPy, as statsmodels' OLS with `cov_type="cluster"` computes it.
"""

from pathlib import Path

import numpy as np
import polars as pl
from scipy.special import stdtr

from transforms.estimators import mean, student
from transforms.estimators.cluster_robust import two_samples
from transforms.estimators.multiple_testing import with_q_values
from transforms.estimators.terms import summed

CELLS, CLUSTERS, SIZE = 20_000, 10, 5
FAMILY = 25
MODELS = 500
"""Cells that are modelled one by one; the seconds are those of so many, times as many as there are."""
FILE = "cells.parquet"
CHANGE = pl.col("after") - pl.col("before")


def make(folder: Path, cells: int = CELLS) -> None:
    """Writes the rows: one a unit, in no order; a cluster lies in one arm of one cell."""
    noise = np.random.default_rng(2569)
    cluster = noise.permutation(np.arange(cells * CLUSTERS * SIZE) // SIZE)
    shared = noise.normal(0, 0.4, cells * CLUSTERS)[cluster]
    rows = {
        "cell": cluster // CLUSTERS,
        "cluster": cluster,
        "treated": cluster % 2 == 0,
        "before": noise.normal(5, 2, cluster.size),
        "after": noise.normal(6, 2, cluster.size) + shared,
    }
    pl.DataFrame(rows).write_parquet(folder / FILE)


def bare(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a cell and arm: how many, and their mean change."""
    return rows.lazy().group_by("cell", "treated").agg(n=pl.len(), change=CHANGE.mean()).collect()


def ours(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a cell: the effect with its CR2 error, interval, df, p and q (families of 25)."""
    of_clusters = summed(rows, rows["cluster"], mean.terms("y", CHANGE)).frame()
    clusters = of_clusters.with_columns(_of_cluster(rows, "cell", "treated"))
    sums = pl.col("y.n", "y.sum", "y.squares")
    sides = [
        pl.when(pl.col("treated") == side).then(sums).otherwise(0).name.prefix(f"{name}|")
        for name, side in (("t", True), ("c", False))
    ]
    arms = ({"d": mean.linearised("t|y")}, {"d": mean.linearised("c|y")})
    found = two_samples(clusters.select("cell", *sides), "cell", *arms, clustered=True)
    named = found.select("cell", value="d.value", df="d.df", standard_error=pl.col("d.variance").sqrt())
    tested = student.with_inference(named)
    return with_q_values(tested.with_columns(family=pl.col("cell") // FAMILY), ["family"])


def _of_cluster(rows: pl.DataFrame, *names: str) -> list[pl.Series]:
    """What all units of a cluster have in common, one a cluster."""
    codes = rows["cluster"].to_numpy()
    one_unit = np.empty(int(codes.max()) + 1, dtype=np.int64)
    one_unit[codes] = np.arange(codes.size)
    return [rows[name].gather(one_unit) for name in names]


def by_models(rows: pl.DataFrame, cells: int = MODELS) -> pl.DataFrame:
    """The first cells by least squares on the treatment, with CR1 errors: one model after another."""
    found = []
    wanted = rows.filter(pl.col("cell") < cells).with_columns(change=CHANGE)
    for (cell,), part in wanted.group_by("cell"):
        y, codes = part["change"].to_numpy(), part["cluster"].to_numpy()
        x = np.column_stack([np.ones(y.size), part["treated"].to_numpy()])
        bread = np.linalg.pinv(x.T @ x)
        slopes = bread @ (x.T @ y)
        scores = x * (y - x @ slopes)[:, None]
        place = np.unique(codes, return_inverse=True)[1]
        groups = place.max() + 1
        summed = np.stack([np.bincount(place, weights=column, minlength=groups) for column in scores.T], axis=1)
        factor = groups / (groups - 1) * (y.size - 1) / (y.size - 2)
        error = np.sqrt((bread @ (summed.T @ summed) @ bread * factor)[1, 1])
        p = 2 * stdtr(groups - 1, -abs(slopes[1] / error))
        found.append((cell, slopes[1], error, p))
    return pl.DataFrame(found, schema=["cell", "value", "standard_error", "p_value"], orient="row")
