"""How unequal amounts are, and whose grew: Gini's coefficient, the gain of those at the bottom, a gap between groups.

Gini's coefficient of weighted amounts (Alfons and Templ 2013, "Estimation of Social Exclusion Indicators from Complex
Surveys: The R Package laeken", Journal of Statistical Software 54(15), 2.3), amounts x sorted, weights w:

    G = (2 sum_i w_i x_i sum_{j <= i} w_j - sum_i w_i^2 x_i) / (sum w  sum w x) - 1
"""

import numpy as np

from transforms.estimators.bootstrap import Floats, Statistic

NAN = float("nan")


def gini(amounts: Floats) -> Statistic:
    """Gini's coefficient, 0 to 1, as a function of weights; undefined where an amount is negative or all are 0."""
    order = np.argsort(amounts, kind="stable")
    ordered = amounts[order]

    def of_weights(weights: Floats) -> float:
        w = weights[order]
        wx = w * ordered
        total, sums = w.sum(), wx.sum()
        if sums <= 0 or ordered[0] < 0:
            return NAN
        return float((2 * (wx @ np.cumsum(w)) - wx @ w) / (total * sums) - 1)

    return of_weights


def gini_change(before: Floats, after: Floats) -> Statistic:
    """The coefficient of the same units afterwards, less that before."""
    then, now = gini(before), gini(after)
    return lambda weights: now(weights) - then(weights)


def bottom_gain(before: Floats, after: Floats, share: float) -> Statistic:
    """The mean change of the units lowest before, over everybody's mean change; 1 says that both gained alike.

    `share`: how large a part of all they are, such as 0.4; a unit belongs to them if the middle of its weight does.
    Undefined where everybody's mean did not rise. Regression to the mean raises it: who was low by chance rises anyhow.
    """
    order = np.argsort(before, kind="stable")
    change = (after - before)[order]

    def of_weights(weights: Floats) -> float:
        w = weights[order]
        total = w.sum()
        lowest = w * (np.cumsum(w) - w / 2 <= share * total)
        everybody = (w @ change) / total
        if everybody <= 0 or lowest.sum() <= 0:
            return NAN
        return float((lowest @ change) / lowest.sum() / everybody)

    return of_weights


def change_gap(before: Floats, after: Floats, of: Floats, against: Floats) -> Statistic:
    """The mean change of one group less that of another. `of`, `against`: 1 for who belongs, else 0."""
    change = after - before
    return lambda weights: _mean(change, weights * of) - _mean(change, weights * against)


def _mean(values: Floats, weights: Floats) -> float:
    total = weights.sum()
    return float(weights @ values / total) if total > 0 else NAN
