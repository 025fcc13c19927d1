"""The ratio of two sums, and its change, by Taylor linearisation (Särndal, Swensson & Wretman 1992, 5.6)."""

from itertools import combinations_with_replacement

import polars as pl

from transforms.estimators.cluster_robust import Linearised, number, one_sample, total
from transforms.estimators.student import Inference, inference
from transforms.estimators.terms import added


def terms(prefix: str, value: pl.Expr, per: pl.Expr, weight: pl.Expr | None = None) -> list[pl.Expr]:
    """The terms of one round, of units of which both parts are known: n, y, x and their products.

    With a weight, y and x are weighted, and `w` and `w.w` are the weight and its square.
    """
    return _terms(prefix, {"y": value, "x": per}, weight)


def change_terms(
    prefix: str,
    before: tuple[pl.Expr, pl.Expr],
    after: tuple[pl.Expr, pl.Expr],
    weight: pl.Expr | None = None,
) -> list[pl.Expr]:
    """The terms of units of which (value, per) are known at both rounds: n, y0, x0, y, x and their products."""
    return _terms(prefix, {"y0": before[0], "x0": before[1], "y": after[0], "x": after[1]}, weight)


def _terms(prefix: str, parts: dict[str, pl.Expr], weight: pl.Expr | None) -> list[pl.Expr]:
    known = pl.all_horizontal(part.is_not_null() for part in (*parts.values(), *([] if weight is None else [weight])))
    kept = {name: pl.when(known).then(part if weight is None else weight * part) for name, part in parts.items()}
    products = combinations_with_replacement(kept, 2)
    return [
        known.alias(f"{prefix}.n"),
        *([] if weight is None else weight_terms(prefix, known, weight)),
        *(part.alias(f"{prefix}.{name}") for name, part in kept.items()),
        *((kept[a] * kept[b]).alias(f"{prefix}.{a}.{b}") for a, b in products),
    ]


def weight_terms(prefix: str, known: pl.Expr, weight: pl.Expr) -> list[pl.Expr]:
    """The terms `PREFIX.w` and `PREFIX.w.w` of the weights of known units."""
    w = pl.when(known).then(weight)
    return [w.alias(f"{prefix}.w"), (w * w).alias(f"{prefix}.w.w")]


def linearised(prefix: str, *, weighted: bool = False) -> Linearised:
    """sum(y) / sum(x) over each cell, from the sums of `terms`. Influence: (y - R x) / sum(x)."""
    y, x = total(f"{prefix}.y"), total(f"{prefix}.x")
    return _statistic(prefix, y / x, {"y": 1 / x, "x": -y / x**2}, weighted)


def change_linearised(prefix: str, *, weighted: bool = False) -> Linearised:
    """sum(y)/sum(x) - sum(y0)/sum(x0) over each cell, from the sums of `change_terms`."""
    y0, x0, y, x = (total(f"{prefix}.{part}") for part in ("y0", "x0", "y", "x"))
    slopes = {"y0": -1 / x0, "x0": y0 / x0**2, "y": 1 / x, "x": -y / x**2}
    return _statistic(prefix, y / x - y0 / x0, slopes, weighted)


def _statistic(prefix: str, value: pl.Expr, slopes: dict[str, pl.Expr], weighted: bool) -> Linearised:
    """A smooth function of sums: a unit's influence is the sum of its parts times the function's slopes.

    A cluster's leverage is its share of the units, or of their weight.
    """
    n = number(f"{prefix}.n")
    weight, squared = (f"{prefix}.w", f"{prefix}.w.w") if weighted else (f"{prefix}.n", f"{prefix}.n")
    units = total(weight)
    influence = pl.sum_horizontal(slope * number(f"{prefix}.{part}") for part, slope in slopes.items())
    products = [
        (1 if a == b else 2) * slopes[a] * slopes[b] * number(f"{prefix}.{a}.{b}")
        for a, b in combinations_with_replacement(slopes, 2)
    ]
    return Linearised(
        value=value,
        units=n,
        influence=influence,
        leverage=number(weight) / units,
        squares=pl.sum_horizontal(products),
        concentration=number(squared) / units**2,
    )


def ratio(values: pl.Series, per: pl.Series, clusters: pl.Series) -> Inference:
    """sum(values) / sum(per) of one sample of clusters; Taylor standard error, clusters - 1 df."""
    units = pl.DataFrame({"cluster": clusters, "y": values.cast(pl.Float64), "x": per.cast(pl.Float64)})
    rows = units.group_by("cluster").agg(added(terms("r", pl.col("y"), pl.col("x")))).with_columns(cell=pl.lit(0))
    result = one_sample(rows, "cell", {"r": linearised("r")}, clustered=True)
    return inference(
        result.select(value="r.value", standard_error=pl.col("r.taylor").sqrt(), df=pl.col("r.clusters") - 1),
    )
