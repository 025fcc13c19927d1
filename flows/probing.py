"""Looks at every source without changing anything: is it reachable, what is there, what of it is landed?"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from flows.declared import landing_of, programme_named
from flows.machine import MachineError
from flows.recording import StageError, guarded
from flows.settings import settings
from flows.side_by_side import side_by_side
from flows.sources import file_drop, kobotoolbox, odk_central, postgres
from flows.sources.probes import Probe
from flows.stores.landing import Attempt, Landing
from flows.stores.pulls import data_from, is_stale
from flows.stores.revisions import latest
from flows.stores.taking_out import GONE
from transforms.errors import SourceError, numbered
from transforms.programme import FileDrop, OdkCentral, Programme, Source

PROBES: dict[str, Callable[[Any, Path], Probe]] = {
    "file_drop": file_drop.probe,
    "postgres": postgres.probe,
    "odk_central": odk_central.probe,
    "kobotoolbox": kobotoolbox.probe,
}
"""The function that looks at each kind of source: from its declaration and the programme's folder."""

COLUMNS = ("source", "reachable", "there", "landed", "newest", "last pull", "watermark", "stale")
_NONE = "-"


def stands(programme: str) -> list[tuple[str, ...]]:
    """One row per source in the order of their declaration: the texts of COLUMNS. Never holds a credential."""
    declared = programme_named(programme)
    return list(side_by_side(partial(_row, declared), declared.sources))


def _row(programme: Programme, source: Source) -> tuple[str, ...]:
    landing = landing_of(programme, source)
    attempt = landing.attempt()
    there, newest, reachable = _NONE, None, "yes"
    try:
        found = guarded(PROBES[source.kind])(source, settings().programme_folder(programme.id))
        there, newest = numbered(found.there, "file" if isinstance(source, FileDrop) else "row"), found.newest
    except (SourceError, StageError, MachineError) as error:
        reachable = f"no: {error}"
    return (
        source.id,
        reachable,
        there,
        numbered(_live(source, landing), "row"),
        _day(newest, programme),
        _last_pull(attempt, programme),
        _watermark(source, attempt),
        _stale(source, attempt),
    )


def _live(source: Source, landing: Landing) -> int:
    """Rows in the landing that are still there at the source, as far as is known."""
    if not isinstance(source, FileDrop):
        return latest(landing).filter(pl.col("_revision") != GONE).height
    rows = [each.rows for each in landing.manifests()]
    return sum(rows[-1:] if source.mode == "replace" else rows)


def _last_pull(attempt: Attempt | None, programme: Programme) -> str:
    if attempt is None:
        return "never"
    when = _day(datetime.fromisoformat(attempt.attempted_at), programme)
    return f"{when} {attempt.status}{f' ({attempt.reason})' if attempt.reason else ''}"


def _watermark(source: Source, attempt: Attempt | None) -> str:
    if attempt is None or attempt.cursor is None:
        return _NONE
    return odk_central.watermark_of(attempt.cursor) if isinstance(source, OdkCentral) else attempt.cursor


def _stale(source: Source, attempt: Attempt | None) -> str:
    if source.fresh_within is None:
        return "no rule"
    since = data_from(attempt) if attempt else None
    told = f"data from {since:%Y-%m-%d}" if since else "no data yet"
    return f"{'yes' if is_stale(source, attempt, datetime.now(UTC)) else 'no'} ({told}, within {source.fresh_within})"


def _day(moment: datetime | None, programme: Programme) -> str:
    return f"{moment.astimezone(ZoneInfo(programme.time_zone)):%Y-%m-%d %H:%M}" if moment else _NONE
