"""Who was erased from a programme: a line each in the vault, of keyed hashes that name nobody.

Without the vault's key no id can be tried out on them. They are compared with whatever is pulled, so that nobody who
was erased is landed again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from flows.stores import atomic
from flows.stores.vault import Vault
from transforms.identities import identifiers, telling
from transforms.programme import Form
from transforms.submissions import KEY

FILE = "erasures.jsonl"
RECORD, PSEUDONYM, REFERENCE = "record", "pseudonym", "reference"
"""What is kept of a person beside the identifiers: the servers' keys, the pseudonym, what rows are called."""

Marks = Mapping[str, frozenset[str]]
"""Keyed hashes by the kind of what they stand for."""


class Erasures:
    """One programme's erasures."""

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        self._folder = folder
        self._key_file = key_file
        self._path = folder / FILE

    @cached_property
    def _vault(self) -> Vault:
        return Vault(self._folder, self._key_file)  # makes a key, so only once it is needed

    def hashed(self, kind: str, values: pl.Series) -> pl.Series:
        """The keyed hash of each value, in the same order; unlike any pseudonym."""
        return self._vault.keyed(f"erased {kind}", values)

    def begin(self, identified: Mapping[str, Iterable[str]], reason: str) -> None:
        """Keeps whom to erase, before anything is erased: from now on nothing of theirs is landed."""
        marks = {
            kind: sorted(self.hashed(kind, pl.Series(sorted(set(values)), dtype=pl.String)))
            for kind, values in identified.items()
        }
        self._add({"state": "begun", "at": datetime.now(UTC).isoformat(), "reason": reason, "marks": marks})

    def finish(self) -> None:
        """Keeps that all that was begun is done."""
        if self.unfinished():
            self._add({"state": "finished", "at": datetime.now(UTC).isoformat()})

    def unfinished(self) -> bool:
        """Whether an erasure was begun and not finished."""
        states = [each["state"] for each in self._lines()]
        return bool(states) and states[-1] == "begun"

    def marks(self) -> Marks:
        """Everybody's hashes, by kind."""
        found: dict[str, set[str]] = {}
        for line in self._lines():
            for kind, hashes in line.get("marks", {}).items():
                found.setdefault(kind, set()).update(hashes)
        return {kind: frozenset(hashes) for kind, hashes in found.items()}

    def holds(self, kind: str, value: str) -> bool:
        """Whether somebody with this identifier was erased."""
        return self.hashed(kind, pl.Series([value]))[0] in self.marks().get(kind, ())

    def _add(self, line: Mapping[str, object]) -> None:
        atomic.append_line(self._path, json.dumps(line, ensure_ascii=False))

    def _lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in atomic.lines(self._path)]


@dataclass(frozen=True)
class Forgotten:
    """How rows of one source are held against the erasures as they are now."""

    erasures: Erasures
    form: Form
    source: str
    marks: Marks = field(default_factory=dict)

    def now(self) -> "Forgotten":
        """The same with everybody who has been erased until now."""
        return Forgotten(self.erasures, self.form, self.source, self.erasures.marks())

    def places(self, rows: pl.DataFrame) -> pl.Series:
        """The positions of the rows that belong to somebody who was erased."""
        if not self.marks or rows.is_empty():
            return pl.Series("place", [], dtype=pl.UInt32)
        found = telling(identifiers(rows, self.form), rows)
        theirs = [
            each.filter(self.erasures.hashed(str(kind), each["value"]).is_in(self._known(str(kind))))["place"]
            for (kind,), each in found.group_by("kind")
        ]
        by_key = self.recorded(rows[KEY]).arg_true().cast(pl.UInt32) if KEY in rows.columns else None
        parts = [pl.Series("place", [], dtype=pl.UInt32), *theirs, *([] if by_key is None else [by_key])]
        return pl.concat([each.rename("place") for each in parts]).unique().sort()

    def recorded(self, keys: pl.Series) -> pl.Series:
        """Whether each key of the server is one of theirs."""
        return self.key_hashes(keys).is_in(self._known(RECORD)).fill_null(False)

    def key_hashes(self, keys: pl.Series) -> pl.Series:
        """What stands in the place of each key of the server."""
        return self.erasures.hashed(RECORD, f"{self.source}|" + keys)

    def _known(self, kind: str) -> pl.Series:
        return pl.Series([sorted(self.marks.get(kind, ()))], dtype=pl.List(pl.String))
