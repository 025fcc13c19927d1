"""The least any tool could do with the same landing: scan it, make numbers of the text, average by group.

No cleaning, no linking of rounds, no intervals: what refresh is measured against.
"""

from pathlib import Path

import polars as pl

from transforms.programme import Indicator, Programme

YES = "ใช่"


def scan_and_aggregate(programme: Programme, landing: Path) -> pl.DataFrame:
    """One row per round and province: the mean and the number of answers behind each of the 25 indicators."""
    provinces = _provinces(programme, landing)
    frames = []
    for source in programme.sources:
        form = programme.forms[source.form]
        columns = {name: form.questions[name] for name in form.questions}
        answers = {
            f"{indicator}": _number(columns[name].paths[0], columns[name].type)
            if (name := _answer(each, programme)) in columns
            else pl.lit(None, dtype=pl.Float64)
            for indicator, each in programme.indicators.items()
        }
        participant = columns["participant_id"].paths[0]
        frames.append(
            pl.scan_parquet(landing / source.id / "*.parquet", missing_columns="insert")
            .select(pl.lit(source.round or programme.baseline.id).alias("round"), id=participant, **answers)
            .join(provinces, on="id", how="left")
        )
    names = list(programme.indicators)
    means = [pl.col(name).mean().alias(f"{name}.mean") for name in names]
    counts = [pl.col(name).count().alias(f"{name}.n") for name in names]
    return pl.concat(frames).group_by("round", "province").agg(*means, *counts).collect(engine="streaming")


def _provinces(programme: Programme, landing: Path) -> pl.LazyFrame:
    source = next(each for each in programme.sources if each.round is None)
    asked = programme.registration.questions
    scanned = pl.scan_parquet(landing / source.id / "*.parquet")
    return scanned.select(id=asked["participant_id"].paths[0], province=asked["province"].paths[0]).unique("id")


def _answer(indicator: Indicator, programme: Programme) -> str:
    """The first question an indicator's value comes from, through derived columns."""
    name = pl.sql_expr(indicator.value).meta.root_names()[0]
    while name in programme.derived:
        name = pl.sql_expr(programme.derived[name].value).meta.root_names()[0]
    if programme.size_rule is not None and name == programme.size_rule.column:
        name = programme.size_rule.revenue
    return {"participant": "participant_id", "enterprise": "enterprise_id"}.get(name, name)


def _number(heading: str, kind: str) -> pl.Expr:
    text = pl.col(heading)
    if kind in ("integer", "number", "money"):
        return text.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
    if kind == "boolean":
        return (text == YES).cast(pl.Float64)
    return text.is_not_null().cast(pl.Float64)
