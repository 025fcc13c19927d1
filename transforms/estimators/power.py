"""How many people a comparison of two arms needs, before anybody is asked.

Exact power of the two-sided t test of two equal arms by the noncentral t distribution (Cohen 1988, 2.4), and the design
effect 1 + (m - 1) rho of clusters of m (Donner and Klar 2000, 5.2).
"""

from scipy.optimize import brentq
from scipy.special import nctdtr, stdtrit

from transforms.estimators.student import POWER, TAIL

FEWEST, MOST = 2.0, 1e9


def power(effect: float, n: float) -> float:
    """The probability to find an effect, in standard deviations, with n people an arm at 5 %, two-sided."""
    df, shift = 2 * n - 2, effect * (n / 2) ** 0.5
    critical = float(stdtrit(df, TAIL))
    return float(1 - nctdtr(df, shift, critical) + nctdtr(df, shift, -critical))


def people_needed(effect: float, wanted: float = POWER) -> float:
    """The n of each arm that finds an effect > 0, in standard deviations, with the power wanted; 2 at the least."""
    if power(effect, FEWEST) >= wanted:
        return FEWEST
    most = FEWEST
    while power(effect, most) < wanted and most < MOST:
        most *= 2
    return float(brentq(lambda n: power(effect, n) - wanted, FEWEST, most, xtol=1e-12, rtol=1e-14))


def with_clusters(people: float, cluster_size: float, correlation: float) -> float:
    """The n of each arm where people come in clusters, whose outcomes are correlated within."""
    return people * (1 + (cluster_size - 1) * correlation)
