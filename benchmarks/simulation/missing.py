"""Follow-ups that some kinds of people answer less: missing at random, given what was known at the registration."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from benchmarks.simulation import draws
from benchmarks.simulation.finding import Finding, covered
from transforms.estimating.weighting import for_nonresponse
from transforms.estimators import mean, student
from transforms.programme import Weights

CLUSTERS, SIZE = 10, 20
EFFECT = 2.5
"""Treated people gain 1, and 1 more a level; there are as many of each level, 0 to 3."""
ANSWERING = {True: (0.9, 0.75, 0.55, 0.4), False: (0.6, 0.7, 0.8, 0.85)}
"""The share of the treated, and of the others, that answers, by level."""
WEIGHTED = Weights(covariates=("old", "town"))


def at_random(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """The effect of those who answered is off; weighted up to all who registered it is not."""
    units = _units(noise, replications)
    units = units.with_columns(weight=pl.Series(_weights(units)).fill_nan(None))
    plain = student.with_inference(draws.two_arms(units, _terms, mean.linearised))
    adjusted = student.with_inference(
        draws.two_arms(units, _weighted_terms, lambda side: mean.linearised(side, weighted=True))
    )
    data = f"{CLUSTERS}+{CLUSTERS} clusters of {SIZE}, the gain and the answering go by level"
    what, bounds = "mean error / MC error", (-3.0, 3.0)
    yield Finding("propensity_strata", data, what, _error(adjusted), *bounds, replications)
    yield Finding("propensity_strata", data, "coverage", covered(adjusted, EFFECT), 0.93, 0.98, replications)
    yield Finding("answers not weighted", data, what, _error(plain), *bounds, replications, control=True)
    unweighted = covered(plain, EFFECT)
    yield Finding("answers not weighted", data, "coverage", unweighted, 0.93, 0.98, replications, control=True)


def _units(noise: np.random.Generator, replications: int) -> pl.DataFrame:
    """One row a unit: `change` (null unless answered), the two covariates that make its level."""
    units = draws.clustered(noise, replications, 2 * CLUSTERS, SIZE)
    level = noise.integers(0, 4, units.height)
    treated = units["treated"].to_numpy()
    rate = np.where(treated, np.array(ANSWERING[True])[level], np.array(ANSWERING[False])[level])
    answered = pl.Series(noise.random(units.height) < rate)
    gain = pl.Series(np.where(treated, 1.0 + level, 0.0))
    return units.with_columns(
        answered=answered,
        change=pl.when(answered).then(pl.col("noise") + gain),
        old=pl.Series(level // 2).cast(pl.String),
        town=pl.Series(level % 2).cast(pl.String),
    )


def _weights(units: pl.DataFrame) -> np.ndarray:
    """What each who answered stands for, arm by arm as the pipeline weights a round."""
    found = np.full(units.height, np.nan)
    arms = units.with_row_index("row").group_by("cell", "treated", maintain_order=True)
    for _, arm in arms:
        answered = arm["answered"].to_numpy()
        of_arm = for_nonresponse(arm.select("old", "town"), answered, np.ones(arm.height), WEIGHTED)
        found[arm["row"].to_numpy()] = of_arm
    return found


def _terms(side: str, inside: pl.Expr) -> list[pl.Expr]:
    return mean.terms(side, pl.when(inside).then(pl.col("change")))


def _weighted_terms(side: str, inside: pl.Expr) -> list[pl.Expr]:
    return mean.weighted_terms(side, pl.when(inside).then(pl.col("change")), pl.col("weight"))


def _error(found: pl.DataFrame) -> float:
    """The mean error over the replications in its own Monte-Carlo errors."""
    error = found["value"] - EFFECT
    return float(error.mean() / error.std() * np.sqrt(error.len()))  # type: ignore[operator]


SIMULATIONS = (at_random,)
