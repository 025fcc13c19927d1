"""Turns answers into indicator values: one row a participant and round, three columns an indicator."""

import polars as pl

from transforms import tables
from transforms.deflating import check_index, in_base_prices
from transforms.programme import Indicator, Programme


def measure(responses: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """The table Measurements: for each row of `responses`, every indicator's value where it is asked.

    Counts are not measured: what they count is in the rows themselves.
    A refusal yields no measurement. A closed business yields `when_closed`: an outcome, not a missing value.
    """
    check_index(responses, programme)
    columns: list[pl.Expr] = []
    for name, indicator in tables.measured(programme).items():
        columns += _columns(name, indicator, programme)
    measured = responses.lazy().select("participant", "round", *columns).collect()
    return tables.measurements(programme).cast(measured)


def _columns(name: str, indicator: Indicator, programme: Programme) -> list[pl.Expr]:
    asked = _asked(indicator, programme)
    columns = [
        pl.when(asked).then(_value(indicator, programme)).alias(name),
        asked.alias(f"{name}__asked"),
    ]
    if indicator.per is not None:
        per = pl.sql_expr(indicator.per).cast(pl.Float64)
        columns.append(pl.when(asked).then(per).alias(f"{name}__per"))
    return columns


def _asked(indicator: Indicator, programme: Programme) -> pl.Expr:
    """Whether a row belongs to the indicator's population at its round."""
    told = pl.col("answered")
    if indicator.when_closed is not None or indicator.statistic == "transition":
        told = told | pl.col("closed")
    if indicator.statistic == "survival":
        told = pl.col("due")
    if indicator.rounds:
        told = told & pl.col("round").is_in([*indicator.rounds, programme.baseline.id])
    if indicator.population is None:
        return told
    return told & pl.sql_expr(indicator.population).fill_null(False)


def _value(indicator: Indicator, programme: Programme) -> pl.Expr:
    value = pl.sql_expr(indicator.value)
    if indicator.statistic == "transition":
        return pl.when(pl.col("closed")).then(pl.lit("closed")).otherwise(value.cast(pl.String))
    value = in_base_prices(value.cast(pl.Float64), indicator, programme)
    if indicator.when_closed is None:
        return value
    return pl.when(pl.col("closed")).then(pl.lit(indicator.when_closed)).otherwise(value)
