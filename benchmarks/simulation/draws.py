"""Made-up units in clusters; a cell is one replication, and all of them are estimated in one call."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from transforms.estimators import student
from transforms.estimators.cluster_robust import Linearised, one_sample, two_samples
from transforms.estimators.terms import added

EVEN = 10
UNEVEN = (4, 6, 10, 20)
"""Units a cluster; uneven sizes take turns."""

Terms = Callable[[str, pl.Expr], list[pl.Expr]]
"""The terms under a prefix of the rows of which an expression is true."""


def clustered(
    noise: np.random.Generator, cells: int, clusters: int, sizes: int | Sequence[int] = EVEN, between: float = 0.2
) -> pl.DataFrame:
    """One row a unit: `cell`, `cluster`, `treated` (every other cluster of a size), `unit`, standard normal `noise`.

    `between` is the share of the variance that a cluster has in common.
    """
    takes = np.resize(np.repeat(np.atleast_1d(sizes), 2), clusters)  # two of each size: one an arm
    size = np.tile(takes, cells)
    cluster = np.repeat(np.arange(cells * clusters), size)
    shared = noise.normal(0, math.sqrt(between), cells * clusters)[cluster]
    return pl.DataFrame(
        {
            "cell": cluster // clusters,
            "cluster": cluster,
            "treated": cluster % 2 == 0,
            "unit": np.arange(cluster.size),
            "noise": shared + noise.normal(0, math.sqrt(1 - between), cluster.size),
        }
    )


def one_arm(
    units: pl.DataFrame, terms: list[pl.Expr], statistic: Linearised, *, by_cluster: bool = True
) -> pl.DataFrame:
    """One row a cell: the statistic `y` with its interval; `terms` are those whose sums it is written in."""
    rows = units.group_by("cell", "cluster").agg(added(terms))
    found = one_sample(rows, "cell", {"y": statistic}, clustered=by_cluster).sort("cell")
    columns = {"value": "y.value", "n": "y.n", "df": "y.df", "variance": "y.variance", "clusters": "y.clusters"}
    errors = {"taylor": "y.taylor"} if by_cluster else {}
    return student.with_inference(found.select("cell", standard_error=pl.col("y.variance").sqrt(), **columns, **errors))


def two_arms(
    units: pl.DataFrame,
    terms: Terms,
    linearised: Callable[[str], Linearised],
    *,
    by_cluster: bool = True,
    welch: bool = False,
) -> pl.DataFrame:
    """One row a cell: treated minus comparison with its standard error, df and `form`; not yet an interval."""
    inside = {"t": pl.col("treated"), "c": ~pl.col("treated")}
    columns = [column for side, rows in inside.items() for column in terms(side, rows)]
    rows = units.group_by("cell", "cluster").agg(added(columns))
    arms: list[Mapping[str, Linearised]] = [{"d": linearised(side)} for side in inside]
    found = two_samples(rows, "cell", arms[0], arms[1], clustered=by_cluster, welch=welch).sort("cell")
    named = {name: f"d.{name}" for name in ("value", "df", "form", "n", "n_comparison", "clusters")}
    return found.select("cell", standard_error=pl.col("d.variance").sqrt(), **named)
