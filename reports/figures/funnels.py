"""Bars from a common edge: how many got how far."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.figures import drawing
from reports.figures.axis import finite
from reports.figures.drawing import GRID, INK, LABEL, TREATED, WIDTH
from reports.figures.wrapping import fit, widest

LABEL_SHARE, COUNT_SHARE = 0.4, 0.22
BAR = 11.0
GAP = 8.0


@dataclass(frozen=True)
class Step:
    """One bar: its count as a number (None where it is hidden) and as text."""

    label: str
    people: int | None
    text: str


def funnel(bars: Sequence[Step]) -> str:
    """Horizontal bars, label left and count right of each; a hidden count has no bar."""
    if not bars:
        raise ValueError("A chart of bars needs at least one bar.")
    counts = [None if each.people is None else max(finite(each.people, repr(each.label)), 0.0) for each in bars]
    labels, heights = _labels(bars)
    texts = [fit(each.text, WIDTH * COUNT_SHARE, LABEL, weight=600, lines=1) for each in bars]
    left = widest(labels, LABEL) + GAP
    longest = WIDTH - left - widest(texts, LABEL, 600) - GAP
    most = max((count for count in counts if count is not None), default=0.0) or 1.0
    parts, top = [], 0.0
    for count, label, text, height in zip(counts, labels, texts, heights, strict=True):
        middle = top + height / 2
        length = 0.0 if count is None else count / most * longest
        parts.append(drawing.lines_of_text(label, left - GAP, middle, anchor="end"))
        if length > 0:
            parts.append(drawing.rectangle(left, middle - BAR / 2, length, BAR, fill=TREATED))
        colour = drawing.MUTED if count is None else INK
        parts.append(drawing.lines_of_text(text, left + length + 5, middle, colour=colour, weight=600))
        top += height
    parts.append(drawing.stroke(left, 0, left, top, colour=GRID, width=1))
    return drawing.svg(WIDTH, top, parts)


def _labels(bars: Sequence[Step]) -> tuple[list[list[str]], list[float]]:
    """Wrapped labels and row heights; with fewer lines a label where they would not fit a page."""
    labels: list[list[str]] = []
    heights: list[float] = []
    for lines, gap in ((3, 8.0), (2, 6.0), (1, 5.0), (1, 1.0)):
        labels = [fit(each.label, WIDTH * LABEL_SHARE, LABEL, lines=lines) for each in bars]
        heights = [max(drawing.height_of(label), LABEL * drawing.LEADING) + gap for label in labels]
        if sum(heights) <= drawing.TALLEST:
            break
    return labels, heights
