"""Cluster-robust variances of many statistics in many cells at once, from sums per cluster.

A statistic is written as its linearisation: what each cluster contributes to its error (the influence) and
which share of the weight the cluster has (the leverage h). Then

- CR2 (Bell & McCaffrey 2002): V = sum_c U_c^2 / (1 - h_c).
- Satterthwaite's degrees of freedom (Pustejovsky & Tipton 2018) under equal variances of units:
  1 / (sum_c h_c^2 + (sum_c b_c)^2 - sum_c b_c^2), b_c = h_c^2 / (1 - h_c).
- two arms with clusters nested in them: V = V_T + V_C, df = (w_T + w_C)^2 / (w_T^2/df_T + w_C^2/df_C),
  w = 1/n. With one unit a cluster, w = V: the Welch interval.
- two arms that share clusters: CR1 = sum_c (U_T,c - U_C,c)^2 * G/(G-1) * (N-1)/(N-2), G - 1 df.
- no clusters: V = sum_i u_i^2 * k/(k-1), k - 1 df, with k = 1 / sum_i h_i^2 (n when units weigh the same).

Frames hold one row per cell and cluster; a statistic's results are columns named `NAME.value` and so on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

OF_CELL = "@cell"
"""The suffix of a column's sum over the row's cell."""


@dataclass(frozen=True)
class Linearised:
    """A statistic over rows of one cluster each; every expression is one number a row.

    `value`: the estimate of the row's cell. `units`: how many units the row sums up. `influence`: the
    cluster's contribution to the error, in the unit of the value. `leverage`: its share of the weight.
    `squares`: the units' squared influences, summed. `concentration`: their squared shares, summed.
    """

    value: pl.Expr
    units: pl.Expr
    influence: pl.Expr
    leverage: pl.Expr
    squares: pl.Expr
    concentration: pl.Expr


def number(column: str) -> pl.Expr:
    """A column of counts or sums as floats: powers of counts overflow in 32 bits without a word."""
    return pl.col(column).cast(pl.Float64)


def total(column: str) -> pl.Expr:
    """The column's sum over the row's cell, which the functions below supply."""
    return pl.col(f"{column}{OF_CELL}")


def one_sample(
    clusters: pl.DataFrame, cell: str, statistics: Mapping[str, Linearised], *, clustered: bool
) -> pl.DataFrame:
    """One row per cell: `NAME.value, .n, .clusters, .variance, .taylor, .df` for every statistic.

    `clusters` has one row per cell and cluster; `cell` names its cell. Not `clustered` takes every unit for
    itself. `taylor` is the linearisation's plain variance, G/(G-1) sum_c U_c^2 (`clusters` - 1 df).
    """
    parts = [column for name, each in statistics.items() for column in _parts(name, each, clustered)]
    sums = [column for name in statistics for column in _sums(name, clustered)]
    results = [column for name in statistics for column in _one_sample_results(name, clustered)]
    summed = _with_totals(clusters, cell, parts).select(cell, *parts).group_by(cell).agg(sums)
    return summed.select(cell, *results)


def two_samples(
    clusters: pl.DataFrame,
    cell: str,
    treated: Mapping[str, Linearised],
    comparison: Mapping[str, Linearised],
    *,
    clustered: bool,
    welch: bool = False,
) -> pl.DataFrame:
    """One row per cell: treated minus comparison, for every statistic named in both mappings.

    `clusters` has one row per cell and cluster, with the sums of both arms. Columns: `NAME.value, .n,
    .n_comparison, .clusters, .clusters_comparison, .variance, .df, .form` (cr2, cr1 or welch). `welch` weighs
    the arms' degrees of freedom by their estimated variances, for statistics whose units vary unequally.
    """
    parts = [column for name, each in treated.items() for column in _parts(f"{name}.t", each, clustered)]
    parts += [column for name, each in comparison.items() for column in _parts(f"{name}.c", each, clustered)]
    sums = [column for name in treated for side in ("t", "c") for column in _sums(f"{name}.{side}", clustered)]
    sums += [column for name in treated for column in _joint(name, clustered)]
    results = [column for name in treated for column in _two_sample_results(name, clustered, welch)]
    summed = _with_totals(clusters, cell, parts).select(cell, *parts).group_by(cell).agg(sums)
    arms = [f"{name}.{side}" for name in treated for side in ("t", "c")]
    variances = [_variance(arm, clustered).alias(f"{arm}.variance") for arm in arms]
    freedoms = [_df(arm, clustered).alias(f"{arm}.df") for arm in arms]
    return summed.with_columns(*variances, *freedoms).select(cell, *results)


def _with_totals(clusters: pl.DataFrame, cell: str, parts: list[pl.Expr]) -> pl.DataFrame:
    """The rows with the sums over their cells that the parts ask for."""
    asked = {name for part in parts for name in part.meta.root_names() if name.endswith(OF_CELL)}
    sums = [number(name.removesuffix(OF_CELL)).sum().alias(name) for name in sorted(asked)]
    return clusters.join(clusters.group_by(cell).agg(sums), on=cell, how="left", maintain_order="left")


def _parts(name: str, statistic: Linearised, clustered: bool) -> list[pl.Expr]:
    """The columns a variance needs; without clusters the sums of squares of units instead of the clusters' parts."""
    parts = {"value": statistic.value, "units": statistic.units}
    if clustered:
        parts |= {"influence": statistic.influence.fill_nan(None), "leverage": statistic.leverage.fill_nan(None)}
    else:
        parts |= {"squares": statistic.squares, "concentration": statistic.concentration}
    return [expression.alias(f"{name}.{part}") for part, expression in parts.items()]


