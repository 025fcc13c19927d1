"""Who registered, and how far each of them got: the response funnel."""

import polars as pl

from transforms import tables
from transforms.programme import Programme

COMPLETED = "completed"
"""The profile column that says a person completed the course, where a programme has one."""


def funnel(everyone: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """One row per period, group, arm, round and stage (the table Funnel).

    `everyone` holds one row per person and round, with the columns of Responses and `agreed`. A person
    without consent counts as registered and nowhere else.
    """
    breakdowns = ["programme", *(breakdown.by for breakdown in programme.breakdowns)]
    staged = everyone.with_columns(
        pl.lit(tables.EVERYONE).alias("programme"),
        *_stages(everyone, programme),
    )
    counted = [_counted(staged, by, arm) for by in breakdowns for arm in (None, "arm")]
    keys = tables.Funnel.primary_key()
    return tables.Funnel.validate(pl.concat(counted).sort(keys), cast=True)


def _stages(everyone: pl.DataFrame, programme: Programme) -> list[pl.Expr]:
    """Booleans, one a stage; null where the stage does not belong to the round."""
    baseline = pl.col("round") == programme.baseline.id
    consented = pl.col("agreed")
    stages = {
        "registered": pl.when(baseline).then(pl.lit(True)),
        "consented": pl.when(baseline).then(consented),
        "due": pl.when(~baseline).then(pl.col("due") & consented),
        "answered": pl.when(~baseline).then((pl.col("answered") | pl.col("closed")) & consented),
    }
    if COMPLETED in everyone.columns:
        stages["completed"] = pl.when(baseline).then(pl.col(COMPLETED).fill_null(False) & consented)
    return [expression.alias(f"stage_{name}") for name, expression in stages.items()]


def _counted(staged: pl.DataFrame, by: str, arm: str | None) -> pl.DataFrame:
    arms = pl.col("arm").cast(pl.String) if arm else pl.lit("all")
    stages = [name for name in staged.columns if name.startswith("stage_")]
    keys = ["period", "by", "group", "arm", "round"]
    return (
        staged.select("period", "round", *stages, by=pl.lit(by), group=pl.col(by).cast(pl.String), arm=arms)
        .drop_nulls("group")
        .group_by(keys)
        .agg(pl.when(pl.col(stage).is_not_null().any()).then(pl.col(stage).sum()).alias(stage) for stage in stages)
        .unpivot(on=stages, index=keys, variable_name="stage", value_name="people")
        .drop_nulls("people")
        .with_columns(pl.col("stage").str.strip_prefix("stage_"))
    )
