"""The moment that a person means by a date or a time."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from transforms.errors import UserError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(_DAY.pattern + r"[T ][0-9]{2}:?[0-9]{2}")
ZONE = ZoneInfo("Asia/Bangkok")
"""Where a day begins for a time that names no zone."""


def moment_of(text: str) -> datetime:
    """The moment a text names: a time, or the last one of a day. Raises UserError for any other, and for the future."""
    try:
        moment = _read(text.strip())
    except (ValueError, OverflowError):
        raise UserError(
            f'--as-of "{text}" is no day or time. Write 2026-05-01, 2026-05-01T08:00 or 2026-05-01T08:00+07:00, in the '
            "Christian era."
        ) from None
    now = datetime.now(UTC)
    if moment - now >= timedelta(days=1):
        raise UserError(f'--as-of "{text}" lies in the future. Write a day or time that has been.')
    return moment


def _read(text: str) -> datetime:
    if _DAY.fullmatch(text):
        following = date.fromisoformat(text) + timedelta(days=1)
        return datetime.combine(following, time(), ZONE).astimezone(UTC) - timedelta(microseconds=1)
    if not _TIME.match(text):
        raise ValueError  # such as 20260501: a day whose first moment would be taken, not its last
    given = datetime.fromisoformat(text)
    return (given.replace(tzinfo=ZONE) if given.tzinfo is None else given).astimezone(UTC)
