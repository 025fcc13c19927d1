"""The table Bounds: how far what is unknown of those who did not answer could move an estimate."""

import zlib
from collections.abc import Iterator

import numpy as np
import polars as pl

from transforms import tables
from transforms.beside import BESIDE
from transforms.estimating.work import Work
from transforms.estimators import lee, sums
from transforms.estimators.between_arms import COMPARISON, TREATED, side
from transforms.estimators.change import difference
from transforms.estimators.cohort import PROGRAMME
from transforms.programme import Indicator

KEY = ["period", "indicator", "quantity", "round", "arm", "by", "group"]


def bounds(work: Work, estimates: pl.DataFrame) -> pl.DataFrame:
    """Worst cases of every survival, and Lee's bounds of the headlines' effects in the whole programme."""
    empty: pl.DataFrame = tables.Bounds.create_empty()
    effects = estimates.filter(
        pl.col("quantity").cast(pl.String) == "effect", pl.col("by") == PROGRAMME, ~pl.col("term").is_in(BESIDE)
    )
    made = [_worst_cases(work, estimates), *_lee(work, effects)]
    shaped = [each.select(pl.col(name).cast(dtype) for name, dtype in empty.schema.items()) for each in made]
    return tables.Bounds.validate(pl.concat([empty, *shaped]).sort("estimate", "kind"), cast=True)


def _worst_cases(work: Work, estimates: pl.DataFrame) -> pl.DataFrame:
    """Survival if all unknown had closed, and if all still operated: of all asked."""
    survivals = [name for name, each in work.indicators.items() if each.statistic == "survival"]
    asked = pl.col("population").cast(pl.Float64)
    return estimates.filter(pl.col("indicator").is_in(survivals), pl.col("quantity").cast(pl.String) == "level").select(
        "estimate",
        *KEY,
        kind=pl.lit("worst_case"),
        lower=pl.col("numerator") / asked,
        upper=(pl.col("numerator") + pl.col("missing")) / asked,
        low=pl.lit(None),
        high=pl.lit(None),
        units="missing",
    )


def _lee(work: Work, effects: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for row in effects.select("estimate", *KEY).to_dicts():
        indicator = work.indicators.get(row["indicator"])
        # A ratio of sums over the units' own denominators has no order in which units could be taken off.
        if indicator is None or indicator.headline is None or indicator.statistic == "ratio":
            continue
        units = _units(work, row["indicator"], indicator, row["round"]).filter(pl.col("period") == row["period"])
        contrast = lee.growth if _grows(work, row["indicator"], indicator) else lee.difference
        seed = zlib.crc32(row["estimate"].encode())
        found = lee.bounds(_arm(units, TREATED), _arm(units, COMPARISON), contrast, seed)
        if found is not None:
            ends = {"lower": found.lower, "upper": found.upper, "low": found.low, "high": found.high}
            yield pl.DataFrame([row | {"kind": "lee", "units": found.trimmed} | ends])


def _grows(work: Work, name: str, indicator: Indicator) -> bool:
    return sums.grows(indicator) and name not in work.post_only


def _units(work: Work, name: str, indicator: Indicator, round_id: str) -> pl.DataFrame:
    """One row an eligible unit: `period, side, cluster` (a number), and `y` over `x`, null where not analysed."""
    baseline = work.programme.baseline.id
    number = [each.id for each in work.programme.rounds].index(round_id)
    people = sums.with_baseline(work.cohort, round_id, baseline).drop("period")
    after, before = pl.col(name), pl.col(f"{name}{sums.BEFORE}")
    eligible = pl.col("due") & pl.col(f"{name}__asked{sums.BEFORE}")
    paired = name not in work.post_only and indicator.statistic != "survival"
    if paired:
        eligible &= before.is_not_null()
    y, x = after, pl.lit(1.0)
    if _grows(work, name, indicator):
        x = before
    elif paired:
        y = difference(*(sums.held(value, work.limits.get(name)) for value in (before, after)))
    of_people = work.cohort.people.select("period", "cluster", side=side(pl.col("entered"), number))
    clusters = of_people["cluster"]
    if not work.cohort.has_clusters:
        clusters = pl.int_range(of_people.height, eager=True)
    return (
        pl.concat([of_people, people], how="horizontal")
        .with_columns(clusters.rank("dense").cast(pl.Int64).alias("cluster") - 1)
        .filter(eligible, pl.col("side").is_not_null())
        .select("period", "side", "cluster", y=y.cast(pl.Float64), x=pl.when(y.is_not_null()).then(x.cast(pl.Float64)))
    )


def _arm(units: pl.DataFrame, name: str) -> lee.Arm:
    """The arm's units. Clusters are numbered over both arms of the period."""
    size = int(units["cluster"].max() or 0) + 1  # type: ignore[arg-type]
    of_arm = units.filter(pl.col("side") == name)
    known = of_arm.drop_nulls("y")
    eligible = np.bincount(of_arm["cluster"].to_numpy(), minlength=size).astype(np.float64)
    return lee.Arm(known["y"].to_numpy(), known["x"].to_numpy(), known["cluster"].to_numpy(), eligible)
