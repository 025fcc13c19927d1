"""Lines over the rounds, one an arm, named where they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from reports.figures import drawing
from reports.figures.axis import Axis, Interval, make_way, sensible_range, upwards
from reports.figures.drawing import ACCENT, COMPARISON, INK, LABEL, LEADING, MUTED, PAPER, SMALL, TREATED, WIDTH, Marker
from reports.figures.intervals import Dot
from reports.figures.wrapping import fit, widest
from reports.typesetting.fonts import text_width

PLOT = 132.0
TITLE_WIDTH = 110.0
VALUE_WIDTH = 90.0
ASIDE = 7.0
"""Between the lines of one round, so that their intervals stay apart."""

CLEAR = 9.0
"""Between a point and its text."""


@dataclass(frozen=True)
class Line:
    """One arm over the rounds; a dot's label is the title of its round."""

    title: str
    dots: Sequence[Dot]


@dataclass(frozen=True)
class Style:
    """What tells a line from the others, in colour and without."""

    colour: str
    marker: Marker
    hollow: bool
    dashes: str


ARMS = (Style(TREATED, "circle", False, ""), Style(COMPARISON, "square", True, drawing.DASHES))
FURTHER = (
    Style(ACCENT, "diamond", False, "1.5 2"),
    Style(INK, "triangle", True, "7 2 1.5 2"),
    Style(TREATED, "square", False, "7 3"),
    Style(COMPARISON, "circle", True, "2.5 1.5"),
    Style(ACCENT, "triangle", False, ""),
    Style(INK, "diamond", True, "4 1.5"),
)


@dataclass(frozen=True)
class Point:
    """A dot at its round: the round's place in the row of rounds, and its number if it is shown."""

    round: int
    interval: Interval | None
    text: str


@dataclass(frozen=True)
class Run:
    """A line to be drawn: its points by round and its look."""

    title: str
    points: list[Point]
    style: Style
    aside: float

    @property
    def shown(self) -> list[tuple[Point, Interval]]:
        """The points that have a mark."""
        return [(each, each.interval) for each in self.points if each.interval]


@dataclass(frozen=True)
class Block:
    """Text beside a point."""

    run: Run
    point: Point
    interval: Interval
    value: list[str]
    title: list[str]

    @property
    def height(self) -> float:
        """With a little air to the next."""
        return drawing.height_of([*self.value, *self.title]) + 2


@dataclass(frozen=True)
class Sheet:
    """Where the plot is and which rounds it shows."""

    titles: Sequence[str]
    axis: Axis
    left: float
    right: float
    top: float
    bottom: float
    dodge: float

    @property
    def step(self) -> float:
        """From round to round; the whole plot where there is one."""
        return (self.right - self.left - 2 * self.dodge) / max(len(self.titles) - 1, 1)

    def place(self, round_: int) -> float:
        """The middle of a round."""
        if len(self.titles) == 1:
            return (self.left + self.right) / 2
        return self.left + self.dodge + round_ * self.step

    def point(self, run: Run, point: Point, interval: Interval) -> tuple[float, float]:
        """Where a point is drawn."""
        return self.place(point.round) + run.aside, self.axis.place(interval.value)


def slope_rounds(round_titles: Sequence[str], lines: Sequence[Line]) -> str:
    """Lines with intervals at each round, values at both ends, names at the right end.

    Two lines look like the treated and the comparison arm; of more, the last two do.
    """
    if not round_titles or not lines:
        raise ValueError("A chart over the rounds needs at least one round and one line.")
    runs = _runs(round_titles, lines)
    starts, ends = _starts(runs), [_end(run) for run in runs if run.shown]
    sheet = _sheet(round_titles, runs, starts, ends)
    parts = _grid(sheet) if ends else []
    for run in runs:
        parts += _line(run, sheet)
    parts += _start_texts(starts, sheet) + _end_texts(ends, sheet)
    rounds, bottom = _round_titles(sheet)
    hidden, bottom = _hidden(runs, sheet, bottom)
    return drawing.svg(WIDTH, bottom, parts + rounds + hidden)


def _styles(count: int) -> list[Style]:
    further = [FURTHER[place % len(FURTHER)] for place in range(count - len(ARMS))]
    return [*further, *ARMS][:count] if count > 1 else [ARMS[0]]


def _runs(titles: Sequence[str], lines: Sequence[Line]) -> list[Run]:
    middle = (len(lines) - 1) / 2
    return [
        Run(line.title, _points(titles, line), style, (place - middle) * min(ASIDE, 24 / len(lines)))
        for place, (line, style) in enumerate(zip(lines, _styles(len(lines)), strict=True))
    ]


