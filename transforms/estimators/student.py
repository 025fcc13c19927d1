"""What an estimate, its standard error and its degrees of freedom say by Student's t: interval, p-value, power.

Ends of intervals are 95 % and two-sided. The smallest detectable effect is (t_.975,df + t_.80,df) x SE
(Bloom 1995, "Minimum detectable effects", Evaluation Review 19): what 80 % power at 5 % would have found.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

LEVEL = 0.95
"""The level of every interval."""
TAIL = 1 - (1 - LEVEL) / 2
"""The probability below an interval's upper end."""
POWER = 0.80
"""The power at which the smallest detectable effect is stated."""
NORMAL_QUANTILE = 1.959963984540054
"""The standard normal's quantile at `TAIL`."""

DIGITS = 12
"""The significant digits of a result: sums differ in their last bits with the order of rows and threads."""


@dataclass(frozen=True)
class Inference:
    """One estimate with its uncertainty, in the estimate's unit. `df`: degrees of freedom of Student's t."""

    value: float
    standard_error: float
    df: float
    low: float
    high: float
    p_value: float


def quantile(probability: float, df: NDArray[np.float64]) -> NDArray[np.float64]:
    """Student's t quantile for each of `df` (any shape); NaN where df is not positive.

    Degrees of freedom repeat over cells, and the inverse is slow: each different value is computed once.
    """
    different, where = np.unique(df, return_inverse=True)
    positive = np.where(different > 0, different, np.nan)
    found: NDArray[np.float64] = np.asarray(stdtrit(positive, probability), dtype=np.float64)
    return found[where].reshape(df.shape)


def p_value(statistic: NDArray[np.float64], df: NDArray[np.float64]) -> NDArray[np.float64]:
    """The two-sided p-value of a t statistic (same shapes); NaN where either is."""
    return np.asarray(2 * stdtr(df, -np.abs(statistic)), dtype=np.float64)


def with_inference(estimates: pl.DataFrame) -> pl.DataFrame:
    """Adds `low`, `high`, `p_value` (against 0) and `smallest_detectable` to `value`, `standard_error`, `df`.

    One row per cell. All four are null where the standard error is zero or unknown: values without any
    variation between clusters tell nothing of their uncertainty.
    """
    cleaned = estimates.with_columns(_known("value"), _known("df")).with_columns(_varying("standard_error"))
    value, error, df = (_array(cleaned, name) for name in ("value", "standard_error", "df"))
    upper = quantile(TAIL, df)
    with np.errstate(divide="ignore", invalid="ignore"):
        added = {
            "low": value - upper * error,
            "high": value + upper * error,
            "p_value": p_value(value / error, df),
            "smallest_detectable": (upper + quantile(POWER, df)) * error,
        }
    return cleaned.with_columns(pl.Series(name, column).fill_nan(None) for name, column in added.items())


def inference(estimates: pl.DataFrame) -> Inference:
    """The only row of `estimates` (`value`, `standard_error`, `df`) with its interval and p-value."""
    names = ("value", "standard_error", "df", "low", "high", "p_value")
    row = with_inference(estimates).select(names).row(0)
    return Inference(*(float("nan") if number is None else number for number in row))


def _array(frame: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return frame[name].fill_null(float("nan")).to_numpy()


def _known(name: str) -> pl.Expr:
    number = pl.col(name).cast(pl.Float64)
    return pl.when(number.is_finite()).then(number).alias(name)


def _varying(name: str) -> pl.Expr:
    """A standard error that is more than the rounding of its value."""
    number = pl.col(name).cast(pl.Float64)
    return pl.when(number.is_finite() & (number > 1e-12 * pl.col("value").abs())).then(number).alias(name)
