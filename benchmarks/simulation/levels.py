"""Levels and changes of one arm: means, ratios, medians."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy.special import bdtr

from benchmarks.simulation import draws
from benchmarks.simulation.effects import NEAR
from benchmarks.simulation.finding import Finding, around, covered, exact
from transforms.estimators import mean, quantile, ratio, samples, student


def means(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Normal values, with clusters and without."""
    value = mean.terms("y", pl.col("noise"))
    for clusters in (5, 24):
        units = draws.clustered(noise, replications, clusters)
        found = draws.one_arm(units, value, mean.linearised("y"))
        data = f"{clusters} clusters of {draws.EVEN}"
        yield _coverage("mean_cr2, paired_change_cr2", data, found, 0.0, exact(replications), replications)
        alone = draws.one_arm(units, value, mean.linearised("y"), by_cluster=False)
        yield _coverage("clusters ignored", data, alone, 0.0, exact(replications), replications, control=True)
    units = draws.clustered(noise, replications, 10, 1, 0.0)
    found = draws.one_arm(units, value, mean.linearised("y"), by_cluster=False)
    yield _coverage("mean_t, paired_change_t", "10 units", found, 0.0, exact(replications), replications)


def skewed_money(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """The mean of lognormal money (sigma 1): too sure of itself in small samples, which is why medians lead."""
    for units_a_cell, known in ((20, 0.885), (100, 0.92)):
        units = draws.clustered(noise, replications, units_a_cell, 1, 0.0)
        units = units.with_columns(money=pl.col("noise").exp())
        found = draws.one_arm(units, mean.terms("y", pl.col("money")), mean.linearised("y"), by_cluster=False)
        low, high = around(known, replications)
        data = f"{units_a_cell} lognormal values; known to cover about {known}"
        truth = float(np.exp(0.5))
        yield _coverage("mean_t", data, found, truth, (low - 0.015, high + 0.015), replications)
        yield _coverage("mean_t as if exact", data, found, truth, exact(replications), replications, control=True)


def ratios(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """The share of all inputs that is bought nearby, 0.4, and its change of 0.1."""
    units = draws.clustered(noise, replications, 24)
    x0, x = (pl.Series(noise.uniform(1, 9, units.height)) for _ in range(2))
    y0 = x0 * (0.4 + 0.1 * pl.col("noise"))
    y = x * (0.5 + 0.1 * pl.col("noise") + pl.Series(noise.normal(0, 0.1, units.height)))
    units = units.with_columns(x0=x0, x=x, y0=y0, y=y)
    found = draws.one_arm(units, ratio.terms("r", pl.col("y0"), pl.col("x0")), ratio.linearised("r"))
    taylor = student.with_inference(
        found.with_columns(standard_error=pl.col("taylor").sqrt(), df=pl.col("clusters").cast(pl.Float64) - 1)
    )
    data = f"24 clusters of {draws.EVEN}"
    yield _coverage("ratio_taylor", data, taylor, 0.4, NEAR, replications)
    terms = ratio.change_terms("r", (pl.col("y0"), pl.col("x0")), (pl.col("y"), pl.col("x")))
    found = draws.one_arm(units, terms, ratio.change_linearised("r"))
    yield _coverage("paired_ratio_change_cr2", data, found, 0.1, NEAR, replications)


def medians(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Order statistics against the binomial that they rest on; Woodruff's interval by clusters is approximate."""
    for size in (10, 25, 100):
        units = draws.clustered(noise, replications, size, 1, 0.0)
        rank = next(k for k in range(size, -1, -1) if k == 0 or bdtr(k - 1, size, 0.5) <= 0.025)
        known = 1 - 2 * float(bdtr(rank - 1, size, 0.5))
        data = f"{size} lognormal values; covers {known:.4f} exactly"
        found = _medians(units, by_cluster=False)
        yield _coverage("median_order_statistic", data, found, 1.0, around(known, replications), replications)
    for clusters, low in ((12, 0.92), (30, 0.93)):
        units = draws.clustered(noise, replications, clusters)
        data = f"{clusters} clusters of {draws.EVEN}, lognormal values"
        found = _medians(units, by_cluster=True)
        yield _coverage("median_woodruff_cr2", data, found, 1.0, (low, 0.98), replications)
        alone = _medians(units.with_columns(cluster="unit"), by_cluster=False)
        yield _coverage("clusters ignored", data, alone, 1.0, (low, 0.98), replications, control=True)


def _medians(units: pl.DataFrame, *, by_cluster: bool) -> pl.DataFrame:
    """Medians of exp(noise), one row a cell."""
    values = units["noise"].exp().to_numpy()
    cells = units["cell"].to_numpy()
    row = units["cluster"].to_numpy() if by_cluster else cells
    of_row = units.group_by("cluster", maintain_order=True).agg(pl.col("cell").first())["cell"].to_numpy()
    n_cells = int(cells.max()) + 1
    layout = samples.Rows(of_row if by_cluster else np.arange(n_cells), n_cells)
    sample = samples.ordered(samples.ascending(values), row, layout)
    return quantile.medians([sample], clustered=by_cluster)


def _coverage(
    method: str,
    data: str,
    found: pl.DataFrame,
    truth: float,
    bounds: tuple[float, float],
    replications: int,
    *,
    control: bool = False,
) -> Finding:
    return Finding(method, data, "coverage", covered(found, truth), *bounds, replications, control)


SIMULATIONS = (means, skewed_money, ratios, medians)
