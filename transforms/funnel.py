"""Who registered, and how far each of them got: the response funnel."""

import polars as pl

from transforms import tables
from transforms.programme import Programme

COMPLETED = "completed"
"""The profile column that says a person completed the course, where a programme has one."""


def funnel(people: pl.DataFrame, rounds: list[pl.DataFrame], programme: Programme) -> pl.DataFrame:
    """One row per period, group, arm, round and stage (the table Funnel).

    `people` holds one row per person, with `period`, `agreed`, `arm` and the profile; `rounds` the persons' responses
    to each round, row for row. A person without consent counts as registered and nowhere else.
    """
    breakdowns = [breakdown.by for breakdown in programme.breakdowns]
    # People are counted once for all breakdowns; the breakdowns then add up a few thousand sums.
    keys = {name: pl.col(name).cast(pl.String) for name in ("period", "arm", *breakdowns)}
    stages = _stages(people, rounds, programme)
    summed = people.select(**keys).hstack(stages).group_by(list(keys)).agg(pl.col(each.name).sum() for each in stages)
    summed = summed.with_columns(programme=pl.lit(tables.EVERYONE))
    counted = [_counted(summed, by, arm) for by in ("programme", *breakdowns) for arm in (None, "arm")]
    return tables.Funnel.validate(pl.concat(counted).sort(tables.Funnel.primary_key()), cast=True)


def _stages(people: pl.DataFrame, rounds: list[pl.DataFrame], programme: Programme) -> list[pl.Series]:
    """Of each person whether the stage was reached; named ROUND.STAGE."""
    agreed = people["agreed"]
    reached = {"registered": pl.repeat(True, people.height, dtype=pl.Boolean, eager=True), "consented": agreed}
    if COMPLETED in people.columns:
        reached[COMPLETED] = people[COMPLETED].fill_null(False) & agreed
    stages = [series.alias(f"{programme.baseline.id}.{stage}") for stage, series in reached.items()]
    for each, responses in zip(programme.rounds[1:], rounds[1:], strict=True):
        stages.append((responses["due"] & agreed).alias(f"{each.id}.due"))
        stages.append(((responses["answered"] | responses["closed"]) & agreed).alias(f"{each.id}.answered"))
    return stages


def _counted(summed: pl.DataFrame, by: str, arm: str | None) -> pl.DataFrame:
    arms = pl.col("arm") if arm else pl.lit(tables.EVERYONE)
    keys = ["period", "by", "group", "arm"]
    stages = [name for name in summed.columns if "." in name]
    place = pl.col("variable").str.split_exact(".", 1)
    return (
        summed.select("period", *stages, by=pl.lit(by), group=pl.col(by), arm=arms)
        .drop_nulls("group")
        .group_by(keys)
        .agg(pl.col(stages).sum())
        .unpivot(on=stages, index=keys, value_name="people")
        .with_columns(round=place.struct[0], stage=place.struct[1])
        .drop("variable")
    )


def refused_of(funnel: pl.DataFrame) -> pl.DataFrame:
    """One row per period, breakdown, group and arm: the `people` who registered and do not consent."""
    key = ["period", "by", "group", "arm"]
    stages = {
        stage: funnel.filter(pl.col("stage").cast(pl.String) == stage).select(
            *key, "round", pl.col("people").alias(stage)
        )
        for stage in ("registered", "consented")
    }
    both = stages["registered"].join(stages["consented"], on=[*key, "round"])
    return both.select(*key, "round", people=pl.col("registered") - pl.col("consented"))


def with_refused(funnel: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """The table Funnel with other numbers of those who registered and do not consent."""
    key = ["period", "by", "group", "arm", "round"]
    consented = funnel.filter(pl.col("stage").cast(pl.String) == "consented").select(*key, consented="people")
    both = funnel.join(consented, on=key, how="left").join(
        refused.rename({"people": "refused"}), on=key, how="left", maintain_order="left"
    )
    registered = pl.col("stage").cast(pl.String) == "registered"
    people = pl.when(registered).then(pl.col("consented") + pl.col("refused").fill_null(0)).otherwise("people")
    return tables.Funnel.validate(both.with_columns(people=people).select(funnel.columns), cast=True)
