"""A bar the size of a word: how far a value has come to its target."""

from reports.figures import drawing
from reports.figures.axis import finite
from reports.figures.drawing import GRID, INK, PAPER, TREATED

WIDE, HIGH, MARGIN = 120.0, 14.0, 2.0
BAR = 6.0
ROOM = 1.1
"""The track goes on a little beyond the target, so that one sees it passed."""


def bullet(value: float, target: float) -> str:
    """A bar from zero to the value on a light track, with an upright line at the target."""
    value, target = finite(value, "The value"), finite(target, "The target")
    low, high = min(value, target * ROOM, 0.0), max(value, target * ROOM, 0.0)
    span = (high - low) or 1.0

    def place(number: float) -> float:
        return MARGIN + (number - low) / span * (WIDE - 2 * MARGIN)

    top = (HIGH - BAR) / 2
    start, end = sorted((place(0.0), place(value)))
    parts = [drawing.rectangle(MARGIN, top, WIDE - 2 * MARGIN, BAR, fill=GRID)]
    if end > start:
        parts.append(drawing.rectangle(start, top, end - start, BAR, fill=TREATED))
    aim = place(target)
    parts.append(drawing.stroke(aim, top, aim, top + BAR, colour=PAPER, width=4.5))
    parts.append(drawing.stroke(aim, 1, aim, HIGH - 1, colour=INK, width=2))
    return drawing.svg(WIDE, HIGH, parts)
