"""How alike the arms of a matched effect were at the registration, before and after they were matched."""

from reports.context import Context
from reports.document import Cell, Column, Table
from reports.estimate import Estimate

BEFORE, AFTER = PLACES = ("before.", "after.")
"""What the terms of a covariate's standardised difference begin with."""


def is_balance(estimate: Estimate) -> bool:
    """Whether it is no effect but a covariate's standardised difference."""
    return estimate.term.startswith(PLACES)


def balance(name: str, context: Context) -> list[Table]:
    """A table of the indicator's last matched round; none where nothing was matched."""
    effect = context.latest(context.of(name, quantity="effect"))
    if effect is None or effect.visibility == "suppressed":
        return []
    known = {each.term: each for each in context.of(name, quantity="effect", round=effect.round)}
    covariates = [term.removeprefix(BEFORE) for term in known if term.startswith(BEFORE)]
    words = context.words
    columns = (
        Column(words("column.trait")),
        Column(words("column.apart_before"), is_number=True),
        Column(words("column.apart_after"), is_number=True),
    )
    rows = tuple(
        (Cell(context.breakdown(each)), *(Cell(_size(known.get(f"{place}{each}"), context)) for place in PLACES))
        for each in covariates
    )
    caption = words("caption.matching", title=context.title(name), round=context.round_short(effect.round))
    return [Table(caption, columns, rows, note=words("methods.matching"))] if rows else []


def _size(difference: Estimate | None, context: Context) -> str:
    if difference is None or difference.value is None:
        return context.words("number.dash")
    return context.numbers.figure(difference.value, "decimal", signed=True)
