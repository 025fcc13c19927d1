"""Lee's (2009) bounds: what unequal loss of units could have done to an effect, whoever the lost are.

Where treatment moves answering one way only, the arm that answered more holds units that the other would have lost.
q = 1 - (lower rate / higher rate) of its answers are taken off: k = floor(q n) from the top for one bound, from the
bottom for the other. Of a ratio of sums y / x those k units go whose y - r x lies farthest, r being the ratio of the
others: no other k move it further (Dinkelbach 1967). The interval runs from the 2.5 % quantile of the lower bound to
the 97.5 % quantile of the upper one, over draws of whole clusters, within each arm where clusters lie in one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.estimators.student import TAIL

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DRAWS = 400
CELLS_AT_ONCE = 2_000_000
"""Draws times units held in memory."""
CLOSE = 1e-12
MOST_SORTS = 50


@dataclass(frozen=True)
class Arm:
    """The analysed units of an arm, `y` over `x` (ones for a mean), their clusters, and the eligible of each cluster.

    Clusters are numbered over both arms; `eligible` has an entry for each of them.
    """

    y: Floats
    x: Floats
    clusters: Integers
    eligible: Floats


@dataclass(frozen=True)
class Bounds:
    """The bounds of an effect and their 95 % interval; how many units were taken off."""

    lower: float
    upper: float
    low: float
    high: float
    trimmed: int


Contrast = Callable[[Floats, Floats], Floats]


def difference(treated: Floats, comparison: Floats) -> Floats:
    """Of two means."""
    return treated - comparison


def growth(treated: Floats, comparison: Floats) -> Floats:
    """Of two ratios after / before: how much more the treated grew."""
    return treated / comparison - 1


def bounds(treated: Arm, comparison: Arm, contrast: Contrast, seed: int) -> Bounds | None:
    """The bounds; None where an arm has no units."""
    if not (treated.y.size and comparison.y.size):
        return None
    sorted_arms = (_Sorted(treated), _Sorted(comparison))
    once = np.ones((1, treated.eligible.size))
    for arm, taken in zip(sorted_arms, _taken(sorted_arms, once), strict=True):
        arm.sort_for(float(taken[0]))
    (lower,), (upper,), (trimmed,) = _of_draws(sorted_arms, contrast, once)
    found = [_of_draws(sorted_arms, contrast, part) for part in _draws(treated, comparison, seed)]
    lows, highs = (np.concatenate([each[end] for each in found]) for end in (0, 1))
    low, high = np.nanquantile(lows, 1 - TAIL), np.nanquantile(highs, TAIL)
    return Bounds(float(lower), float(upper), float(low), float(high), int(trimmed))


class _Sorted:
    """An arm whose units stand in the order in which they would be taken off: from the bottom, and from the top."""

    def __init__(self, arm: Arm) -> None:
        self.arm = arm
        ratio = arm.y.sum() / arm.x.sum()
        self.orders = dict.fromkeys((True, False), self._by_distance(float(ratio)))

    def answered(self, times: Floats) -> Floats:
        """Units analysed in each draw."""
        counts = np.bincount(self.arm.clusters, minlength=self.arm.eligible.size).astype(np.float64)
        return np.asarray(times @ counts)

    def ratio(self, times: Floats, taken: Floats, *, from_top: bool) -> Floats:
        """The ratio in each draw without `taken` of its units. `times`: (draws, clusters)."""
        order = self.orders[from_top][::-1] if from_top else self.orders[from_top]
        y, x, clusters = self.arm.y[order], self.arm.x[order], self.arm.clusters[order]
        occurs = times[:, clusters]
        before = np.cumsum(occurs, axis=1) - occurs
        kept = occurs - np.clip(taken[:, None] - before, 0, occurs)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((kept @ y) / (kept @ x))

    def sort_for(self, taken: float) -> None:
        """Sorts by the ratio that is left, until taking off these units changes it no more. Draws keep the order."""
        once = np.ones((1, self.arm.eligible.size))
        for from_top in (True, False):
            last = np.inf
            for _ in range(MOST_SORTS):
                ratio = float(self.ratio(once, np.array([taken]), from_top=from_top)[0])
                if not abs(ratio - last) > CLOSE * abs(ratio):
                    break
                last = ratio
                self.orders[from_top] = self._by_distance(ratio)

    def _by_distance(self, ratio: float) -> Integers:
        return np.lexsort((self.arm.y, self.arm.y - ratio * self.arm.x)).astype(np.int64)


def _of_draws(arms: tuple[_Sorted, _Sorted], contrast: Contrast, times: Floats) -> tuple[Floats, Floats, Floats]:
    """Lower and upper bound, and the units taken off, of each draw. `times`: how often each cluster is in it."""
    taken = _taken(arms, times)
    lower, upper = (
        contrast(
            arms[0].ratio(times, taken[0], from_top=treated_from_top),
            arms[1].ratio(times, taken[1], from_top=not treated_from_top),
        )
        for treated_from_top in (True, False)
    )
    return lower, upper, np.maximum(*taken)


def _taken(arms: tuple[_Sorted, _Sorted], times: Floats) -> list[Floats]:
    """The units taken off each arm in each draw; of the one that answered less, none."""
    answered = [each.answered(times) for each in arms]
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = [np.minimum(n / (times @ each.arm.eligible), 1) for n, each in zip(answered, arms, strict=True)]
        more = np.maximum(*rates)
        shares = [np.where(rate == more, 1 - np.minimum(*rates) / more, 0.0) for rate in rates]
    # Where both answered alike nothing is taken off; the small number keeps 0.2 x 10 at 2.
    return [np.floor(share * n + 1e-9) for share, n in zip(shares, answered, strict=True)]


def _draws(treated: Arm, comparison: Arm, seed: int) -> list[Floats]:
    """How often each cluster occurs in each draw, in parts that fit in memory."""
    noise = np.random.default_rng(seed)
    inside = [np.flatnonzero(arm.eligible) for arm in (treated, comparison)]
    nested = not np.isin(inside[0], inside[1]).any()
    pools = inside if nested else [np.unique(np.concatenate(inside))]
    times = np.zeros((DRAWS, treated.eligible.size))
    for pool in pools:
        times[:, pool] = noise.multinomial(pool.size, np.full(pool.size, 1 / pool.size), size=DRAWS)
    part = max(CELLS_AT_ONCE // max(treated.y.size, comparison.y.size), 1)
    return [times[start : start + part] for start in range(0, DRAWS, part)]
