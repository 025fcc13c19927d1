"""Gini's coefficient by the bootstrap, and Lee's bounds where treatment moves who answers."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import erf

from benchmarks.simulation import draws
from benchmarks.simulation.finding import Finding, covered, exact
from transforms.estimators import lee, student
from transforms.estimators.bootstrap import Statistic, bootstrapped, numbered
from transforms.estimators.inequality import gini, gini_change

UNEQUAL = 0.6
"""The standard deviation of log income, of which Gini's coefficient is erf(UNEQUAL / 2)."""
CAREFUL = (0.90, 0.97)
"""A bootstrap of skewed amounts covers less than it says in samples of this size."""


def coefficient(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Lognormal incomes in 40 clusters of 5, at one round and over two."""
    data = "40 clusters of 5, lognormal incomes"
    units = draws.clustered(noise, replications, 40, 5, 0.1)
    spread = UNEQUAL * pl.col("noise")
    units = units.with_columns(before=spread.exp(), after=(0.9 * spread + _lesser(noise, units.height)).exp())
    levels, changes = [], []
    for part in units.partition_by("cell", maintain_order=True):
        before, after = (part[name].to_numpy() for name in ("before", "after"))
        names = part["cluster"].cast(pl.String).to_numpy().astype(np.str_)
        levels.append(_row(gini(before), names, before))
        changes.append(_row(gini_change(before, after), names, after))
    truth = float(erf(UNEQUAL / 2))
    for method, rows, of in (("gini_cluster_bootstrap", levels, truth), ("gini_cluster_bootstrap, change", changes, 0)):
        found = student.with_inference(pl.DataFrame(rows))
        yield Finding(method, data, "coverage", covered(found, float(of)), *CAREFUL, replications)


def _lesser(noise: np.random.Generator, many: int) -> pl.Series:
    """What keeps the spread of logs as it was while a tenth of the old one goes."""
    return pl.Series(noise.normal(0, UNEQUAL * np.sqrt(1 - 0.9**2), many))


def _row(statistic: Statistic, names: NDArray[np.str_], amounts: NDArray[np.float64]) -> dict[str, float]:
    found = bootstrapped(statistic, np.ones(len(amounts)), numbered(names, amounts))
    return {"value": found.value, "standard_error": found.standard_error, "df": found.df}


def bounds(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """The treated all answer, of the comparison the better off do: the effect on those who always would."""
    data = "20+20 clusters of 10, the comparison loses those who fare badly"
    effect, holds, naive = 0.2, [], []
    units = draws.clustered(noise, replications, 40)
    tells = 1 / (1 + np.exp(-1.5 - 1.5 * units["noise"].to_numpy()))
    would = noise.random(units.height) < tells
    y = units["noise"].to_numpy() + effect * units["treated"].to_numpy()
    units = units.with_columns(y=y, would=would, local=pl.col("cluster") - pl.col("cell") * 40)
    for part in units.partition_by("cell", maintain_order=True):
        arms = [_arm(part.filter(pl.col("treated") == each), everybody=each) for each in (True, False)]
        found = lee.bounds(*arms, lee.difference, seed=1)
        if found is not None:
            holds.append(found.low <= effect <= found.high)
            naive.append(arms[0].y.mean() - arms[1].y.mean() - effect)
    yield Finding("lee bounds", data, "coverage", float(np.mean(holds)), exact(replications)[0], 1.0, replications)
    error = float(np.mean(naive) / np.std(naive) * np.sqrt(len(naive)))
    yield Finding("difference of who answered", data, "mean error", error, -3, 3, replications, control=True)


def _arm(people: pl.DataFrame, *, everybody: bool) -> lee.Arm:
    told = people if everybody else people.filter("would")
    clusters = told["local"].to_numpy()
    eligible = np.bincount(people["local"].to_numpy(), minlength=40).astype(np.float64)
    return lee.Arm(told["y"].to_numpy(), np.ones(told.height), clusters, eligible)


SIMULATIONS = (coefficient, bounds)
