"""What a simulation found, and what it had to find."""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

NOMINAL = 0.95
TYPE_I = (0.02, 0.06)
"""The share of true nulls that a test at 5 % may reject."""


@dataclass(frozen=True)
class Finding:
    """One number of the table. A control is a wrong way to compute: it must fall outside the bounds."""

    method: str
    data: str
    what: str
    found: float
    low: float
    high: float
    replications: int
    control: bool = False

    @property
    def holds(self) -> bool:
        """Whether it lies within its bounds; a control, outside."""
        return (self.low <= self.found <= self.high) != self.control


def band(replications: int) -> float:
    """Three Monte-Carlo standard errors of the coverage of an exact 95 % interval."""
    return 3 * math.sqrt(NOMINAL * (1 - NOMINAL) / replications)


def exact(replications: int) -> tuple[float, float]:
    """What a method that is exact under the simulated truth must cover."""
    return NOMINAL - band(replications), NOMINAL + band(replications)


def around(share: float, replications: int) -> tuple[float, float]:
    """A share that is known exactly, and three Monte-Carlo standard errors to either side."""
    error = 3 * math.sqrt(share * (1 - share) / replications)
    return share - error, share + error


def covered(intervals: pl.DataFrame, truth: float | NDArray[np.float64]) -> float:
    """The share of the intervals (`low`, `high`) that hold the truth; one that is missing does not."""
    value = pl.lit(truth) if isinstance(truth, float | int) else pl.lit(pl.Series(truth))
    return float(intervals.select(value.is_between("low", "high").fill_null(False).mean()).item())


def rejected(intervals: pl.DataFrame) -> float:
    """The share of the tests with a p-value of at most 5 %."""
    return float(intervals.select((pl.col("p_value") <= 0.05).fill_null(False).mean()).item())
