"""Areas side by side, with the whole programme as the line to compare with; never a ranking."""

from reports import charts
from reports.context import Context
from reports.document import Block, Cell, Column, Notice, Section, Table
from reports.estimate import Estimate, select
from reports.scope import compared_by
from reports.shapes import MODELS

MOST_COLUMNS = 5
QUANTITIES = ("effect", "change", "level")


def areas(context: Context) -> Section | None:
    """The chapter on areas; in the whole programme's report, where areas are declared."""
    by = compared_by(context.scope, context.programme)
    if by is None or not context.areas:
        return None
    words = context.words
    groups = context.facts.groups.filter(context.facts.groups["by"] == by).sort("position")["group"].to_list()
    held = {each.group for each in context.areas}
    groups = [group for group in groups if group in held]
    blocks: list[Block] = [Notice(words("notice.areas"))]
    for quantity in ("effect", "change", "level"):
        figure = _forest(quantity, by, groups, context)
        if figure:
            blocks += figure
            break
    blocks.append(_table(by, groups, context))
    return Section("areas", words("section.areas"), tuple(blocks))


def _forest(quantity: str, by: str, groups: list[str], context: Context) -> tuple[Block, ...]:
    """The first headline indicator that two areas or more may show in this quantity."""
    for name, each in context.programme.indicators.items():
        if each.headline is None or each.statistic in MODELS:
            continue
        rows = [_of_area(name, quantity, group, context) for group in groups]
        drawn = [row for row in rows if row is not None and row.is_drawn]
        whole = context.latest(context.of(name, quantity=quantity))
        if len(drawn) >= 2 and whole is not None and whole.is_drawn:
            return charts.areas(drawn, whole, by, context)
    return ()


def _of_area(name: str, quantity: str, group: str, context: Context) -> Estimate | None:
    return context.latest(select(context.areas, indicator=name, quantity=quantity, group=group))


def _table(by: str, groups: list[str], context: Context) -> Table:
    """Areas down, headline indicators across."""
    words = context.words
    headlines = {
        name: each.headline
        for name, each in context.programme.indicators.items()
        if each.headline is not None and any(select(context.areas, indicator=name, quantity=each.headline))
    }
    shown = dict(list(headlines.items())[:MOST_COLUMNS])
    columns = (Column(context.breakdown(by)), *(Column(_heading(name, context), is_number=True) for name in shown))
    rows = [
        (
            Cell(context.group(by, group)),
            *(_cell(_of_area(name, str(quantity), group, context), context) for name, quantity in shown.items()),
        )
        for group in groups
    ]
    caption = words("caption.areas", round=context.text(context.round.title))
    return Table(caption, columns, tuple(rows))


def _heading(name: str, context: Context) -> str:
    unit = context.heading_unit(name)
    title = context.title(name)
    return context.words("column.with_unit", title=title, unit=unit) if unit else title


def _cell(estimate: Estimate | None, context: Context) -> Cell:
    if estimate is None:
        return Cell(context.words("number.dash"))
    detail = context.interval(estimate) if estimate.is_drawn else ""
    letter = estimate.letter or ""
    return Cell(context.show(estimate), detail, letter="" if letter == "X" else letter)
