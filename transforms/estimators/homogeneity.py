"""Whether as many units are in each class afterwards as before: Stuart (1955), Maxwell (1970).

chi2 = d' S^- d on the rank of S, with d_i = n_i. - n_.i, S_ii = n_i. + n_.i - 2 n_ii, S_ij = -(n_ij + n_ji).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc


class Homogeneity(NamedTuple):
    """The test's statistic, degrees of freedom and p-value; NaN and 0 where nobody moved."""

    statistic: float
    df: int
    p_value: float


def stuart_maxwell(units: NDArray[np.float64]) -> Homogeneity:
    """Of a square table of how many units went from each class (rows) to each (columns).

    Of all classes at once by the generalised inverse, which is the usual form on all but one of them. Classes that
    nobody left or entered say nothing; where moves fall apart into separate sets of classes each set has one less.
    Every unit counts for itself.
    """
    before, after, stayed = units.sum(axis=1), units.sum(axis=0), np.diag(units)
    spread = np.diag(before + after - 2 * stayed) - (units + units.T) * (1 - np.eye(len(units)))
    df = int(np.linalg.matrix_rank(spread))
    if df == 0:
        return Homogeneity(float("nan"), 0, float("nan"))
    gap = before - after
    statistic = float(gap @ np.linalg.pinv(spread, hermitian=True) @ gap)
    return Homogeneity(statistic, df, float(chdtrc(df, statistic)))
