"""Finds a form's headings in a file and holds the file to them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from flows.sources.stamp import OURS
from transforms.errors import SourceError, listed, nearest
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
    if headings.known * 2 < len(form.questions):
        # The cells may be answers, so none is quoted.
        row = f"row {headings.position + 1} holds {headings.known} of its {len(form.questions)} headings"
        raise SourceError(
            "schema",
            f"{where}: no row holds the form's headings; {row if headings.known else 'no row has even one of them'}. "
            f"Missing: {', '.join(_missing(headings.names, form).values())}. "
            f"Send the file with all its headings in one of the first {SEARCHED} rows, or change forms.toml.",
        )
    ours = sorted({*headings.names} & OURS)
    if ours:
        raise SourceError("reserved_column", f"{where}: a column is called '{ours[0]}', as one of ours is. Rename it.")
    return check_columns([name for name in headings.names if name], form, where)


def check_columns(named: Sequence[str], form: Form, where: str) -> tuple[str, ...]:
    """The columns that the form does not know. Raises SourceError when one stands twice or a question has none."""
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
    missing = _missing(named, form)
    if missing:
        absent = "; ".join(_absent(name, heading, unknown) for name, heading in missing.items())
        new = f" New: {listed(unknown)}." if unknown else ""
        raise SourceError(
            "missing_column",
            f"{where}: columns are missing: {absent}.{new} "
            "Put them back, or give a new heading as one more path of its question in forms.toml.",
        )
    for name, question in form.questions.items():
        present = [path for path in question.paths if path in named]
        if len(present) > 1:
            raise SourceError(
                "duplicate_header",
                f"{where}: '{present[0]}' and '{present[1]}' both answer question '{name}'. Send one of them.",
            )


def check_repeats(asked: Mapping[str, Sequence[str]], form: Form, where: str) -> None:
    """Raises SourceError where a question takes its answer from a repeated group that does not ask it.

    `asked` names, by the group's path, the questions right in it.
    """
    for name, question in form.questions.items():
        for path in question.paths if question.combine else ():
            if path in asked and question.each is not None and question.each not in asked[path]:
                raise SourceError(
                    "missing_column",
                    f"{where}: the repeat '{path}' asks no '{question.each}' (question '{name}'), or only in a repeat "
                    f"within it. {nearest(question.each, asked[path])} Mend each in forms.toml.",
                )


def _missing(named: Sequence[str], form: Form) -> dict[str, str]:
    """The questions under none of whose headings a column arrived, with the first of them."""
    return {name: each.paths[0] for name, each in form.questions.items() if not set(each.paths) & set(named)}


def _absent(question: str, heading: str, unknown: Sequence[str]) -> str:
    close = get_close_matches(heading, unknown, n=3, cutoff=0.5)
    return f"'{heading}' (question '{question}'{', close to it: ' + ', '.join(close) if close else ''})"


def _canonical(cell: str) -> str:
    """A heading without what a person cannot see: spaces around, line breaks, invisible letters."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", cell)).split())
