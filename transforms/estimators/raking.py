"""Weights whose margins add up to known totals: raking, and with one margin post-stratification.

Iterative proportional fitting (Deming and Stephan 1940), run until nothing changes. The errors of what is estimated
with such weights come from the residuals of a regression on the margins' cells (Deville and Särndal 1992).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_ROUNDS = 1000
CLOSE = 1e-12
MET = 1e-9
"""Totals that contradict each other settle on weights that meet the last margin only."""


@dataclass(frozen=True)
class Margins:
    """The margins to which weights were fitted: of each row its cell of every margin, and the weight before."""

    cells: tuple[Integers, ...]
    drawn: Floats

    def residuals(self, values: Floats) -> Floats:
        """What is left of values (one a row) after a regression on the cells, weighted as drawn."""
        columns = np.column_stack([np.equal.outer(each, np.unique(each)) for each in self.cells]).astype(np.float64)
        root = np.sqrt(self.drawn)
        slopes = np.linalg.lstsq(columns * root[:, None], values * root, rcond=None)[0]
        found: Floats = values - columns @ slopes
        return found


def raked(weights: Floats, cells: Sequence[Integers], totals: Sequence[Floats]) -> Floats:
    """Weights with which every margin adds up to its totals.

    `cells`: each row's cell of a margin (0, 1, ...); `totals`: the population of each cell, all of which occur.
    Raises ArithmeticError where the margins cannot be met together.
    """
    found = weights.copy()
    for _ in range(MOST_ROUNDS):
        before = found.copy()
        for cell, wanted in zip(cells, totals, strict=True):
            found *= (wanted / np.bincount(cell, weights=found, minlength=len(wanted)))[cell]
        if np.max(np.abs(found - before)) <= CLOSE * np.max(found):
            break
    sums = [np.bincount(cell, weights=found, minlength=len(wanted)) for cell, wanted in zip(cells, totals, strict=True)]
    if all(np.allclose(each, wanted, rtol=MET, atol=0) for each, wanted in zip(sums, totals, strict=True)):
        return found
    raise ArithmeticError("the margins do not agree")