def _points(titles: Sequence[str], line: Line) -> list[Point]:
    """The dots at their rounds. Two rounds of one title are told apart by their order."""
    points: list[Point] = []
    for dot in line.dots:
        later = points[-1].round + 1 if points else 0
        place = next((each for each in range(later, len(titles)) if titles[each] == dot.label), None)
        if place is None:
            raise ValueError(f"{line.title!r}: {dot.label!r} is no round after the one before; rounds: {list(titles)}.")
        points.append(Point(place, dot.interval, dot.text))
    return points


def _starts(runs: Sequence[Run]) -> list[Block]:
    """The first value of each line, by round; a line of one point has its value at its end only."""
    found = [
        Block(run, *run.shown[0], fit(run.shown[0][0].text, VALUE_WIDTH, LABEL, weight=600, lines=2), [])
        for run in runs
        if len(run.shown) > 1
    ]
    return sorted(found, key=lambda block: block.point.round)


def _end(run: Run) -> Block:
    point, interval = run.shown[-1]
    value = fit(point.text, TITLE_WIDTH, LABEL, weight=600, lines=2)
    return Block(run, point, interval, value, fit(run.title, TITLE_WIDTH, LABEL, lines=3))


def _sheet(titles: Sequence[str], runs: Sequence[Run], starts: Sequence[Block], ends: Sequence[Block]) -> Sheet:
    tallest = max(sum(each.height for each in starts), sum(each.height for each in ends), PLOT)
    top, bottom = SMALL * 0.7, SMALL * 0.7 + (tallest if ends else 0)
    drawn = [interval for run in runs for _, interval in run.shown]
    low, high = sensible_range(drawn) if drawn else (0.0, 1.0)
    axis = upwards(low, high, bottom, top)
    ticks = max(text_width(axis.label(tick), SMALL) for tick in axis.ticks) + 6
    firsts = [each.value for each in starts if each.point.round == 0]
    before = widest(firsts, LABEL, 600) + CLEAR if firsts else 0
    names = [
        widest([each.title for each in ends], LABEL),
        widest([each.value for each in ends], LABEL, 600),
        widest([fit(run.title, TITLE_WIDTH, SMALL, lines=1) for run in runs if _is_partly_hidden(run)], SMALL),
    ]
    dodge = max(abs(run.aside) for run in runs) + 4
    return Sheet(titles, axis, ticks + before, WIDTH - max(names) - 2 * CLEAR, top, bottom, dodge)


def _grid(sheet: Sheet) -> list[str]:
    """Light lines at the ticks from their labels to the ends of the lines; a darker one at zero."""
    labels_end = max(text_width(sheet.axis.label(tick), SMALL) for tick in sheet.axis.ticks)
    parts = []
    for tick in sheet.axis.ticks:
        y = sheet.axis.place(tick)
        colour, width = (drawing.GRID, 0.5) if tick else (MUTED, 1.0)
        parts.append(drawing.stroke(labels_end + 4, y, sheet.right, y, colour=colour, width=width))
        label = sheet.axis.label(tick)
        parts.append(drawing.text(label, labels_end, y + SMALL * 0.33, size=SMALL, anchor="end", colour=MUTED))
    return parts


def _line(run: Run, sheet: Sheet) -> list[str]:
    """Whiskers, the line between shown neighbours, and markers on top."""
    style = run.style
    whiskers = [part for point, interval in run.shown for part in _whisker(run, point, interval, sheet)]
    pieces = [
        drawing.path(
            [sheet.point(run, first, first.interval), sheet.point(run, second, second.interval)],
            colour=style.colour,
            width=1.6,
            dashes=style.dashes,
        )
        for first, second in pairwise(run.points)
        if first.interval and second.interval
    ]
    markers = [
        drawing.marker(style.marker, *sheet.point(run, point, interval), colour=style.colour, hollow=style.hollow)
        for point, interval in run.shown
        if sheet.axis.shows(interval.value)
    ]
    return whiskers + pieces + markers


