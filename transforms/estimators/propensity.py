"""Who answers, by what was known before: the logit of a response, and strata of people alike in it.

Rosenbaum and Rubin (1984): five strata by the fitted probability take away most of what separates those who answered
from those who did not, and hang less on the model's form than its inverse would (Little 1986).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_STEPS = 50
CLOSE = 1e-10
FARTHEST = 30.0
"""Beyond these log odds a probability is 0 or 1 in all but name: a covariate tells apart who answers."""
FEWEST_IN_STRATUM = 10
"""A stratum of fewer who answered lends all their weight to chance; it joins its neighbour."""


def logit(terms: Floats, answered: Floats, people: Floats) -> Floats:
    """The fitted log odds of each row's people to answer, by maximum likelihood (no penalty).

    `terms`: (rows, k), a column of ones among them; of each row `answered` of `people` did. Iteratively reweighted
    least squares (McCullagh and Nelder 1989, 2.5). Terms that say the same thing twice share it. Where a term
    separates, the likelihood has no maximum: the steps end where it no longer rises, and the order of the log odds
    stands.
    """
    slopes = np.zeros(terms.shape[1])
    odds = np.zeros(len(terms))
    for _ in range(MOST_STEPS):
        step = _step(terms, odds, answered, people)
        reached = _log_likelihood(odds, answered, people)
        for halving in (1.0, 0.5, 0.25, 0.125):
            tried = np.clip(terms @ (slopes + halving * step), -FARTHEST, FARTHEST)
            if _log_likelihood(tried, answered, people) >= reached - CLOSE * abs(reached):  # but for rounding, it rises
                break
        else:
            return odds
        moved = np.max(np.abs(tried - odds))
        slopes, odds = slopes + halving * step, tried
        if moved <= CLOSE:
            return odds
    return odds


def _step(terms: Floats, odds: Floats, answered: Floats, people: Floats) -> Floats:
    share = 1 / (1 + np.exp(-odds))
    weight = people * share * (1 - share)
    information = terms.T @ (terms * weight[:, None])
    # The smallest solution: terms of which one follows from the others have no slopes of their own.
    score = terms.T @ (answered - people * share)
    return np.asarray(np.linalg.lstsq(information, score, rcond=1e-10)[0], dtype=np.float64)


def _log_likelihood(odds: Floats, answered: Floats, people: Floats) -> float:
    return float(answered @ odds - people @ np.logaddexp(0, odds))


def strata(odds: Floats, answered: Floats, people: Floats, number: int) -> Integers:
    """The stratum of each row: `number` strata of about equally many people, by their log odds.

    Rows of one log odds stay together. A stratum in which fewer than `FEWEST_IN_STRATUM` answered is joined to the
    next, the last to the one before. Numbered 0, 1, ... without gaps.
    """
    order = np.argsort(odds, kind="stable")
    alike = np.concatenate(([0], np.cumsum(np.diff(odds[order]) > CLOSE)))  # rows of the same log odds
    size = np.bincount(alike, weights=people[order])
    middle = (np.cumsum(size) - size / 2) / size.sum()
    of_alike = np.minimum((middle * number).astype(np.int64), number - 1)
    told = np.bincount(of_alike[alike], weights=answered[order], minlength=number).astype(np.float64)
    found = np.empty(len(odds), dtype=np.int64)
    found[order] = _joined(told)[of_alike[alike]]
    return np.unique(found, return_inverse=True)[1].astype(np.int64)


def _joined(told: Floats) -> Integers:
    """By stratum the stratum that it becomes part of."""
    becomes = np.zeros(len(told), dtype=np.int64)
    current, gathered = 0, 0.0
    for each, count in enumerate(told):
        if gathered >= FEWEST_IN_STRATUM:
            current, gathered = each, 0.0
        becomes[each] = current
        gathered += count
    if gathered < FEWEST_IN_STRATUM and current > 0:
        becomes[becomes == current] = becomes[np.flatnonzero(becomes == current)[0] - 1]
    return becomes


def inverse_rates(stratum: Integers, answered: Floats, people: Floats) -> Floats:
    """Of each row what one who answered stands for: (weighted) people over (weighted) answered of its stratum."""
    asked, told = (np.bincount(stratum, weights=each) for each in (people, answered))
    with np.errstate(divide="ignore"):
        rates: Floats = (asked / told)[stratum]
    return rates


def capped(weights: Floats, share: float) -> Floats:
    """Weights no larger than their `share` quantile (linear interpolation), scaled back to the same sum."""
    if weights.size == 0:
        return weights
    held = np.minimum(weights, np.quantile(weights, share))
    scaled: Floats = held * (weights.sum() / held.sum())
    return scaled


def kish(weights: Floats) -> float:
    """Kish's (1965) design effect of unequal weights: n sum w^2 / (sum w)^2."""
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2) if len(weights) else float("nan")
