"""When whose time was over was taken out of a programme, and what a killed run has still to take out.

A run is kept for good, without anybody in it. Whom it is about is kept in the vault only while it is under way.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from flows.stores import atomic
from flows.stores.manifests import Manifest
from flows.stores.marks import REFERENCE, Identified, Marked, Marker

LEDGER = "retention.jsonl"
UNDER_WAY = "retention.json"


@dataclass(frozen=True)
class Run:
    """One run that took something out.

    `before` is the first day that was kept, `after` the declared length. `corrected` are marks of those rows that a
    correction in the programme's folder named: it waits for nothing any more.
    """

    at: datetime
    on: date
    before: date
    after: str
    people: int
    rows: int
    corrected: frozenset[str]


@dataclass(frozen=True)
class Expiring:
    """What one run takes out, and who is marked in the vault's tables.

    `rows` are by source and Parquet, as that is called before: written again it has another name, and is done.
    """

    on: date
    before: date
    after: str
    people: int
    rows: Mapping[str, Mapping[str, frozenset[int]]]
    marked: Marked

    def rows_of(self, manifest: Manifest) -> frozenset[int]:
        """The rows of a landed file that go."""
        return self.rows.get(manifest.source, {}).get(manifest.parquet, frozenset())

    @property
    def counted(self) -> dict[str, int]:
        """How many rows go, by source."""
        return {source: sum(map(len, files.values())) for source, files in self.rows.items()}


class Expiries:
    """One programme's runs."""

    def __init__(self, vault: Path, marker: Marker) -> None:
        self._marker = marker
        self._ledger, self._under_way = vault / LEDGER, vault / UNDER_WAY

    def due(self, on: date, before: date, after: str, people: int, rows: pl.DataFrame, named: Identified) -> Expiring:
        """What a run is to take out: `rows` has the `_source`, `parquet` and `_row` of each."""
        placed: dict[str, dict[str, frozenset[int]]] = {}
        for (source, parquet), each in rows.group_by("_source", "parquet", maintain_order=True):
            placed.setdefault(str(source), {})[str(parquet)] = frozenset(each["_row"])
        marks = {kind: frozenset(hashes) for kind, hashes in self._marker.marks_of(named).items()}
        return Expiring(on, before, after, people, placed, Marked(self._marker, marks))

    def begin(self, due: Expiring) -> None:
        """Keeps what is to be taken out, before anything is."""
        fields = {
            "on": due.on.isoformat(),
            "before": due.before.isoformat(),
            "after": due.after,
            "people": due.people,
            "rows": {source: {file: sorted(rows) for file, rows in of.items()} for source, of in due.rows.items()},
            "marks": {kind: sorted(hashes) for kind, hashes in due.marked.marks.items()},
        }
        atomic.write(self._under_way, json.dumps(fields, ensure_ascii=False).encode())

    def unfinished(self) -> Expiring | None:
        """What a run that was begun has to take out, if one was not finished."""
        if not self._under_way.is_file():
            return None
        said = json.loads(self._under_way.read_text(encoding="utf-8"))
        rows = {source: {file: frozenset(of) for file, of in files.items()} for source, files in said["rows"].items()}
        marks = {kind: frozenset(hashes) for kind, hashes in said["marks"].items()}
        on, before = (date.fromisoformat(said[name]) for name in ("on", "before"))
        return Expiring(on, before, said["after"], said["people"], rows, Marked(self._marker, marks))

    def finish(self, done: Expiring, corrected: frozenset[str]) -> None:
        """Keeps that it is taken out, and nothing of whose it was. A run counts from here on."""
        line = {
            "at": datetime.now(UTC).isoformat(),
            "on": done.on.isoformat(),
            "before": done.before.isoformat(),
            "after": done.after,
            "people": done.people,
            "rows": sum(done.counted.values()),
            "corrected": sorted(corrected),
        }
        atomic.append_line(self._ledger, json.dumps(line, ensure_ascii=False))
        self._under_way.unlink()
        atomic.flush(self._under_way.parent)

    def runs(self) -> list[Run]:
        """Every run that took something out, oldest first."""
        return [_run(json.loads(line)) for line in atomic.lines(self._ledger)]

    def were_corrected(self, submissions: pl.Series) -> pl.Series:
        """Whether each submission is one that a run took out while a correction named it."""
        marks = frozenset[str]().union(*(each.corrected for each in self.runs()))
        if not marks:
            return pl.repeat(False, len(submissions), dtype=pl.Boolean, eager=True)
        return Marked(self._marker, {REFERENCE: marks}).among(REFERENCE, submissions)


def _run(said: dict[str, Any]) -> Run:
    return Run(
        datetime.fromisoformat(said["at"]),
        date.fromisoformat(said["on"]),
        date.fromisoformat(said["before"]),
        said["after"],
        said["people"],
        said["rows"],
        frozenset(said["corrected"]),
    )
