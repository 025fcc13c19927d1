"""Levels at a round and changes since the baseline, of each arm, for every cell of a breakdown at once."""

from collections.abc import Callable
from functools import partial

import polars as pl

from transforms.estimators import mean, proportion, ratio, student, sums
from transforms.estimators.attrition import lost
from transforms.estimators.cluster_robust import Linearised, one_sample
from transforms.estimators.layout import Layout
from transforms.programme import Indicator

Linearise = Callable[[str], Linearised]
SHARES = ("proportion", "survival")


def levels(
    rows: pl.DataFrame, layout: Layout, indicators: dict[str, Indicator], *, weighted: bool = False
) -> list[pl.DataFrame]:
    """Shares, means and ratios at a round: one row per indicator and cell. `rows`: cluster rows of level sums."""
    of_ratio, of_mean = (partial(each, weighted=weighted) for each in (ratio.linearised, mean.linearised))
    linearise: dict[str, Linearise] = {
        name: of_ratio if each.statistic == "ratio" else of_mean for name, each in indicators.items()
    }
    found = _one_sample(rows, layout, linearise, "level", weighted)
    shares = [found[name] for name, each in indicators.items() if each.statistic in SHARES]
    means = [found[name] for name, each in indicators.items() if each.statistic == "mean"]
    ratios = [found[name] for name, each in indicators.items() if each.statistic == "ratio"]
    made = []
    if shares:
        told = pl.concat(shares)
        if not weighted:
            told = told.with_columns(numerator=(pl.col("value") * pl.col("n")).round().cast(pl.Int64))
        made.append(proportion.with_interval(told, clustered=layout.clustered, weighted=weighted))
    if means:
        made.append(_inferred(pl.concat(means).drop("numerator", strict=False), "mean", layout))
    if ratios:
        made.append(_inferred(_taylor(pl.concat(ratios), layout), "ratio", layout, errors="taylor"))
    return made


def changes(
    rows: pl.DataFrame, layout: Layout, indicators: dict[str, Indicator], *, weighted: bool = False
) -> list[pl.DataFrame]:
    """Mean paired changes, and changes of ratios: one row per indicator and cell. `rows`: change sums."""
    of_ratio, of_mean = (partial(each, weighted=weighted) for each in (ratio.change_linearised, mean.linearised))
    linearise: dict[str, Linearise] = {
        name: of_ratio if each.statistic == "ratio" else of_mean for name, each in indicators.items()
    }
    found = _one_sample(rows, layout, linearise, "change", weighted)
    of_ratios = [found[name] for name, each in indicators.items() if each.statistic == "ratio"]
    of_means = [found[name] for name, each in indicators.items() if each.statistic != "ratio"]
    made = []
    if of_means:
        made.append(_inferred(pl.concat(of_means), "paired_change", layout))
    if of_ratios:
        made.append(_inferred(pl.concat(of_ratios), "paired_ratio_change", layout))
    return made


OF_WEIGHTS = ("kish_deff", "numerator")
"""What weights add to an estimate: their design effect, and a share's units before weighting."""


def _one_sample(
    rows: pl.DataFrame, layout: Layout, linearise: dict[str, Linearise], quantity: str, weighted: bool
) -> dict[str, pl.DataFrame]:
    """By indicator, one row per cell: `cell, indicator, value, n, clusters, variance, df, population`.

    With clusters also `taylor`, with weights `kish_deff` and, of means and shares, the `numerator` before weighting.
    """
    statistics = {name: make(f"{name}:{quantity}") for name, make in linearise.items()}
    if not statistics:
        return {}
    found = one_sample(rows, "cell", statistics, clustered=layout.clustered)
    asked = rows.group_by("cell").agg(
        *(pl.col(f"{name}:{quantity}.asked").sum() for name in statistics),
        *(each for name in statistics if weighted for each in _of_weights(rows, name, f"{name}:{quantity}")),
        *(pl.col(f"{name}:{quantity}.eligible").sum() for name in statistics if f"{name}:{quantity}.eligible" in rows),
    )
    wide = found.join(asked, on="cell", how="left").sort("cell")
    parts = ["value", "n", "clusters", "variance", "df", *(["taylor"] if layout.clustered else [])]
    return {
        name: pl.DataFrame({part: wide[f"{name}.{part}"] for part in parts}).with_columns(
            wide["cell"],
            wide[f"{name}:{quantity}.asked"].cast(pl.Int64).alias("population"),
            *(wide[f"{name}.{part}"].alias(part) for part in OF_WEIGHTS if f"{name}.{part}" in wide.columns),
            attrition_overall=_lost(wide, name, f"{name}:{quantity}.eligible"),
            indicator=pl.lit(name),
        )
        for name in statistics
    }


def _lost(wide: pl.DataFrame, name: str, eligible: str) -> pl.Series:
    """The share of the eligible that the estimate lacks; null where that is not asked."""
    if eligible not in wide.columns:
        return pl.Series([None] * wide.height, dtype=pl.Float64)
    return wide.select(lost(pl.col(f"{name}.n"), pl.col(eligible))).to_series()


def _of_weights(rows: pl.DataFrame, name: str, prefix: str) -> list[pl.Expr]:
    made = [sums.kish(prefix).alias(f"{name}.kish_deff")]
    if f"{prefix}.plain" in rows.columns and prefix.endswith(":level"):
        made.append(pl.col(f"{prefix}.plain").sum().round().cast(pl.Int64).alias(f"{name}.numerator"))
    return made


def _taylor(estimates: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """With the variance and the degrees of freedom of plain linearisation, where there are clusters."""
    if not layout.clustered:
        return estimates
    return estimates.with_columns(variance="taylor", df=pl.col("clusters").cast(pl.Float64) - 1)


def _inferred(estimates: pl.DataFrame, what: str, layout: Layout, errors: str = "cr2") -> pl.DataFrame:
    named = f"{what}_{errors}" if layout.clustered else f"{what}_t"
    return student.with_inference(
        estimates.with_columns(standard_error=pl.col("variance").sqrt(), method=pl.lit(named))
    )