def _sums(name: str, clustered: bool) -> list[pl.Expr]:
    units = pl.col(f"{name}.units")
    shared = [
        pl.col(f"{name}.value").first(),
        units.sum().alias(f"{name}.n"),
        (units > 0).sum().cast(pl.Float64).alias(f"{name}.clusters"),
        units.max().alias(f"{name}.largest"),
    ]
    if not clustered:
        return [*shared, pl.col(f"{name}.squares").sum(), pl.col(f"{name}.concentration").sum()]
    influence, leverage = pl.col(f"{name}.influence"), pl.col(f"{name}.leverage")
    b = leverage**2 / (1 - leverage)
    return [
        *shared,
        (influence**2 / (1 - leverage)).sum().alias(f"{name}.cr2"),
        (influence**2).sum().alias(f"{name}.meat"),
        (leverage**2).sum().alias(f"{name}.h2"),
        b.sum().alias(f"{name}.b"),
        (b**2).sum().alias(f"{name}.b2"),
    ]


def _joint(name: str, clustered: bool) -> list[pl.Expr]:
    """What the CR1 form needs: clusters that lie in both arms, all clusters, the meat over both arms."""
    if not clustered:
        return []
    in_treated, in_comparison = pl.col(f"{name}.t.units") > 0, pl.col(f"{name}.c.units") > 0
    difference = pl.col(f"{name}.t.influence").fill_null(0) - pl.col(f"{name}.c.influence").fill_null(0)
    return [
        (in_treated & in_comparison).any().alias(f"{name}.shared"),
        (in_treated | in_comparison).sum().cast(pl.Float64).alias(f"{name}.all_clusters"),
        (difference**2).sum().alias(f"{name}.joint_meat"),
    ]


def _variance(name: str, clustered: bool) -> pl.Expr:
    if clustered:
        return pl.when(pl.col(f"{name}.clusters") > 1).then(pl.col(f"{name}.cr2"))
    k = 1 / pl.col(f"{name}.concentration")
    return pl.when(pl.col(f"{name}.n") > 1).then(pl.col(f"{name}.squares").clip(0) * k / (k - 1))


def _df(name: str, clustered: bool) -> pl.Expr:
    if clustered:
        h2, b, b2 = (pl.col(f"{name}.{part}") for part in ("h2", "b", "b2"))
        return pl.when(pl.col(f"{name}.clusters") > 1).then(1 / (h2 + b**2 - b2))
    return pl.when(pl.col(f"{name}.n") > 1).then(1 / pl.col(f"{name}.concentration") - 1)


def _one_sample_results(name: str, clustered: bool) -> list[pl.Expr]:
    groups = pl.col(f"{name}.clusters")
    results = {
        "value": pl.col(f"{name}.value"),
        "n": pl.col(f"{name}.n").cast(pl.Int64),
        "clusters": groups.cast(pl.Int64),
        "variance": _variance(name, clustered),
        "df": _df(name, clustered),
    }
    if clustered:
        results["taylor"] = pl.when(groups > 1).then(pl.col(f"{name}.meat") * groups / (groups - 1))
    return _named(name, results)


def _named(name: str, results: dict[str, pl.Expr]) -> list[pl.Expr]:
    """The results as columns of the statistic; what cannot be computed is null."""
    fractions = ("value", "variance", "df", "taylor")
    return [
        (each.fill_nan(None) if part in fractions else each).alias(f"{name}.{part}") for part, each in results.items()
    ]


def _two_sample_results(name: str, clustered: bool, welch: bool) -> list[pl.Expr]:
    arms = (f"{name}.t", f"{name}.c")
    results = {
        "value": pl.col(f"{arms[0]}.value") - pl.col(f"{arms[1]}.value"),
        "n": pl.col(f"{arms[0]}.n").cast(pl.Int64),
        "n_comparison": pl.col(f"{arms[1]}.n").cast(pl.Int64),
        "clusters": pl.col(f"{arms[0]}.clusters").cast(pl.Int64),
        "clusters_comparison": pl.col(f"{arms[1]}.clusters").cast(pl.Int64),
    }
    variances = [pl.col(f"{arm}.variance") for arm in arms]
    by_variance = _satterthwaite(arms, variances)
    if not clustered:
        return _named(
            name, results | {"variance": variances[0] + variances[1], "df": by_variance, "form": pl.lit("welch")}
        )
    shared = pl.col(f"{name}.shared")
    alone = (pl.col(f"{arms[0]}.largest") <= 1) & (pl.col(f"{arms[1]}.largest") <= 1)
    nested = by_variance if welch else _satterthwaite(arms, [1 / pl.col(f"{arm}.n") for arm in arms])
    groups, units = pl.col(f"{name}.all_clusters"), pl.col(f"{arms[0]}.n") + pl.col(f"{arms[1]}.n")
    cr1 = pl.col(f"{name}.joint_meat") * groups / (groups - 1) * (units - 1) / (units - 2)
    results |= {
        "variance": pl.when(shared).then(cr1).otherwise(variances[0] + variances[1]),
        "df": pl.when(shared).then(groups - 1).when(alone).then(by_variance).otherwise(nested),
        "form": pl.when(shared).then(pl.lit("cr1")).when(alone).then(pl.lit("welch")).otherwise(pl.lit("cr2")),
    }
    return _named(name, results)


def _satterthwaite(arms: tuple[str, str], weights: list[pl.Expr]) -> pl.Expr:
    """Degrees of freedom of a difference of two arms whose variances are taken to go as `weights`."""
    squares = [weight**2 / pl.col(f"{arm}.df") for weight, arm in zip(weights, arms, strict=True)]
    return (weights[0] + weights[1]) ** 2 / (squares[0] + squares[1])