def _whisker(run: Run, point: Point, interval: Interval, sheet: Sheet) -> list[str]:
    x, axis, colour = sheet.place(point.round) + run.aside, sheet.axis, run.style.colour
    low, high = axis.place(interval.low), axis.place(interval.high)
    parts = [drawing.stroke(x, low, x, high, colour=colour, width=0.9)] if interval.width > 0 else []
    if interval.low < axis.low:
        parts.append(drawing.arrow_head(x, low, towards=(0, 1), colour=colour))
    if interval.high > axis.high:
        parts.append(drawing.arrow_head(x, high, towards=(0, -1), colour=colour))
    for end in (interval.low, interval.high):
        if axis.shows(end) and end != interval.value:
            y = axis.place(end)
            parts.append(drawing.stroke(x - 2.5, y, x + 2.5, y, colour=colour, width=0.9))
    return parts


def _start_texts(starts: Sequence[Block], sheet: Sheet) -> list[str]:
    """Values left of the first points, on paper of their own: the lines of the grid stop short of them."""
    parts = []
    for round_, group in groupby(starts, key=lambda block: block.point.round):
        blocks = list(group)
        x = sheet.place(round_) - sheet.dodge - CLEAR + 4
        room = VALUE_WIDTH if round_ == 0 else sheet.step - 2 * (sheet.dodge + CLEAR)
        lines = [fit(each.point.text, max(room, 0), LABEL, weight=600, lines=2) for each in blocks]
        middles = [sheet.axis.place(each.interval.value) for each in blocks]
        heights = [drawing.height_of(each) + 2 for each in lines]
        places = make_way(middles, heights, sheet.top, sheet.bottom)
        for block, value, y in zip(blocks, lines, places, strict=True):
            wide, high = widest([value], LABEL, 600), drawing.height_of(value)
            if value:
                parts.append(drawing.rectangle(x - wide - 2, y - high / 2, wide + 4, high, fill=PAPER))
            parts.append(drawing.lines_of_text(value, x, y, anchor="end", colour=block.run.style.colour, weight=600))
    return parts


def _end_texts(ends: Sequence[Block], sheet: Sheet) -> list[str]:
    """Value and name of each line right of the plot, led to where they had to make way."""
    parts = []
    middles = [sheet.axis.place(each.interval.value) for each in ends]
    places = make_way(middles, [each.height for each in ends], sheet.top, sheet.bottom)
    left = sheet.right + 2 * CLEAR
    for block, y in zip(ends, places, strict=True):
        x, point_y = sheet.point(block.run, block.point, block.interval)
        colour = block.run.style.colour
        dashes = "" if block.point.round == len(sheet.titles) - 1 else "1 2.5"
        parts.append(drawing.stroke(x + 5, point_y, left - 3, y, colour=colour, width=0.5, dashes=dashes))
        top = y - drawing.height_of([*block.value, *block.title]) / 2
        middle = top + drawing.height_of(block.value) / 2
        parts.append(drawing.lines_of_text(block.value, left, middle, colour=colour, weight=600))
        middle = top + drawing.height_of(block.value) + drawing.height_of(block.title) / 2
        parts.append(drawing.lines_of_text(block.title, left, middle, colour=colour))
    return parts


def _round_titles(sheet: Sheet) -> tuple[list[str], float]:
    blocks = []
    for place, title in enumerate(sheet.titles):
        x = sheet.place(place)
        room = min(sheet.step - 6, 2 * x, 2 * (WIDTH - x))
        blocks.append(fit(title, room, LABEL, lines=3))
    tallest = max(drawing.height_of(block) for block in blocks)
    top = sheet.bottom + 7
    parts = [
        drawing.lines_of_text(block, sheet.place(place), top + drawing.height_of(block) / 2, anchor="middle")
        for place, block in enumerate(blocks)
    ]
    return parts, top + tallest


def _is_partly_hidden(run: Run) -> bool:
    return len(run.shown) < len(run.points)


def _hidden(runs: Sequence[Run], sheet: Sheet, top: float) -> tuple[list[str], float]:
    """What stands for hidden values, under their rounds: a row a line that has any."""
    parts = []
    height = SMALL * LEADING + 2
    for run in filter(_is_partly_hidden, runs):
        for point in (each for each in run.points if each.interval is None):
            x = sheet.place(point.round)
            room = min(sheet.step - 6, 2 * x, 2 * (sheet.right + CLEAR - x))
            text = fit(point.text, room, SMALL, lines=1)
            parts.append(drawing.lines_of_text(text, x, top + height / 2, size=SMALL, anchor="middle", colour=MUTED))
        name = fit(run.title, TITLE_WIDTH, SMALL, lines=1)
        parts.append(
            drawing.lines_of_text(name, sheet.right + 2 * CLEAR, top + height / 2, size=SMALL, colour=run.style.colour)
        )
        top += height
    return parts, top
