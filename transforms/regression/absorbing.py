"""Effects of groups taken out of columns without a column for each of them.

Of one effect by demeaning (Frisch and Waugh 1933; Lovell 1963). Of several, the one of the most groups is demeaned and
the others are regressed on, by their counts alone: with D the indicators of the others and M the demeaning, D'MWD needs
no rows but how often their groups meet. Exact for any pattern of gaps, and it tells the rank.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_NOTHING_OWN = 1e-10
"""Of the largest eigenvalue: what others determine."""


@dataclass(frozen=True)
class Effects:
    """Groups (each an array of a number a row) with the weights of the rows, ready to be taken out."""

    by: tuple[Integers, ...]
    weights: Floats
    totals: Floats
    others: NDArray[np.int64]
    inverse: Floats
    rank: int

    def without(self, values: Floats) -> Floats:
        """What the effects leave of each column (N x M, or N)."""
        columns = values if values.ndim == 2 else values[:, None]
        found = self._demeaned(columns)
        for _ in range(2 if self.others.size else 0):  # once more takes out what rounding left
            found = found - self._demeaned(self._of_others(found))
        return found.reshape(values.shape)

    def _demeaned(self, columns: Floats) -> Floats:
        found = np.empty_like(columns)
        for place, column in enumerate(columns.T):
            means = np.bincount(self.by[0], weights=self.weights * column) / self.totals
            found[:, place] = column - means[self.by[0]]
        return found

    def _of_others(self, columns: Floats) -> Floats:
        """The part of demeaned columns that the other effects explain: the sum of each row's effects."""
        found = np.empty_like(columns)
        many = len(self.inverse)
        for place, column in enumerate(columns.T):
            sums = sum(np.bincount(each, weights=self.weights * column, minlength=many) for each in self.others)
            found[:, place] = (self.inverse @ sums)[self.others].sum(axis=0)
        return found


def effects(by: tuple[Integers, ...], weights: Floats) -> Effects:
    """The effects of the groups, the one of the most groups first (at least one)."""
    largest, *rest = by
    totals = np.asarray(np.bincount(largest, weights=weights), dtype=np.float64)
    starts = np.cumsum([0, *(int(each.max()) + 1 for each in rest)])
    others = np.array([each + start for each, start in zip(rest, starts, strict=False)], dtype=np.int64)
    if not rest:
        return Effects(by, weights, totals, others, np.empty((0, 0)), len(totals))
    inverse, own = _inverse(_met(largest, totals, others, weights, int(starts[-1])))
    return Effects(by, weights, totals, others, inverse, len(totals) + own)


def _met(largest: Integers, totals: Floats, others: Integers, weights: Floats, many: int) -> Floats:
    """D'MWD: how often groups of the other effects meet, less what the largest effect says of it."""
    rows = np.arange(len(largest))
    indicators = coo_array(
        (np.ones(others.size), (np.tile(rows, len(others)), others.ravel())), shape=(len(largest), many)
    ).tocsr()
    weighted = indicators.multiply(weights[:, None]).tocsr()
    placed = coo_array((np.ones(len(largest)), (largest, rows)), shape=(len(totals), len(largest))).tocsr()
    meeting = placed @ weighted
    shared = meeting.T @ meeting.multiply((1 / totals)[:, None]).tocsr()
    found: Floats = (indicators.T @ weighted - shared).toarray()
    return found


def _inverse(matrix: Floats) -> tuple[Floats, int]:
    """The pseudo-inverse of a symmetric matrix, and its rank."""
    values, vectors = np.linalg.eigh(matrix)
    is_own = values > _NOTHING_OWN * max(float(values[-1]), np.finfo(float).tiny)
    kept = vectors[:, is_own]
    return (kept / values[is_own]) @ kept.T, int(is_own.sum())
