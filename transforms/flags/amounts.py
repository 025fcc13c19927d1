"""Amounts far from those of others in the same group."""

from collections.abc import Iterator

import polars as pl

from transforms.flags.asked import Asked, marks


def outliers(asked: Asked) -> Iterator[pl.DataFrame]:
    """One flag an amount too many standard deviations from the mean, or interquartile ranges from the quartiles.

    Money is compared by its logarithm. The detail says how far, not how much.
    """
    for name in asked.amounts:
        value = asked.measured(name)
        known = asked.rows.select("_at", value=value, group=asked.group).filter(pl.col("value").is_not_null())
        spread = known.group_by("group").agg(
            n=pl.len(),
            mean=pl.col("value").mean(),
            sd=pl.col("value").std(),
            low=pl.col("value").quantile(0.25, "linear"),
            high=pl.col("value").quantile(0.75, "linear"),
        )
        compared = known.join(spread.filter(pl.col("n") >= asked.checks.fewest), on="group", maintain_order="left")
        yield from _far(compared, name, asked)


def _far(compared: pl.DataFrame, name: str, asked: Asked) -> Iterator[pl.DataFrame]:
    value, low, high = pl.col("value"), pl.col("low"), pl.col("high")
    beyond = pl.when(value > high).then(value - high).when(value < low).then(value - low).otherwise(0.0)
    distances = {
        "outlier_sd": ((value - pl.col("mean")) / pl.col("sd"), pl.col("sd"), asked.checks.outlier_sd, "SD"),
        "outlier_iqr": (beyond / (high - low), high - low, asked.checks.outlier_iqr, "IQR"),
    }
    for check, (distance, scale, limit, unit) in distances.items():
        far = compared.filter(scale > 0, distance.abs() > limit)
        yield marks(far, name, check, signed(distance, unit), pl.col("group"))


def signed(distance: pl.Expr, unit: str) -> pl.Expr:
    """A distance in words: `+4.2 SD`."""
    sign = pl.when(distance > 0).then(pl.lit("+")).otherwise(pl.lit("-"))
    return pl.concat_str(sign, distance.abs().round(1).cast(pl.String), pl.lit(f" {unit}"))
