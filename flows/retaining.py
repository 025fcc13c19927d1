"""Takes people out of a programme when their time is over, as programme.toml declares it.

Whom it is about is kept in the vault while it is under way, so that whatever ends it half-way, the next pull or the
next run finishes it; then only that there was a run.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from flows.declared import expiries_of, late_since, programme_named, warehouse_of
from flows.due import due_on
from flows.recording import logger
from flows.settings import settings
from flows.stores import atomic
from flows.stores.expiries import Expiries, Expiring
from flows.stores.landing import Landing
from flows.stores.manifests import Manifest
from flows.stores.marks import REFERENCE
from flows.stores.taking_out import theirs
from flows.taking_out import in_inbox, take_out
from transforms.checking.corrections import NAME as CORRECTIONS
from transforms.programme import Programme


@dataclass
class Retained:
    """How many people went, or would go, with how many rows of each source, and where staff must look themselves."""

    people: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    remaining: list[str] = field(default_factory=list)


def retain(programme: str, today: date | None = None, dry_run: bool = False) -> Retained:
    """What was taken out because its time is over; with `dry_run` what would be. `today` is that of the programme."""
    declared = programme_named(programme)
    expiries = expiries_of(declared)
    with atomic.locked(warehouse_of(declared).folder):
        if not dry_run:
            _finish(declared, expiries)
        if declared.retention is None:
            return Retained()
        day = today or datetime.now(ZoneInfo(declared.time_zone)).date()
        due = due_on(declared, day)
        if not due.rows or dry_run:
            return Retained(due.people, due.counted)
        expiries.begin(due)
        return _carry_out(declared, expiries, due)


def finish(programme: Programme) -> bool:
    """Whether a run that was killed had left something to take out; it is done now."""
    expiries = expiries_of(programme)
    if expiries.unfinished() is None:
        return False
    with atomic.locked(warehouse_of(programme).folder):
        return _finish(programme, expiries)


def retain_each_night(programme: str) -> None:
    """The same for the night, which says how many went and where more of them may lie."""
    retained = retain(programme)
    if retained.rows:
        rows = sum(retained.rows.values())
        logger().info("%s: taken out, their time being over: people: %d, rows: %d", programme, retained.people, rows)
        for line in retained.remaining:
            logger().warning("%s: what impact does not change may still hold them: %s", programme, line)


def _finish(programme: Programme, expiries: Expiries) -> bool:
    begun = expiries.unfinished()
    if begun is not None:
        _carry_out(programme, expiries, begun)
    return begun is not None


def _carry_out(programme: Programme, expiries: Expiries, due: Expiring) -> Retained:
    """Takes out what was found to be due. Only under the warehouse's lock."""

    def take(landing: Landing, manifest: Manifest, work: Path) -> int:
        return landing.expire(manifest, due.rows_of(manifest), work)

    done = take_out(programme, take, lambda landing, parquet: _in_file(programme, landing, parquet, due), due.marked)
    expiries.finish(due, _corrected(programme, due))
    return Retained(due.people, due.counted, done.remaining)


def _in_file(programme: Programme, landing: Landing, parquet: Path, due: Expiring) -> pl.Series:
    """The rows of a file that hold somebody who went: of registrations none from after they went."""
    assert landing.forgotten is not None
    marked = replace(landing.forgotten, marked=due.marked)
    source = next(each for each in programme.sources if each.id == landing.source)
    late = late_since(programme, source, due.on, due.before)
    if late is None:
        return theirs(parquet, marked)["_row"]

    def places(rows: pl.DataFrame) -> pl.Series:
        named = marked.places(rows)
        return pl.concat([late.places(rows), named.filter(~late.young(rows).gather(named))]).unique().sort()

    return late.rows(parquet, places)["_row"]


def held_in_inbox(programme: str) -> list[str]:
    """The files of staff that hold registrations whose time is over since an earlier run, and in which rows."""
    declared = programme_named(programme)

    def find(landing: Landing, parquet: Path) -> pl.Series:
        late = landing.late
        return pl.Series(dtype=pl.Int64) if late is None else late.rows(parquet)["_row"]

    return list(in_inbox(declared, find)) if expiries_of(declared).runs() else []


def _corrected(programme: Programme, due: Expiring) -> frozenset[str]:
    """The marks of what went of the submissions that a correction in the programme's folder names."""
    path = settings().programme_folder(programme.id) / CORRECTIONS
    with suppress(FileNotFoundError, pl.exceptions.PolarsError):
        named = pl.read_csv(path, infer_schema=False).get_column("submission").str.strip_chars()
        return frozenset(due.marked.marker.hashed(REFERENCE, named.filter(due.marked.among(REFERENCE, named))))
    return frozenset()
