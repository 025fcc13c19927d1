"""Answers that stand in a repeated group: its rows, which arrive as one JSON text, combined to one answer.

One level of repetition is read. KoboToolbox writes a child's answers under their whole path
("household/member/age"), ODK Central under their path inside the group ("age"), with groups as objects.
"""

from collections.abc import Mapping
from functools import reduce

import polars as pl

from transforms.normalise import Normalised, normalise
from transforms.normalise.reading import Rules
from transforms.programme import Combination, Question

UNREADABLE = "repeat_unreadable"
"""The reason code of a submission whose repeated group cannot be taken apart."""

BETWEEN = "; "
"""What stands between the answers of a list."""

_CHILD, _PARENT, _VALUE = "child", "parent", "value"
_COMBINE: Mapping[Combination, pl.Expr] = {
    "count": pl.col(_VALUE).is_not_null().sum(),
    "sum": pl.when(pl.col(_VALUE).null_count() == 0).then(pl.col(_VALUE).sum()),
    "mean": pl.col(_VALUE).mean(),
    "minimum": pl.col(_VALUE).min(),
    "maximum": pl.col(_VALUE).max(),
    "list": pl.when(pl.col(_VALUE).is_not_null().any()).then(pl.col(_VALUE).drop_nulls().str.join(BETWEEN)),
}
_OF_NONE: Mapping[Combination, int] = {"count": 0, "sum": 0}
"""What a submission without children has; of no ages there is no mean."""


def combined(texts: pl.Series, question: Question, rules: Rules) -> Normalised:
    """One value a submission: what the question's `combine` makes of its children's answers to `each`.

    `texts` holds a JSON list of children, or null where there are none: servers leave an empty group out. Each answer
    is read by `rules`; a reason or a warning about a child is one about its submission. A sum is known only where
    every child has an answer; a mean, minimum or maximum is of those that have one.
    """
    there = _without_blanks(texts)
    decoded = _decoded(there, _shape(question))
    unreadable = (there.is_not_null() & decoded.is_null()).arg_true()
    children = _children(decoded, question)
    read = _read(children[_CHILD], question, rules)
    parents = children[_PARENT]
    flawed = {UNREADABLE: unreadable} if len(unreadable) else {}
    return Normalised(
        _by_submission(parents, read.values, question, texts.len()).cast(rules.dtype),
        {**_submissions_of(parents, read.refused), **flawed},
        _submissions_of(parents, read.noted),
    )


def _without_blanks(texts: pl.Series) -> pl.Series:
    """Without line breaks, which mean nothing in JSON; null where nothing is left."""
    text = pl.col(_VALUE).str.replace_all(r"[\r\n]+", " ").str.strip_chars()
    return texts.to_frame(_VALUE).select(pl.when(text != "").then(text))[_VALUE]


def _shape(question: Question) -> pl.List:
    """What is taken out of a child: the answer under each name that it may have."""
    if question.each is None:
        return pl.List(pl.Struct({_CHILD: pl.String}))
    first, *inner = question.each.split("/")
    bare: pl.DataType | type[pl.DataType] = pl.String
    for part in reversed(inner):
        bare = pl.Struct({part: bare})
    return pl.List(pl.Struct({first: bare, **dict.fromkeys(_whole_paths(question), pl.String)}))


def _whole_paths(question: Question) -> list[str]:
    return [f"{path}/{question.each}" for path in question.paths]


def _decoded(texts: pl.Series, shape: pl.List) -> pl.Series:
    """The children of each text; null where it is null or no list of them."""
    text = pl.col(_VALUE)
    likely = texts.to_frame(_VALUE).select(pl.when(text.str.starts_with("[") & text.str.ends_with("]")).then(text))
    return _decoded_whole_or_by_halves(likely[_VALUE], shape)


def _decoded_whole_or_by_halves(texts: pl.Series, shape: pl.List) -> pl.Series:
    """One wrong text fails all that are decoded with it, so their halves are, until it stands alone.

    A text that is several lists would shift those below it; it is known by the greater length. The library's own words
    may quote the text.
    """
    try:
        found = texts.str.json_decode(shape)
    except pl.exceptions.ComputeError:
        found = None
    if found is not None and len(found) == len(texts):
        return found
    if len(texts) == 1:
        return pl.Series([None], dtype=shape)
    half = len(texts) // 2
    return pl.concat([_decoded_whole_or_by_halves(part, shape) for part in (texts[:half], texts[half:])])


def _children(decoded: pl.Series, question: Question) -> pl.DataFrame:
    """One row per child: the position of its submission, and its answer as text; of a mere count, that it is there."""
    children = (
        decoded.to_frame(_CHILD)
        .with_row_index(_PARENT)
        .filter(pl.col(_CHILD).list.len() > 0)
        .explode(_CHILD, empty_as_null=False)
    )
    if question.each is None:
        return children.with_columns(pl.lit("1").alias(_CHILD))
    bare = reduce(lambda found, part: found.struct.field(part), question.each.split("/"), pl.col(_CHILD))
    whole = [pl.col(_CHILD).struct.field(path) for path in _whole_paths(question)]
    answer = pl.coalesce(bare, *whole)
    return children.select(_PARENT, pl.when(answer.str.strip_chars() != "").then(answer).alias(_CHILD))


def _read(answers: pl.Series, question: Question, rules: Rules) -> Normalised:
    if question.combine == "count":
        return Normalised(answers, {}, {})
    return normalise(answers.to_frame(_CHILD), {_CHILD: rules})[_CHILD]


def _by_submission(parents: pl.Series, values: pl.Series, question: Question, submissions: int) -> pl.Series:
    """One value per submission, in order."""
    assert question.combine is not None
    children = pl.DataFrame([parents.alias(_PARENT), values.alias(_VALUE)])
    found = children.group_by(_PARENT).agg(_COMBINE[question.combine].alias(_VALUE), there=pl.lit(True))
    everyone = pl.select(pl.int_range(submissions, dtype=pl.UInt32).alias(_PARENT))
    joined = everyone.join(found, on=_PARENT, how="left", maintain_order="left")
    of_none = pl.lit(_OF_NONE.get(question.combine), dtype=found.schema[_VALUE])
    return joined.select(pl.when(pl.col("there")).then(pl.col(_VALUE)).otherwise(of_none))[_VALUE]


def _submissions_of(parents: pl.Series, codes: Mapping[str, pl.Series]) -> dict[str, pl.Series]:
    """The submissions of the children that a code is about."""
    return {code: parents.gather(rows).unique().sort() for code, rows in codes.items()}
