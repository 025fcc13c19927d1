"""A course session on a page or two, for its trainer."""

from reports.context import Context
from reports.document import Block, Cell, Column, Heading, Notice, Section, Table
from reports.estimate import Estimate
from reports.sections.participation import participation
from reports.sections.quality import stale
from reports.shapes import MODELS


def card(context: Context) -> tuple[Section, ...]:
    """The chapters of a session card: who took part, and every indicator in one table."""
    return (participation(context), _results(context))


def _results(context: Context) -> Section:
    words = context.words
    told = [name for name, each in context.programme.indicators.items() if each.statistic not in MODELS]
    rows = [row for name in told for row in _rows(name, context)]
    columns = (
        Column(words("column.indicator")),
        Column(words("column.what")),
        Column(words("column.estimate"), is_number=True),
        Column(words("column.interval"), is_number=True),
        Column(words("column.answers"), is_number=True),
        Column(words("column.grade")),
    )
    caption = words("caption.card", round=context.text(context.round.title))
    blocks: list[Block] = [*stale(context), Notice(words("notice.card"))]
    if rows:
        blocks += [Heading(words("heading.levels")), Table(caption, columns, tuple(rows))]
    return Section("results", words("section.results"), tuple(blocks))


def _rows(name: str, context: Context) -> list[tuple[Cell, ...]]:
    found = [context.latest(context.of(name, quantity=quantity)) for quantity in ("count", "level", "change")]
    return [_row(each, context) for each in found if each is not None]


def _row(estimate: Estimate, context: Context) -> tuple[Cell, ...]:
    dash = context.words("number.dash")
    return (
        Cell(context.title(estimate.indicator), context.heading_unit(estimate.indicator)),
        Cell(context.quantity(estimate), "" if estimate.quantity == "count" else context.round_short(estimate.round)),
        Cell(context.show(estimate)),
        Cell(context.interval(estimate)),
        Cell(context.answers(estimate) or dash),
        Cell(context.grade(estimate) or dash, letter=estimate.letter or ""),
    )
