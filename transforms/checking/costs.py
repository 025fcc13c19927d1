"""Mistakes in costs and the budget, and in gaps between groups."""

from collections.abc import Iterator

import polars as pl

from transforms.errors import nearest
from transforms.programme import BUDGET, Indicator, Programme, Quantity

COSTED: tuple[Quantity, ...] = ("count", "level", "change", "effect")


def distribution_mistakes(where: str, indicator: Indicator, programme: Programme) -> Iterator[str]:
    """What is wrong with the groups of a gap."""
    between = indicator.between
    if indicator.statistic == "change_gap" and between is None:
        yield (
            f'{where}: statistic = "change_gap" needs between, such as '
            'between = { by = "sex", group = "female", against = "male" }. Add it.'
        )
    if between is None:
        return
    if indicator.statistic != "change_gap":
        yield f'{where}: between goes with statistic = "change_gap", not with "{indicator.statistic}". Take it out.'
    columns = [each.by for each in programme.breakdowns]
    if between.by not in columns:
        yield f'{where}: between: by = "{between.by}" is no breakdown. {nearest(between.by, columns)}'
        return
    asked = programme.questions.get(between.by) or programme.derived.get(between.by)
    allowed = [choice.value for choice in asked.choices] if asked is not None else []
    for field in ("group", "against"):
        value = getattr(between, field)
        if allowed and value not in allowed:
            yield f'{where}: between: {field} = "{value}" is no choice of {between.by}. {nearest(value, allowed)}'


def cost_mistakes(where: str, indicator: Indicator, programme: Programme) -> Iterator[str]:
    """What is wrong with a cost: it divides `budget` by one other indicator, `of` which it takes a quantity."""
    if indicator.statistic != "cost":
        if indicator.of is not None:
            yield f'{where}: of goes with statistic = "cost", not with "{indicator.statistic}". Take it out.'
        return
    said = f'{where}: value = "{indicator.value}"'
    costable = [name for name, each in programme.indicators.items() if each.statistic not in NOT_COSTED]
    try:
        used = set(pl.sql_expr(indicator.value).meta.root_names())
    except Exception:  # polars raises several kinds, all of them about the text
        yield f'{said} is no SQL expression. Write "budget / " and an indicator\'s name.'
        return
    others = sorted(used - {BUDGET})
    if BUDGET not in used or len(others) != 1:
        yield f'{said} must divide budget by one indicator, such as "budget / {costable[0] if costable else "people"}".'
    elif others[0] not in costable:
        yield f"{said} uses '{others[0]}', of which there is no cost. {nearest(others[0], costable)}"
    elif indicator.of is None:
        yield f"{where}: of is missing. Say what of {others[0]} is paid for: {', '.join(COSTED)}."
    elif indicator.of == "change" and programme.indicators[others[0]].change_as == "percent":
        yield f'{where}: of = "change" of {others[0]} is a median in per cent, of which there is no sum. Use "effect".'
    if not programme.budget:
        yield f'{where}: statistic = "cost" needs a budget. Declare [budget] in programme.toml, an amount a period.'


NOT_COSTED = ("transition", "cost", "gini", "bottom_gain", "change_gap", "panel_effect", "first_difference")
"""The statistics of which nothing can be paid for by the piece."""


def budget_mistakes(where: str, programme: Programme) -> Iterator[str]:
    """A budget is of a declared period."""
    periods = [each.id for each in programme.periods]
    for period in programme.budget:
        if period not in periods:
            yield f"{where}: '{period}' is no period. {nearest(period, periods)}"
