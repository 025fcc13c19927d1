"""A heat table: from which class to which, darker for a larger share of the row."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.figures import drawing
from reports.figures.axis import finite
from reports.figures.drawing import INK, LABEL, MUTED, PAPER, SMALL, TREATED, WASH, WIDTH
from reports.figures.wrapping import fit, widest

TITLE_WIDTH = 130.0
WIDEST_TEXT = 70.0
NARROWEST = 20.0
GAP = 2.0
CONTRAST = 4.5
"""Least contrast of text on its ground (WCAG 2.2, AA)."""

BLACK = "#000000"


@dataclass(frozen=True)
class Square:
    """A count as a number, None where it is hidden, and as text."""

    value: float | None
    text: str


def matrix(
    row_titles: Sequence[str],
    column_titles: Sequence[str],
    cells: Sequence[Sequence[Square]],
    *,
    rows_are: str = "",
    columns_are: str = "",
) -> str:
    """A table of counts, each on a ground as dark as its share of the shown counts of its row.

    `rows_are` and `columns_are` say what the rows' and the columns' titles are the titles of.
    """
    if not row_titles or not column_titles:
        raise ValueError("A matrix needs at least one row and one column.")
    if len(cells) != len(row_titles) or any(len(row) != len(column_titles) for row in cells):
        raise ValueError(f"A matrix of {len(row_titles)} by {len(column_titles)} titles needs as many cells.")
    rows = [fit(title, TITLE_WIDTH, LABEL) for title in row_titles]
    corner = fit(rows_are, TITLE_WIDTH, SMALL, weight=600)
    texts = [[fit(cell.text, WIDEST_TEXT, LABEL, weight=600, lines=2) for cell in row] for row in cells]
    left = max(widest(rows, LABEL), widest([corner], SMALL, 600)) + 8
    # So many columns that their texts do not fit make the sheet wider, and smaller in print: nothing is cut.
    narrowest = max(widest([text for row in texts for text in row], LABEL, 600) + 8, NARROWEST)
    column = max((WIDTH - left) / len(column_titles), narrowest)
    columns = [fit(title, column - 6, SMALL) for title in column_titles]
    width = left + len(column_titles) * column
    head = fit(columns_are, width - left, SMALL, weight=600)
    above = drawing.height_of(head, SMALL) + 2 if head else 0.0
    top = above + max(drawing.height_of(title, SMALL) for title in (*columns, corner)) + 4
    parts = _axis_titles(corner, head, (left + width) / 2, above, top)
    parts += [
        drawing.lines_of_text(
            title,
            left + (place + 0.5) * column,
            top - 4 - drawing.height_of(title, SMALL) / 2,
            size=SMALL,
            anchor="middle",
            colour=MUTED,
        )
        for place, title in enumerate(columns)
    ]
    for title, row, words in zip(rows, cells, texts, strict=True):
        height = max(26.0, drawing.height_of(title) + 4, *(drawing.height_of(each) + 8 for each in words))
        parts.append(drawing.lines_of_text(title, 0, top + height / 2))
        for place, (cell, share, text) in enumerate(zip(row, _shares(row), words, strict=True)):
            parts += _cell(cell, share, text, left + place * column, top, column, height)
        top += height
    return drawing.svg(width, top, parts)


def _axis_titles(corner: list[str], head: list[str], middle: float, above: float, top: float) -> list[str]:
    """What the rows are, beside the columns' titles; what the columns are, above them."""
    parts = []
    if corner:
        y = top - 4 - drawing.height_of(corner, SMALL) / 2
        parts.append(drawing.lines_of_text(corner, 0, y, size=SMALL, colour=MUTED, weight=600))
    if head:
        parts.append(
            drawing.lines_of_text(head, middle, above / 2, size=SMALL, anchor="middle", colour=MUTED, weight=600)
        )
    return parts


def _shares(row: Sequence[Square]) -> list[float]:
    """Each count by the sum of the shown ones."""
    counts = [0.0 if cell.value is None else finite(cell.value, repr(cell.text)) for cell in row]
    if min(counts) < 0:
        raise ValueError("A matrix shows counts; one of them is negative.")
    total = sum(counts) or 1.0
    return [count / total for count in counts]


def _cell(
    cell: Square, share: float, text: list[str], left: float, top: float, width: float, height: float
) -> list[str]:
    x, y = left + width / 2, top + height / 2
    if cell.value is None:
        return [drawing.lines_of_text(text, x, y, anchor="middle", colour=MUTED, weight=600)]
    ground = mixed(WASH, TREATED, share)
    return [
        drawing.rectangle(left, top, width - GAP, height - GAP, fill=ground),
        drawing.lines_of_text(text, x - GAP / 2, y - GAP / 2, anchor="middle", colour=legible(ground), weight=600),
    ]


def mixed(lightest: str, darkest: str, share: float) -> str:
    """A colour between two."""
    pairs = zip(_channels(lightest), _channels(darkest), strict=True)
    return "#" + "".join(f"{round(light + (dark - light) * share):02x}" for light, dark in pairs)


def legible(ground: str) -> str:
    """The colour of text on a ground: ink or paper where they can be read, else black, which then can."""
    return next((colour for colour in (INK, PAPER) if contrast(colour, ground) >= CONTRAST), BLACK)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    linear = [
        channel / 255 / 12.92 if channel / 255 <= 0.04045 else ((channel / 255 + 0.055) / 1.055) ** 2.4
        for channel in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
