"""What stands beside lead figures: money seen otherwise, and what follows from moves between size classes."""

from reports.context import Context
from reports.document import Block, Bullets, Cell, Column, Note, Table
from reports.estimate import Estimate
from transforms.beside import HOMOGENEITY, NET_UPWARD, OF_MONEY, OTHER_READING


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
            Cell(context.title(name), _detail(leads[name], context)),
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


def _detail(lead: Estimate, context: Context) -> str:
    """The round, and the unit of what is told in money."""
    arm = context.round_short(lead.round)
    return context.words("column.arm_with_unit", arm=arm, unit=context.unit(lead))


def _figure(estimate: Estimate | None, context: Context) -> Cell:
    if estimate is None:
        return Cell(context.words("number.dash"))
    return Cell(context.show(estimate), context.interval(estimate) if estimate.is_drawn else "")


def beside_moves(names: list[str], context: Context) -> list[Block]:
    """Of each matrix the net share upward with the test of its margins; and what the other reading would change."""
    told = [line for name in names for arm in ("all", "treated", "comparison") for line in _moves(name, arm, context)]
    net = [line for name in names for line in _net_effect(name, context)]
    if not told:
        return []
    return [Bullets((*told, *net)), Note(context.words("notice.net_upward"))]


def _moves(name: str, arm: str, context: Context) -> list[str]:
    """The lines on one arm at its latest round."""
    words = context.words
    lines: list[str] = []
    net = _latest(name, NET_UPWARD, arm, context)
    if net is not None:
        hidden = net.visibility == "suppressed"
        lines.append(words(f"moves.{'hidden' if hidden else 'net'}", arm=context.arm(arm), **_known(net, context)))
    test = _latest(name, HOMOGENEITY, arm, context)
    if test is not None and test.visibility == "shown" and test.p_value is not None and test.df is not None:
        figures = {"statistic": context.show(test), "df": context.numbers.count(round(test.df))}
        lines.append(words("moves.test", arm=context.arm(arm), p=context.numbers.p_value(test.p_value), **figures))
    other = _latest(name, OTHER_READING, arm, context)
    rule = context.programme.size_rule
    if other is not None and rule is not None:
        reading = words(f"size_rule.not_{rule.tie_break}")
        figures = {"share": context.show(other), "n": context.answers(other)}
        lines.append(words("moves.other_reading", arm=context.arm(arm), reading=reading, **figures))
    return lines


def _net_effect(name: str, context: Context) -> list[str]:
    effect = _latest(name, NET_UPWARD, "both", context)
    if effect is None or not effect.is_drawn:
        return []
    comparison = context.arm_inside("comparison")
    return [context.words("moves.apart", comparison=comparison, **_known(effect, context))]


def _known(estimate: Estimate, context: Context) -> dict[str, str]:
    return {"net": context.show(estimate), "interval": context.interval(estimate), "n": context.answers(estimate)}


def _latest(name: str, term: str, arm: str, context: Context) -> Estimate | None:
    """The figure in a term at the latest round up to the one reported on."""
    order = {each.id: place for place, each in enumerate(context.rounds)}
    found = [each for each in context.of(name, term=term, arm=arm) if each.round in order]
    return max(found, key=lambda each: order[each.round], default=None)
