"""The chapters of indicators: counts, levels by round, changes and effects, and moves between size classes."""

from collections.abc import Iterable

from reports import charts
from reports.context import Context
from reports.document import Block, Bullets, Cell, Column, Note, Section, Table
from reports.estimate import Estimate
from reports.sections.prices import prices
from reports.sections.transitions import transitions
from reports.shapes import MODELS

ARMS = ("all", "treated", "comparison")


def chapter(section_id: str, kinds: tuple[str, ...], context: Context) -> Section | None:
    """One chapter, or None when the programme has no indicator in it."""
    names = [name for name, each in context.indicators(*kinds) if each.statistic not in MODELS]
    title = context.words(f"section.{section_id}")
    blocks: list[Block] = [*counted(names, context), *charts.rounds(names, context)]
    for table in (levels(names, title, context), changes(names, title, context)):
        blocks += [table] if table is not None else []
    blocks += charts.contrasts(names, context)
    blocks += transitions(kinds, context)
    if any(context.programme.indicators[name].statistic == "bottom_gain" for name in names):
        blocks.append(Note(context.words("notice.regression_to_the_mean")))
    if not blocks:
        return None
    if any(context.programme.indicators[name].shown_as == "money" for name in names):
        blocks.append(Note(prices(context)))
    return Section(section_id, title, tuple(blocks))


def counted(names: list[str], context: Context) -> list[Block]:
    """Everybody is counted together, in a sentence each."""
    found = {name: context.latest(context.of(name, quantity="count")) for name in names}
    told = tuple(
        context.words("finding.of_count", title=context.title(name), sentence=context.sentence(each))
        for name, each in found.items()
        if each is not None
    )
    return [Bullets(told)] if told else []


def levels(names: list[str], title: str, context: Context) -> Table | None:
    """Indicators and arms down, rounds across; only rounds of which there is anything."""
    found = {
        (each.indicator, each.arm, each.round): each for name in names for each in context.of(name, quantity="level")
    }
    rounds = [each for each in context.rounds if any(key[2] == each.id for key in found)]
    pairs = [(name, arm) for name in names for arm in ARMS if any(key[:2] == (name, arm) for key in found)]
    if not pairs:
        return None
    words = context.words
    columns = [Column(words("column.indicator"))]
    columns += [Column(context.round_short(each.id), is_number=True) for each in rounds]
    several = len({arm for _, arm in pairs}) > 1
    rows = tuple(
        (
            _row_heading(name, arm if several else "", context),
            *(_level(found.get((name, arm, each.id)), context) for each in rounds),
        )
        for name, arm in pairs
    )
    return Table(words("caption.levels", section=title), tuple(columns), rows, note=withheld(found.values(), context))


def withheld(estimates: Iterable[Estimate], context: Context) -> str:
    """The note below a table in which a figure has no interval, as it rests on too few groups for one."""
    return context.words("notice.no_interval") if any(each.is_without_interval for each in estimates) else ""


def _row_heading(name: str, arm: str, context: Context) -> Cell:
    unit = context.heading_unit(name)
    if not arm:
        return Cell(context.title(name), unit)
    key = "column.arm_with_unit" if unit else "column.arm_alone"
    return Cell(context.title(name), context.words(key, arm=context.arm(arm), unit=unit))


def _level(estimate: Estimate | None, context: Context) -> Cell:
    if estimate is None:
        return Cell(context.words("number.dash"))
    return Cell(context.show(estimate), _basis(estimate, context))


def _basis(estimate: Estimate, context: Context) -> str:
    """The interval and the number of answers below a figure, as far as they may be shown."""
    if not estimate.is_drawn:
        return context.answers(estimate)
    return context.words("number.detail", interval=context.interval(estimate), n=context.answers(estimate))


def changes(names: list[str], title: str, context: Context) -> Table | None:
    """The effect and the change of one's own arm at the latest round up to the one reported on, each with its grade."""
    wanted = (("effect", "both"), ("change", "treated")) if context.is_compared else (("change", "all"),)
    found = {
        (name, quantity): estimate
        for name in names
        for quantity, arm in wanted
        if (estimate := context.latest(context.of(name, quantity=quantity, arm=arm))) is not None
    }
    shown = [name for name in names if any(key[0] == name for key in found)]
    columns = [Column(context.words("column.indicator"))]
    used = [quantity for quantity, _ in wanted if any(key[1] == quantity for key in found)]
    for quantity in used:
        example = next(each for key, each in found.items() if key[1] == quantity)
        columns += [Column(context.quantity(example), is_number=True), Column(context.words("column.grade"))]
    if not shown:
        return None
    rows = tuple(
        (
            Cell(context.title(name), context.unit_beside(each for key, each in found.items() if key[0] == name)),
            *(cell for quantity in used for cell in _change(found.get((name, quantity)), context)),
        )
        for name in shown
    )
    caption = context.words("caption.changes", section=title, round=context.round_short(context.round.id))
    return Table(caption, tuple(columns), rows, note=withheld(found.values(), context))


def _change(estimate: Estimate | None, context: Context) -> tuple[Cell, Cell]:
    dash = context.words("number.dash")
    if estimate is None:
        return Cell(dash), Cell(dash)
    grade = Cell(context.grade(estimate) or dash, context.why_unclear(estimate), letter=estimate.letter or "")
    value = context.show(estimate)
    if estimate.round != context.round.id:
        value = context.words("column.with_unit", title=value, unit=context.round_short(estimate.round))
    return Cell(value, _basis(estimate, context)), grade
