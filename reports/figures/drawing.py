"""Colours, shapes and text as SVG. A unit is a point (1/72 inch) where the chart is as wide as the text of A4."""

from collections.abc import Iterable, Sequence
from typing import Literal
from xml.sax.saxutils import escape

from reports.typesetting.fonts import FAMILY

INK = "#1f2a37"
MUTED = "#566171"
GRID = "#d7dce2"
PAPER = "#ffffff"
WASH = "#f3f5f7"
TREATED = "#0f4c81"
COMPARISON = "#c2571a"
ACCENT = "#2a7f62"

WIDTH = 482.0
"""The text width of A4 between margins of 20 mm."""

TALLEST = 640.0
"""What a page holds beside a caption: a taller chart would be cut off."""

LABEL = 9.0
SMALL = 8.0
LEADING = 1.35
"""From line to line, in the type size: room for Thai vowels and tone marks above and below."""

DASHES = "4 2.5"

Anchor = Literal["start", "middle", "end"]
Marker = Literal["circle", "square", "diamond", "triangle"]


def svg(width: float, height: float, parts: Iterable[str]) -> str:
    """A whole drawing. What surrounds it says its content in words, so it is hidden from screen readers."""
    size = f'width="{short(width)}pt" height="{short(height)}pt" viewBox="0 0 {short(width)} {short(height)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FAMILY}" aria-hidden="true">'
    return f"{head}{''.join(parts)}</svg>"


def short(number: float) -> str:
    """A coordinate with at most two decimals."""
    trimmed = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if trimmed == "-0" else trimmed


def text(
    words: str,
    x: float,
    baseline: float,
    *,
    size: float = LABEL,
    anchor: Anchor = "start",
    colour: str = INK,
    weight: int = 400,
) -> str:
    """One line of text."""
    place = f'x="{short(x)}" y="{short(baseline)}" text-anchor="{anchor}"'
    look = f'font-size="{short(size)}" font-weight="{weight}" fill="{colour}"'
    return f"<text {place} {look}>{escape(words)}</text>"


def lines_of_text(
    lines: Sequence[str],
    x: float,
    middle: float,
    *,
    size: float = LABEL,
    anchor: Anchor = "start",
    colour: str = INK,
    weight: int = 400,
) -> str:
    """Lines one under the other, centred on a height."""
    first = middle + size * 0.33 - (len(lines) - 1) * size * LEADING / 2
    return "".join(
        text(each, x, first + place * size * LEADING, size=size, anchor=anchor, colour=colour, weight=weight)
        for place, each in enumerate(lines)
    )


def height_of(lines: Sequence[str], size: float = LABEL) -> float:
    """The height that lines of text take."""
    return len(lines) * size * LEADING


def stroke(
    x1: float, y1: float, x2: float, y2: float, *, colour: str = GRID, width: float = 0.5, dashes: str = ""
) -> str:
    """A straight line."""
    place = f'x1="{short(x1)}" y1="{short(y1)}" x2="{short(x2)}" y2="{short(y2)}"'
    return f'<line {place} stroke="{colour}" stroke-width="{short(width)}"{_dashed(dashes)}/>'


def path(points: Sequence[tuple[float, float]], *, colour: str, width: float, dashes: str = "") -> str:
    """A line through points."""
    look = f'fill="none" stroke="{colour}" stroke-width="{short(width)}" stroke-linejoin="round"'
    return f'<polyline points="{_points(points)}" {look}{_dashed(dashes)}/>'


def polygon(points: Sequence[tuple[float, float]], *, fill: str, colour: str | None = None) -> str:
    """A filled shape."""
    return f'<polygon points="{_points(points)}" fill="{fill}" stroke="{colour or fill}" stroke-width="1.2"/>'


def rectangle(x: float, y: float, width: float, height: float, *, fill: str) -> str:
    """A filled box."""
    place = f'x="{short(x)}" y="{short(y)}" width="{short(width)}" height="{short(height)}"'
    return f'<rect {place} fill="{fill}"/>'


def marker(kind: Marker, x: float, y: float, *, colour: str, hollow: bool = False, radius: float = 3.2) -> str:
    """A data point."""
    fill = PAPER if hollow else colour
    if kind == "circle":
        look = f'fill="{fill}" stroke="{colour}" stroke-width="1.2"'
        return f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(radius)}" {look}/>'
    corners = {
        "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        "diamond": [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
        "triangle": [(0, -1.2), (1.15, 0.9), (-1.15, 0.9)],
    }[kind]
    return polygon([(x + dx * radius, y + dy * radius) for dx, dy in corners], fill=fill, colour=colour)


def arrow_head(x: float, y: float, *, towards: tuple[int, int], colour: str) -> str:
    """The end of something that goes on beyond the axis; its tip is at the point."""
    dx, dy = towards
    base_x, base_y = x - 5 * dx, y - 5 * dy
    corners = [(x, y), (base_x + 2.8 * dy, base_y + 2.8 * dx), (base_x - 2.8 * dy, base_y - 2.8 * dx)]
    return polygon(corners, fill=colour)


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{short(x)},{short(y)}" for x, y in points)


def _dashed(dashes: str) -> str:
    return f' stroke-dasharray="{dashes}"' if dashes else ""
