"""When so much has changed at once that a person must say that it is right."""

FEWEST_ROWS = 20
"""Fewer rows than these are everyday life."""
ROWS_LOST_PERCENT = 20
ROWS_REFUSED_PERCENT = 5


def is_sudden_loss(before: int, now: int) -> bool:
    """Whether a source has over 20 % and at least 20 rows less than it had."""
    lost = before - now
    return lost >= FEWEST_ROWS and 100 * lost > ROWS_LOST_PERCENT * before


def is_too_many(refused: int, rows: int) -> bool:
    """Whether over 5 % and at least 20 of a source's rows are set aside."""
    return refused >= FEWEST_ROWS and 100 * refused > ROWS_REFUSED_PERCENT * rows
