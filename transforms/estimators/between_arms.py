"""Effects: units under treatment by the round against those not yet or never, for every cell at once.

Treated: not under treatment at the baseline, under it by the round. Comparison: not under treatment by the round.
"""

from collections.abc import Callable
from functools import partial

import polars as pl

from transforms.estimators import mean, ratio, ratio_of_ratios, student
from transforms.estimators.attrition import lost
from transforms.estimators.cluster_robust import Linearised, two_samples
from transforms.estimators.layout import Layout
from transforms.estimators.sums import grows, kish
from transforms.programme import Indicator

Linearise = Callable[[str], Linearised]
TREATED, COMPARISON = SIDES = ("treated", "comparison")


def side(entered: pl.Expr, round_number: int) -> pl.Expr:
    """On which side of an effect at the round a stratum stands; null for who was treated at the baseline."""
    return (
        pl.when(entered.is_between(1, round_number))
        .then(pl.lit(TREATED))
        .when(entered > round_number)
        .then(pl.lit(COMPARISON))
    )


def with_sides(sums: pl.DataFrame, sides: pl.Series, layout: Layout) -> pl.DataFrame:
    """One row per cell and cluster, each sum twice: `treated|...` and `comparison|...`.

    Only cells that have both sides are kept. `sums`, `sides`: one row per row of the grouping.
    """
    rows = pl.DataFrame({"cell": layout.cell_of_row, "side": sides})
    both = rows.select(pl.col("side").drop_nulls().n_unique().over("cell") == len(SIDES)).to_series()
    kept = both & sides.is_not_null()
    numbers = pl.all().exclude("side")
    apart = (
        sums.with_columns(sides.alias("side"))
        .filter(kept)
        .select(pl.when(pl.col("side") == each).then(numbers).otherwise(0).name.prefix(f"{each}|") for each in SIDES)
    )
    return layout.gathered(apart, kept)


def effects(
    rows: pl.DataFrame,
    layout: Layout,
    indicators: dict[str, Indicator],
    post_only: set[str],
    *,
    weighted: bool = False,
) -> list[pl.DataFrame]:
    """One row per indicator and cell. `rows`: by `with_sides`. `post_only` were never measured at the baseline."""
    growing = {name: each for name, each in indicators.items() if grows(each) and name not in post_only}
    others = {name: each for name, each in indicators.items() if name not in growing}
    made = []
    if others:
        made.append(student.with_inference(_differences(rows, layout, others, post_only, weighted)))
    if growing:
        linearise: dict[str, Linearise] = {f"{name}:change": ratio_of_ratios.linearised for name in growing}
        logs = _two_samples(rows, layout, linearise, welch=True, weighted=weighted)
        logs = logs.with_columns(method=pl.lit("ratio_of_ratios_") + pl.col("form"))
        made.append(ratio_of_ratios.with_growth(logs))
    return made


def _differences(
    rows: pl.DataFrame, layout: Layout, indicators: dict[str, Indicator], post_only: set[str], weighted: bool
) -> pl.DataFrame:
    of_mean, level, change = (
        partial(each, weighted=weighted) for each in (mean.linearised, ratio.linearised, ratio.change_linearised)
    )
    linearise: dict[str, Linearise] = {}
    methods: dict[str, str] = {}
    for name, indicator in indicators.items():
        is_ratio = indicator.statistic == "ratio"
        if name in post_only:
            linearise[f"{name}:level"] = level if is_ratio else of_mean
            methods[name] = "post_only_difference"
        else:
            linearise[f"{name}:change"] = change if is_ratio else of_mean
            winsorised = indicator.statistic == "money"
            methods[name] = "winsorised_" * winsorised + "difference_in_differences"
    # Weights make units vary unequally, so degrees of freedom then go by the estimated variances.
    found = _two_samples(rows, layout, linearise, welch=weighted, weighted=weighted)
    named = pl.col("indicator").replace_strict(methods, return_dtype=pl.String)
    return found.with_columns(method=named + "_" + pl.col("form"))


def _two_samples(
    rows: pl.DataFrame, layout: Layout, linearise: dict[str, Linearise], *, welch: bool, weighted: bool
) -> pl.DataFrame:
    """One row per indicator and cell: `value, standard_error, df, form`, units and clusters by side.

    With weights also `kish_deff`, the larger of both sides.
    """
    arms = ({name: make(f"{each}|{name}") for name, make in linearise.items()} for each in SIDES)
    found = two_samples(rows, "cell", *arms, clustered=layout.clustered, welch=welch)
    people = {name: pl.sum_horizontal(f"{each}|{name}.asked" for each in SIDES).sum() for name in linearise}
    deff = {name: pl.max_horizontal(kish(f"{each}|{name}") for each in SIDES) for name in linearise if weighted}
    asked = rows.group_by("cell").agg(
        *(count.alias(f"{name}.asked") for name, count in people.items()),
        *(each.alias(f"{name}.kish_deff") for name, each in deff.items()),
        *(pl.col(f"{each}|{name}.eligible").sum().alias(f"{name}.{each}") for name in linearise for each in SIDES),
    )
    wide = found.join(asked, on="cell", how="left").sort("cell")
    parts = ("value", "n", "n_comparison", "clusters", "clusters_comparison", "df", "form")
    return pl.concat(
        pl.DataFrame({part: wide[f"{name}.{part}"] for part in parts}).with_columns(
            wide["cell"],
            wide[f"{name}.asked"].cast(pl.Int64).alias("population"),
            *([wide[f"{name}.kish_deff"].alias("kish_deff")] if weighted else []),
            *wide.select(_losses(name)),
            standard_error=wide[f"{name}.variance"].sqrt(),
            indicator=pl.lit(name.split(":")[0]),
        )
        for name in linearise
    )


def _losses(name: str) -> list[pl.Expr]:
    """Attrition over both sides, and the treated side's less the other's."""
    told = {TREATED: pl.col(f"{name}.n"), COMPARISON: pl.col(f"{name}.n_comparison")}
    might = {each: pl.col(f"{name}.{each}") for each in SIDES}
    kept = {each: pl.min_horizontal(told[each], might[each]) for each in SIDES}
    differ = lost(told[TREATED], might[TREATED]) - lost(told[COMPARISON], might[COMPARISON])
    overall = lost(kept[TREATED] + kept[COMPARISON], might[TREATED] + might[COMPARISON])
    return [overall.alias("attrition_overall"), differ.alias("attrition_differential")]
