"""A line the size of a word: how a number moved over the rounds."""

from collections.abc import Sequence

from reports.figures import drawing
from reports.figures.axis import finite
from reports.figures.drawing import MUTED, TREATED

WIDE, HIGH, MARGIN = 120.0, 28.0, 5.0


def sparkline(values: Sequence[float]) -> str:
    """The values at equal steps, the last with a dot; a level line where they are all equal."""
    if not values:
        raise ValueError("A small line needs at least one value.")
    known = [finite(value, "A value of the small line") for value in values]
    low, span = min(known), max(known) - min(known)
    step = (WIDE - 2 * MARGIN) / max(len(known) - 1, 1)
    points = [
        (MARGIN + place * step, HIGH / 2 if span == 0 else HIGH - MARGIN - (value - low) / span * (HIGH - 2 * MARGIN))
        for place, value in enumerate(known)
    ]
    line = [drawing.path(points, colour=MUTED, width=1.4)] if len(points) > 1 else []
    dot = drawing.marker("circle", *points[-1], colour=TREATED, radius=2.8)
    return drawing.svg(WIDE, HIGH, [*line, dot])
