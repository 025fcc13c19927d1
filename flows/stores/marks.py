"""People marked by keyed hashes that name nobody: without the vault's key no id can be tried out on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from flows.stores.vault import Vault

RECORD, PSEUDONYM, REFERENCE = "record", "pseudonym", "reference"
"""What people are marked by beside the identifiers: the servers' keys, the pseudonym, what rows are called."""

STATE, DEPARTED = "state", "departed"
"""What a person contributes to a figure, and who contributed to one and is gone: marked so that changes are counted."""

Identified = dict[str, set[str]]
"""What people are known by, by kind."""

Marks = Mapping[str, frozenset[str]]
"""Keyed hashes by the kind of what they stand for."""


class Marker:
    """Makes one programme's marks."""

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        self._folder, self._key_file = folder, key_file

    @cached_property
    def _vault(self) -> Vault:
        return Vault(self._folder, self._key_file)  # makes a key, so only once it is needed

    def hashed(self, kind: str, values: pl.Series) -> pl.Series:
        """The keyed hash of each value, in the same order; unlike any pseudonym."""
        return self._vault.keyed(f"erased {kind}", values)

    def secret(self, kind: str) -> str:
        """A secret of this programme's, the same each time, with which to make other marks."""
        return str(self.hashed(STATE, pl.Series([kind]))[0])

    def marks_of(self, identified: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
        """The marks of people, as they are kept."""
        return {
            kind: sorted(self.hashed(kind, pl.Series(sorted(set(values)), dtype=pl.String)))
            for kind, values in identified.items()
        }


@dataclass(frozen=True)
class Marked:
    """Who is marked."""

    marker: Marker
    marks: Marks = field(default_factory=dict)

    def among(self, kind: str, values: pl.Series) -> pl.Series:
        """Whether each value is that of somebody who is marked."""
        known = pl.Series([list(self.marks.get(kind, ()))], dtype=pl.List(pl.String))
        return self.marker.hashed(kind, values).is_in(known).fill_null(False)

    def holds(self, kind: str, value: str) -> bool:
        """Whether somebody with this identifier is marked."""
        return self.marker.hashed(kind, pl.Series([value]))[0] in self.marks.get(kind, ())
