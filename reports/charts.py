"""Chooses what each chart shows and says it in words too; `figures` draws. A hidden value is never drawn."""

import re
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from reports import figures
from reports.context import Context
from reports.document import Figure
from reports.estimate import Estimate
from reports.numbers import as_percent_change
from reports.shapes import Shape

FEWEST_POINTS = 2
"""A chart of a single point tells less than its number."""

FEWEST_CONTRASTS = 3
"""Two can be compared as well in the table above them."""

MOST_LINES = 1
"""How many indicators a chapter follows over the rounds in a chart; its table has all."""

PER_CENT: tuple[Shape, ...] = ("percent", "percent_change", "points")

FEWEST_CLUSTERS = 5
"""Below it an interval is so wide that a line through it would tell of chance alone."""

_SIZE = re.compile(r' width="[^"]*" height="[^"]*"')

Steps = Sequence[tuple[str, str, int | None]]
Moves = Mapping[tuple[str, str], int | None]


def funnel(steps: Steps, context: Context) -> tuple[Figure, ...]:
    """How many people got how far: one bar a step whose count may be printed."""
    words = context.words
    if not any(people for *_, people in steps) or len({people for *_, people in steps}) == 1:
        return ()  # bars of one length show nothing
    titles = [words(f"stage.{stage}", round=context.round_short(round_id)) for round_id, stage, _ in steps]
    texts = [_people(people, context) for *_, people in steps]
    bars = [figures.Step(label, people, text) for label, text, (*_, people) in zip(titles, texts, steps, strict=True)]
    told = [words("figure.step", stage=title, people=text) for title, text in zip(titles, texts, strict=True)]
    alternative = words("figure.funnel_alt", steps=_listed(told))
    return (Figure(Markup(figures.funnel(bars)), words("figure.funnel", unit=context.units), alternative),)  # noqa: S704


def contrasts(names: Iterable[str], context: Context) -> tuple[Figure, ...]:
    """The effects of a chapter, or the changes where there is no comparison: one chart a kind of number."""
    quantity = "effect" if context.is_compared else "change"
    found = [context.latest(context.of(name, quantity=quantity)) for name in names]
    by_shape: dict[tuple[Shape, str], list[Estimate]] = {}
    for each in found:
        if each is not None and each.is_drawn:
            shape = context.shape(each)
            unit = "" if shape in PER_CENT else context.unit(each)
            by_shape.setdefault((shape, unit), []).append(each)
    drawn = {key: each for key, each in by_shape.items() if len(each) >= FEWEST_CONTRASTS}
    return tuple(_contrasts(shape, unit, each, context) for (shape, unit), each in drawn.items())


def _contrasts(shape: Shape, unit: str, estimates: list[Estimate], context: Context) -> Figure:
    labels = [context.title(each.indicator) for each in estimates]
    kind = context.words(f"figure.{shape}", unit=unit)
    caption = context.words("figure.changes", kind=kind, round=context.text(context.round.title))
    return _dots(labels, estimates, kind, caption, "figure.changes_alt", context)


def effects_by_round(effects: Iterable[Estimate], context: Context) -> tuple[Figure, ...]:
    """The headline effects in per cent at every round, so that one sees when they came."""
    order = [known.id for known in context.rounds]
    ordered = sorted(effects, key=lambda each: (each.indicator, order.index(each.round) if each.round in order else -1))
    chosen = [
        each
        for each in ordered
        if each.is_drawn
        and each.round in order
        and context.shape(each) == "percent_change"
        and context.programme.indicators[each.indicator].headline is not None
    ]
    if len({each.round for each in chosen}) < FEWEST_POINTS:
        return ()
    words = context.words
    labels = [
        words("figure.label", title=context.title(each.indicator), round=context.round_short(each.round))
        for each in chosen
    ]
    kind = words("figure.percent_change", unit="")
    return (_dots(labels, chosen, kind, words("figure.effects"), "figure.changes_alt", context),)


def areas(estimates: list[Estimate], whole: Estimate, by: str, context: Context) -> tuple[Figure, ...]:
    """One indicator over all areas, with the line of the whole programme."""
    words = context.words
    labels = [context.group(by, each.group) for each in estimates]
    caption = words("figure.areas", title=context.title(whole.indicator), what=context.quantity(whole))
    in_units = whole.quantity in ("level", "count") and context.shape(whole) != "percent"
    kind = words("figure.level" if in_units else f"figure.{context.shape(whole)}", unit=context.unit(whole))
    return (_dots(labels, estimates, kind, caption, "figure.areas_alt", context, reference=whole.value),)


def _dots(
    labels: list[str],
    estimates: list[Estimate],
    kind: str,
    caption: str,
    alternative: str,
    context: Context,
    reference: float | None = None,
) -> Figure:
    shape = context.shape(estimates[0])
    dots = [
        figures.Dot(label, *_drawn(each, shape), text=context.show(each))
        for label, each in zip(labels, estimates, strict=True)
    ]
    told = [_item(label, each, context) for label, each in zip(labels, estimates, strict=True)]
    line = None if reference is None else on_axis(reference, shape)
    drawing = figures.dot_interval(dots, axis=kind, reference=line)
    return Figure(Markup(drawing), caption, context.words(alternative, items=_listed(told)))  # noqa: S704


