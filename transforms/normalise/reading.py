"""What a normaliser is, and how one is applied to texts that need care."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from transforms.normalise.text import is_excel_error, is_formula, is_missing_word, is_mojibake, repaired

TEXT = "text"
"""The column that holds the answers as received."""

WITHIN = "within"
"""The column that holds the code of the area that each answer lies in, for districts and subdistricts."""


@dataclass(frozen=True)
class Reading:
    """What a normaliser makes of one answer: three expressions over the answer's repaired text.

    `value` is null where the text is none. `refused` is the reason code for that; `noted` the warning code of a
    value that needed a repair or leaves a doubt.
    """

    value: pl.Expr
    refused: pl.Expr
    noted: pl.Expr


@dataclass(frozen=True)
class Rules:
    """How one question's answers are read.

    `fast` gives the value of texts in the usual spelling and null for all others; `next_fast` does so for the next
    most usual one, where there are many different texts. Both must agree with `careful`, which reads any text once it
    is repaired.
    """

    dtype: pl.DataType
    fast: Callable[[pl.Expr], pl.Expr]
    careful: Callable[[pl.Expr], Reading]
    next_fast: Callable[[pl.Expr], pl.Expr] | None = None


def reading(value: pl.Expr, refused: str | pl.Expr, noted: pl.Expr | None = None) -> Reading:
    """A Reading; the reason may be one code for all."""
    reason = pl.lit(refused) if isinstance(refused, str) else refused
    return Reading(value, reason, pl.lit(None, dtype=pl.String) if noted is None else noted)


def judged(answers: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """One row per row of `answers`, with the columns `value`, `refused` and `noted` added.

    An answer that the normaliser can read is never a missing word: where "ไม่มี" is a choice, it is that choice.
    """
    text = pl.col("_repaired")
    found = rules.careful(text)
    value, unread = pl.col("value"), pl.col("value").is_null()
    silent = (text == "") | is_missing_word(text) | is_excel_error(text) | is_formula(text)
    return (
        answers.lazy()
        .with_columns(_repaired=repaired(pl.col(TEXT)))
        .with_columns(value=found.value.cast(rules.dtype), _reason=found.refused, _doubt=found.noted)
        .with_columns(
            refused=pl.when(unread & text.is_not_null() & ~silent).then(
                pl.when(is_mojibake(text)).then(pl.lit("mojibake")).otherwise(pl.col("_reason"))
            ),
            noted=pl.when(value.is_not_null())
            .then(pl.col("_doubt"))
            .when(is_excel_error(text))
            .then(pl.lit("excel_error"))
            .when(is_formula(text))
            .then(pl.lit("formula_without_value"))
            .when(is_missing_word(text))
            .then(pl.lit("missing_word")),
        )
        .drop("_repaired", "_reason", "_doubt")
        .collect()
    )
