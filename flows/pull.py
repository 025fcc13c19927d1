"""Brings what the sources have into the landing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.declared import landing_of, programme_named
from flows.machine import MachineError
from flows.recording import StageError, guarded, logger, recorded_flow, step
from flows.settings import settings
from flows.sources import file_drop, kobotoolbox, odk_central, postgres
from flows.stores.landing import Attempt, Landing, Pulled
from transforms.errors import SourceError
from transforms.programme import Form, Programme, Source

KINDS: dict[str, Callable[[Any, Form, Path, Landing], Pulled]] = {
    "file_drop": file_drop.pull,
    "postgres": postgres.pull,
    "odk_central": odk_central.pull,
    "kobotoolbox": kobotoolbox.pull,
}
"""The function that pulls each kind of source: from its declaration, its form and the programme's folder."""


@recorded_flow
def pull(programme: str) -> dict[str, str]:
    """Lands what every source has new and returns each one's status; one that fails stops no other."""
    declared = programme_named(programme)
    attempts = {source.id: land(declared, source) for source in declared.sources}
    if strays := _strays(declared):
        logger().warning("%s: files in the inbox that no source takes: %s", programme, ", ".join(strays))
    return {source: attempt.status for source, attempt in attempts.items()}


def failing_sources(programme: str) -> list[str]:
    """One sentence for each source whose last pull failed; what was wrong with it, the pull itself has said."""
    declared = programme_named(programme)
    attempts = {source.id: landing_of(declared, source).attempt() for source in declared.sources}
    return [
        f"{programme}: source '{source}' failed ({attempt.reason}, see above); "
        f"{'its last good data were used' if attempt.succeeded_at else 'it has no earlier data'}."
        for source, attempt in attempts.items()
        if attempt is not None and attempt.status == "failed"
    ]


def _strays(programme: Programme) -> list[str]:
    """Files below the inbox that match no source's pattern: a misspelt name must not pass unseen."""
    inbox = settings().inbox(programme.id)
    taken = {path for source in programme.file_drops for path in inbox.glob(source.files)}
    found = {path for path in inbox.rglob("*") if path.is_file() and not path.name.startswith((".", "~$"))}
    return sorted(path.relative_to(inbox).as_posix() for path in found - taken)


def _land(programme: Programme, source: Source) -> Attempt:
    """Pulls one source and keeps how it went. A failure leaves the last good landing as it is."""
    landing = landing_of(programme, source)
    try:
        folder = settings().programme_folder(programme.id)
        pulled = guarded(KINDS[source.kind])(source, programme.forms[source.form], folder, landing)
    except (SourceError, StageError, MachineError) as error:
        logger().error("%s: pull failed: %s", programme.id, error)
        return landing.failed(error.code, str(error))
    files, rows = len(pulled.landed), sum(each.rows for each in pulled.landed)
    logger().info("%s: pulled %s: %d new files, %d rows", programme.id, source.id, files, rows)
    return landing.succeeded(pulled)


land = step(_land)