def rounds(names: Iterable[str], context: Context) -> tuple[Figure, ...]:
    """The levels of the chapter's headline indicators over the rounds, one line an arm."""
    headlines = [name for name in names if context.programme.indicators[name].headline is not None]
    found = (_rounds(name, context) for name in headlines)
    return tuple(each for each in found if each is not None)[:MOST_LINES]


def _rounds(name: str, context: Context) -> Figure | None:
    words = context.words
    lines: dict[str, list[Estimate]] = {}
    for arm in ("all", "treated", "comparison"):
        found = context.of(name, quantity="level", arm=arm)
        levels = {each.round: each for each in found if each.is_drawn and (each.clusters or 0) >= FEWEST_CLUSTERS}
        known = [levels[each.id] for each in context.rounds if each.id in levels]
        if len(known) >= FEWEST_POINTS:
            lines[arm] = known
    if not lines:
        return None
    told = [
        words("figure.at_round", arm=context.arm(arm), round=context.round_short(each.round), value=context.show(each))
        for arm, known in lines.items()
        for each in known
    ]
    drawing = _slopes(lines, context)
    unit = context.text(context.programme.indicators[name].unit)
    caption = words("figure.rounds", title=words("column.with_unit", title=context.title(name), unit=unit))
    return Figure(Markup(drawing), caption, words("figure.rounds_alt", items=_listed(told)))  # noqa: S704


def transitions(
    moves: Moves, titles: Mapping[str, str], origins: Sequence[str], after: str, caption: str, context: Context
) -> tuple[Figure, ...]:
    """A matrix of moves between classes, from the baseline to the round `after`."""
    words = context.words
    if not any(moves.values()):
        return ()
    told = [
        words("figure.move", origin=titles[origin], destination=titles[destination], units=_people(units, context))
        for (origin, destination), units in moves.items()
    ]
    cells = [
        [figures.Square(moves.get((origin, each)), _people(moves.get((origin, each)), context)) for each in titles]
        for origin in origins
    ]
    drawing = figures.matrix(
        [titles[each] for each in origins],
        list(titles.values()),
        cells,
        rows_are=words("figure.class_before", baseline=context.round_short(context.programme.baseline.id)),
        columns_are=words("figure.class_after", round=context.round_short(after)),
    )
    return (Figure(Markup(drawing), caption, words("figure.transitions_alt", items=_listed(told))),)  # noqa: S704


def on_axis(value: float, shape: Shape) -> float:
    """A value as an axis counts it: per cent instead of fractions and logarithms."""
    if shape == "log":
        return as_percent_change(value) * 100
    return value * 100 if shape in PER_CENT else value


def _drawn(estimate: Estimate, shape: Shape) -> tuple[float, float, float]:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        raise ValueError(f"{estimate.estimate}: hidden values are not drawn")
    return on_axis(estimate.value, shape), on_axis(estimate.low, shape), on_axis(estimate.high, shape)


def _item(label: str, estimate: Estimate, context: Context) -> str:
    value, interval = context.show(estimate), context.interval(estimate)
    return context.words("figure.item", label=label, value=value, interval=interval)


def _people(people: int | None, context: Context) -> str:
    return context.numbers.hidden() if people is None else context.numbers.count(people)


def _listed(items: Iterable[str]) -> str:
    return "; ".join(items)


def _slopes(lines: Mapping[str, list[Estimate]], context: Context) -> str:
    drawn = [
        figures.Line(
            context.arm(arm),
            [
                figures.Dot(context.round_short(each.round), *_drawn(each, context.shape(each)), context.show(each))
                for each in known
            ],
        )
        for arm, known in lines.items()
    ]
    return figures.slope_rounds([context.round_short(each.id) for each in context.rounds], drawn)


def tile(estimate: Estimate, context: Context) -> tuple[Markup | None, str]:
    """A tile's small drawing and its words: the target where there is one, else the level over the rounds."""
    target = context.target(estimate)
    if target is not None and estimate.visibility == "shown" and estimate.value is not None:
        return _bullet(estimate, target, context)
    levels = {each.round: each for each in context.of(estimate.indicator, quantity="level", arm=_arm(estimate))}
    trend = [levels[each.id] for each in context.rounds if each.id in levels]
    values = [each.value for each in trend if each.value is not None and each.visibility == "shown"]
    if len(values) <= FEWEST_POINTS or len(values) < len(trend):
        return None, ""
    told = _listed(
        context.words("figure.trend", round=context.round_short(each.round), value=context.show(each)) for each in trend
    )
    return Markup(_scalable(figures.sparkline(values))), context.words("figure.trend_alt", items=told)  # noqa: S704


def _scalable(drawing: str) -> str:
    """A drawing without a size of its own, so that it is as wide as the tile it stands in."""
    return _SIZE.sub("", drawing, count=1)


def _arm(estimate: Estimate) -> str:
    return "treated" if estimate.arm == "both" else estimate.arm


def _bullet(estimate: Estimate, target: float, context: Context) -> tuple[Markup | None, str]:
    shape, unit = context.shape(estimate), context.unit(estimate)
    value = on_axis(estimate.value or 0.0, shape)
    drawing = _scalable(figures.bullet(value, on_axis(target, shape)))
    alternative = context.words(
        "figure.target_alt", value=context.show(estimate), target=context.numbers.goal(target, shape, unit)
    )
    return Markup(drawing), alternative  # noqa: S704
