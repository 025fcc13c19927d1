"""Simulation with known truth and fixed seeds: 95 % intervals hold it as often as they say.

All replications are cells of one call. The band for exact methods: .95 -+ 3 sqrt(.0475 / R).
"""

import math

import numpy as np
import polars as pl
import pytest

from transforms.estimators import mean, ratio_of_ratios, student
from transforms.estimators.cluster_robust import one_sample, two_samples
from transforms.estimators.quantile import medians
from transforms.estimators.samples import Rows, ascending, ordered
from transforms.estimators.terms import added

REPLICATIONS = 2000
BAND = 3 * math.sqrt(0.0475 / REPLICATIONS)


def simulated(seed: int, clusters: int, size: int = 10, between: float = 0.5) -> pl.DataFrame:
    """One row a unit: `cell` (the replication), `cluster`, `treated` (the even clusters), standard normal `noise`."""
    noise = np.random.default_rng(seed)
    units = REPLICATIONS * clusters * size
    cluster = np.arange(units) // size
    shared = noise.normal(0, math.sqrt(between), REPLICATIONS * clusters)[cluster]
    return pl.DataFrame(
        {
            "cell": cluster // clusters,
            "cluster": cluster,
            "treated": cluster % 2 == 0,
            "noise": shared + noise.normal(0, math.sqrt(1 - between), units),
        }
    )


def share_holding(intervals: pl.DataFrame, truth: float) -> float:
    return float(intervals.select((pl.col("low") <= truth) & (pl.col("high") >= truth)).to_series().mean())


def sides(units: pl.DataFrame, terms) -> pl.DataFrame:
    columns = []
    for name, inside in {"t": pl.col("treated"), "c": ~pl.col("treated")}.items():
        columns += terms(name, inside)
    return units.group_by("cell", "cluster").agg(added(columns))


@pytest.mark.parametrize("clusters", [6, 20, 80])
def test_cr2_intervals_of_an_effect_cover_from_3_and_3_to_40_and_40_clusters(clusters):
    size = 10 if clusters < 80 else 4
    units = simulated(clusters, clusters, size)
    rows = sides(units, lambda name, inside: mean.terms(name, pl.when(inside).then(pl.col("noise"))))
    arms = ({"d": mean.linearised("t")}, {"d": mean.linearised("c")})
    found = two_samples(rows, "cell", *arms, clustered=True)
    assert found["d.form"].unique().to_list() == ["cr2"]
    columns = {"value": "d.value", "standard_error": pl.col("d.variance").sqrt(), "df": "d.df"}
    intervals = student.with_inference(found.select(**columns))
    assert abs(share_holding(intervals, 0) - 0.95) < BAND
    assert 0.02 < (intervals["p_value"] < 0.05).mean() < 0.06


def test_ignoring_the_clusters_would_be_noticed():
    units = simulated(6, 6)
    rows = sides(units, lambda name, inside: mean.terms(name, pl.when(inside).then(pl.col("noise"))))
    arms = ({"d": mean.linearised("t")}, {"d": mean.linearised("c")})
    found = two_samples(rows, "cell", *arms, clustered=False)
    columns = {"value": "d.value", "standard_error": pl.col("d.variance").sqrt(), "df": "d.df"}
    assert share_holding(student.with_inference(found.select(**columns)), 0) < 0.75


@pytest.mark.parametrize("clusters", [5, 24])
def test_cr2_intervals_of_a_mean_cover(clusters):
    units = simulated(clusters, clusters)
    rows = units.group_by("cell", "cluster").agg(added(mean.terms("y", pl.col("noise"))))
    found = one_sample(rows, "cell", {"y": mean.linearised("y")}, clustered=True)
    columns = {"value": "y.value", "standard_error": pl.col("y.variance").sqrt(), "df": "y.df"}
    assert abs(share_holding(student.with_inference(found.select(**columns)), 0) - 0.95) < BAND


@pytest.mark.parametrize(("clusters", "lowest"), [(None, 0.95 - BAND), (12, 0.92), (30, 0.93)])
def test_intervals_of_a_median_cover(clusters, lowest):
    """Order statistics are conservative; Woodruff's interval is approximate with few clusters."""
    units = simulated(clusters or 3, clusters or 3, between=0.5 if clusters else 0.0)
    values = units["noise"].exp().to_numpy()
    row = units["cluster"].to_numpy() if clusters else units["cell"].to_numpy()
    cells = np.arange(row.max() + 1) // clusters if clusters else np.arange(row.max() + 1)
    layout = Rows(cells, REPLICATIONS)
    sample = ordered(ascending(values), row, layout)
    found = medians([sample], clustered=clusters is not None)
    assert lowest < share_holding(found, 1) < 0.985


def test_intervals_of_growth_cover_although_sales_are_skewed_and_shops_close():
    """The growth truly is 10 % in both arms; a tenth of the firms close. The level of money varies by lognormal 1."""
    units = simulated(11, 24, size=20, between=0.1)
    noise = np.random.default_rng(12)
    size = pl.Series(noise.lognormal(0, 1, units.height))
    closed = pl.Series(noise.random(units.height) < 0.1)
    units = units.with_columns(
        before=size, after=pl.when(closed).then(0.0).otherwise(size * 1.1 * (0.5 * pl.col("noise")).exp())
    )
    rows = sides(
        units,
        lambda name, inside: ratio_of_ratios.terms(
            name, pl.when(inside).then(pl.col("before")), pl.when(inside).then(pl.col("after"))
        ),
    )
    arms = ({"g": ratio_of_ratios.linearised("t")}, {"g": ratio_of_ratios.linearised("c")})
    found = two_samples(rows, "cell", *arms, clustered=True, welch=True)
    logs = found.select(value="g.value", standard_error=pl.col("g.variance").sqrt(), df="g.df")
    assert 0.93 < share_holding(ratio_of_ratios.with_growth(logs), 0) < 0.95 + BAND
