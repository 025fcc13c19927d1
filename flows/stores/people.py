"""Finds everything by which one person is known in a programme's landing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from flows.stores.erasures import RECORD, REFERENCE
from flows.stores.landing import Landing
from flows.stores.taking_out import ERASED, GONE
from transforms.identities import MOST_IDS, NATIONAL_ID, PARTICIPANT, PHONE, identifiers
from transforms.submissions import KEY, reference

Identified = dict[str, set[str]]
"""What a person is known by, by kind."""

_ROWS = {"place": pl.Int64, "_source": pl.String, KEY: pl.String, "_revision": pl.String, "submission": pl.String}
_KNOWN = {"place": pl.Int64, "kind": pl.String, "value": pl.String}


@dataclass(frozen=True)
class Register:
    """All that names people in a landing: `rows` has one row per landed row, `known` one per row and identifier."""

    rows: pl.DataFrame
    known: pl.DataFrame

    @classmethod
    def of(cls, landings: Sequence[Landing]) -> "Register":
        """What is landed now."""
        rows, known, first = [pl.DataFrame(schema=_ROWS)], [pl.DataFrame(schema=_KNOWN)], 0
        for landing in landings:
            for here in landing.identifying():
                missing = {name: kind for name, kind in _ROWS.items() if name in (KEY, "_revision")}
                absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in missing.items() if name not in here]
                placed = here.with_columns(absent).with_columns(reference(), place=pl.int_range(pl.len()) + first)
                rows.append(placed.select(pl.col(name).cast(kind) for name, kind in _ROWS.items()))
                found = identifiers(here, landing.form) if landing.form else pl.DataFrame(schema=_KNOWN)
                known.append(found.select(pl.col("place").cast(pl.Int64) + first, "kind", "value"))
                first += here.height
        return cls(pl.concat(rows), pl.concat(known))

    def person(self, participants: Iterable[str]) -> Identified:
        """What somebody with these ids is known by, with the ids of the same national number; nothing if unknown."""
        ids, numbers, before = set(participants), set[str](), -1
        while len(ids) + len(numbers) > before:
            before = len(ids) + len(numbers)
            numbers |= {each for each in self._beside(PARTICIPANT, ids, NATIONAL_ID) if self._is_own(each)}
            ids |= self._beside(NATIONAL_ID, numbers, PARTICIPANT)
        mine = self._rows_with(PARTICIPANT, ids) | self._rows_with(NATIONAL_ID, numbers)
        if not mine:
            return {}
        phones = {
            each for each in self._beside(PARTICIPANT, ids, PHONE) if self._beside(PHONE, {each}, PARTICIPANT) <= ids
        }
        return {PARTICIPANT: ids, NATIONAL_ID: numbers, PHONE: phones, **self._called(mine)}

    def _called(self, mine: set[int]) -> Identified:
        """What the person's rows are called, and the servers' keys of records that now are the person's."""
        theirs = pl.col("place").is_in(list(mine))
        there = self.rows.filter(pl.col(KEY).is_not_null(), ~pl.col("_revision").is_in([GONE, ERASED]))
        newest = there.unique(["_source", KEY], keep="last", maintain_order=True)
        records = newest.filter(theirs).select(record=pl.col("_source") + "|" + pl.col(KEY))["record"]
        return {RECORD: set(records), REFERENCE: set(self.rows.filter(theirs)["submission"])}

    def _beside(self, kind: str, values: set[str], other: str) -> set[str]:
        """Identifiers of another kind in the rows that have one of these."""
        here = pl.col("place").is_in(list(self._rows_with(kind, values)))
        return set(self.known.filter(pl.col("kind") == other, here)["value"])

    def _rows_with(self, kind: str, values: set[str]) -> set[int]:
        return set(self.known.filter(pl.col("kind") == kind, pl.col("value").is_in(list(values)))["place"])

    def _is_own(self, number: str) -> bool:
        return len(self._beside(NATIONAL_ID, {number}, PARTICIPANT)) <= MOST_IDS
