"""Removes one person from everything that was kept of a programme, for good: landing, vault, warehouse.

First a line of keyed hashes is kept in the vault; all else follows from it, so that whatever ends this half-way, the
next pull or the same command again finishes it.
"""

import re
from pathlib import Path

import polars as pl

from flows.declared import erasures_of, landing_of, programme_named, vault_of
from flows.settings import settings
from flows.stores import atomic, contacts
from flows.stores.erasures import Erasures
from flows.stores.landing import Landing
from flows.stores.marks import PSEUDONYM, REFERENCE, Identified
from flows.stores.people import Register
from flows.stores.taking_out import theirs
from flows.taking_out import TakenOut, take_out
from transforms.errors import UserError
from transforms.identities import NATIONAL_ID, PARTICIPANT, PHONE, spelled
from transforms.programme import Programme


def erase(programme: str, participant: str | None, pseudonym: str | None, reason: str) -> TakenOut:
    """What was erased. Raises UserError where nobody is known by this id."""
    if not reason.strip():
        raise UserError("--reason is empty. Say why, without naming the person: it is kept, and nothing is undone.")
    declared = programme_named(programme)
    erasures = erasures_of(declared)
    with atomic.locked(settings().warehouse(programme)):
        person = _person(declared, erasures, participant, pseudonym)
        if person:
            _check_reason(reason, person)
            erasures.begin(person, reason)
        return _carry_out(declared, erasures)


def finish(programme: Programme) -> TakenOut | None:
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
    if not any(erasures.marked().holds(kind, name) for kind, name in names):
        asked = "id" if pseudonym is None else "pseudonym"
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


def _carry_out(programme: Programme, erasures: Erasures) -> TakenOut:
    """Takes out everybody who was erased until now. Only under the warehouse's lock."""
    marked = erasures.marked()
    by_hand = list(contacts.given_by_hand(settings().vault(programme.id), marked))
    done = take_out(programme, Landing.erase, _theirs, marked)
    done.remaining += by_hand
    erasures.finish()
    return done


def _theirs(landing: Landing, parquet: Path) -> pl.Series:
    assert landing.forgotten is not None
    return theirs(parquet, landing.forgotten)["_row"]
