"""Means, totals and ratios of a sample survey, with the errors of its design by Taylor linearisation.

The variance of a sum of contributions z is that of Särndal, Swensson and Wretman (1992, 4.3 and 5.5) as Lumley (2010,
2) computes it: in each stratum (1 - f) m/(m-1) sum_c (z_c - mean z)^2 over its m clusters, f = m / those in the
population, and f times the same within each cluster where a second stage is declared. Degrees of freedom: clusters less
strata.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.estimators.raking import Margins

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Stage:
    """One stage of drawing: of each row the stratum and the cluster (0, 1, ... over all strata), and how many clusters
    the stratum has in the population (infinity where it is not known)."""

    strata: Integers
    clusters: Integers
    population: Floats


@dataclass(frozen=True)
class Design:
    """How a sample was drawn: its stages from the first, and the weights with which rows count.

    `margins`: to which the weights were fitted; None where they were not.
    """

    stages: tuple[Stage, ...]
    weights: Floats
    margins: Margins | None = None

    @property
    def df(self) -> int:
        """Clusters less strata of the first stage."""
        first = self.stages[0]
        return len(np.unique(first.clusters)) - len(np.unique(first.strata))


@dataclass(frozen=True)
class Estimated:
    """A value, its variance, and how many rows it rests on."""

    value: float
    variance: float
    rows: int


def total(values: Floats, design: Design, inside: NDArray[np.bool_]) -> Estimated:
    """The weighted sum over the rows `inside` a domain; clusters without any of its rows count with 0."""
    value = float(design.weights[inside] @ values[inside])
    return Estimated(value, _variance(np.where(inside, values, 0.0), design), int(inside.sum()))


def ratio(values: Floats, per: Floats, design: Design, inside: NDArray[np.bool_]) -> Estimated:
    """Weighted sum of `values` to that of `per`, over the rows inside; a mean where `per` is 1."""
    bottom = float(design.weights[inside] @ per[inside])
    value = float(design.weights[inside] @ values[inside]) / bottom
    contributions = np.where(inside, values - value * per, 0.0) / bottom
    return Estimated(value, _variance(contributions, design), int(inside.sum()))


def _variance(contributions: Floats, design: Design) -> float:
    """Of the weighted sum of contributions (one a row, not weighted yet)."""
    if design.margins is not None:
        contributions = design.margins.residuals(contributions)
    return _of_stages(contributions * design.weights, design.stages)


def _of_stages(z: Floats, stages: Sequence[Stage]) -> float:
    stage, later = stages[0], stages[1:]
    found = 0.0
    for stratum in np.unique(stage.strata):
        rows = np.flatnonzero(stage.strata == stratum)
        numbers, places = np.unique(stage.clusters[rows], return_inverse=True)
        drawn = len(numbers)
        share = drawn / float(stage.population[rows[0]])
        sums = np.bincount(places, weights=z[rows], minlength=drawn)
        if drawn > 1:
            found += (1 - share) * drawn / (drawn - 1) * float(((sums - sums.mean()) ** 2).sum())
        elif share < 1:
            return float("nan")  # one cluster alone tells nothing of how clusters differ
        if later and share > 0:
            for number in range(drawn):
                inside = rows[places == number]
                found += share * _of_stages(z[inside], [_within(each, inside) for each in later])
    return found


def _within(stage: Stage, rows: Integers) -> Stage:
    return Stage(stage.strata[rows], stage.clusters[rows], stage.population[rows])
