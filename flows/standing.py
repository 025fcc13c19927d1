"""How a programme's sources stand: which failed, which are too old, of which the newest files are not used."""

import os
import pwd
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flows.declared import landings_of, programme_named, warehouse_of
from flows.stores.gates import Acknowledgement, Gates
from flows.stores.pulls import data_from, is_stale
from transforms.errors import UserError, nearest


def failing_sources(programme: str) -> list[str]:
    """One sentence for each source whose last pull failed; what was wrong with it, the pull itself has said."""
    attempts = {source.id: landing.attempt() for source, landing in landings_of(programme_named(programme))}
    return [
        f"{programme}: source '{source}' failed ({attempt.reason}, see above); "
        f"{'its last good data were used' if attempt.succeeded_at else 'it has no earlier data'}."
        for source, attempt in attempts.items()
        if attempt is not None and attempt.status == "failed"
    ]


def stale_sources(programme: str) -> list[str]:
    """One sentence for each source whose data are older than programme.toml allows."""
    told = []
    for source, landing in landings_of(programme_named(programme)):
        attempt = landing.attempt()
        if is_stale(source, attempt, datetime.now(UTC)):
            since = data_from(attempt) if attempt else None
            age = f"are from {since:%Y-%m-%d %H:%M} UTC" if since else "have never come"
            told.append(
                f"{programme}: source '{source.id}' is stale: its data {age}, and fresh_within is "
                f'"{source.fresh_within}". See why nothing newer comes: impact sources {programme}'
            )
    return told


def unused_sources(programme: str) -> list[str]:
    """One sentence for each source of which the current warehouse leaves out the newest files, though they landed."""
    declared = programme_named(programme)
    pulled = {source.id: landing.attempt() for source, landing in landings_of(declared)}
    with warehouse_of(declared).open() as reader:
        failed = [row for row in reader.query("pulls").to_dicts() if row["status"] == "failed"]
    return [
        f"{programme}: source '{row['source']}': its newest files are not used ({row['reason']}, see above)."
        for row in failed
        if (attempt := pulled.get(row["source"])) is not None and attempt.status != "failed"
    ]


def check_night(programmes: Sequence[str]) -> None:
    """Raises UserError where a night has left a source failed, not used or too old; its work is done by then."""
    check_sources(programmes, failing_sources, unused_sources, stale_sources)


def check_sources(programmes: Sequence[str], *tells: Callable[[str], list[str]]) -> None:
    """Raises UserError where something is told of a source, so that a scheduler notices."""
    told = [sentence for name in programmes for tell in tells for sentence in tell(name)]
    if told:
        raise UserError("\n".join(told))


def acknowledge(programme: str, source: str, reason: str) -> list[Acknowledgement]:
    """Keeps that a person says that what the gates of a source hold back is right.

    Raises UserError where they hold back nothing.
    """
    if not reason.strip():
        raise UserError(
            "--reason is empty. Say why it is right: the words stand in the report's annex on data quality."
        )
    landings = {each.id: landing for each, landing in landings_of(programme_named(programme))}
    if source not in landings:
        raise UserError(f"{programme}: there is no source '{source}'. {nearest(source, landings)}")
    gates = Gates(landings[source])
    if not gates.held():
        raise UserError(
            f"{programme}: nothing of source '{source}' awaits a word. How it stands: impact sources {programme}"
        )
    said = [gates.acknowledge(held, _user(), " ".join(reason.split())) for held in gates.held()]
    gates.release(*(each.held.gate for each in said))
    return said


def _user() -> str:
    """The user of this computer; the environment could say anything."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"
