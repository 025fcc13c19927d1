"""What a gate holds back until a person says that it is right, and what persons have said. Beside a source's landing.

What was said is only appended to. It stands for the very thing that was held back: another needs a word of its own.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import polars as pl

from flows.stores import atomic
from flows.stores.landing import Landing
from transforms.tables import Acknowledgements

Gate = Literal["rows_down", "no_rows", "too_many_rejects"]
"""The reason codes for which a person's word is awaited."""


@dataclass(frozen=True)
class Held:
    """What a gate holds back.

    `content` says what exactly: a file by its hash, a server by its last good pull, landed rows by their newest pull.
    `rows_before` is how many there were or count, `rows` how many are left or are set aside.
    """

    gate: Gate
    content: str
    rows_before: int
    rows: int


@dataclass(frozen=True)
class Acknowledgement:
    """Who said when and why that what a gate held back is right."""

    held: Held
    by: str
    reason: str
    at: datetime

    def covers(self, held: Held) -> bool:
        """Whether it was said of this very thing; never of a further loss."""
        same = (self.held.gate, self.held.content) == (held.gate, held.content)
        return same and held.rows >= self.held.rows


class Gates:
    """The gates of one source."""

    def __init__(self, landing: Landing) -> None:
        self.source = landing.source
        self._folder = landing.folder
        self._said = landing.folder / "acknowledgements.jsonl"

    def lets_pass(self, held: Held) -> bool:
        """Whether a person has acknowledged just this; if not, it is kept to be acknowledged."""
        if any(each.covers(held) for each in self.acknowledged()):
            return True
        atomic.write(self._held(held.gate), json.dumps(asdict(held)).encode())
        return False

    def release(self, *gates: Gate) -> None:
        """Forgets what these held back, for it is no more."""
        for gate in gates:
            self._held(gate).unlink(missing_ok=True)

    def held(self) -> list[Held]:
        """What is held back now."""
        return [Held(**json.loads(path.read_text(encoding="utf-8"))) for path in sorted(self._folder.glob("*.held"))]

    def acknowledge(self, held: Held, by: str, reason: str) -> Acknowledgement:
        """Keeps what a person said of it."""
        given = Acknowledgement(held, by, reason, datetime.now(UTC))
        line = {**asdict(held), "by": by, "reason": reason, "at": given.at.isoformat()}
        atomic.append_line(self._said, json.dumps(line, ensure_ascii=False))
        return given

    def acknowledged(self, until: datetime | None = None) -> list[Acknowledgement]:
        """Everything that persons have said, or until a moment; oldest first."""
        given = [_read(line) for line in atomic.lines(self._said)]
        return given if until is None else [each for each in given if each.at <= until]

    def _held(self, gate: Gate) -> Path:
        return self._folder / f"{gate}.held"


def acknowledgements(landings: Sequence[Landing], until: datetime | None = None) -> pl.DataFrame:
    """The table Acknowledgements."""
    rows = [
        {
            "source": gates.source,
            "acknowledged_at": each.at,
            "gate": each.held.gate,
            "rows_before": each.held.rows_before,
            "rows": each.held.rows,
            "by": each.by,
            "reason": each.reason,
        }
        for gates in map(Gates, landings)
        for each in gates.acknowledged(until)
    ]
    return Acknowledgements.validate(pl.DataFrame(rows, schema=Acknowledgements.create_empty().schema), cast=True)


def _read(line: str) -> Acknowledgement:
    said = json.loads(line)
    by, reason, at = said.pop("by"), said.pop("reason"), datetime.fromisoformat(said.pop("at"))
    return Acknowledgement(Held(**said), by, reason, at)
