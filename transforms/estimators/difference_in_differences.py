"""Treated against comparison: the difference of two arms' mean (changes), cluster-robust.

Of paired changes it is the difference-in-differences of units measured at both rounds; of values at one round
the post-only difference. Forms by `cluster_robust.two_samples`: CR2 with Satterthwaite's degrees of freedom
when clusters are nested in arms, CR1 when a cluster lies in both, Welch (HC2) without clusters.
"""

import math

import polars as pl

from transforms.estimators import mean
from transforms.estimators.cluster_robust import two_samples
from transforms.estimators.student import Inference, inference
from transforms.estimators.terms import added


def difference(values: pl.Series, clusters: pl.Series, treated: pl.Series) -> tuple[Inference, str]:
    """mean(values of the treated) - mean(values of the others), and the form of its error: cr2, cr1 or welch.

    One entry a unit. Pass paired changes for a difference-in-differences.
    """
    units = pl.DataFrame({"cluster": clusters, "value": values.cast(pl.Float64), "treated": treated})
    inside = pl.col("treated")
    rows = (
        units.group_by("cluster")
        .agg(
            *added(mean.terms("t", pl.when(inside).then(pl.col("value")))),
            *added(mean.terms("c", pl.when(~inside).then(pl.col("value")))),
        )
        .with_columns(cell=pl.lit(0))
    )
    arms = ({"d": mean.linearised("t")}, {"d": mean.linearised("c")})
    result = two_samples(rows, "cell", *arms, clustered=True)
    answer = inference(result.select(value="d.value", standard_error=pl.col("d.variance").sqrt(), df="d.df"))
    return answer, str(result["d.form"][0])


def classical(values: pl.Series, treated: pl.Series) -> tuple[Inference, Inference]:
    """(constant, effect) of least squares of values on the treatment, with classical errors, n - 2 df."""
    known = pl.DataFrame({"y": values.cast(pl.Float64), "t": treated}).drop_nulls()
    arm = known.group_by("t").agg(n=pl.len().cast(pl.Float64), m=pl.col("y").mean(), v=pl.col("y").var(ddof=0))
    (n_c, m_c, v_c), (n_t, m_t, v_t) = (arm.filter(t=side).select("n", "m", "v").row(0) for side in (False, True))
    df = n_t + n_c - 2
    residual = (n_t * v_t + n_c * v_c) / df
    errors = (residual / n_c, residual / n_t + residual / n_c)
    constant, effect = (
        inference(pl.DataFrame({"value": [value], "standard_error": [math.sqrt(variance)], "df": [df]}))
        for value, variance in zip((m_c, m_t - m_c), errors, strict=True)
    )
    return constant, effect


def repeated_cross_sections(values: pl.Series, clusters: pl.Series, treated: pl.Series, after: pl.Series) -> Inference:
    """The unbalanced 2x2: difference-in-differences of four cell means, units need not be paired.

    e_i = sign * (y_i - cell mean) / n_cell, summed within cluster; V = G/(G-1) * (N-1)/(N-4) * sum_c e_c^2,
    G - 1 df: the CR1 variance of the saturated least squares (Liang & Zeger 1986).
    """
    units = pl.DataFrame(
        {"cluster": clusters, "y": values.cast(pl.Float64), "treated": treated, "after": after}
    ).drop_nulls()
    sign = pl.when(pl.col("treated") == pl.col("after")).then(1.0).otherwise(-1.0)
    cell = ["treated", "after"]
    size = pl.len().over(cell).cast(pl.Float64)
    shares = units.with_columns(
        part=sign * pl.col("y") / size,
        influence=sign * (pl.col("y") - pl.col("y").mean().over(cell)) / size,
    )
    meat = float(shares.group_by("cluster").agg(pl.col("influence").sum())["influence"].pow(2).sum())
    groups, n = float(units["cluster"].n_unique()), float(units.height)
    variance = groups / (groups - 1) * (n - 1) / (n - 4) * meat
    row = {"value": [shares["part"].sum()], "standard_error": [math.sqrt(variance)], "df": [groups - 1]}
    return inference(pl.DataFrame(row))
