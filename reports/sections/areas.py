"""Areas side by side, with the whole programme as the line to compare with; never a ranking."""

from reports import charts
from reports.context import Context
from reports.document import Block, Cell, Column, Notice, Section, Table
from reports.estimate import Estimate, select
from reports.scope import compared_by
from reports.sections.indicators import withheld
from reports.shapes import MODELS

MOST_COLUMNS = 5
QUANTITIES = ("effect", "change", "level")
FEWEST_AREAS = 2


def areas(context: Context) -> Section | None:
    """The chapter on areas; in the whole programme's report, where areas are declared."""
    by = compared_by(context.scope, context.programme)
    if by is None or not context.areas:
        return None
    groups = context.facts.groups.filter(context.facts.groups["by"] == by).sort("position")["group"].to_list()
    held = {each.group for each in context.areas}
    groups = [group for group in groups if group in held]
    table = _table(by, groups, context)
    notice = context.words("notice.areas_alone" if table.note else "notice.areas")
    blocks: list[Block] = [Notice(notice), *_forest(by, groups, context), table]
    return Section("areas", context.words("section.areas"), tuple(blocks))


def _forest(by: str, groups: list[str], context: Context) -> tuple[Block, ...]:
    """The first headline indicator that areas can be compared by: on effects or changes, else on levels."""
    chosen = {name: _quantity(name, groups, context) for name in _headlines(context)}
    for name, quantity in sorted(chosen.items(), key=lambda each: each[1] == "level"):
        whole = context.latest(context.of(name, quantity=quantity))
        drawn = _drawn(name, quantity, groups, context)
        if len(drawn) >= FEWEST_AREAS and whole is not None and whole.is_drawn:
            return charts.areas(drawn, whole, by, context)
    return ()


def _headlines(context: Context) -> list[str]:
    declared = context.programme.indicators
    held = {each.indicator for each in context.areas}
    return [name for name, each in declared.items() if each.headline and each.statistic not in MODELS and name in held]


def _quantity(name: str, groups: list[str], context: Context) -> str:
    """The strongest comparison that areas allow: one area rarely has clusters enough in both arms."""
    declared = context.programme.indicators[name]
    if declared.headline in ("count", "level"):
        return str(declared.headline)
    usable = (each for each in QUANTITIES if len(_drawn(name, each, groups, context)) >= FEWEST_AREAS)
    levels = any(_of_area(name, "level", group, context) is not None for group in groups)
    return next(usable, "level" if levels else str(declared.headline))


def _drawn(name: str, quantity: str, groups: list[str], context: Context) -> list[Estimate]:
    found = (_of_area(name, quantity, group, context) for group in groups)
    return [each for each in found if each is not None and each.is_tested]


def _of_area(name: str, quantity: str, group: str, context: Context) -> Estimate | None:
    return context.latest(select(context.areas, indicator=name, quantity=quantity, group=group))


def _table(by: str, groups: list[str], context: Context) -> Table:
    """Areas down, headline indicators across."""
    shown = {name: _quantity(name, groups, context) for name in _headlines(context)[:MOST_COLUMNS]}
    figures = [each for name in shown for group in groups if (each := _of_area(name, shown[name], group, context))]
    columns = [Column(context.breakdown(by))]
    columns += [Column(_heading(name, quantity, context), is_number=True) for name, quantity in shown.items()]
    rows = [
        (
            Cell(context.group(by, group)),
            *(_cell(_of_area(name, quantity, group, context), context) for name, quantity in shown.items()),
        )
        for group in groups
    ]
    caption = context.words("caption.areas", round=context.text(context.round.title))
    return Table(caption, tuple(columns), tuple(rows), note=withheld(figures, context))


def _heading(name: str, quantity: str, context: Context) -> str:
    """The indicator, what of it, and its unit."""
    whole = context.latest(context.of(name, quantity=quantity))
    title, unit = context.title(name), context.heading_unit(name)
    if quantity != "count" and whole is not None:
        title = context.words("column.with_quantity", title=title, what=context.quantity(whole))
    in_per_cent = whole is not None and context.shape(whole) == "percent_change"
    return context.words("column.with_unit", title=title, unit=unit) if unit and not in_per_cent else title


def _cell(estimate: Estimate | None, context: Context) -> Cell:
    if estimate is None:
        return Cell(context.words("number.dash"))
    if not estimate.is_drawn:
        basis = "" if estimate.quantity == "count" else context.answers(estimate)
        return Cell(context.show(estimate), context.grade(estimate) or basis)
    graded = estimate.letter is not None
    interval, grade = context.interval(estimate), context.grade(estimate)
    return Cell(
        context.show(estimate), context.words("number.detail", interval=interval, n=grade) if graded else interval
    )
