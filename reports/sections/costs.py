"""What results cost: the budget over what was found, with its range in words where it has no upper end."""

from reports.context import Context
from reports.document import Cell, Column, Paragraph, Section, Table
from reports.estimate import Estimate


def costs(context: Context) -> Section | None:
    """The chapter on costs; None where the programme declares none, or the report is about a part of it."""
    found = {
        name: context.latest(context.of(name, quantity="level"))
        for name, each in context.indicators("cost")
        if each.statistic == "cost"
    }
    rows = tuple(
        (
            Cell(context.title(name), context.heading_unit(name)),
            Cell(_amount(each, context)),
            Cell(_range(each, context)),
        )
        for name, each in found.items()
        if each is not None
    )
    if not rows:
        return None
    words = context.words
    columns = (
        Column(words("column.indicator")),
        Column(words("cost.amount"), is_number=True),
        Column(words("cost.range")),
    )
    table = Table(words("cost.caption"), columns, rows)
    return Section("cost", words("section.cost"), (Paragraph(words("cost.lead")), table))


def _amount(estimate: Estimate, context: Context) -> str:
    if estimate.visibility == "shown" and estimate.value is None:
        return context.words("number.dash")
    return context.show(estimate)


def _range(estimate: Estimate, context: Context) -> str:
    """The range, as far as it may be shown: a count has none, and an effect that may be nothing no upper end."""
    words = context.words
    if estimate.visibility != "shown":
        return words("number.dash")
    if estimate.method == "cost_of_count":
        return words("cost.exact")
    if estimate.low is None:
        return words("cost.none") if estimate.value is None else words("number.dash")
    low = _end(estimate.low, estimate, context)
    if estimate.high is None:
        return words("cost.from", low=low)
    return words("cost.between", low=low, high=_end(estimate.high, estimate, context))


def _end(value: float, estimate: Estimate, context: Context) -> str:
    return context.numbers.figure(value, context.shape(estimate))
