"""Effects: a treated arm against a comparison arm."""

import math
from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy.special import stdtrit

from benchmarks.simulation import draws
from benchmarks.simulation.finding import TYPE_I, Finding, around, covered, exact, rejected
from transforms.estimators import change, mean, ratio, ratio_of_ratios, student

CLUSTERS = {3: 10, 5: 10, 10: 10, 20: 4, 40: 4}
"""Clusters an arm, and the units in each."""
TESTS = 20_000
"""Tests, at the least, on which a level is judged: of 2,000 exact ones, more than 6 % reject by chance in one of 50."""
NEAR = (0.93, 0.97)
"""What an interval that is no more than approximately right must cover."""


def _terms(side: str, inside: pl.Expr) -> list[pl.Expr]:
    return mean.terms(side, pl.when(inside).then(pl.col("noise")))


def _difference(units: pl.DataFrame, *, by_cluster: bool = True) -> pl.DataFrame:
    return student.with_inference(draws.two_arms(units, _terms, mean.linearised, by_cluster=by_cluster))


def difference_in_differences(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """CR2 with Satterthwaite's degrees of freedom, of differences whose truth is 0."""
    method = "difference_in_differences_cr2"
    replications = max(replications, TESTS)
    for clusters, size in CLUSTERS.items():
        data = f"{clusters}+{clusters} clusters of {size}"
        found = _difference(draws.clustered(noise, replications, 2 * clusters, size))
        yield Finding(method, data, "coverage", covered(found, 0.0), *exact(replications), replications)
        yield Finding(method, data, "type I", rejected(found), *TYPE_I, replications)
    # Satterthwaite's degrees of freedom are those of independent units: clusters that differ in size and share much
    # of their variance are tested a little too boldly (Pustejovsky & Tipton 2018).
    for clusters, between, most in ((4, 0.2, 0.06), (8, 0.2, 0.06), (40, 0.2, 0.06), (4, 0.5, 0.07)):
        smallest, largest = min(draws.UNEVEN), max(draws.UNEVEN)
        data = f"{clusters}+{clusters} clusters of {smallest} to {largest}, {between:.0%} of the variance shared"
        found = _difference(draws.clustered(noise, replications, 2 * clusters, draws.UNEVEN, between))
        upper = around(most, replications)[1]
        yield Finding(method, data, "type I", rejected(found), TYPE_I[0], upper, replications)


def wrong_errors(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Controls: the clusters ignored, and the usual CR1 with a normal quantile, at 3 clusters an arm."""
    data = f"3+3 clusters of {min(draws.UNEVEN)} to {max(draws.UNEVEN)}"
    units = draws.clustered(noise, replications, 6, draws.UNEVEN)
    alone = _difference(units, by_cluster=False)
    yield Finding("clusters ignored", data, "type I", rejected(alone), *TYPE_I, replications, control=True)
    wrong = _cr1_with_z(units)
    yield Finding("CR1 with a normal quantile", data, "type I", wrong, *TYPE_I, replications, control=True)


def _cr1_with_z(units: pl.DataFrame) -> float:
    """The share of nulls that the textbook's sandwich rejects."""
    arm = ["cell", "treated"]
    n = pl.len().over(arm).cast(pl.Float64)
    units = units.with_columns(n=n, m=pl.col("noise").mean().over(arm))
    scores = units.group_by(*arm, "cluster").agg(
        pl.col("m").first(), score=((pl.col("noise") - pl.col("m")) / pl.col("n")).sum(), size=pl.len()
    )
    groups, total = pl.len().cast(pl.Float64), pl.col("size").sum().cast(pl.Float64)
    error = ((pl.col("score") ** 2).sum() * groups / (groups - 1) * (total - 1) / (total - 2)).sqrt()
    gap = pl.col("m").filter("treated").first() - pl.col("m").filter(~pl.col("treated")).first()
    tests = scores.group_by("cell").agg(rejects=gap.abs() > student.NORMAL_QUANTILE * error)
    return float(tests.select(pl.col("rejects").mean()).item())


def power(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """The smallest detectable effect, planted, is found four times in five."""
    clusters, between = 10, 0.2
    variance = 2 / clusters * (between + (1 - between) / draws.EVEN)
    df = 2 * (clusters - 1)
    effect = float(stdtrit(df, 0.975) + stdtrit(df, student.POWER)) * math.sqrt(variance)
    units = draws.clustered(noise, replications, 2 * clusters, between=between)
    found = _difference(units.with_columns(pl.col("noise") + pl.col("treated") * effect))
    low, high = around(student.POWER, replications)
    data = f"{clusters}+{clusters} clusters of {draws.EVEN}, the effect just detectable"
    # The sum of two t quantiles stands for a noncentral t: it is right to about one per cent.
    yield Finding("smallest_detectable", data, "power", rejected(found), low - 0.01, high + 0.01, replications)


def welch(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Without clusters, 12 units against 30 that vary three times as much; the reverse is Student's weak spot."""
    units = draws.clustered(noise, replications, 42, 1, between=0.0)
    few = pl.col("cluster") % 42 < 12
    units = units.with_columns(treated=few, noise=pl.col("noise") * pl.when(few).then(3.0).otherwise(1.0))
    data = "12 units against 30 that vary a third as much"
    found = _difference(units, by_cluster=False)
    low, high = exact(replications)
    yield Finding(
        "difference_in_differences_welch", data, "coverage", covered(found, 0.0), low - 0.01, high + 0.01, replications
    )
    arms = units.group_by("cell", "treated").agg(m=pl.col("noise").mean(), v=pl.col("noise").var(), n=pl.len())
    pooled = ((pl.col("n") - 1) * pl.col("v")).sum() / 40 * (1 / 12 + 1 / 30)
    gap = pl.col("m").filter("treated").first() - pl.col("m").filter(~pl.col("treated")).first()
    student_t = arms.group_by("cell").agg(held=gap.abs() <= stdtrit(40, 0.975) * pooled.sqrt())
    share = float(student_t["held"].mean())
    yield Finding("one pooled variance", data, "coverage", share, low - 0.01, high + 0.01, replications, control=True)


def shared_clusters(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """CR1 with G - 1 df where both arms lie in every cluster."""
    clusters = 20
    units = draws.clustered(noise, replications, clusters).with_columns(treated=pl.col("unit") % 2 == 0)
    slopes = noise.normal(0, 0.5, replications * clusters)[units["cluster"].to_numpy()]
    units = units.with_columns(noise=pl.col("noise") + pl.Series(slopes) * pl.col("treated"))
    data = f"{clusters} clusters of {draws.EVEN}, both arms in each"
    method = "difference_in_differences_cr1"
    yield Finding(method, data, "coverage", covered(_difference(units), 0.0), *NEAR, replications)


def growth(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Ratio of ratios (PPML): both arms grow by 10 %, sales are lognormal, a tenth of the firms close."""
    replications = max(replications, TESTS)
    for clusters, size in ((12, 10), (40, 4)):
        units = _sales(noise, draws.clustered(noise, replications, 2 * clusters, size, 0.1))
        logs = draws.two_arms(units, _growth_terms, ratio_of_ratios.linearised, welch=True)
        found = ratio_of_ratios.with_growth(logs)
        data = f"{clusters}+{clusters} clusters of {size}, lognormal sales, a tenth closed"
        yield Finding("ratio_of_ratios_cr2", data, "coverage", covered(found, 0.0), *NEAR, replications)
        yield Finding("ratio_of_ratios_cr2", data, "type I", rejected(found), *TYPE_I, replications)
    units = _sales(noise, draws.clustered(noise, replications, 200, 1, 0.0))
    found = ratio_of_ratios.with_growth(
        draws.two_arms(units, _growth_terms, ratio_of_ratios.linearised, by_cluster=False, welch=True)
    )
    data = "100 firms against 100, lognormal sales, a tenth closed"
    yield Finding("ratio_of_ratios_welch", data, "coverage", covered(found, 0.0), *NEAR, replications)


def _sales(noise: np.random.Generator, units: pl.DataFrame) -> pl.DataFrame:
    size = pl.Series(noise.lognormal(0, 1, units.height))
    closed = pl.Series(noise.random(units.height) < 0.1)
    after = pl.when(closed).then(0.0).otherwise(size * 1.1 * (0.5 * pl.col("noise")).exp())
    return units.with_columns(before=size, after=after)


def _growth_terms(side: str, inside: pl.Expr) -> list[pl.Expr]:
    return ratio_of_ratios.terms(side, pl.when(inside).then(pl.col("before")), pl.when(inside).then(pl.col("after")))


def winsorised(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Money with long tails to both sides, drawn in at the baseline's percentiles, pooled over arms; no effect."""
    clusters, replications = 10, max(replications, TESTS)
    units = draws.clustered(noise, replications, 2 * clusters)
    before, later = (pl.Series(noise.standard_t(3, units.height)) for _ in range(2))
    units = units.with_columns(before=before, after=before + 0.5 * pl.col("noise") + later)
    low, high = (pl.col("before").quantile(share, interpolation="linear").over("cell") for share in (0.01, 0.99))
    held = [change.winsorised(pl.col(round_), low, high) for round_ in ("before", "after")]
    found = _difference(units.with_columns(noise=change.difference(*held)))
    data = f"{clusters}+{clusters} clusters of {draws.EVEN}, values with Student's tails (3 df)"
    method = "winsorised_difference_in_differences_cr2"
    yield Finding(method, data, "coverage", covered(found, 0.0), *NEAR, replications)
    yield Finding(method, data, "type I", rejected(found), *TYPE_I, replications)


def difference_of_ratio_changes(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """The share of inputs bought nearby rises alike in both arms."""
    clusters, replications = 12, max(replications, TESTS)
    units = draws.clustered(noise, replications, 2 * clusters)
    x0, x = (pl.Series(noise.uniform(1, 9, units.height)) for _ in range(2))
    units = units.with_columns(x0=x0, x=x, y0=x0 * 0.4, y=x * (0.5 + 0.1 * pl.col("noise")))

    def terms(side: str, inside: pl.Expr) -> list[pl.Expr]:
        before, after = (tuple(pl.when(inside).then(pl.col(part)) for part in parts) for parts in (("y0", "x0"), "yx"))
        return ratio.change_terms(side, before, after)

    found = student.with_inference(draws.two_arms(units, terms, ratio.change_linearised))
    data = f"{clusters}+{clusters} clusters of {draws.EVEN}, a change of a ratio"
    method = "difference_in_differences_cr2"
    yield Finding(method, data, "coverage", covered(found, 0.0), *NEAR, replications)
    yield Finding(method, data, "type I", rejected(found), *TYPE_I, replications)


SIMULATIONS = (
    difference_in_differences,
    wrong_errors,
    power,
    welch,
    shared_clusters,
    growth,
    winsorised,
    difference_of_ratio_changes,
)
