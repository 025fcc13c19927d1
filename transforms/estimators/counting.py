"""Counts of different people or enterprises, by cell. A count is no estimate: it has no interval."""

import polars as pl

from transforms.programme import Indicator, Programme
from transforms.tables import EVERYONE


def counts(
    rows: pl.DataFrame, name: str, indicator: Indicator, programme: Programme, round_id: str | None = None
) -> pl.DataFrame:
    """One row per breakdown, period, group, arm (and `all`): how many different values there are.

    `rows`: enrolments, or responses of which only those that were answered count. `round_id`: the round of all
    rows, else the column `round`. `missing` are rows of the population without a value.
    """
    population = pl.lit(True) if indicator.population is None else pl.sql_expr(indicator.population).fill_null(False)
    by = {EVERYONE: pl.lit(EVERYONE), **{each.by: pl.col(each.by).cast(pl.String) for each in programme.breakdowns}}
    kept = (
        rows.lazy()
        .filter(population)
        .select(
            "period",
            arm=pl.col("arm").cast(pl.String),
            round=pl.lit(round_id) if round_id is not None else pl.col("round"),
            # Numbers are told apart several times faster than texts.
            identity=pl.sql_expr(indicator.value).cast(pl.String).cast(pl.Categorical).to_physical(),
            **{f"by.{column}": expression for column, expression in by.items()},
        )
        .collect()
    )
    arms = ("own", EVERYONE) if programme.design.treatment is not None else (EVERYONE,)
    made = [_counted(kept, column, arm) for column in by for arm in arms]
    return pl.concat(made).with_columns(indicator=pl.lit(name))


def _counted(kept: pl.DataFrame, by: str, arm: str) -> pl.DataFrame:
    keys = ["period", "round", "group", *(["arm"] if arm == "own" else [])]
    different = pl.col("identity").drop_nulls().n_unique().cast(pl.Int64)
    counted = (
        kept.with_columns(group=f"by.{by}")
        .drop_nulls("group")
        .group_by(keys)
        .agg(n=different, missing=pl.col("identity").null_count().cast(pl.Int64))
        .sort(keys)
    )
    if arm == EVERYONE:
        counted = counted.with_columns(arm=pl.lit(EVERYONE))
    return counted.select(
        "period",
        "round",
        "group",
        "arm",
        "n",
        "missing",
        by=pl.lit("programme" if by == EVERYONE else by),
        value=pl.col("n").cast(pl.Float64),
        population=pl.col("n") + pl.col("missing"),
        method=pl.lit("count_distinct"),
    )
