"""Different people at one and the same place, or with one and the same answers."""

from collections.abc import Iterator

import polars as pl

from transforms.flags.asked import PERSON, PLACE, Asked, marks

METRE = 5
"""Decimals of a degree that tell places about one metre apart."""

FEWEST_AMOUNTS = 3
"""So many amounts other than 0 do not agree by chance with all else; yes and no may."""


def same_place(asked: Asked) -> Iterator[pl.DataFrame]:
    """One flag a submission from where another person's came too. The place itself is not told."""
    if PLACE not in asked.form.questions:
        return
    degrees = pl.col(PLACE).str.extract_all(r"-?\d+\.\d+").list.head(2)
    placed = asked.rows.filter(degrees.list.len() == 2).with_columns(
        _same=degrees.list.eval(pl.element().cast(pl.Float64).round(METRE).cast(pl.String)).list.join(" ")
    )
    yield _shared(placed, PLACE, "same_place", asked)


def same_answers(asked: Asked) -> Iterator[pl.DataFrame]:
    """One flag a submission that says in everything what another person's says."""
    amounts = [name for name in asked.answers if name in asked.amounts]
    if len(amounts) < FEWEST_AMOUNTS:
        return
    telling = pl.sum_horizontal((pl.col(name) != 0).fill_null(False) for name in amounts)
    rich = asked.rows.filter(telling >= FEWEST_AMOUNTS).with_columns(_same=pl.struct(list(asked.answers)).hash())
    yield _shared(rich, "", "same_answers", asked)


def _shared(rows: pl.DataFrame, field: str, check: str, asked: Asked) -> pl.DataFrame:
    people = rows.select("_at", "_same", PERSON, group=asked.enumerator)
    several = people.filter(pl.col("_same").is_duplicated())
    others = several.group_by("_same").agg(others=pl.col(PERSON).n_unique() - 1).filter(pl.col("others") > 0)
    alike = several.join(others, on="_same", maintain_order="left")
    detail = pl.concat_str(pl.lit("with "), pl.col("others").cast(pl.String), pl.lit(" more"))
    return marks(alike, field, check, detail, pl.col("group"))
