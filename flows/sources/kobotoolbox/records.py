"""Submissions as the landing's records."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from flows.sources.answered_json import compact
from flows.sources.kobotoolbox.project import Row
from flows.sources.stamp import OURS
from flows.stores.revisions import RECORD, content_of
from transforms.errors import SourceError

_NOT_APPROVED = "validation_status_not_approved"


def records(rows: Sequence[Row], keys: Sequence[str], where: str) -> pl.DataFrame:
    """One record per submission: its key, a hash of what it says, its state and its answers as text."""
    answers = _answers(rows)
    if ours := sorted(OURS & set(answers.columns)):
        raise SourceError(
            "reserved_column", f"{where}: a question is called '{ours[0]}', as a column of ours is. Rename it."
        )
    reviews = [_review(row) for row in rows]
    known = {
        "_key": keys,
        "_revision": content_of(answers),
        "_deleted": [review == _NOT_APPROVED for review in reviews],
        "_submitted_at": [moment_of(row, where) for row in rows],
        "_review": reviews,
        "_form_version": [row.get("__version__") for row in rows],
    }
    said = pl.DataFrame(known, schema={name: RECORD[name] for name in known})
    return said.hstack(answers)


def key_of(row: Row, taken: set[str]) -> str:
    """The submission's own id, which no edit changes: `meta/rootUuid`.

    Until 2025 servers sent it only once a submission was edited; before, `_uuid` (or `meta/instanceID`) is what it will
    be. Old data may hold the same id twice; the later submission's key is then told apart by its `_id`.
    """
    given = row.get("meta/rootUuid") or row.get("_uuid") or row.get("meta/instanceID") or f"_id {row['_id']}"
    key = str(given).removeprefix("uuid:")
    if key in taken:
        key = f"{key} _id {row['_id']}"
    taken.add(key)
    return key


def _review(row: Row) -> str | None:
    status = row.get("_validation_status")
    return status.get("uid") if isinstance(status, dict) else None


def moment_of(row: Row, where: str) -> datetime | None:
    """When the submission arrived: UTC, which the server does not say."""
    given = row.get("_submission_time")
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise SourceError("unknown_answer", f"{where}: the server's _submission_time is no time.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _answers(rows: Sequence[Row]) -> pl.DataFrame:
    """One text column a key, named as it arrives; null where a submission lacks it. Lists are compact JSON."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: _texts(name, [row.get(name) for row in rows]) for name in names}
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String()))


def _texts(name: str, values: Sequence[Any]) -> list[str | None]:
    """Attachments come without where to download them: a server that moves changes no answer."""
    left_out = "url" if name == "_attachments" else None
    return [each if each is None or isinstance(each, str) else compact(each, left_out) for each in values]
