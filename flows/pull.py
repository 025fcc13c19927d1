"""Brings what the sources have into the landing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flows.declared import landing_of, programme_named
from flows.erasing import finish as finish_erasure
from flows.machine import MachineError
from flows.recording import StageError, guarded, logger, recorded_flow, step
from flows.retaining import finish as finish_retention
from flows.settings import settings
from flows.side_by_side import side_by_side
from flows.sources import file_drop, kobotoolbox, odk_central, postgres
from flows.stores.gates import Gates
from flows.stores.landing import Attempt, Landing, Pulled
from transforms.errors import SourceError, numbered, visible
from transforms.programme import Form, Programme, Source

KINDS: dict[str, Callable[[Any, Form, Path, Landing], Pulled]] = {
    "file_drop": file_drop.pull,
    "postgres": postgres.pull,
    "odk_central": odk_central.pull,
    "kobotoolbox": kobotoolbox.pull,
}
"""The function that pulls each kind of source: from its declaration, its form and the programme's folder."""


@dataclass(frozen=True)
class Brought:
    """How the pull of one source went, and what it landed."""

    attempt: Attempt
    files: int = 0
    rows: int = 0


@recorded_flow
def pull(programme: str) -> dict[str, str]:
    """Lands what every source has new and returns each one's status; one that fails stops no other.

    Sources are pulled at the same time; what is said of them stands in the order of their declaration.
    """
    declared = programme_named(programme)
    if finish_erasure(declared):
        logger().warning("%s: an erasure that was cut off is finished", programme)
    if finish_retention(declared):
        logger().warning("%s: what was cut off of taking out whose time is over is finished", programme)
    statuses: dict[str, str] = {}
    for source, brought in zip(declared.sources, side_by_side(partial(land, declared), declared.sources), strict=True):
        _tell(declared, source, brought)
        statuses[source.id] = brought.attempt.status
    if strays := _strays(declared):
        logger().warning("%s: files in the inbox that no source takes: %s", programme, ", ".join(strays))
    return statuses


def _strays(programme: Programme) -> list[str]:
    """Files below the inbox that match no source's pattern: a misspelt name must not pass unseen."""
    inbox = settings().inbox(programme.id)
    taken = {path for source in programme.file_drops for path in inbox.glob(source.files)}
    found = {path for path in inbox.rglob("*") if path.is_file() and not path.name.startswith((".", "~$"))}
    return sorted(visible(path.relative_to(inbox).as_posix()) for path in found - taken)


def _land(programme: Programme, source: Source) -> Brought:
    """Pulls one source and keeps how it went. A failure leaves the last good landing as it is."""
    landing = landing_of(programme, source)
    try:
        folder = settings().programme_folder(programme.id)
        pulled = guarded(KINDS[source.kind])(source, programme.forms[source.form], folder, landing)
    except (SourceError, StageError, MachineError) as error:
        return Brought(landing.failed(error.code, str(error)))
    Gates(landing).release("rows_down", "no_rows")
    return Brought(landing.succeeded(pulled), len(pulled.landed), sum(each.rows for each in pulled.landed))


def _tell(programme: Programme, source: Source, brought: Brought) -> None:
    """Says how the pull of one source went; in the order of their declaration, though they are pulled at once."""
    if brought.attempt.status == "failed":
        logger().error("%s: pull failed: %s", programme.id, brought.attempt.message)
    else:
        came = f"{numbered(brought.files, 'new file')}, {numbered(brought.rows, 'row')}"
        logger().info("%s: pulled %s: %s", programme.id, source.id, came)


land = step(_land)
