"""How old every source's data are and how its last pull went."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from flows.stores.landing import Attempt, Landing
from transforms.programme import Source
from transforms.tables import Pulls


def data_from(attempt: Attempt) -> datetime | None:
    """From when a source's data are: its last good pull; of files, when the newest of them was written."""
    moment = attempt.data_from or attempt.succeeded_at
    return datetime.fromisoformat(moment) if moment else None


def is_stale(source: Source, attempt: Attempt | None, at: datetime) -> bool:
    """Whether at a moment a source's data are older than `fresh_within` allows; where there are none, they are."""
    if source.fresh_for is None:
        return False
    moment = data_from(attempt) if attempt else None
    return moment is None or moment + source.fresh_for < at


def pulls(
    sources: Sequence[tuple[Source, Landing]], refused: Mapping[str, str], at: datetime, until: datetime | None = None
) -> pl.DataFrame:
    """The table Pulls as it is at a moment.

    `refused` names the reason why a source's newest files, though landed, could not be used. `until` leaves out what
    came later.
    """
    rows = [_row(source, landing, refused.get(source.id), at, until) for source, landing in sources]
    return pl.DataFrame([row for row in rows if row], schema=Pulls.create_empty().schema, orient="row")


def _row(
    source: Source, landing: Landing, refused: str | None, at: datetime, until: datetime | None
) -> dict[str, object] | None:
    attempt, manifests = landing.attempt(until), landing.manifests(until)
    if attempt is None:
        return None
    since = data_from(attempt)
    return {
        "source": source.id,
        "status": "failed" if refused else attempt.status,
        "reason": refused or attempt.reason,
        "attempted_at": datetime.fromisoformat(attempt.attempted_at),
        "data_as_of": datetime.fromisoformat(attempt.succeeded_at) if attempt.succeeded_at else None,
        "data_from": since,
        "stale_from": since + source.fresh_for if since and source.fresh_for else None,
        "stale": is_stale(source, attempt, at),
        "files": len(manifests),
        "rows": sum(each.standing for each in manifests),
    }
