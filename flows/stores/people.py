"""Finds everything by which one person is known in a programme's landing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from flows.stores.landing import Landing
from flows.stores.marks import RECORD, REFERENCE, Identified
from flows.stores.taking_out import EMPTY, GONE
from transforms.identities import MOST_IDS, NATIONAL_ID, PARTICIPANT, PHONE, identifiers
from transforms.programme import Form
from transforms.retention import dated_by
from transforms.submissions import KEY, SUBMITTED, by_question, reference
from transforms.tables import Submissions

_RECORD: dict[str, pl.DataType] = {KEY: pl.String(), "_revision": pl.String(), SUBMITTED: pl.Datetime("us", "UTC")}
_ROWS: dict[str, pl.DataType] = {
    "place": pl.Int64(),
    **Submissions.create_empty().schema,
    **_RECORD,
    "submission": pl.String(),
    "said": pl.String(),
}
_KNOWN = {"place": pl.Int64, "kind": pl.String, "value": pl.String}


@dataclass(frozen=True)
class Register:
    """All that names people in a landing: `rows` has one row per landed row, `known` one per row and identifier.

    `said` is what a row answers to the question of which day it is.
    """

    rows: pl.DataFrame
    known: pl.DataFrame

    @classmethod
    def of(cls, landings: Sequence[Landing]) -> "Register":
        """What is landed now."""
        rows, known, first = [pl.DataFrame(schema=_ROWS)], [pl.DataFrame(schema=_KNOWN)], 0
        for landing in landings:
            for here in landing.identifying():
                absent = {name: pl.lit(None, dtype=kind) for name, kind in _RECORD.items() if name not in here.columns}
                placed = here.with_columns(**absent).with_columns(reference(), place=pl.int_range(pl.len()) + first)
                dated = placed.with_columns(_said(placed, landing.form))
                rows.append(dated.select(pl.col(name).cast(kind) for name, kind in _ROWS.items()))
                found = identifiers(here, landing.form) if landing.form else pl.DataFrame(schema=_KNOWN)
                known.append(found.select(pl.col("place").cast(pl.Int64) + first, "kind", "value"))
                first += here.height
        return cls(pl.concat(rows), pl.concat(known))

    def saying(self) -> pl.DataFrame:
        """The rows that still say something of somebody, with the `tombstone`s of their records."""
        said = self.rows.filter(pl.col("_revision").is_null() | ~pl.col("_revision").is_in(EMPTY))
        tombstone = pl.col("_revision") == GONE
        theirs = self.rows.filter(tombstone).join(said, on=["_source", KEY], how="semi")
        found = pl.concat([said, theirs]).sort("place")
        return found.with_columns(tombstone=tombstone.fill_null(False))

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
        there = self.rows.filter(pl.col(KEY).is_not_null(), ~pl.col("_revision").is_in(EMPTY))
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


def _said(rows: pl.DataFrame, form: Form | None) -> pl.Series:
    """What each row answers to the question that says of which day it is."""
    name = dated_by(form) if form else None
    if form is None or name is None:
        return pl.repeat(None, rows.height, dtype=pl.String, eager=True).alias("said")
    return by_question(rows, form.model_copy(update={"questions": {name: form.questions[name]}}))[name].alias("said")
