"""The ratio of two sums, and its change, by Taylor linearisation (Särndal, Swensson & Wretman 1992, 5.6)."""

from itertools import combinations_with_replacement

import polars as pl

from transforms.estimators.cluster_robust import Linearised, number, one_sample, total
from transforms.estimators.student import Inference, inference


def sums(prefix: str, value: pl.Expr, per: pl.Expr) -> list[pl.Expr]:
    """Sums of one round over units of which both parts are known: n, y, x and their products."""
    known = value.is_not_null() & per.is_not_null()
    return _sums(prefix, known, {"y": value, "x": per})


def change_sums(prefix: str, before: tuple[pl.Expr, pl.Expr], after: tuple[pl.Expr, pl.Expr]) -> list[pl.Expr]:
    """Sums over units of which (value, per) are known at both rounds: n, y0, x0, y, x and their products."""
    parts = {"y0": before[0], "x0": before[1], "y": after[0], "x": after[1]}
    known = pl.all_horizontal(part.is_not_null() for part in parts.values())
    return _sums(prefix, known, parts)


def _sums(prefix: str, known: pl.Expr, parts: dict[str, pl.Expr]) -> list[pl.Expr]:
    kept = {name: pl.when(known).then(part) for name, part in parts.items()}
    products = combinations_with_replacement(kept, 2)
    return [
        known.sum().cast(pl.Float64).alias(f"{prefix}.n"),
        *(part.sum().alias(f"{prefix}.{name}") for name, part in kept.items()),
        *((kept[a] * kept[b]).sum().alias(f"{prefix}.{a}.{b}") for a, b in products),
    ]


def linearised(prefix: str) -> Linearised:
    """sum(y) / sum(x) over each cell, from `sums`. Influence: (y - R x) / sum(x)."""
    y, x = total(f"{prefix}.y"), total(f"{prefix}.x")
    return _statistic(prefix, y / x, {"y": 1 / x, "x": -y / x**2})


def change_linearised(prefix: str) -> Linearised:
    """sum(y)/sum(x) - sum(y0)/sum(x0) over each cell, from `change_sums`."""
    y0, x0, y, x = (total(f"{prefix}.{part}") for part in ("y0", "x0", "y", "x"))
    slopes = {"y0": -1 / x0, "x0": y0 / x0**2, "y": 1 / x, "x": -y / x**2}
    return _statistic(prefix, y / x - y0 / x0, slopes)


def _statistic(prefix: str, value: pl.Expr, slopes: dict[str, pl.Expr]) -> Linearised:
    """A smooth function of sums: a unit's influence is the sum of its parts times the function's slopes."""
    n = number(f"{prefix}.n")
    units = total(f"{prefix}.n")
    influence = pl.sum_horizontal(slope * number(f"{prefix}.{part}") for part, slope in slopes.items())
    products = [
        (1 if a == b else 2) * slopes[a] * slopes[b] * number(f"{prefix}.{a}.{b}")
        for a, b in combinations_with_replacement(slopes, 2)
    ]
    return Linearised(
        value=value,
        units=n,
        influence=influence,
        leverage=n / units,
        squares=pl.sum_horizontal(products),
        concentration=n / units**2,
    )


def ratio(values: pl.Series, per: pl.Series, clusters: pl.Series) -> Inference:
    """sum(values) / sum(per) of one sample of clusters; Taylor standard error, clusters - 1 df."""
    units = pl.DataFrame({"cluster": clusters, "y": values.cast(pl.Float64), "x": per.cast(pl.Float64)})
    rows = units.group_by("cluster").agg(sums("r", pl.col("y"), pl.col("x"))).with_columns(cell=pl.lit(0))
    result = one_sample(rows, "cell", {"r": linearised("r")}, clustered=True)
    return inference(
        result.select(value="r.value", standard_error=pl.col("r.taylor").sqrt(), df=pl.col("r.clusters") - 1),
    )
