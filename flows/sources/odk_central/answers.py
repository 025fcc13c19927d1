"""What the server answers: which shapes count as whole, and where they say what."""

from datetime import datetime
from typing import Any

Row = dict[str, Any]
SUBMISSIONS = ".svc/Submissions"
SYSTEM = "__system"
PRESENT, EXPECTED = f"{SYSTEM}/attachmentsPresent", f"{SYSTEM}/attachmentsExpected"
LINK = "@odata.navigationLink"


def moment_of(date: str | None) -> datetime | None:
    """The moment that a date of the server names."""
    return datetime.fromisoformat(date) if date else None


def is_fields(answer: Any) -> bool:
    """Whether an answer lists the fields of a form."""
    return isinstance(answer, list) and all(
        isinstance(each, dict) and {"path", "type"} <= each.keys() for each in answer
    )


def is_page(answer: Any) -> bool:
    """A page counts only with its last key, since a body may be cut off and still be answered 200."""
    return isinstance(answer, dict) and "@odata.context" in answer and all(map(_is_row, answer.get("value", [None])))


def is_counted(answer: Any) -> bool:
    """Whether a page also says how many submissions there are."""
    return is_page(answer) and isinstance(answer.get("@odata.count"), int)


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("__id"), str) and isinstance(row.get(SYSTEM), dict)
