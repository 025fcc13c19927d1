"""The vault's list of doubtful links: what a person has to compare, and what was decided. Private.

A line is about a follow-up and a person, or about two people. It is known by pseudonyms: `answered` is that of all
that the follow-up says of its person, so the answers may change and the decision stays.
"""

import csv
import io
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import polars as pl

from flows.stores import atomic
from transforms.errors import ProgrammeError
from transforms.linkable import SHOWN

NAME = "link_review.csv"
KEY = ("kind", "answered", "participant")
ONE = tuple(f"one_{name.removeprefix('shown_')}" for name in SHOWN)
OTHER = tuple(f"other_{name.removeprefix('shown_')}" for name in SHOWN)
DECISION = ("same", "by", "on")
COLUMNS = ("probability", "submission", *ONE, *OTHER, *DECISION, *KEY)
_SAID = {"yes": True, "y": True, "ใช่": True, "no": False, "n": False, "ไม่ใช่": False}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Line = dict[str, str]


class LinkReview:
    """One programme's list."""

    def __init__(self, vault: Path) -> None:
        self.path = vault / NAME

    def decisions(self) -> pl.DataFrame:
        """One row a decided pair: kind, answered, participant, same. Raises ProgrammeError with every mistake."""
        decided = [line for line in self._lines() if line["same"]]
        rows = [(*(line[name] for name in KEY), _SAID[line["same"].lower()]) for line in decided]
        schema = {**dict.fromkeys(KEY, pl.String()), "same": pl.Boolean()}
        return pl.DataFrame(rows, schema=schema, orient="row").sort(KEY)

    def digest(self) -> str | None:
        """A hash of the decisions; what still waits changes nothing."""
        decided = self.decisions()
        return sha256(decided.write_csv().encode()).hexdigest() if decided.height else None

    def write(self, waiting: pl.DataFrame, gone: pl.DataFrame) -> int:
        """Keeps every decided line, replaces the others by those that wait now; how many wait.

        A decided pair that is gone from the data keeps its decision, and loses its names and numbers.
        """
        absent = set(gone.select(KEY).rows())
        decided = [line for line in self._lines() if line["same"]]
        blank = dict.fromkeys((*ONE, *OTHER), "")
        kept = [line | blank if tuple(line[name] for name in KEY) in absent else line for line in decided]
        known = {tuple(line[name] for name in KEY) for line in kept}
        rows = waiting.with_columns(pl.col(pl.String).fill_null("")).to_dicts()
        new = [
            {name: _safe(str(row.get(name, ""))) for name in COLUMNS}
            for row in rows
            if tuple(row[name] for name in KEY) not in known
        ]
        if kept or new or self.path.exists():
            self._write([*new, *kept])
        return len(new)

    def forget(self, is_gone: Callable[[str], bool]) -> None:
        """Leaves of a person who is gone nothing, and of others their decisions only; what waits is listed anew."""
        blank = dict.fromkeys((*ONE, *OTHER), "")
        decided = [line | blank for line in self._lines() if line["same"]]
        if self.path.exists():
            self._write([line for line in decided if not any(is_gone(line[name]) for name in KEY[1:])])

    def _write(self, lines: list[Line]) -> None:
        text = io.StringIO()
        rows = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
        rows.writeheader()
        rows.writerows(lines)
        content = text.getvalue().encode("utf-8-sig")  # with its mark, so that a spreadsheet reads Thai
        if not self.path.exists() or self.path.read_bytes() != content:
            atomic.write(self.path, content)

    def _lines(self) -> list[Line]:
        if not self.path.is_file():
            return []
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file, restval="", strict=True)
                absent = [name for name in (*KEY, *DECISION) if name not in (rows.fieldnames or ())]
                if absent:
                    raise ProgrammeError([f"{self.path}: the columns {', '.join(absent)} are missing. Put them back."])
                found = [(rows.line_num, {name: (row.get(name) or "").strip() for name in COLUMNS}) for row in rows]
        except (UnicodeDecodeError, csv.Error):
            raise ProgrammeError(
                [f"{self.path}: it cannot be read. Save it as CSV UTF-8, separated by commas."]
            ) from None
        mistakes = [said for number, line in found for said in self._mistakes(number, line)]
        if mistakes:
            raise ProgrammeError(mistakes)
        return [line for _, line in found]

    def _mistakes(self, number: int, line: Line) -> list[str]:
        where = f"{self.path}, line {number}"
        if not line["same"]:
            return []
        found = [f"{where}: the column '{name}' is empty. Put back what stood there." for name in KEY if not line[name]]
        if line["same"].lower() not in _SAID:
            found.append(f"{where}: same is neither yes nor no. Write one of them, or leave it empty to decide later.")
        found += [f"{where}: '{name}' is empty. Say who decided, and when." for name in ("by", "on") if not line[name]]
        return found


def _safe(cell: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
