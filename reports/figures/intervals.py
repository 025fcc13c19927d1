"""Dots with their intervals on a common axis: effects beside each other, areas beside the whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reports.figures import drawing
from reports.figures.axis import Axis, Interval, across, finite, interval, sensible_range, tick_labels
from reports.figures.drawing import INK, LABEL, LEADING, MUTED, SMALL, TALLEST, TREATED, WIDTH
from reports.figures.wrapping import fit, widest

LABEL_SHARE, TEXT_SHARE = 0.4, 0.26
GAP = 10.0
TICKS = 6 + SMALL * LEADING
"""The height of the tick labels below the plot."""

GUTTER = 22.0
"""Between two panels side by side."""


@dataclass(frozen=True)
class Dot:
    """A value with its interval, both None where they are hidden, and the value as text."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str

    @property
    def interval(self) -> Interval | None:
        """The numbers; None where they are hidden. Raises ValueError for NaN and infinity."""
        return None if self.value is None else interval(self.value, self.low, self.high, self.label)


@dataclass(frozen=True)
class Row:
    """A dot whose label and text are broken into lines."""

    label: list[str]
    text: list[str]
    interval: Interval | None
    height: float


@dataclass(frozen=True)
class Layout:
    """Rows in one or two panels, each with columns of these widths: labels, plot, texts."""

    panels: list[list[Row]]
    label_width: float
    text_width: float
    panel_width: float

    @property
    def plot_width(self) -> float:
        """What labels and texts leave of a panel."""
        return self.panel_width - self.label_width - self.text_width - 2 * GAP

    @property
    def height(self) -> float:
        """The rows of the longest panel."""
        return max(sum(row.height for row in rows) for rows in self.panels)


def dot_interval(dots: Sequence[Dot], axis: str, reference: float | None = None) -> str:
    """A row each: label, dot with interval, value. Long lists go into two panels, wide intervals end in arrows."""
    if not dots:
        raise ValueError("A chart of intervals needs at least one dot.")
    references = [] if reference is None else [finite(reference, "The reference line")]
    layout = _layout(dots)
    scale = _scale(layout, references)
    parts = []
    for place, rows in enumerate(layout.panels):
        parts += _panel(rows, place * (layout.panel_width + GUTTER), layout, scale, references)
    if scale is None:
        return drawing.svg(WIDTH, layout.height, parts)
    title = fit(axis, WIDTH, SMALL)
    top = layout.height + TICKS
    left = min(layout.label_width + GAP, WIDTH - widest([title], SMALL))
    height = drawing.height_of(title, SMALL)
    parts.append(drawing.lines_of_text(title, left, top + height / 2, size=SMALL, colour=MUTED))
    return drawing.svg(WIDTH, top + height, parts)


def _scale(layout: Layout, references: Sequence[float]) -> Axis | None:
    """The axis of every panel, as if the plot began at zero; none where every value is hidden."""
    drawn = [row.interval for rows in layout.panels for row in rows if row.interval]
    if not drawn:
        return None
    return across(*sensible_range(drawn, also=references), 0, layout.plot_width)


def _layout(dots: Sequence[Dot]) -> Layout:
    """The roomiest layout that fits a page, else the densest."""
    for panels, lines, gap in ((1, 3, 8.0), (1, 2, 6.0), (1, 1, 4.0), (2, 2, 4.0)):
        layout = _arranged(dots, panels, lines, gap)
        if layout.height + TICKS + 2 * SMALL * LEADING <= TALLEST:
            return layout
    return _arranged(dots, 2, 1, 2.0)


def _arranged(dots: Sequence[Dot], panels: int, lines: int, gap: float) -> Layout:
    width = (WIDTH - (panels - 1) * GUTTER) / panels
    rows = [_row(dot, width, lines, gap) for dot in dots]
    most = -(-len(rows) // panels)
    label_width = widest([row.label for row in rows], LABEL)
    text_width = widest([row.text for row in rows], LABEL, 600)
    return Layout([rows[start : start + most] for start in range(0, len(rows), most)], label_width, text_width, width)


def _row(dot: Dot, width: float, lines: int, gap: float) -> Row:
    label = fit(dot.label, width * LABEL_SHARE, LABEL, lines=lines)
    text = fit(dot.text, width * TEXT_SHARE, LABEL, weight=600, lines=3)
    height = max(drawing.height_of(label), drawing.height_of(text), LABEL * LEADING) + gap
    return Row(label, text, dot.interval, height)


def _panel(rows: list[Row], left: float, layout: Layout, scale: Axis | None, references: list[float]) -> list[str]:
    right = left + layout.panel_width
    bottom = sum(row.height for row in rows)
    start = left + layout.label_width + GAP
    parts = []
    axis = None
    if scale:
        axis = replace(scale, start=start, end=start + scale.end)
        parts += _grid(axis, bottom, left, right)
        parts += [
            drawing.stroke(axis.place(each), 0, axis.place(each), bottom, colour=INK, width=0.9, dashes=drawing.DASHES)
            for each in references
        ]
    top = 0.0
    for row in rows:
        middle = top + row.height / 2
        parts.append(drawing.lines_of_text(row.label, left, middle))
        if axis and row.interval:
            parts += _interval(row.interval, axis, middle, min(3.2, row.height / 6))
        colour = INK if row.interval else MUTED
        parts.append(drawing.lines_of_text(row.text, right, middle, anchor="end", colour=colour, weight=600))
        top += row.height
    return parts


def _grid(axis: Axis, bottom: float, left: float, right: float) -> list[str]:
    lines = [drawing.stroke(axis.start, bottom, axis.end, bottom)]
    for tick in axis.ticks:
        colour, width = (drawing.GRID, 0.5) if tick else (MUTED, 1.0)
        lines.append(drawing.stroke(axis.place(tick), 0, axis.place(tick), bottom + 3, colour=colour, width=width))
    labels = [
        drawing.text(label, middle, bottom + 4 + SMALL, size=SMALL, anchor="middle", colour=MUTED)
        for label, middle in tick_labels(axis, left, right)
    ]
    return [*lines, *labels]


def _interval(drawn: Interval, axis: Axis, middle: float, radius: float) -> list[str]:
    """The interval's line with caps, or arrow heads where it goes on beyond the axis, and the dot."""
    first, last = axis.place(drawn.low), axis.place(drawn.high)
    parts = [drawing.stroke(first, middle, last, middle, colour=TREATED, width=1.4)] if last > first else []
    if drawn.low < axis.low:
        parts.append(drawing.arrow_head(first, middle, towards=(-1, 0), colour=TREATED))
    if drawn.high > axis.high:
        parts.append(drawing.arrow_head(last, middle, towards=(1, 0), colour=TREATED))
    for end in (drawn.low, drawn.high):
        if axis.shows(end) and end != drawn.value:
            place = axis.place(end)
            parts.append(drawing.stroke(place, middle - 3, place, middle + 3, colour=TREATED, width=1.4))
    if axis.shows(drawn.value):
        parts.append(drawing.marker("circle", axis.place(drawn.value), middle, colour=TREATED, radius=radius))
    return parts
