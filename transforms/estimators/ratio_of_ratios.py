"""Treated against comparison as growth: (after/before of the treated) / (after/before of the comparison).

For two rounds it is what Poisson regression with unit and round fixed effects (PPML) estimates: given a unit's
sum over both rounds the likelihood is binomial, so an arm's log odds are log(sum after / sum before). Zeros
stay in; who has zero at both rounds tells nothing (Santos Silva & Tenreyro 2006; Wooldridge 1999).

An arm's influence: (y1_i - p s_i) / (p (1-p) S), with s_i = y0_i + y1_i, S their sum, p = sum y1 / S. A unit's
leverage is s_i / S, so CR2 and Satterthwaite's degrees of freedom see a few large firms for what they are.
"""

import math

import polars as pl

from transforms.estimators.cluster_robust import Linearised, number, total, two_samples
from transforms.estimators.ratio import weight_terms
from transforms.estimators.student import Inference, with_inference
from transforms.estimators.terms import added


def terms(prefix: str, before: pl.Expr, after: pl.Expr, weight: pl.Expr | None = None) -> list[pl.Expr]:
    """The terms of units of which both rounds are known: n, both rounds, and their products.

    With a weight both rounds count as often as it says, and `w` and `w.w` are the weight and its square.
    """
    known = before.is_not_null() & after.is_not_null()
    if weight is not None:
        known, before, after = known & weight.is_not_null(), weight * before, weight * after
    y0, y1 = pl.when(known).then(before), pl.when(known).then(after)
    single = [
        known.alias(f"{prefix}.n"),
        *([] if weight is None else weight_terms(prefix, known, weight)),
        y0.alias(f"{prefix}.y0"),
        y1.alias(f"{prefix}.y1"),
    ]
    products = {"y0.y0": y0 * y0, "y0.y1": y0 * y1, "y1.y1": y1 * y1}
    return [*single, *(product.alias(f"{prefix}.{part}") for part, product in products.items())]


def linearised(prefix: str) -> Linearised:
    """log(sum after / sum before) of each cell, from the sums of `terms`."""
    y0, y1 = number(f"{prefix}.y0"), number(f"{prefix}.y1")
    before, after = total(f"{prefix}.y0"), total(f"{prefix}.y1")
    both = before + after
    p = after / both
    products = [number(f"{prefix}.{part}") for part in ("y0.y0", "y0.y1", "y1.y1")]
    squares = p**2 * products[0] - 2 * p * (1 - p) * products[1] + (1 - p) ** 2 * products[2]
    return Linearised(
        value=pl.when((before > 0) & (after > 0)).then((after / before).log()),
        units=number(f"{prefix}.n"),
        influence=(y1 - p * (y0 + y1)) / (p * (1 - p) * both),
        leverage=(y0 + y1) / both,
        squares=squares / (p * (1 - p) * both) ** 2,
        concentration=(products[0] + 2 * products[1] + products[2]) / both**2,
    )


def with_growth(logs: pl.DataFrame) -> pl.DataFrame:
    """From a log ratio (`value`, `standard_error`, `df`) to growth as a fraction, one row per cell.

    The interval is exponentiated; the standard error is the delta method's; p comes from the log scale.
    """
    inferred = with_inference(logs)
    grown = [pl.col(name).exp() - 1 for name in ("value", "low", "high", "smallest_detectable")]
    return inferred.with_columns(*grown, standard_error=pl.col("standard_error") * pl.col("value").exp())


def ratio_of_ratios(before: pl.Series, after: pl.Series, clusters: pl.Series, treated: pl.Series) -> Inference:
    """The treated's growth relative to the others', minus 1. One entry a unit; unknown is left out."""
    units = pl.DataFrame({"cluster": clusters, "y0": before, "y1": after, "treated": treated}).drop_nulls()
    y0, y1 = pl.col("y0").cast(pl.Float64), pl.col("y1").cast(pl.Float64)
    sides = {"t": pl.col("treated"), "c": ~pl.col("treated")}
    columns = [
        column
        for side, inside in sides.items()
        for column in terms(side, pl.when(inside).then(y0), pl.when(inside).then(y1))
    ]
    rows = units.group_by("cluster").agg(added(columns)).with_columns(cell=pl.lit(0))
    arms = ({"g": linearised("t")}, {"g": linearised("c")})
    result = two_samples(rows, "cell", *arms, clustered=True, welch=True)
    logs = result.select(value="g.value", standard_error=pl.col("g.variance").sqrt(), df="g.df")
    row = with_growth(logs).select("value", "standard_error", "df", "low", "high", "p_value").row(0)
    return Inference(*(math.nan if number is None else number for number in row))
