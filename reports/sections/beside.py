"""Money seen otherwise, beside the figures that lead: whether what they say hangs on how it was looked at."""

from reports.context import Context
from reports.document import Block, Cell, Column, Table
from reports.estimate import Estimate
from transforms.beside import OF_MONEY


def beside_money(context: Context) -> list[Block]:
    """One table of all money: the lead's effect (else its change), and each term beside it."""
    quantity, arm = ("effect", "both") if context.is_compared else ("change", "all")
    leads = {
        name: lead
        for name, each in context.programme.indicators.items()
        if each.statistic == "money"
        if (lead := context.latest(context.of(name, quantity=quantity, arm=arm))) is not None
    }
    found = {name: {term: _beside(lead, term, context) for term in OF_MONEY} for name, lead in leads.items()}
    told = {name: terms for name, terms in found.items() if any(each is not None for each in terms.values())}
    if not told:
        return []
    words = context.words
    columns = (
        Column(words("column.indicator")),
        Column(words("column.lead"), is_number=True),
        *(Column(context.term(term), is_number=True) for term in OF_MONEY),
    )
    rows = tuple(
        (
            Cell(context.title(name), context.round_short(leads[name].round)),
            _figure(leads[name], context),
            *(_figure(each, context) for each in terms.values()),
        )
        for name, terms in told.items()
    )
    return [Table(words("caption.beside_money"), columns, rows, note=words("notice.beside_money"))]


def _beside(lead: Estimate, term: str, context: Context) -> Estimate | None:
    """What stands beside the lead in a term; where that has no change of its own, the level at the round."""
    for quantity in (lead.quantity, "level"):
        for each in context.of(lead.indicator, quantity=quantity, round=lead.round, arm=lead.arm, term=term):
            return each
    return None


def _figure(estimate: Estimate | None, context: Context) -> Cell:
    if estimate is None:
        return Cell(context.words("number.dash"))
    return Cell(context.show(estimate), context.interval(estimate) if estimate.is_drawn else "")
