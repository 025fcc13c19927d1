"""The chapters of indicators: levels by round, changes and effects, and moves between size classes."""

from reports import charts
from reports.context import Context
from reports.document import Block, Cell, Column, Heading, Notice, Section, Table
from reports.estimate import Estimate
from reports.sections.transitions import transitions
from reports.shapes import MODELS

ARMS = ("all", "treated", "comparison")
CONTRASTS = (("effect", "both"), ("change", "treated"), ("change", "all"), ("change", "comparison"))


def chapter(section_id: str, kinds: tuple[str, ...], context: Context) -> Section | None:
    """One chapter, or None when the programme has no indicator in it."""
    names = [name for name, each in context.indicators(*kinds) if each.statistic not in MODELS]
    title = context.words(f"section.{section_id}")
    blocks: list[Block] = []
    levels_table = levels(names, title, context)
    if levels_table is not None:
        blocks += [Heading(context.words("heading.levels")), *charts.rounds(names, context), levels_table]
    changes_table = changes(names, title, context)
    if changes_table is not None:
        blocks += [Heading(context.words("heading.changes")), *charts.contrasts(names, context), changes_table]
    blocks += transitions(kinds, context)
    if not blocks:
        return None
    if any(context.programme.indicators[name].shown_as == "money" for name in names):
        blocks.append(Notice(context.words("notice.nominal")))
    return Section(section_id, title, tuple(blocks))


def levels(names: list[str], title: str, context: Context) -> Table | None:
    """Indicators and arms down, rounds across; only rounds of which there is anything."""
    found = {
        (each.indicator, each.arm, each.round): each
        for name in names
        for each in context.of(name)
        if each.quantity in ("level", "count")
    }
    rounds = [each for each in context.rounds if any(key[2] == each.id for key in found)]
    pairs = [(name, arm) for name in names for arm in _arms(name, context)]
    pairs = [pair for pair in pairs if any(key[:2] == pair for key in found)]
    if not pairs:
        return None
    words = context.words
    columns = [Column(words("column.indicator"))]
    columns += [Column(words("column.arm"))] if context.is_compared else []
    columns += [Column(context.text(each.short), is_number=True) for each in rounds]
    rows = []
    for name, arm in pairs:
        cells = [Cell(context.title(name), context.heading_unit(name))]
        cells += [Cell(context.arm(arm))] if context.is_compared else []
        cells += [_level(found.get((name, arm, each.id)), context) for each in rounds]
        rows.append(tuple(cells))
    return Table(words("caption.levels", section=title), tuple(columns), tuple(rows))


def _arms(name: str, context: Context) -> tuple[str, ...]:
    """Everybody is counted together; levels are each arm's."""
    return ("all",) if context.programme.indicators[name].statistic == "count" else ARMS


def _level(estimate: Estimate | None, context: Context) -> Cell:
    if estimate is None:
        return Cell(context.words("number.dash"))
    if not estimate.is_drawn:
        detail = context.answers(estimate) if estimate.is_coded else ""
        return Cell(context.show(estimate), detail)
    detail = context.words("number.detail", interval=context.interval(estimate), n=context.answers(estimate))
    return Cell(context.show(estimate), detail)


def changes(names: list[str], title: str, context: Context) -> Table | None:
    """Every change and effect at the round reported on, with its grade."""
    found = [each for name in names for each in contrasts(name, context)]
    if not found:
        return None
    words = context.words
    columns = (
        Column(words("column.indicator")),
        Column(words("column.what")),
        Column(words("column.estimate"), is_number=True),
        Column(words("column.interval"), is_number=True),
        Column(words("column.answers"), is_number=True),
        Column(words("column.p"), is_number=True),
        Column(words("column.grade")),
    )
    rows = tuple(_change(each, context) for each in found)
    return Table(words("caption.changes", section=title, round=context.text(context.round.title)), columns, rows)


def contrasts(name: str, context: Context) -> list[Estimate]:
    """An indicator's effect and changes at the latest round up to the one reported on."""
    found = (context.latest(context.of(name, quantity=quantity, arm=arm)) for quantity, arm in CONTRASTS)
    return [each for each in found if each is not None]


def _change(estimate: Estimate, context: Context) -> tuple[Cell, ...]:
    dash = context.words("number.dash")
    hidden = estimate.visibility == "suppressed" or estimate.p_value is None
    earlier = estimate.round != context.round.id
    return (
        Cell(context.title(estimate.indicator), context.heading_unit(estimate.indicator)),
        Cell(context.quantity(estimate), context.round_short(estimate.round) if earlier else ""),
        Cell(context.show(estimate)),
        Cell(context.interval(estimate)),
        Cell(context.answers(estimate) or dash),
        Cell(dash if hidden else context.numbers.bare_p_value(estimate.p_value or 0.0)),
        Cell(context.grade(estimate) or dash, letter=estimate.letter or ""),
    )
