"""The share that moved up less the share that moved down, of units that move up, down or nowhere."""

import math

import numpy as np
import polars as pl

from transforms.estimators import mean, student
from transforms.estimators.student import Inference


def net_share(scores: pl.Series, clusters: pl.Series, *, clustered: bool) -> Inference:
    """The mean of scores (1, 0 or -1, one a unit, none unknown): error, df and p as of a mean, CR2 by clusters.

    The interval is Agresti and Min's (2005): half a unit more moves up and half a unit more down, of two more units, so
    that it has a width where nobody moved. `clustered`: on the effective number of units (Korn and Graubard 1998).
    """
    found = mean.mean(scores, clusters)
    moves = scores.to_numpy()
    up, down = float(np.mean(moves > 0)), float(np.mean(moves < 0))
    n = float(scores.len())
    if clustered:
        n = _effective(scores.len(), up + down - (up - down) ** 2, found)
    more = n + 2
    centre = n * (up - down) / more
    error = math.sqrt((n * (up + down) + 1) / more - centre**2) / math.sqrt(more)
    low, high = (max(-1.0, min(1.0, centre + end * student.NORMAL_QUANTILE * error)) for end in (-1, 1))
    return Inference(found.value, found.standard_error, found.df, low, high, found.p_value)


def _effective(n: int, variance: float, found: Inference) -> float:
    """The number of independent units that would tell as much; never more than there are."""
    if not (found.standard_error > 0 and found.df > 0) or variance <= 0 or n < 2:
        return float(n)
    t, t_of_df = (float(student.quantile(student.TAIL, np.array([each]))[0]) for each in (n - 1.0, found.df))
    return min(float(n), variance / found.standard_error**2 * (t / t_of_df) ** 2)
