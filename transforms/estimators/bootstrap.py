"""The error of a statistic that has no simple formula: whole clusters are drawn again and again, with replacement.

Efron and Tibshirani (1993), "An Introduction to the Bootstrap", 6.4 and 9.4; of a change a cluster's units go together
at both rounds. The spread of the draws is scaled by the root of G / (G - 1), as few clusters vary too little among
themselves, and read with G - 1 degrees of freedom. The seed is fixed: the same input gives the same error.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], float]
"""A statistic of units in a fixed order, given what each of them weighs (0 leaves it out); NaN where undefined."""

DRAWS = 400
SEED = 2562
FEWEST_DEFINED = 0.975
"""With a smaller share of draws in which the statistic is defined, such as a ratio to a gain that may be none, it is
not estimable."""


@dataclass(frozen=True)
class Bootstrapped:
    """A statistic, its standard error (NaN where it has none) and its degrees of freedom, clusters less one."""

    value: float
    standard_error: float
    clusters: int

    @property
    def df(self) -> float:
        """Degrees of freedom."""
        return float(self.clusters - 1)


def bootstrapped(statistic: Statistic, weights: Floats, clusters: NDArray[np.int64]) -> Bootstrapped:
    """A statistic with its error. `clusters`: each unit's, numbered from 0 in an order that no name decides."""
    groups = int(clusters.max()) + 1 if clusters.size else 0
    value = statistic(weights) if clusters.size else float("nan")
    if groups < 2 or np.isnan(value):
        return Bootstrapped(value, float("nan"), groups)
    rng = np.random.default_rng(SEED)
    drawn = np.empty(DRAWS)
    for number in range(DRAWS):
        times = np.bincount(rng.integers(0, groups, groups), minlength=groups)
        drawn[number] = statistic(weights * times[clusters])
    defined = drawn[~np.isnan(drawn)]
    if defined.size < FEWEST_DEFINED * DRAWS:
        return Bootstrapped(float("nan"), float("nan"), groups)
    return Bootstrapped(value, float(np.std(defined, ddof=1) * np.sqrt(groups / (groups - 1))), groups)


def numbered(names: NDArray[np.str_] | None, values: Floats) -> NDArray[np.int64]:
    """Each unit's cluster by number. Clusters are ordered by what their units have, so that no name decides a draw.

    Without `names` each unit is its own.
    """
    if names is None:
        order = np.argsort(values, kind="stable")
        places = np.empty(values.size, dtype=np.int64)
        places[order] = np.arange(values.size)
        return places
    _, codes = np.unique(names, return_inverse=True)
    totals, sizes = np.bincount(codes, weights=values), np.bincount(codes)
    order = np.lexsort((np.round(totals, 6), sizes))
    places = np.empty(order.size, dtype=np.int64)
    places[order] = np.arange(order.size)
    found: NDArray[np.int64] = places[codes]
    return found
