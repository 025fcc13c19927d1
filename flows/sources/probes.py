"""What a look at a source tells without reading it: is it reachable, how much is there, how new is the newest."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Probe:
    """How many rows a server counts, or how many files there are; and when the newest of them came."""

    there: int
    newest: datetime | None = None


def moment_in(text: str | None) -> datetime | None:
    """The moment that a text says; None for any other text. What names no zone is UTC."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
