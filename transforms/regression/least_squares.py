"""Weighted least squares, with columns that the others already say left out and named."""

from dataclasses import dataclass

import numpy as np

from transforms.regression.absorbing import Floats, Integers, effects
from transforms.regression.matrix import Matrix

TOLERANCE = 1e-9
"""A column of which less than this share of its length is its own says nothing new."""


@dataclass(frozen=True)
class Fit:
    """K slopes named `names`, of which the first `nuisance` are effects.

    `x` (N x K) is as used: absorbed means taken out, not weighted. `weights` and `residuals` are such that a row's
    score is x * weight * residual, and `bread` is (X'WX)^-1. `left`: the degrees of freedom of the residuals, absorbed
    effects counted. `dropped`: terms that the columns before them determine. `r2`: of the variance around the mean;
    `within`: of what the effects leave of it, NaN without effects. `dispersion`: the variance of a residual that the
    model itself knows; None where it is estimated.
    """

    names: tuple[str, ...]
    slopes: Floats
    nuisance: int
    x: Floats
    weights: Floats
    residuals: Floats
    bread: Floats
    left: int
    dropped: tuple[str, ...]
    r2: float
    within: float
    of: Matrix
    dispersion: float | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the slopes that are no effects."""
        return self.names[self.nuisance :]


def fit(matrix: Matrix) -> Fit | None:
    """The fit; None where no degree of freedom is left for the residuals or no column is told apart."""
    x, y, absorbed = without_absorbed(matrix, matrix.weights)
    kept = told_apart(matrix.x, x, matrix.weights)
    nuisance = sum(place < matrix.nuisance for place in kept)
    left = len(y) - len(kept) - absorbed
    if left <= 0 or len(kept) == nuisance:
        return None
    x = x[:, kept]
    bread, slopes = solved(x, y, matrix.weights)
    residuals: Floats = y - x @ slopes
    left_by_effects = y
    if nuisance:
        left_by_effects = y - x[:, :nuisance] @ solved(x[:, :nuisance], y, matrix.weights)[1]
    return Fit(
        names=tuple(matrix.names[each] for each in kept),
        slopes=slopes,
        nuisance=nuisance,
        x=x,
        weights=matrix.weights,
        residuals=residuals,
        bread=bread,
        left=left,
        dropped=dropped(matrix, kept),
        r2=_share_explained(matrix.y - np.average(matrix.y, weights=matrix.weights), residuals, matrix.weights),
        within=_share_explained(left_by_effects, residuals, matrix.weights)
        if nuisance or matrix.absorbed
        else float("nan"),
        of=matrix,
    )


def without_absorbed(matrix: Matrix, weights: Floats) -> tuple[Floats, Floats, int]:
    """x and y without the absorbed effects, and how many numbers these are."""
    if not matrix.absorbed:
        return matrix.x, matrix.y, 0
    absorbed = effects(matrix.by[: matrix.absorbed], weights)
    return absorbed.without(matrix.x), absorbed.without(matrix.y), absorbed.rank


def solved(x: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """(X'WX)^-1 and the slopes of y on x, by a QR decomposition of the weighted columns (K > 0, of full rank)."""
    root = np.sqrt(weights)
    # Columns of one length keep the triangle well conditioned whatever their units.
    length = np.linalg.norm(x * root[:, None], axis=0)
    q, triangle = np.linalg.qr(x * root[:, None] / length)
    inverse = np.linalg.inv(triangle) / length[:, None]
    slopes: Floats = inverse @ (q.T @ (y * root))
    bread: Floats = inverse @ inverse.T
    return bread, slopes


def dropped(matrix: Matrix, kept: list[int]) -> tuple[str, ...]:
    """The names of the terms that are not among the kept columns."""
    places = set(kept)
    return tuple(name for place, name in enumerate(matrix.names) if place >= matrix.nuisance and place not in places)


def told_apart(received: Floats, x: Floats, weights: Floats) -> list[int]:
    """The places of the columns that those before them (and the absorbed effects) do not determine, in order."""
    root = np.sqrt(weights)[:, None]
    length = np.linalg.norm(received * root, axis=0)
    if not len(length):
        return []
    triangle = np.asarray(np.linalg.qr(x * root / np.where(length > 0, length, 1.0), mode="r"))
    kept: list[int] = []
    basis = np.empty((len(triangle), triangle.shape[1]), order="F")
    for place, column in enumerate(triangle.T):
        own, before = column, basis[:, : len(kept)]
        for _ in range(2):  # once more takes out what rounding left
            own = own - before @ (before.T @ own)
        size = float(np.linalg.norm(own))
        if size > TOLERANCE:
            basis[:, len(kept)] = own / size
            kept.append(place)
    return kept


def rank(by: tuple[Integers, ...]) -> int:
    """How many numbers the effects of these groups are, with a constant; 1 without any."""
    return effects(by, np.ones(len(by[0]))).rank if by else 1


def _share_explained(y: Floats, residuals: Floats, weights: Floats) -> float:
    total = float(weights @ y**2)
    return 1 - float(weights @ residuals**2) / total if total > 0 else float("nan")
