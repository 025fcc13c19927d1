"""Reads whole columns: the usual spelling at the speed of a cast, the rest with care."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.normalise.reading import TEXT, WITHIN, Rules, judged


@dataclass(frozen=True)
class Normalised:
    """A column's values, and the positions at which a reason or a warning code applies, by code."""

    values: pl.Series
    refused: Mapping[str, pl.Series]
    noted: Mapping[str, pl.Series]

    def noting(self, code: str, rows: pl.Series) -> "Normalised":
        """The same with one more warning about some rows, if there are any."""
        return Normalised(self.values, self.refused, {**self.noted, code: rows}) if len(rows) else self


def normalise(
    answers: pl.DataFrame, rules: Mapping[str, Rules], within: Mapping[str, str] | None = None
) -> dict[str, Normalised]:
    """Every question of `rules`, read from its text column in `answers`.

    `within` names, for a question about districts, the question that tells the province, and so on downwards.

    Nearly all answers are written as one would expect, so each column is first cast as a whole, all columns side by
    side. Only what that leaves unread goes the careful way, each spelling once: forms hold few spellings of a
    date or a word, whatever their length. Amounts have many, so those with commas get a cast of their own between.
    That keeps the stage within a few times the speed of a bare cast.
    """
    inside = within or {}
    first = answers.lazy().select(each.fast(pl.col(name)).alias(name) for name, each in rules.items()).collect()
    found: dict[str, Normalised] = {}
    for name in sorted(rules, key=lambda name: _depth(name, inside)):  # provinces before their districts
        area = found[inside[name]].values if name in inside else None
        found[name] = _completed(answers[name], first[name], area, rules[name])
    return found


def _depth(name: str, inside: Mapping[str, str]) -> int:
    """How many areas a question's answer lies in."""
    return 1 + _depth(inside[name], inside) if name in inside else 0


def _completed(texts: pl.Series, values: pl.Series, areas: pl.Series | None, rules: Rules) -> Normalised:
    """The column with the values of those texts that the first cast left unread."""
    unread = _unread(texts, values)
    if len(unread) and rules.next_fast is not None:
        usual = texts.gather(unread).to_frame(TEXT).select(rules.next_fast(pl.col(TEXT)))[TEXT]
        values = values.scatter(unread, usual)
        unread = _unread(texts, values)
    if not len(unread):
        return Normalised(values, {}, {})
    asked = pl.DataFrame({TEXT: texts.gather(unread)})
    if areas is not None:
        asked = asked.with_columns(areas.gather(unread).alias(WITHIN))
    spellings = judged(asked.unique(), rules)
    read = asked.join(spellings, on=asked.columns, how="left", nulls_equal=True, maintain_order="left")
    values = values.scatter(unread, read["value"])
    return Normalised(values, _positions(unread, read["refused"]), _positions(unread, read["noted"]))


def _unread(texts: pl.Series, values: pl.Series) -> pl.Series:
    return (texts.is_not_null() & values.is_null()).arg_true()


def _positions(positions: pl.Series, codes: pl.Series) -> dict[str, pl.Series]:
    return {code: positions.filter(codes == code) for code in codes.drop_nulls().unique().sort()}
