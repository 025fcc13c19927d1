"""Takes people out of everything that was kept of a programme: follow-ups first, registrations, vault, warehouse.

What goes follows from what was kept beforehand, so whatever ends this half-way, to do it again finishes it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from flows.declared import landings_of, link_review_of, marker_of, releases_of, warehouse_of
from flows.settings import settings
from flows.sources import file_drop
from flows.stores import atomic, contacts
from flows.stores.landing import Landing
from flows.stores.manifests import Manifest
from flows.stores.marks import DEPARTED, PSEUDONYM, STATE, Marked
from transforms.disclosure.following import departures
from transforms.errors import listed
from transforms.programme import FileDrop, Programme

MOST_ROWS_NAMED = 20

Take = Callable[[Landing, Manifest, Path], int]
"""Rewrites one landed file, with a folder to work in; how many rows were taken out."""
Find = Callable[[Landing, Path], pl.Series]
"""Which rows of a file of the inbox, as Parquet, are of those who are taken out."""


@dataclass
class TakenOut:
    """What was taken out, by source, and where staff must look themselves."""

    rows: dict[str, int] = field(default_factory=dict)
    contacts: int = 0
    remaining: list[str] = field(default_factory=list)


def take_out(programme: Programme, take: Take, find: Find, marked: Marked) -> TakenOut:
    """Takes rows out of the landing, who is marked out of the vault, and all versions of the warehouse.

    Only under the warehouse's lock. It waits for those who read as of an earlier moment: they must neither miss a file
    that is written again nor bring anybody back.
    """
    with atomic.locked(settings().landing(programme.id)):
        return _taken_out(programme, take, find, marked)


def _taken_out(programme: Programme, take: Take, find: Find, marked: Marked) -> TakenOut:
    done = TakenOut({source.id: 0 for source in programme.sources})
    for source, landing in sorted(landings_of(programme), key=lambda each: each[0].round is None):
        with landing.pulling() as work:
            done.rows[source.id] = sum(take(landing, each, work) for each in landing.manifests())
    done.remaining += in_inbox(programme, find)
    vault = settings().vault(programme.id)
    done.contacts = contacts.forget(vault, marked)
    link_review_of(programme).forget(lambda each: marked.holds(PSEUDONYM, each))
    done.remaining += _elsewhere(programme, marked)
    leave_releases(programme, marked)
    warehouse_of(programme).forget()
    return done


def leave_releases(programme: Programme, marked: Marked) -> None:
    """Takes who is marked out of the rows that releases rest on; published figures stay as they are."""
    releases, marker = releases_of(programme), marker_of(programme)
    with atomic.locked(releases.folder):
        releases.forget(
            lambda people: marked.among(PSEUDONYM, people),
            lambda rows: departures(rows, programme, partial(marker.hashed, STATE), partial(marker.hashed, DEPARTED)),
        )


def in_inbox(programme: Programme, find: Find) -> Iterator[str]:
    """Which files of staff still hold somebody who is taken out, and in which rows."""
    for source, landing in landings_of(programme):
        if isinstance(source, FileDrop):
            with landing.pulling() as work:
                yield from _in_files(programme, source, landing, find, work)


def _in_files(programme: Programme, source: FileDrop, landing: Landing, find: Find, work: Path) -> Iterator[str]:
    inbox = settings().inbox(programme.id)
    for name, parquet in file_drop.rows_in_inbox(source, programme.forms[source.form], inbox, work):
        if parquet is None:
            yield f"{inbox / name}: it cannot be read. Look yourself whether the person is in it."
        elif rows := find(landing, parquet).to_list():
            numbers = listed(map(str, rows), MOST_ROWS_NAMED)
            yield f"{inbox / name}: row {numbers}. Delete these rows, or the file."


def _elsewhere(programme: Programme, marked: Marked) -> Iterator[str]:
    """What may hold them and is not searched or not ours to change."""
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
        lines = contacts.about(table, marked).arg_true() + 2
        if lines.len():
            yield f"{path}: line {listed(map(str, lines), MOST_ROWS_NAMED)}. Delete these lines."
