"""Levels at a round and changes since the baseline, of each arm, for every cell of a breakdown at once."""

from collections.abc import Callable

import polars as pl

from transforms.estimators import mean, proportion, ratio, student
from transforms.estimators.cluster_robust import Linearised, one_sample
from transforms.estimators.layout import Layout
from transforms.programme import Indicator

Linearise = Callable[[str], Linearised]
SHARES = ("proportion", "survival")


def levels(rows: pl.DataFrame, layout: Layout, indicators: dict[str, Indicator]) -> list[pl.DataFrame]:
    """Shares, means and ratios at a round: one row per indicator and cell. `rows`: cluster rows of level sums."""
    linearise: dict[str, Linearise] = {
        name: ratio.linearised if each.statistic == "ratio" else mean.linearised for name, each in indicators.items()
    }
    found = _one_sample(rows, layout, linearise, "level")
    shares = [found[name] for name, each in indicators.items() if each.statistic in SHARES]
    means = [found[name] for name, each in indicators.items() if each.statistic == "mean"]
    ratios = [found[name] for name, each in indicators.items() if each.statistic == "ratio"]
    made = []
    if shares:
        numerator = (pl.col("value") * pl.col("n")).round().cast(pl.Int64)
        made.append(
            proportion.with_interval(pl.concat(shares), clustered=layout.clustered).with_columns(numerator=numerator)
        )
    if means:
        made.append(_inferred(pl.concat(means), "mean", layout))
    if ratios:
        made.append(_inferred(_taylor(pl.concat(ratios), layout), "ratio", layout, errors="taylor"))
    return made


def changes(rows: pl.DataFrame, layout: Layout, indicators: dict[str, Indicator]) -> list[pl.DataFrame]:
    """Mean paired changes, and changes of ratios: one row per indicator and cell. `rows`: change sums."""
    found = _one_sample(
        rows,
        layout,
        {
            name: ratio.change_linearised if each.statistic == "ratio" else mean.linearised
            for name, each in indicators.items()
        },
        "change",
    )
    of_ratios = [found[name] for name, each in indicators.items() if each.statistic == "ratio"]
    of_means = [found[name] for name, each in indicators.items() if each.statistic != "ratio"]
    made = []
    if of_means:
        made.append(_inferred(pl.concat(of_means), "paired_change", layout))
    if of_ratios:
        made.append(_inferred(pl.concat(of_ratios), "paired_ratio_change", layout))
    return made


def _one_sample(
    rows: pl.DataFrame, layout: Layout, linearise: dict[str, Linearise], quantity: str
) -> dict[str, pl.DataFrame]:
    """By indicator, one row per cell: `cell, indicator, value, n, clusters, variance, df, population`.

    With clusters also `taylor`.
    """
    statistics = {name: make(f"{name}:{quantity}") for name, make in linearise.items()}
    if not statistics:
        return {}
    found = one_sample(rows, "cell", statistics, clustered=layout.clustered)
    asked = rows.group_by("cell").agg(pl.col(f"{name}:{quantity}.asked").sum() for name in statistics)
    wide = found.join(asked, on="cell", how="left").sort("cell")
    parts = ["value", "n", "clusters", "variance", "df", *(["taylor"] if layout.clustered else [])]
    return {
        name: pl.DataFrame({part: wide[f"{name}.{part}"] for part in parts}).with_columns(
            wide["cell"], wide[f"{name}:{quantity}.asked"].cast(pl.Int64).alias("population"), indicator=pl.lit(name)
        )
        for name in statistics
    }


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
