"""How alike the arms of a comparison were at the baseline, and how its loss of units stands to the boundary.

Alikeness is read off the arms' levels. So the arms are the declared ones (treated at some round, or never), which in a
staggered design are not quite those of one round's effect, and the baseline is that of all who answered it, not of the
analysed units alone.
"""

import polars as pl

from transforms.beside import BESIDE
from transforms.estimators.attrition import attrition
from transforms.estimators.cohort import PROGRAMME
from transforms.programme import Programme

CELL = ("period", "indicator", "by", "group")


def with_balance(known: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """The estimates (with `statistic`) and two columns more, null where unknown and on all but effects.

    `baseline_g`: Hedges' g of the treated against the comparison arm. `attrition_level`: low, between or high.
    """
    baseline = programme.baseline.id
    leads = known.filter(pl.col("quantity") == "level", pl.col("round") == baseline, ~pl.col("term").is_in(BESIDE))
    alike = _baseline_g(leads)
    effect = pl.col("quantity") == "effect"
    return (
        known.join(alike, on=CELL, how="left", maintain_order="left")
        .with_columns(attrition_level=attrition(pl.col("attrition_overall"), pl.col("attrition_differential")))
        .with_columns(pl.when(effect).then(pl.col("baseline_g", "attrition_level")))
    )


def with_comparability(known: pl.DataFrame, comparability: pl.DataFrame) -> pl.DataFrame:
    """The estimates with what Comparability says of effects; likeness and pre-trends on the whole programme's alone.

    There `baseline_g` is that of the analysed units, where they tell.
    """
    key = ["period", "indicator", "round"]
    joined = known.join(comparability, on=key, how="left", maintain_order="left")
    effect = pl.col("quantity") == "effect"
    whole = effect & (pl.col("by") == PROGRAMME)
    return joined.with_columns(
        pl.when(effect).then(pl.col("contamination", "moved")),
        pl.when(whole).then(pl.col("covariate_g", "pre_rounds", "pre_trend_p")),
        baseline_g=pl.when(whole).then(pl.coalesce("outcome_g", "baseline_g")).otherwise("baseline_g"),
    )


def _baseline_g(levels: pl.DataFrame) -> pl.DataFrame:
    """One row a cell. g = J (m_T - m_C) / pooled sd, with Hedges' J for small samples."""
    columns = ("value", "n", "baseline_sd", "statistic")
    pair = _arm(levels, "treated", columns).join(_arm(levels, "comparison", columns), on=CELL, suffix="_c")
    n, n_c = pl.col("n").cast(pl.Float64), pl.col("n_c").cast(pl.Float64)
    squares = (n - 1) * pl.col("baseline_sd") ** 2 + (n_c - 1) * pl.col("baseline_sd_c") ** 2
    sd = (squares / (n + n_c - 2)).sqrt()
    gap = (pl.col("value") - pl.col("value_c")) * _mean_per_level(sd)
    g = pl.when(gap == 0).then(0.0).otherwise((1 - 3 / (4 * (n + n_c) - 9)) * gap / sd)
    return pair.select(*CELL, baseline_g=pl.when(g.is_not_nan()).then(g))


def _mean_per_level(sd: pl.Expr) -> pl.Expr:
    """The arms' means over their levels: 1, but for money, whose levels are medians.

    The bare gap of two medians over a standard deviation that a long tail blows up would understate g. A lognormal
    of median m has variance m^2 x (x - 1) and mean m sqrt(x), where x = exp(sigma^2); m is taken midway.
    """
    x = (1 + (1 + 4 * sd**2 / (pl.col("value") * pl.col("value_c"))).sqrt()) / 2
    skewed = (pl.col("statistic") == "money") & (pl.min_horizontal("value", "value_c") > 0)
    return pl.when(skewed).then(x.sqrt()).otherwise(1.0)


def _arm(frame: pl.DataFrame, arm: str, columns: tuple[str, ...]) -> pl.DataFrame:
    return frame.filter(pl.col("arm") == arm).select(*CELL, *columns)
