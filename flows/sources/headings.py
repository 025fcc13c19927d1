"""Finds a form's headings in a file and holds the file to them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.errors import SourceError, nearest
from transforms.programme import Form

SEARCHED = 30
"""How many rows from the top may be titles."""

_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")


@dataclass(frozen=True)
class Headings:
    """Where the heading row is (0 is the first record) and its cells: a form's own spelling where it has one."""

    position: int
    names: tuple[str, ...]
    known: int


def find(records: Sequence[Sequence[str | None]], form: Form) -> Headings:
    """The row among the first ones that holds most of the form's headings."""
    spelling = {_canonical(path): path for question in form.questions.values() for path in question.paths}
    best = Headings(0, (), 0)
    for position, record in enumerate(records[:SEARCHED]):
        cells = [_canonical(cell or "") for cell in record]
        known = sum(cell in spelling for cell in cells)
        if known > best.known:
            best = Headings(position, tuple(spelling.get(cell, cell) for cell in cells), known)
    return best


def check(headings: Headings, form: Form, where: str) -> tuple[str, ...]:
    """The headings that the form does not know. Raises SourceError when the file is not of this form."""
    expected = [path for question in form.questions.values() for path in question.paths[:1]]
    if headings.known * 2 < len(expected):
        # The cells may be answers, so none is quoted.
        raise SourceError(
            "schema",
            f"{where}: none of the first {SEARCHED} rows holds the form's headings. "
            f"It needs: {', '.join(expected)}. Send the file with its heading row, or change forms.toml.",
        )
    named = [name for name in headings.names if name]
    doubled = sorted({name for name in named if named.count(name) > 1})
    if doubled:
        raise SourceError(
            "duplicate_header", f"{where}: the column '{doubled[0]}' stands there twice. Take one out, send it again."
        )
    paths = {path for question in form.questions.values() for path in question.paths}
    unknown = tuple(name for name in named if name not in paths)
    _check_each_question(named, unknown, form, where)
    return unknown


def _check_each_question(named: Sequence[str], unknown: Sequence[str], form: Form, where: str) -> None:
    for name, question in form.questions.items():
        present = [path for path in question.paths if path in named]
        if not present:
            hint = f"New columns: {', '.join(unknown)}. {nearest(question.paths[0], unknown)}" if unknown else ""
            raise SourceError(
                "missing_column",
                f"{where}: the column '{question.paths[0]}' (question '{name}') is missing. {hint} "
                "Put it back, or give its new heading as one more path in forms.toml.",
            )
        if len(present) > 1:
            raise SourceError(
                "duplicate_header",
                f"{where}: '{present[0]}' and '{present[1]}' both answer question '{name}'. Send one of them.",
            )


def _canonical(cell: str) -> str:
    """A heading without what a person cannot see: spaces around, line breaks, invisible letters."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", cell)).split())
