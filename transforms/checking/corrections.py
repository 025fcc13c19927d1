"""Reads a corrections.csv and finds every mistake in it that shows without the data. Quotes no answer."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import get_args

from transforms.corrections import Action, Correction
from transforms.errors import ProgrammeError, nearest
from transforms.normalise.years import BUDDHIST
from transforms.programme import Programme

NAME = "corrections.csv"
COLUMNS = ("submission", "field", "old", "new", "action", "reason", "by", "on")
OPTIONAL = ("source",)
"""Told only where two sources have a submission of the same name."""
ACTIONS = get_args(Action)
_GUARDED = re.compile("^'(?=[=+@-])")
"""What `impact rejects` sets before a name that a spreadsheet would take for a formula."""

Line = dict[str, str]


def read_corrections(path: Path, programme: Programme, vault: Path | None = None) -> list[Correction]:
    """The corrections of one file; none when there is no file. Raises ProgrammeError with every mistake found.

    `vault`: the file for corrections that quote a person, which this one then is not.
    """
    if not path.is_file():
        return []
    lines = _lines(path)
    mistakes = [said for number, line in lines for said in _mistakes(f"{path}, line {number}", line, programme, vault)]
    if mistakes:
        raise ProgrammeError(mistakes)
    return [_correction(path, number, line, private=vault is None) for number, line in lines]


def repeated(corrections: Sequence[Correction]) -> Iterator[str]:
    """Two lines about the same answer, of which only one can be right."""
    first: dict[tuple[str, str, str], Correction] = {}
    for each in corrections:
        if each.action == "replace":
            before = first.setdefault((each.source, each.submission, each.field), each)
            if before is not each:
                yield f"{each.place}: '{each.field}' of this submission is replaced by {before.place} too. Leave one."


def _lines(path: Path) -> list[tuple[int, Line]]:
    """Each line with its number. Raises ProgrammeError where they cannot be told apart."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            head = [_unpadded(cell) for cell in next(rows, [])]
            _check_head(path, head)
            return [(rows.line_num, _line(path, rows.line_num, head, row)) for row in rows if any(map(str.strip, row))]
    except UnicodeDecodeError:
        raise ProgrammeError([f"{path}: the file is not UTF-8 text. Save it as CSV UTF-8."]) from None
    except csv.Error:
        raise ProgrammeError([f"{path}: a quotation mark is not closed, or stands inside a cell. Mend it."]) from None
    except OSError as error:
        raise ProgrammeError([f"{path}: it cannot be read: {error.strerror}. Give yourself the right to it."]) from None


def _unpadded(cell: str) -> str:
    return cell.strip().lower()


def _check_head(path: Path, head: Sequence[str]) -> None:
    allowed = (*COLUMNS, *OPTIONAL)
    found = [
        f"{path}: the column '{each}' is missing. Columns are {', '.join(COLUMNS)}."
        for each in COLUMNS
        if each not in head
    ]
    found += [
        f"{path}: unknown column '{each}'. {nearest(each, allowed)}" for each in head if each and each not in allowed
    ]
    found += [f"{path}: the column '{each}' stands twice. Leave one." for each in allowed if head.count(each) > 1]
    if found:
        raise ProgrammeError(found)


def _line(path: Path, number: int, head: Sequence[str], row: Sequence[str]) -> Line:
    if len(row) < len(head) or any(cell.strip() for cell in row[len(head) :]):
        raise ProgrammeError(
            [
                f"{path}, line {number}: it has {len(row)} cells and the heading {len(head)}. "
                "Put double quotes around a text that holds a comma."
            ]
        )
    return {name: cell.strip() for name, cell in zip(head, row, strict=False) if name}


def _correction(path: Path, number: int, line: Line, private: bool) -> Correction:
    return Correction(
        file=str(path),
        line=number,
        private=private,
        source=line.get("source", ""),
        submission=_GUARDED.sub("", line["submission"]),
        field=line["field"],
        old=line["old"],
        new=line["new"],
        action=line["action"],  # type: ignore[arg-type]  # one of them: checked
        reason=line["reason"],
        by=line["by"],
        on=date.fromisoformat(line["on"]),
    )


def _mistakes(where: str, line: Mapping[str, str], programme: Programme, vault: Path | None) -> Iterator[str]:
    for needed in ("submission", "reason", "by"):
        if not line[needed]:
            yield f"{where}: {needed} is empty. {_NEEDED[needed]}"
    sources = [each.id for each in programme.sources]
    if line.get("source") and line["source"] not in sources:
        yield f'{where}: source = "{line["source"]}" is no source. {nearest(line["source"], sources)}'
    if line["action"] not in ACTIONS:
        yield f'{where}: action = "{line["action"]}" is not allowed. {nearest(line["action"], ACTIONS)}'
    else:
        yield from _field_mistakes(where, line, programme, vault)
    yield from _day_mistakes(where, line["on"])


_NEEDED = {
    "submission": "Copy it as impact rejects or impact flags print it.",
    "reason": "Say why: whoever audits the report asks.",
    "by": "Say who decided it: initials or a role, as it may stand in the report.",
}


def _field_mistakes(where: str, line: Mapping[str, str], programme: Programme, vault: Path | None) -> Iterator[str]:
    field, action = line["field"], line["action"]
    rules = {rule.id for rule in programme.checks.rules}
    questions = {name: asked for form in programme.forms.values() for name, asked in form.questions.items()}
    if not field:
        if action == "replace":
            yield f"{where}: field is empty. Name the question whose answer is replaced."
        elif line["old"]:
            yield f"{where}: old is given without a field. Name the question that it is the answer to, or leave it out."
    elif action == "accept" and field in rules:
        if line["old"]:
            yield f"{where}: old does not go with a rule. Leave it empty."
    elif field not in questions:
        yield f'{where}: field = "{field}" is no question. {nearest(field, questions)}'
    elif questions[field].combine is not None:
        yield f"{where}: '{field}' is made of a repeated group. Mend the group at its source."
    elif questions[field].identity and (line["old"] or line["new"]) and vault is not None:
        yield f"{where}: '{field}' tells who somebody is. Such corrections stand in {vault}. Move the line there."
    if action != "replace" and line["new"]:
        yield f'{where}: new goes with action = "replace", not with "{action}". Leave it empty.'
    elif action == "replace" and line["new"] == line["old"]:
        yield f"{where}: new is the same as old. Write what the answer should be, or leave new empty for no answer."


def _day_mistakes(where: str, day: str) -> Iterator[str]:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        yield f"{where}: on is no day. Write it as year-month-day, such as 2026-11-30."
    else:
        if on.year >= BUDDHIST[0]:
            yield f"{where}: on is in the Buddhist era. Take 543 off the year."
