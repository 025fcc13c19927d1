"""Drafts a form from a table: its headings say what is meant, its first rows how answers are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import polars as pl

from transforms.checking.forms import ENGINE_COLUMNS
from transforms.drafting.labels import title_of
from transforms.drafting.meanings import Meaning, kind_of, meaning_of
from transforms.drafting.names import Names, name_for
from transforms.drafting.writing import DraftForm, DraftQuestion, Kind, within_areas
from transforms.normalise import normalise, rules_for
from transforms.programme import Question, QuestionType

SAMPLED = 1_000
"""Rows from which types are guessed."""
SURE = 0.95
"""The share of answers that a type must read."""
FEW = 12
_ZONE = "Asia/Bangkok"
_GUESSED: tuple[QuestionType, ...] = ("boolean", "national_id", "phone", "integer", "number", "date", "province")
"""In this order: what is narrower stands before what is wider."""
_ANSWER = re.compile(r"^[\d๐-๙+(][\d๐-๙\s.,:/()-]{5,}$|\S@\S")
_COLUMN = "column"


@dataclass(frozen=True)
class _Guess:
    """A type, and how many of the answers it reads."""

    type: QuestionType
    read: int = 0
    answers: int = 0
    date_order: str | None = None

    @property
    def sure(self) -> bool:
        """Whether nearly all answers are read."""
        return self.answers > 0 and self.read >= SURE * self.answers


def draft(
    rows: pl.DataFrame, kind: Kind | None, title: str, origin: str, today: date, left_out: Sequence[str] = ()
) -> DraftForm:
    """The form of a table whose columns, all text, have the headings as names; its kind by the title if not given."""
    names, kind = Names(ENGINE_COLUMNS), kind or kind_of(title)
    asked = [_question(rows[heading], kind, names, today) for heading in rows.columns]
    return DraftForm(kind, kind, title_of(title), within_areas(asked), origin, left_out)


def _question(column: pl.Series, kind: Kind, names: Names, today: date) -> DraftQuestion:
    heading = " ".join(column.name.split())
    meaning = meaning_of(heading)
    texts = column.head(SAMPLED).str.strip_chars().replace("", None)
    guess = _guess(texts, meaning, today)
    identity = guess.type in ("national_id", "phone") or (meaning is not None and meaning.identity)
    name = names.take(_wanted(meaning, heading, kind, names), name_for(heading))
    if name == "participant_id":
        guess = replace(guess, type="code") if guess.type != "national_id" else guess
    needed = name in ("participant_id", "registered_on")
    return DraftQuestion(
        name,
        column.name,
        guess.type,
        title_of(heading),
        remarks=_remarks(guess, texts, identity),
        required=needed,
        identity=identity or name == "participant_id",
        date_order=guess.date_order,
    )


def _wanted(meaning: Meaning | None, heading: str, kind: Kind, names: Names) -> str:
    """The usual name of what the heading means; dates get the name that the form's kind needs, the first one only."""
    if meaning is None or meaning.name == "amount":
        return name_for(heading)
    day = "registered_on" if kind == "registration" else "answered_on"
    if meaning.name in ("day", "registered_on", "answered_on"):
        return day if day not in names and meaning.name in ("day", day) else name_for(heading)
    return meaning.name


def _guess(texts: pl.Series, meaning: Meaning | None, today: date) -> _Guess:
    """The type that the heading means, if the answers bear it out; else the first that reads nearly all of them."""
    meant = meaning.type if meaning else None
    trying = partial(_read_as, texts.drop_nulls(), today=today)
    if meant in ("text", "code"):
        return _Guess(meant)
    if meant:
        found = trying(meant)
        if found.sure or not found.answers:
            return found
    if _has_codes(texts):
        return _Guess("code")
    guessed = _GUESSED if texts.drop_nulls().n_unique() > 1 else _GUESSED[1:]  # one word alone is no yes and no
    return next((found for each in guessed if (found := trying(each)).sure), _Guess("text"))


def _read_as(texts: pl.Series, kind: QuestionType, today: date) -> _Guess:
    """How many answers a type reads; of dates by the order of day and month that reads more, the Thai one first."""
    if kind == "date":
        orders = ("day_month_year", "month_day_year", "year_month_day")
        found = [_count(texts, kind, today, order) for order in orders]
        best = max(found, key=lambda each: each.read)
        usual = found[orders.index("year_month_day")]
        return replace(usual, date_order=None) if usual.read == best.read else best
    return _count(texts, kind, today)


def _count(texts: pl.Series, kind: QuestionType, today: date, order: str | None = None) -> _Guess:
    said = {"path": "x", "type": kind, "title": {"th": "x", "en": "x"}}
    more = {"date_order": order, "may_be_future": True} if order else {}
    rules = rules_for(Question.model_validate(said | more), today, _ZONE)
    found = normalise(texts.rename(_COLUMN).to_frame(), {_COLUMN: rules})[_COLUMN]
    refused = sum(len(each) for each in found.refused.values())
    read = found.values.count()
    return _Guess(kind, read, read + refused, order)


def _has_codes(texts: pl.Series) -> bool:
    """Whether digits begin with 0 as no number does; telephone numbers are longer."""
    return bool(texts.str.contains(r"^0\d{1,7}$").any())


def _remarks(guess: _Guess, texts: pl.Series, identity: bool) -> tuple[str, ...]:
    """How sure the type is, in numbers of rows; never an answer."""
    answered = texts.drop_nulls()
    if not len(answered):
        return ("TODO: no row has an answer: check the type",)
    how: tuple[str, ...] = ()
    if guess.answers:
        doubt = "" if guess.sure else "TODO: check the type. "
        how = (f"{doubt}{guess.read:,} of {guess.answers:,} answers read as {guess.type}",)
    if guess.date_order and guess.date_order != "year_month_day":
        how = (*how, f"with {guess.date_order}; check it: 01/02 has two readings")
    if guess.type == "text" and not identity:
        different = answered.n_unique()
        few = f"{different} different answers among {len(answered):,}"
        advice = "a choice with choices?" if different <= FEW else "free text: identity = true unless harmless"
        how = (*how, f"{few}: {advice}")
    return how


def heading_row(cells: Sequence[Sequence[str | None]]) -> int:
    """Which of the first rows has the headings: the first that fills more than half of the cells that any fills."""
    filled = [sum(bool(cell and cell.strip()) for cell in row) for row in cells]
    return next(place for place, count in enumerate(filled) if count * 2 > max(filled))


def looks_like_answers(headings: Sequence[str]) -> bool:
    """Whether what should be headings holds a number, a date, a telephone number or an address of mail."""
    return any(_ANSWER.search(heading) for heading in headings)
