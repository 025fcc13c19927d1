"""Removes one person from everything that was kept of a programme, for good: landing, vault, warehouse.

First a line of keyed hashes is kept in the vault; all else follows from it, so that whatever ends this half-way, the
next pull or the same command again finishes it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from flows.declared import erasures_of, landing_of, link_review_of, programme_named, vault_of, warehouse_of
from flows.settings import settings
from flows.sources import file_drop
from flows.stores import atomic, contacts
from flows.stores.erasures import PSEUDONYM, REFERENCE, Erasures
from flows.stores.landing import Landing
from flows.stores.people import Identified, Register
from flows.stores.taking_out import theirs
from transforms.errors import UserError, listed
from transforms.identities import NATIONAL_ID, PARTICIPANT, PHONE, spelled
from transforms.programme import FileDrop, Programme

MOST_ROWS_NAMED = 20


@dataclass
class Erased:
    """What was taken out, by source, and where staff must look themselves."""

    rows: dict[str, int] = field(default_factory=dict)
    contacts: int = 0
    remaining: list[str] = field(default_factory=list)


def erase(programme: str, participant: str | None, pseudonym: str | None, reason: str) -> Erased:
    """What was erased. Raises UserError where nobody is known by this id."""
    declared = programme_named(programme)
    erasures = erasures_of(declared)
    with atomic.locked(settings().warehouse(programme)):
        person = _person(declared, erasures, participant, pseudonym)
        if person:
            _check_reason(reason, person)
            erasures.begin(person, reason)
        return _carry_out(declared, erasures)


def finish(programme: Programme) -> Erased | None:
    """What was left to erase by a run that was killed; none where all erasures are finished."""
    erasures = erasures_of(programme)
    if not erasures.unfinished():
        return None
    with atomic.locked(settings().warehouse(programme.id)):
        return _carry_out(programme, erasures)


def _person(programme: Programme, erasures: Erasures, participant: str | None, pseudonym: str | None) -> Identified:
    """What the person is known by; nothing where the person was erased before, and nothing is left."""
    vault = settings().vault(programme.id)
    if (participant is None) == (pseudonym is None):
        raise UserError("Give either --participant or --pseudonym.")
    ids = _spelled(participant) if participant is not None else contacts.ids_of(vault, str(pseudonym))
    person = Register.of([landing_of(programme, source) for source in programme.sources]).person(ids)
    if person:
        named = pl.Series(sorted(person[REFERENCE]), dtype=pl.String)  # a database's key may be somebody's number
        called = person[REFERENCE] | set(vault_of(programme).pseudonyms("submission", named))
        return person | {PSEUDONYM: contacts.pseudonyms_of(vault, person[PARTICIPANT]), REFERENCE: called}
    names = [(PARTICIPANT, each) for each in ids] + ([(PSEUDONYM, pseudonym)] if pseudonym else [])
    if not any(erasures.holds(kind, name) for kind, name in names):
        asked = "pseudonym" if pseudonym else "id"
        raise UserError(
            f"{programme.id}: nothing is landed of a participant with this {asked}. Check how it is written; "
            "a pseudonym is known once the warehouse was built: impact refresh"
        )
    return {}


def _spelled(participant: str) -> set[str]:
    return set(pl.select(spelled(PARTICIPANT, pl.lit(participant))).to_series().drop_nulls())


def _check_reason(reason: str, person: Identified) -> None:
    words = pl.DataFrame({"word": re.split(r"[\s,.;:()'\"]+", reason)}, schema={"word": pl.String})
    named = set(words.select(spelled(PARTICIPANT, pl.col("word"))).to_series()) & person[PARTICIPANT]
    digits = "".join(str(int(each)) for each in reason if each.isdecimal())
    if named or any(number in digits for kind in (NATIONAL_ID, PHONE) for number in person[kind]):
        raise UserError("--reason names the person, and it is kept. Say why instead, such as 'asked by letter'.")


def _carry_out(programme: Programme, erasures: Erasures) -> Erased:
    """Takes out everybody who was erased until now. Only under the warehouse's lock."""
    done = Erased()
    for source in programme.sources:
        landing = landing_of(programme, source)
        with landing.pulling() as work:
            gone = [landing.erase(each, work) for each in landing.manifests()]
            done.rows[source.id] = sum(each.height for each in gone)
            if isinstance(source, FileDrop):
                done.remaining += _in_inbox(programme, source, landing, work)
    vault = settings().vault(programme.id)
    done.remaining += contacts.given_by_hand(vault, erasures)
    done.contacts = contacts.forget(vault, erasures)
    link_review_of(programme).forget(lambda each: erasures.holds(PSEUDONYM, each))
    done.remaining += _elsewhere(programme, erasures)
    warehouse_of(programme).forget()
    erasures.finish()
    return done


def _in_inbox(programme: Programme, source: FileDrop, landing: Landing, work: Path) -> Iterator[str]:
    """Which files of staff still hold somebody who was erased, and in which rows."""
    forgotten, inbox = landing.forgotten, settings().inbox(programme.id)
    assert forgotten is not None
    for name, parquet in file_drop.rows_in_inbox(source, programme.forms[source.form], inbox, work):
        if parquet is None:
            yield f"{inbox / name}: it cannot be read. Look yourself whether the person is in it."
        elif rows := theirs(parquet, forgotten)["_row"].to_list():
            numbers = listed(map(str, rows), MOST_ROWS_NAMED)
            yield f"{inbox / name}: row {numbers}. Delete these rows, or the file."


def _elsewhere(programme: Programme, erasures: Erasures) -> Iterator[str]:
    """What may hold the person and is not searched or not ours to change."""
    declared = {source.id for source in programme.sources}
    for folder in sorted(settings().landing(programme.id).iterdir()):
        if folder.is_dir() and folder.name not in declared:
            yield f"{folder}: no source of programme.toml is called so. Delete the folder, or declare it and run again."
    for path in sorted(settings().programme_folder(programme.id).glob("*.csv")):
        try:
            table = pl.read_csv(path, infer_schema=False)
        except pl.exceptions.PolarsError:
            yield f"{path}: it cannot be read. Look yourself whether the person is in it."
            continue
        lines = contacts.about(table, erasures, erasures.marks()).arg_true() + 2
        if lines.len():
            yield f"{path}: line {listed(map(str, lines), MOST_ROWS_NAMED)}. Delete these lines."
