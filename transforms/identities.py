"""By what a row as received tells whose it is: participant's id, national number, telephone; each in one spelling."""

from collections.abc import Sequence

import polars as pl

from transforms.normalise.text import is_missing_word, repaired, with_arabic_digits
from transforms.programme import Form, Question
from transforms.submissions import KEY, RECEIVED, SUBMITTED, by_question, canonical

PARTICIPANT, NATIONAL_ID, PHONE = "participant", "national_id", "phone"

MOST_IDS = 3
"""A national number beside more participants' ids than these is nobody's own, but what is typed where there is none."""

_UNREAD = "_unread"
_OF_ROWS = (*RECEIVED, KEY, "_revision", SUBMITTED, _UNREAD)
_BETWEEN_CELLS = '[,;|\t\n"]'
_SCHEMA = {"place": pl.UInt32(), "kind": pl.String(), "value": pl.String()}


def spelled(kind: str, text: pl.Expr) -> pl.Expr:
    """An identifier as it is compared, whatever digits, spaces and case it was typed in; null where there is none."""
    fixed = repaired(text)
    plain = with_arabic_digits(fixed).str.to_uppercase().str.replace_all(r"\s", "")
    found = pl.when((plain != "") & ~is_missing_word(fixed)).then(plain)
    match kind:
        case "national_id":
            number = found.str.replace(r"^([0-9]{13})\.0$", "$1").str.replace_all(r"[\-.]", "")
            return pl.when(number.str.contains(r"^[A-Z]{0,2}[0-9]{6,13}$")).then(number)
        case "phone":
            dialled = found.str.replace_all(r"[\-.()]", "").str.replace(r"^(?:\+|00)?66([0-9]{8,9})$", "0$1")
            return pl.when(dialled.str.contains(r"^0[0-9]{8,9}$")).then(dialled)
        case _:
            return found


def kinds_of(form: Form) -> dict[str, tuple[str, ...]]:
    """The questions that tell whose a row is, with the kinds of identifier that each answer is."""
    found: dict[str, tuple[str, ...]] = {}
    for name, question in form.questions.items():
        typed = (question.type,) if question.type in (NATIONAL_ID, PHONE) else ()
        own = (PARTICIPANT,) if name == "participant_id" else ()
        if (own or typed) and question.combine is None:
            found[name] = (*own, *typed)
    return found


def identifiers(rows: pl.DataFrame, form: Form) -> pl.DataFrame:
    """One row per row (its position, `place`), kind and identifier in it.

    A row that could not be taken apart into cells is searched cell by cell for all kinds.
    """
    kinds = kinds_of(form)
    asked = by_question(with_origin(rows), form.model_copy(update={"questions": _of(form, kinds)}))
    placed = asked.with_row_index("place")
    parts = [
        placed.select("place", kind=pl.lit(kind), value=spelled(kind, pl.col(name)))
        for name, all_kinds in kinds.items()
        for kind in all_kinds
    ]
    cells = placed.filter(pl.col(_UNREAD).is_not_null()).select(
        "place", cell=pl.col(_UNREAD).str.replace_all(_BETWEEN_CELLS, "\x1f").str.split("\x1f")
    )
    loose = cells.explode("cell")
    parts += [
        loose.select("place", kind=pl.lit(kind), value=spelled(kind, pl.col("cell")))
        for kind in (PARTICIPANT, NATIONAL_ID, PHONE)
    ]
    found = pl.concat([pl.DataFrame(schema=_SCHEMA), *parts], how="vertical_relaxed")
    return found.drop_nulls().unique(maintain_order=True)


def telling(found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The identifiers that tell whose a row is: a telephone, which a family shares, only where there is no other."""
    named = found.filter(pl.col("kind") != PHONE)["place"].unique()
    alone = ~pl.col("place").is_in(named.implode())
    if _UNREAD in rows.columns:
        alone = alone | pl.col("place").is_in(rows[_UNREAD].is_not_null().arg_true().implode())
    return found.filter((pl.col("kind") != PHONE) | alone)


def columns_for(names: Sequence[str], form: Form, dated: str | None = None) -> list[str]:
    """Of a landed file's columns, those by which rows and people are told apart, and that of the question `dated`."""
    questions = [*kinds_of(form), *([dated] if dated else [])]
    asked = {canonical(path) for name in questions for path in form.questions[name].paths}
    return [name for name in names if name in _OF_ROWS or canonical(name) in asked]


def _of(form: Form, names: dict[str, tuple[str, ...]]) -> dict[str, Question]:
    return {name: form.questions[name] for name in names}


def with_origin(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the columns that every landed row has, empty where these are not landed yet."""
    return rows.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in RECEIVED if name not in rows.columns)
