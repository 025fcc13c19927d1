"""The mean change of treated units less that of others, adjusted for covariates, with each unit's influence.

- regression: the others' change is predicted for the treated (Heckman, Ichimura and Todd 1997).
- weighting: the others are weighted by p/(1 - p) of a logit, normalised (Abadie 2005; Hajek).
- doubly_robust: both; right when either is (Sant'Anna and Zhao 2020, their traditional estimator).

Influence functions as in Sant'Anna and Zhao (2020) and their package DRDID. Without covariates all three are the plain
difference of two means.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from transforms.estimators.propensity import logit

Floats = NDArray[np.float64]
Adjustment = Literal["doubly_robust", "regression", "weighting"]

SURE = 0.999
"""A probability of treatment beyond which nobody is like the treated (as in R's did)."""
TRIMMED = 0.995
"""Others beyond it would stand for too many (as in DRDID)."""


def difference(
    change: Floats, treated: Floats, x: Floats, weights: Floats, adjustment: Adjustment
) -> tuple[float, Floats] | None:
    """The effect and the influence of each of n units (their mean is its error); None where nobody is comparable.

    `treated`: 1 or 0. `x`: n x K, a column of ones among them. `weights` of any size.
    """
    w = weights / weights.mean()
    lift, by_change = _predicted(change, treated, x, w) if adjustment != "weighting" else (np.zeros_like(change), None)
    odds, by_chance = np.ones_like(change), None
    if adjustment != "regression":
        found = _odds(treated, x, w)
        if found is None:
            return None
        odds, by_chance = found
    others = 1 - treated if adjustment != "regression" else np.zeros_like(treated)
    left = change - lift
    on, off = w * treated, w * odds * others
    one = float(on @ left / on.sum())
    other = float(off @ left / off.sum()) if adjustment != "regression" else 0.0
    influence = on * (left - one) / on.mean()
    if by_change is not None:
        influence = influence - by_change @ ((on[:, None] * x).mean(axis=0) / on.mean())
    if adjustment != "regression":
        control = off * (left - other)
        if by_chance is not None:
            control = control + by_chance @ ((off * (left - other))[:, None] * x).mean(axis=0)
        if by_change is not None:
            control = control - by_change @ (off[:, None] * x).mean(axis=0)
        influence = influence - control / off.mean()
    return one - other, influence


def _predicted(change: Floats, treated: Floats, x: Floats, w: Floats) -> tuple[Floats, Floats]:
    """The change that the others' covariates predict, and each unit's influence on the slopes (n x K)."""
    weighted = (w * (1 - treated))[:, None] * x
    inverse = np.linalg.pinv(weighted.T @ x / len(x), hermitian=True)
    slopes = inverse @ (weighted.T @ change / len(x))
    predicted: Floats = x @ slopes
    return predicted, (weighted * (change - predicted)[:, None]) @ inverse


def _odds(treated: Floats, x: Floats, w: Floats) -> tuple[Floats, Floats] | None:
    """The odds of treatment (0 for others who are trimmed), and each unit's influence on the logit's slopes (n x K)."""
    chance = 1 / (1 + np.exp(-logit(x, w * treated, w)))
    if chance.max() >= SURE:
        return None
    information = ((w * chance * (1 - chance))[:, None] * x).T @ x / len(x)
    score = (w * (treated - chance))[:, None] * x
    odds = np.where(chance < TRIMMED, chance / (1 - chance), 0.0)
    return odds, score @ np.linalg.pinv(information, hermitian=True)
