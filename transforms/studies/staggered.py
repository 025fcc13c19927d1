"""Effects where units enter treatment at different times (Callaway and Sant'Anna 2021).

ATT(g, t) is the mean change of the units that entered at g, from their last round before g (less the anticipation) to
t, less that of the units not under treatment by then, adjusted for covariates (`adjusted`). Before g the change is that
since the round before (varying base, a placebo) or since the same last round (universal base). Errors come from
influence functions, summed within clusters; those of aggregates (section 3 there) also count that the shares of cohorts
are estimated.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from transforms.studies.adjusted import Adjustment, difference

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEVER = float("inf")
"""When a unit entered that never enters."""


@dataclass(frozen=True)
class Entries:
    """Units by rounds: `values` (units x rounds, NaN for unknown), when the rounds were (ascending), when each unit
    entered (in the same units; NEVER), its weight, its cluster (0, 1, ...), its covariates (units x K, with ones)."""

    values: Floats
    times: Floats
    entered: Floats
    weights: Floats
    clusters: Integers
    covariates: Floats


@dataclass(frozen=True)
class Comparison:
    """With whom and since when: only with units that never enter; since one base for all rounds; how many units of time
    before entry the effect may begin; how it is adjusted for covariates."""

    only_never_treated: bool = False
    universal_base: bool = False
    anticipation: float = 0.0
    adjustment: Adjustment = "doubly_robust"


@dataclass(frozen=True)
class Effect:
    """A value with its influence: of each unit, such that the value's error is their mean."""

    value: float
    influence: Floats

    def summed(self, clusters: Integers) -> Floats:
        """The influence of each cluster on the value."""
        found: Floats = np.bincount(clusters, weights=self.influence) / len(self.influence)
        return found

    def standard_error(self, clusters: Integers) -> float:
        """The root of the summed squares of the clusters' influences; NaN for a value that is 0 by definition."""
        found = float(np.sqrt((self.summed(clusters) ** 2).sum()))
        return found if found > 0 else float("nan")


Key = tuple[float, float]


@dataclass(frozen=True)
class Cohorts:
    """The effects by the times of entry and of the round, and every cohort's share of all units.

    `unknown`: the cohorts and rounds under treatment of which there is no effect, for want of comparable units.
    """

    effects: dict[Key, Effect]
    shares: dict[float, Effect]
    unknown: tuple[Key, ...] = ()

    @cached_property
    def after(self) -> list[Key]:
        """Of which cohorts and rounds the effects are those of treatment."""
        return [key for key in self.effects if key[1] >= key[0]]

    def overall(self) -> Effect:
        """The mean over all cohorts and the rounds since they entered, weighted by the cohorts' sizes."""
        return self._mean(self.after)

    def by_cohort(self) -> dict[float, Effect]:
        """By cohort, the mean over the rounds since it entered."""
        return {
            each: _average([self.effects[key] for key in self.after if key[0] == each])
            for each in sorted({entry for entry, _ in self.after})
        }

    def over_cohorts(self) -> Effect:
        """The mean of the cohorts' means, weighted by their sizes."""
        means = self.by_cohort()
        return _weighted([means[each] for each in means], [self.shares[each] for each in means])

    def by_exposure(self) -> dict[float, Effect]:
        """By the time since entry (negative: before it), weighted by the cohorts' sizes."""
        lengths = sorted({at - entry for entry, at in self.effects})
        return {each: self._mean([key for key in self.effects if key[1] - key[0] == each]) for each in lengths}

    def over_exposure(self) -> Effect:
        """The plain mean of the effects by time since entry, from entry on."""
        return _average([effect for length, effect in self.by_exposure().items() if length >= 0])

    def by_round(self) -> dict[float, Effect]:
        """By round, the mean over the cohorts under treatment by then, weighted by their sizes."""
        times = sorted({at for _, at in self.after})
        return {each: self._mean([key for key in self.after if key[1] == each]) for each in times}

    def over_rounds(self) -> Effect:
        """The plain mean of the effects by round."""
        return _average(list(self.by_round().values()))

    def _mean(self, keys: list[Key]) -> Effect:
        return _weighted([self.effects[key] for key in keys], [self.shares[entry] for entry, _ in keys])


def cohorts(entries: Entries, comparison: Comparison) -> Cohorts:
    """All effects that the data allow: a cohort needs a round before it entered, and somebody to compare with."""
    ends = entries.times[-1] + comparison.anticipation
    entered = np.where(entries.entered > ends, NEVER, entries.entered)
    after_the_first = entered > entries.times[0] + comparison.anticipation
    known = sorted({float(each) for each in entered[after_the_first & np.isfinite(entered)]})
    if not np.isinf(entered).any():
        known = known[:-1]  # with nobody left to compare it with, the last cohort is a comparison only
    effects = {}
    for cohort, at in product(known, range(len(entries.times))):
        found = _effect(entries, entered, cohort, at, comparison)
        if found is not None:
            effects[cohort, float(entries.times[at])] = found
    after = [(cohort, float(at)) for cohort in known for at in entries.times if at >= cohort]
    unknown = tuple(key for key in after if key not in effects)
    # Who was under treatment from the first round on has no change to tell.
    there = entries.weights * after_the_first
    return Cohorts(effects, {each: _mean((entered == each).astype(np.float64), there) for each in known}, unknown)


def _effect(entries: Entries, entered: Floats, cohort: float, at: int, comparison: Comparison) -> Effect | None:
    base = int(np.flatnonzero(entries.times + comparison.anticipation < cohort)[-1])
    is_after = entries.times[at] >= cohort
    before = base if is_after or comparison.universal_base else at - 1
    if before < 0:
        return None
    if before == at:
        return Effect(0.0, np.zeros(len(entered)))
    change = entries.values[:, at] - entries.values[:, before]
    known = ~np.isnan(change)
    free = np.isinf(entered)
    if not comparison.only_never_treated:
        free = free | (entered > entries.times[max(at, before)] + comparison.anticipation)
    treated, others = known & (entered == cohort), known & free & (entered != cohort)
    if not treated.any() or not others.any():
        return None
    used = treated | others
    found = difference(
        change[used],
        treated[used].astype(np.float64),
        entries.covariates[used],
        entries.weights[used],
        comparison.adjustment,
    )
    if found is None:
        return None
    influence = np.zeros(len(entered))
    influence[used] = found[1] * len(entered) / int(used.sum())
    return Effect(found[0], influence)


def _mean(values: Floats, weights: Floats) -> Effect:
    """A weighted mean; values of rows with the weight 0 may be unknown."""
    known = np.where(weights > 0, values, 0.0)
    value = float(weights @ known / weights.sum())
    return Effect(value, weights * (known - value) / weights.mean())


def _average(effects: list[Effect]) -> Effect:
    influence = np.mean([each.influence for each in effects], axis=0)
    return Effect(float(np.mean([each.value for each in effects])), influence)


def _weighted(effects: list[Effect], shares: list[Effect]) -> Effect:
    """The mean of effects weighted by shares, whose own errors count too."""
    values, sizes = (np.array([each.value for each in group]) for group in (effects, shares))
    everything = float(sizes.sum())
    value = float(sizes @ values) / everything
    influence = sum(
        (size * effect.influence + (effect.value - value) * share.influence)
        for size, effect, share in zip(sizes, effects, shares, strict=True)
    )
    return Effect(value, np.asarray(influence) / everything)
