"""The table Nonresponse: who answered a follow-up against who did not, by what was known at the baseline."""

from collections.abc import Iterator

import polars as pl

from transforms import tables
from transforms.estimating.covariates import UNKNOWN, covariates
from transforms.estimating.work import Work
from transforms.estimators.cohort import of_round

CELL = ["period", "arm"]


def nonresponse(work: Work) -> pl.DataFrame:
    """One row per period, round, arm, covariate and category; nothing where no weights are declared."""
    empty: pl.DataFrame = tables.Nonresponse.create_empty()
    made = [empty]
    declared = work.programme.weights
    if declared is not None:
        names = tuple(dict.fromkeys((*declared.covariates, *(each.by for each in declared.margins))))
        known = covariates(of_round(work.responses, work.programme.baseline.id), names)
        for each in work.programme.rounds[1:]:
            told = work.cohort.rounds[each.id].select("due", "told")
            people = pl.concat([work.cohort.people.select(CELL), told, known.frame], how="horizontal").filter("due")
            made += [frame.with_columns(round=pl.lit(each.id)) for frame in _compared(people, known.frame.schema)]
    shaped = [each.select(pl.col(name).cast(dtype) for name, dtype in empty.schema.items()) for each in made]
    return tables.Nonresponse.validate(pl.concat(shaped).sort(tables.Nonresponse.primary_key()), cast=True)


def _compared(people: pl.DataFrame, schema: pl.Schema) -> Iterator[pl.DataFrame]:
    for position, (name, dtype) in enumerate(schema.items()):
        found = _amount(people, name) if dtype == pl.Float64 else _category(people, name)
        yield found.with_columns(covariate=pl.lit(name), position=pl.lit(position))


def _amount(people: pl.DataFrame, name: str) -> pl.DataFrame:
    """Medians; the difference is that of means over the spread of both (Austin 2009)."""
    sides = {"answered": pl.col(name).filter("told"), "silent": pl.col(name).filter(~pl.col("told"))}
    summed = people.group_by(CELL).agg(
        *(each.count().alias(side) for side, each in sides.items()),
        *(each.median().alias(f"of_{side}") for side, each in sides.items()),
        *(each.mean().alias(f"mean_{side}") for side, each in sides.items()),
        *(each.var().alias(f"variance_{side}") for side, each in sides.items()),
    )
    gap = pl.col("mean_answered") - pl.col("mean_silent")
    spread = ((pl.col("variance_answered") + pl.col("variance_silent")) / 2).sqrt()
    return summed.with_columns(
        category=pl.lit(""),
        people_answered="answered",
        people_silent="silent",
        difference=pl.when(spread > 0).then(gap / spread),
    )


def _category(people: pl.DataFrame, name: str) -> pl.DataFrame:
    """Shares; the difference is that of shares over the spread of both (Austin 2009)."""
    counted = people.with_columns(category=pl.col(name).fill_null(UNKNOWN)).group_by(*CELL, "category")
    summed = counted.agg(people_answered=pl.col("told").sum(), people_silent=(~pl.col("told")).sum())
    summed = summed.with_columns(
        answered=pl.col("people_answered").sum().over(CELL), silent=pl.col("people_silent").sum().over(CELL)
    )
    shares = {side: (pl.col(f"people_{side}") / pl.col(side)).fill_nan(None) for side in ("answered", "silent")}
    variances = [share * (1 - share) for share in shares.values()]
    spread = ((variances[0] + variances[1]) / 2).sqrt()
    return summed.with_columns(
        *(share.alias(f"of_{side}") for side, share in shares.items()),
        difference=pl.when(spread > 0).then((shares["answered"] - shares["silent"]) / spread),
    )
