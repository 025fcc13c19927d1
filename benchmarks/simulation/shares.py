"""Shares: the intervals' coverage against every outcome counted out, with its probability."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit
from scipy.stats import binom, binomtest, multinomial

from benchmarks.simulation import draws
from benchmarks.simulation.finding import Finding, around, covered
from transforms.estimators import mean, proportion

CASES = ((20, 0.02), (50, 0.01), (50, 0.3), (200, 0.5), (400, 0.9))
PAIRS = 20
"""Clusters of two."""
TOGETHER = 0.3
"""The intraclass correlation of a pair."""


def wilson(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Without clusters: Wilson's interval, Clopper and Pearson's at none and all, against SciPy's own."""
    for n, share in CASES:
        counted = binom.pmf(np.arange(n + 1), n, share)[[_holds(k, n, share) for k in range(n + 1)]].sum()
        drawn = pl.Series(noise.binomial(n, share, replications))
        rows = pl.DataFrame({"value": drawn / n}).with_columns(n=pl.lit(n), variance=pl.col("value") * 0, df=n - 1.0)
        found = proportion.with_interval(rows, clustered=False)
        data = f"{n} units, a share of {share}; counted out {counted:.4f}"
        bounds = around(float(counted), replications)
        yield Finding("proportion_wilson", data, "coverage", covered(found, share), *bounds, replications)
    n, share = CASES[0]
    estimate = pl.Series(noise.binomial(n, share, replications) / n)
    reach = 1.96 * (estimate * (1 - estimate) / n).sqrt()
    wald = covered(pl.DataFrame({"low": estimate - reach, "high": estimate + reach}), share)
    data = f"{n} units, a share of {share}"
    yield Finding("Wald", data, "coverage", wald, 0.90, 1.0, replications, control=True)


def _holds(k: int, n: int, share: float) -> bool:
    interval = binomtest(k, n).proportion_ci(method="exact" if k in (0, n) else "wilson")
    return bool(interval.low <= share <= interval.high)


def clopper_pearson(_noise: np.random.Generator, _replications: int) -> Iterator[Finding]:
    """Never less than 95 %: counted out, so without chance."""
    for n, share in CASES:
        ends = [proportion.clopper_pearson(k, n) for k in range(n + 1)]
        holds = [low <= share <= high for low, high in ends]
        counted = float(binom.pmf(np.arange(n + 1), n, share)[holds].sum())
        yield Finding("clopper_pearson", f"{n} units, a share of {share}", "coverage", counted, 0.95, 1.0, 0)


def korn_graubard(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Pairs that agree more often than by chance: an effective sample size, against every outcome counted out."""
    for share in (0.1, 0.5):
        both = share**2 + TOGETHER * share * (1 - share)
        chances = [1 - 2 * share + both, 2 * (share - both), both]
        counted = _counted_out(np.array(chances), share)
        pairs = noise.choice(3, size=(replications, PAIRS), p=chances)
        units = pl.DataFrame(
            {
                "cell": np.repeat(np.arange(replications), 2 * PAIRS),
                "cluster": np.repeat(np.arange(replications * PAIRS), 2),
                "yes": np.stack([pairs > 0, pairs > 1], axis=-1).ravel().astype(float),
            }
        )
        arm = draws.one_arm(units, mean.terms("y", pl.col("yes")), mean.linearised("y"))
        found = proportion.with_interval(arm.drop("low", "high", "standard_error"), clustered=True)
        data = f"{PAIRS} pairs, a share of {share}; counted out {counted:.4f}"
        bounds = around(counted, replications)
        method = "proportion_wilson_effective_n"
        yield Finding(method, data, "coverage", covered(found, share), *bounds, replications)
        yield Finding(method, data, "counted out", counted, 0.93, 1.0, 0)


def _counted_out(chances: NDArray[np.float64], share: float) -> float:
    """The coverage over all ways in which so many pairs have nobody, one or both; textbook formulas throughout."""
    held = 0.0
    shrink = min(1.0, float((stdtrit(2 * PAIRS - 1, 0.975) / stdtrit(PAIRS - 1, 0.975)) ** 2))
    for ones in range(PAIRS + 1):
        for twos in range(PAIRS - ones + 1):
            counts = np.repeat([0.0, 0.5, 1.0], [PAIRS - ones - twos, ones, twos])
            p, variance = counts.mean(), counts.var(ddof=1) / PAIRS
            plain = p in (0.0, 1.0) or variance == 0
            size = min(2 * PAIRS, (2 * PAIRS if plain else p * (1 - p) / variance) * shrink)
            z2 = 1.959963984540054**2
            centre, half = (p + z2 / 2 / size), np.sqrt(p * (1 - p) / size * z2 + z2**2 / 4 / size**2)
            low, high = (centre - half) / (1 + z2 / size), (centre + half) / (1 + z2 / size)
            if p == 0:
                low, high = 0.0, 1 - 0.025 ** (1 / size)
            if p == 1:
                low, high = 0.025 ** (1 / size), 1.0
            if low <= share <= high:
                held += multinomial.pmf([PAIRS - ones - twos, ones, twos], PAIRS, chances)
    return float(held)


SIMULATIONS = (wilson, clopper_pearson, korn_graubard)
