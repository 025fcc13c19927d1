"""Who was erased from a programme: a line each in the vault, of keyed hashes that name nobody.

Without the vault's key no id can be tried out on them. They are compared with whatever is pulled, so that nobody who
was erased is landed again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from flows.stores import atomic
from flows.stores.marks import RECORD, Identified, Marked, Marker
from transforms.identities import identifiers, telling
from transforms.programme import Form
from transforms.submissions import KEY

FILE = "erasures.jsonl"


class Erasures:
    """One programme's erasures."""

    def __init__(self, folder: Path, marker: Marker) -> None:
        self._marker = marker
        self._path = folder / FILE

    def begin(self, identified: Identified, reason: str) -> None:
        """Keeps whom to erase, before anything is erased: from now on nothing of theirs is landed."""
        marks = self._marker.marks_of(identified)
        self._add({"state": "begun", "at": datetime.now(UTC).isoformat(), "reason": reason, "marks": marks})

    def finish(self) -> None:
        """Keeps that all that was begun is done."""
        if self.unfinished():
            self._add({"state": "finished", "at": datetime.now(UTC).isoformat()})

    def unfinished(self) -> bool:
        """Whether an erasure was begun and not finished."""
        states = [each["state"] for each in self._lines()]
        return bool(states) and states[-1] == "begun"

    def since(self, moment: datetime) -> int:
        """How many people were erased after a moment."""
        begun = [each for each in self._lines() if each["state"] == "begun"]
        return sum(datetime.fromisoformat(each["at"]) > moment for each in begun)

    def marked(self) -> Marked:
        """Everybody who was erased until now."""
        found: dict[str, set[str]] = {}
        for line in self._lines():
            for kind, hashes in line.get("marks", {}).items():
                found.setdefault(kind, set()).update(hashes)
        return Marked(self._marker, {kind: frozenset(hashes) for kind, hashes in found.items()})

    def _add(self, line: Mapping[str, object]) -> None:
        atomic.append_line(self._path, json.dumps(line, ensure_ascii=False))

    def _lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in atomic.lines(self._path)]


@dataclass(frozen=True)
class Forgotten:
    """How rows of one source are held against people who are marked: those who were erased until now."""

    erasures: Erasures
    form: Form
    source: str
    marked: Marked

    def now(self) -> "Forgotten":
        """The same with everybody who has been erased until now."""
        return replace(self, marked=self.erasures.marked())

    def places(self, rows: pl.DataFrame) -> pl.Series:
        """The positions of the rows that belong to somebody who is marked."""
        if not self.marked.marks or rows.is_empty():
            return pl.Series("place", [], dtype=pl.UInt32)
        found = telling(identifiers(rows, self.form), rows)
        theirs = [
            each.filter(self.marked.among(str(kind), each["value"]))["place"]
            for (kind,), each in found.group_by("kind")
        ]
        by_key = self.recorded(rows[KEY]).arg_true().cast(pl.UInt32) if KEY in rows.columns else None
        parts = [pl.Series("place", [], dtype=pl.UInt32), *theirs, *([] if by_key is None else [by_key])]
        return pl.concat([each.rename("place") for each in parts]).unique().sort()

    def recorded(self, keys: pl.Series) -> pl.Series:
        """Whether each key of the server is one of theirs."""
        return self.marked.among(RECORD, f"{self.source}|" + keys)

    def key_hashes(self, keys: pl.Series) -> pl.Series:
        """What stands in the place of each key of the server."""
        return self.marked.marker.hashed(RECORD, f"{self.source}|" + keys)
