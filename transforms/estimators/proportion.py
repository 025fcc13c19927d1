"""Intervals of a share: Wilson's score interval, Clopper-Pearson's, and clusters by an effective sample size.

Wilson (1927), Clopper & Pearson (1934) as compared by Newcombe (1998); Korn & Graubard (1998) for clusters:
n* = p(1-p)/V, times (t_.975,n-1 / t_.975,df)^2, and never more than n.
"""

import numpy as np
import polars as pl
from scipy.special import betaincinv

from transforms.estimators import student


def wilson(successes: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The 95 % score interval of successes / n (floats; n may be an effective, fractional one)."""
    z2 = student.NORMAL_QUANTILE**2
    centre = (successes + z2 / 2) / (n + z2)
    spread = (successes * (n - successes) / n + z2 / 4).sqrt() * student.NORMAL_QUANTILE / (n + z2)
    return (centre - spread).clip(0, 1), (centre + spread).clip(0, 1)


def clopper_pearson(successes: int, n: int) -> tuple[float, float]:
    """The exact 95 % interval of successes / n."""
    tail = 1 - student.TAIL
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return low, high


def effective_n(n: pl.Expr, share: pl.Expr, variance: pl.Expr, shrink: pl.Expr) -> pl.Expr:
    """Korn & Graubard's sample size of a clustered share; `shrink` is (t_.975,n-1 / t_.975,df)^2.

    At a share of 0 or 1 the data hold no variance: only the degrees of freedom shrink n there.
    """
    found = share * (1 - share) / variance
    usable = found.is_finite() & (variance > 0) & (share > 0) & (share < 1)
    effective = pl.when(usable).then(found).otherwise(n) * shrink
    return pl.when(effective > n).then(n).otherwise(effective)


def with_interval(shares: pl.DataFrame, *, clustered: bool, weighted: bool = False) -> pl.DataFrame:
    """Adds `low`, `high`, `standard_error` and `method` to `n`, `value`, `variance`, `df`: one row per cell.

    Clopper-Pearson at 0 and n, in its closed form 1 - (alpha/2)^(1/n); else Wilson. Clusters and weights take the
    effective sample size. A cell of one cluster
    has no interval: the variance between its clusters is unknown.
    """
    n, share = pl.col("n").cast(pl.Float64), pl.col("value")
    size, suffix = n, ""
    if clustered or weighted:
        shares = shares.with_columns(_shrink=_shrink(shares))
        size, suffix = effective_n(n, share, pl.col("variance"), pl.col("_shrink")), "_effective_n"
    low, high = wilson(share * size, size)
    exact = (1 - student.TAIL) ** (1 / size)
    none, every = share <= 0, share >= 1
    ends = shares.with_columns(
        low=pl.when(none).then(0.0).when(every).then(exact).otherwise(low),
        high=pl.when(none).then(1 - exact).when(every).then(1.0).otherwise(high),
        standard_error=pl.col("variance").sqrt(),
        method=pl.when(none | every)
        .then(pl.lit(f"proportion_clopper_pearson{suffix}"))
        .otherwise(pl.lit(f"proportion_wilson{suffix}")),
    )
    return ends.with_columns(pl.col("low", "high").fill_nan(None)).drop("_shrink", strict=False)


def _shrink(shares: pl.DataFrame) -> pl.Series:
    """(t_.975,n-1 / t_.975,df)^2; null without degrees of freedom."""
    n = shares["n"].cast(pl.Float64).to_numpy()
    df = shares["df"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    with np.errstate(invalid="ignore"):
        factor = (student.quantile(student.TAIL, n - 1) / student.quantile(student.TAIL, df)) ** 2
    return pl.Series(np.minimum(factor, 1.0)).fill_nan(None)
