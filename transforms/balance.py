"""How alike the arms of a comparison were at the baseline, and how many units each has lost since.

Read off the estimates themselves: the arms' levels and changes. So the arms are the declared ones (treated at some
round, or never), which in a staggered design are not quite those of one round's effect, and the baseline is that of
all who answered it, not of the analysed units alone.
"""

import polars as pl

from transforms.estimators.attrition import attrition
from transforms.programme import Programme

CELL = ("period", "indicator", "by", "group")


def with_balance(known: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """The estimates (with `statistic`) and two columns more, null where unknown and on all but effects.

    `baseline_g`: Hedges' g of the treated against the comparison arm. `attrition_level`: low, between or high.
    """
    baseline = programme.baseline.id
    alike = _baseline_g(known.filter(pl.col("quantity") == "level", pl.col("round") == baseline))
    lost = _attrition(known, baseline)
    effect = pl.col("quantity") == "effect"
    return (
        known.join(alike, on=CELL, how="left", maintain_order="left")
        .join(lost, on=(*CELL, "round"), how="left", maintain_order="left")
        .with_columns(pl.when(effect).then(pl.col("baseline_g", "attrition_level")))
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


def _attrition(known: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """One row a cell and round: how the arms' losses stand to the boundary."""
    arms = _retained(known, baseline)
    pair = _arm(arms, "treated", ("round", "n", "retained")).join(
        _arm(arms, "comparison", ("round", "n", "retained")), on=(*CELL, "round"), suffix="_c"
    )
    started = pl.col("n") / pl.col("retained") + pl.col("n_c") / pl.col("retained_c")
    overall = 1 - (pl.col("n") + pl.col("n_c")) / started
    return pair.select(*CELL, "round", attrition_level=attrition(overall, pl.col("retained") - pl.col("retained_c")))


def _retained(known: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """One row a cell, round and arm: the share of those due with a baseline value that is in the analysis.

    It is the response times the share of the answered with a value, over that share at the baseline: who never had
    a value was not lost. Survival's population are all who were due, so its share holds the response already.
    """
    key = (*CELL, "arm")
    share = pl.col("n") / pl.col("population")
    levels = known.filter(pl.col("quantity") == "level")
    at_baseline = levels.filter(pl.col("round") == baseline).select(*key, baseline_share=share)
    later = known.filter(pl.col("quantity").is_in(["change", "level"]), pl.col("round") != baseline)
    # "change" sorts before "level": the units measured at both rounds where there are such.
    measured = later.sort(pl.col("quantity").cast(pl.String)).unique((*key, "round"), keep="first", maintain_order=True)
    response = pl.when(pl.col("statistic") == "survival").then(1.0).otherwise(pl.col("response").fill_null(1.0))
    kept = pl.min_horizontal(1.0, share / pl.col("baseline_share").fill_null(1.0)) * response
    return measured.join(at_baseline, on=key, how="left").select(
        *key, "round", "n", retained=pl.when(kept > 0).then(kept)
    )


def _arm(frame: pl.DataFrame, arm: str, columns: tuple[str, ...]) -> pl.DataFrame:
    return frame.filter(pl.col("arm") == arm).select(*CELL, *columns)
