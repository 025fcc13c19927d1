"""Enumerators whose answers differ from those that all the others bring."""

from collections.abc import Iterator

import polars as pl

from transforms.flags.amounts import signed
from transforms.flags.asked import ENUMERATOR, Asked


def enumerators(asked: Asked) -> Iterator[pl.DataFrame]:
    """One flag an enumerator and question whose mean, or share of missing answers, is far from the others'.

    Far is measured in standard errors of the difference, as by Welch.
    """
    if ENUMERATOR not in asked.open:
        return
    rows = asked.rows.filter(pl.col(ENUMERATOR).is_not_null())
    for name, question in asked.answers.items():
        compared = {"enumerator_missing": pl.col(name).is_null().cast(pl.Float64)}
        if question.type == "boolean":
            compared["enumerator_mean"] = pl.col(name).cast(pl.Float64)
        elif name in asked.amounts:
            compared["enumerator_mean"] = asked.measured(name)
        for check, value in compared.items():
            yield _far(rows.select(group=asked.enumerator, value=value), name, check, asked)


def _far(rows: pl.DataFrame, name: str, check: str, asked: Asked) -> pl.DataFrame:
    """The enumerators, in `group`, whose mean of `value` is too far from that of all others together."""
    value = pl.col("value")
    own = rows.drop_nulls().group_by("group").agg(n=pl.len().cast(pl.Int64), sum=value.sum(), squares=(value**2).sum())
    rest = {f"{each}_rest": pl.col(each).sum() - pl.col(each) for each in ("n", "sum", "squares")}
    enough = pl.min_horizontal("n", "n_rest") >= asked.checks.fewest
    both = own.with_columns(**rest).filter(enough).sort("group")
    error = (_variance("") / pl.col("n") + _variance("_rest") / pl.col("n_rest")).sqrt()
    distance = (pl.col("sum") / pl.col("n") - pl.col("sum_rest") / pl.col("n_rest")) / error
    return both.filter(error > 0, distance.abs() > asked.checks.enumerator_errors).select(
        "group",
        _at=pl.lit(None, dtype=pl.UInt32),
        field=pl.lit(name),
        check=pl.lit(check),
        detail=signed(distance, "SE"),
    )


def _variance(of: str) -> pl.Expr:
    n, total, squares = (pl.col(f"{each}{of}") for each in ("n", "sum", "squares"))
    return ((squares - total**2 / n) / (n - 1)).clip(lower_bound=0)
