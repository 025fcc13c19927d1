"""Poisson regression (PPML) with absorbed effects, by iterated weighted least squares.

Consistent for any outcome that is not negative, whatever its distribution (Gourieroux, Monfort and Trognon 1984; Santos
Silva and Tenreyro 2006); the effects are absorbed in every step (Correia, Guimaraes and Zylkin 2020). Errors other than
classical ones do not rest on the distribution.
"""

from dataclasses import replace

import numpy as np

from transforms.regression.absorbing import Floats
from transforms.regression.least_squares import Fit, dropped, solved, told_apart, without_absorbed
from transforms.regression.matrix import Matrix

MOST_STEPS = 200
CLOSE = 1e-12
"""The relative change of the deviance at which it stands still; one more step is taken then."""


def poisson(matrix: Matrix) -> Fit | None:
    """The fit of log E(y) on x, y >= 0; None where nothing is told apart. Raises ArithmeticError without an end.

    Groups of absorbed effects in which y is always 0 must not be among the rows. `r2` is 1 - the deviance's share of
    that of a constant.
    """
    x, _, absorbed = without_absorbed(matrix, matrix.weights)
    kept = told_apart(matrix.x, x, matrix.weights)
    nuisance = sum(place < matrix.nuisance for place in kept)
    left = len(matrix.y) - len(kept) - absorbed
    if left <= 0 or len(kept) == nuisance:
        return None
    of = replace(matrix, x=matrix.x[:, kept])
    expected, x, bread, slopes = _converged(of)
    constant = np.full(len(of.y), np.average(of.y, weights=of.weights))
    return Fit(
        names=tuple(matrix.names[each] for each in kept),
        slopes=slopes,
        nuisance=nuisance,
        x=x,
        weights=of.weights * expected,
        residuals=(of.y - expected) / expected,
        bread=bread,
        left=left,
        dropped=dropped(matrix, kept),
        r2=1 - _deviance(of, expected) / _deviance(of, constant),
        within=float("nan"),
        of=of,
        dispersion=1.0,
    )


def _converged(of: Matrix) -> tuple[Floats, Floats, Floats, Floats]:
    """The expected y, x without the absorbed effects, (X'WX)^-1 and the slopes."""
    expected = (of.y + np.average(of.y, weights=of.weights)) / 2
    before, is_last = _deviance(of, expected), False
    for _ in range(MOST_STEPS):
        response = np.log(expected) + (of.y - expected) / expected
        weights = of.weights * expected
        x, z, _ = without_absorbed(replace(of, y=response), weights)
        bread, slopes = solved(x, z, weights)
        # What is left of the response within the groups is the residual of the whole model.
        expected = np.exp(np.clip(response - (z - x @ slopes), -700, 700))
        if is_last:
            return expected, without_absorbed(of, of.weights * expected)[0], bread, slopes
        now = _deviance(of, expected)
        is_last = abs(now - before) <= CLOSE * (abs(before) + 0.1)
        before = now
    raise ArithmeticError("no end")


def _deviance(of: Matrix, expected: Floats) -> float:
    positive = np.where(of.y > 0, of.y, 1.0)
    logs = np.where(of.y > 0, of.y * np.log(positive / expected), 0.0)
    return float(2 * of.weights @ (logs - (of.y - expected)))
