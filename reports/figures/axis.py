"""Numbers to places: sensible ranges, round ticks, and labels that make way for each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from reports.figures.drawing import SMALL
from reports.typesetting.fonts import text_width

LARGEST = 1e15
"""Beyond it a float no longer holds every whole number, so no axis could be labelled."""

WIDE = 6.0
"""An interval is clipped from so many times the usual width on."""

FAR = 25.0
"""A value is off the scale from so many usual widths on: the others could no longer be told apart."""

ZERO_WITHIN = 3.0
"""Zero is shown if it lies within so many times the range of the values: it may take three quarters of the axis."""

WASTEFUL = 1.35
"""An axis ends at round numbers unless it would be so many times as long as needed."""

FEWEST_TICKS = 2

GAP = 7.0
"""Least space between two labels on one line."""


@dataclass(frozen=True)
class Interval:
    """A value with both ends of its interval, in this order: low, value, high."""

    low: float
    value: float
    high: float

    @property
    def width(self) -> float:
        """From low to high."""
        return self.high - self.low


@dataclass(frozen=True)
class Axis:
    """Values from `low` to `high` drawn from `start` to `end`, with ticks at multiples of `step`."""

    low: float
    high: float
    step: float
    ticks: tuple[float, ...]
    start: float
    end: float

    def place(self, value: float) -> float:
        """Where a value is drawn; at the edge if it is beyond it."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def shows(self, value: float) -> bool:
        """Whether a value lies within the axis."""
        return self.low <= value <= self.high

    def label(self, tick: float) -> str:
        """A tick as text."""
        return plain(tick, _decimals(self.step))


def finite(value: float, what: str) -> float:
    """The value. Raises ValueError for one that no chart can place."""
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise ValueError(f"{what} is {value}; a chart shows numbers between ±{LARGEST:.0e}. Leave it out or hide it.")
    return float(value)


def interval(value: float, low: float | None, high: float | None, label: str) -> Interval:
    """A value with its interval, which ends at the value where an end is not known."""
    known = [finite(each, f"{label!r}") for each in (value, low, high) if each is not None]
    return Interval(min(known), float(value), max(known))


def plain(value: float, decimals: int) -> str:
    """A number as every language of the reports writes it: 1,234.5 and a true minus."""
    rounded = f"{abs(value):,.{decimals}f}"
    return f"\u2212{rounded}" if value < 0 and rounded.strip("0.,") else rounded


def sensible_range(intervals: Sequence[Interval], *, also: Sequence[float] = ()) -> tuple[float, float]:
    """Where an axis runs: over every interval, but for the few so wide or so far that they would squash the rest."""
    values = [each.value for each in intervals]
    usual = median(each.width for each in intervals)
    middle = median(values)
    spread = max(usual, median(abs(value - middle) for value in values))
    near = [each for each in intervals if spread == 0 or abs(each.value - middle) <= FAR * spread]
    usual = usual or spread
    ends = list(also)
    for each in near:
        reach = each.width if usual == 0 or each.width <= WIDE * usual else WIDE / 2 * usual
        ends += [max(each.low, each.value - reach), min(each.high, each.value + reach)]
    return _with_zero(min(ends), max(ends))


def _with_zero(low: float, high: float) -> tuple[float, float]:
    size = max(abs(low), abs(high))
    if high - low <= max(size, 1.0) * 1e-9:
        around = size * 0.1 if size > 1e-6 else 1.0
        low, high = low - around, high + around
    span = high - low
    if 0 < low <= ZERO_WITHIN * span:
        low = 0.0
    if 0 > high >= -ZERO_WITHIN * span:
        high = 0.0
    return low, high


def across(low: float, high: float, start: float, end: float) -> Axis:
    """An axis from left to right, with as many round ticks as have room for their labels."""
    axes = [_axis(low, high, most, start, end) for most in (7, 6, 5, 4, 3, 2)]
    return next((axis for axis in axes if _has_room(axis)), axes[-1])


def _has_room(axis: Axis) -> bool:
    """Whether every tick's label stays clear of the next."""
    places = [(axis.place(tick), text_width(axis.label(tick), SMALL) / 2) for tick in axis.ticks]
    return all(left + half + GAP <= right - other for (left, half), (right, other) in pairwise(places))


def upwards(low: float, high: float, bottom: float, top: float) -> Axis:
    """An axis from bottom to top."""
    return _axis(low, high, 5, bottom, top)


def _axis(low: float, high: float, most: int, start: float, end: float) -> Axis:
    step = _round_step((high - low) / most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(place * step, _decimals(step)) for place in range(first, max(last, first + 1) + 1))
    within = tuple(tick for tick in ticks if low <= tick <= high)
    if len(within) < FEWEST_TICKS or ticks[-1] - ticks[0] <= WASTEFUL * (high - low):
        return Axis(ticks[0], ticks[-1], step, ticks, start, end)
    margin = 0.04 * (high - low)
    low, high = low - margin if low else low, high + margin if high else high
    return Axis(low, high, step, within, start, end)


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, ... that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10, 20) if factor * power >= least * (1 - 1e-9))


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9))


def tick_labels(axis: Axis, left: float, right: float) -> list[tuple[str, float]]:
    """Labels of a horizontal axis with their middles: none leaves the box, none touches the next."""
    labels: list[tuple[str, float]] = []
    free = left
    for tick in axis.ticks:
        label = axis.label(tick)
        half = text_width(label, SMALL) / 2
        middle = min(max(axis.place(tick), left + half), right - half)
        if middle - half >= free and middle - half >= left:
            labels.append((label, middle))
            free = middle + half + GAP / 2
    return labels


def make_way(middles: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Middles as near as can be to those wanted, so that blocks of these heights do not overlap.

    Least squares under an order (pool adjacent violators). The heights must fit between top and bottom together.
    """
    order = sorted(range(len(middles)), key=lambda place: middles[place])
    above, total = [], 0.0
    for place in order:
        above.append(total)
        total += heights[place]
    starts = [middles[place] - heights[place] / 2 - over for place, over in zip(order, above, strict=True)]
    pools: list[list[float]] = []
    for start in starts:
        pools.append([start, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, count = pools.pop()
            before, earlier = pools[-1]
            pools[-1] = [(mean * count + before * earlier) / (count + earlier), count + earlier]
    moved = [min(max(mean, top), bottom - total) for mean, count in pools for _ in range(int(count))]
    found = [0.0] * len(middles)
    for place, over, start in zip(order, above, moved, strict=True):
        found[place] = start + over + heights[place] / 2
    return found
