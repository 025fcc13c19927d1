"""Who did not answer: how they differed at the baseline, how many each figure lost, and what that could have done."""

from typing import Any

import polars as pl

from reports.context import Context
from reports.document import Block, Cell, Column, Note, Table
from reports.estimate import Estimate
from reports.shapes import Shape
from transforms.estimating.covariates import UNKNOWN
from transforms.labels import YES_OR_NO


def silence(context: Context) -> list[Block]:
    """The tables of the round reported on; each only where there is something to tell."""
    if context.round == context.programme.baseline or context.scope.kind(context.programme) == "session":
        return []
    return [*_lost(context), *_compared(context), *_bounds(context)]


def _lost(context: Context) -> list[Block]:
    """The share of units that each effect, or else each change, lacks."""
    words, numbers = context.words, context.numbers
    wanted = "effect" if context.is_compared else "change"
    told = [
        each
        for name in context.programme.indicators
        for each in context.of(name, quantity=wanted, round=context.round.id)
        if each.is_main and each.visibility != "suppressed" and each.attrition_overall is not None
    ]
    if not told:
        return []
    weighted = any(each.weights != "none" for each in told)
    columns = [Column(words("column.indicator")), Column(words("column.lost"), is_number=True)]
    if context.is_compared:
        columns.append(Column(words("column.lost_apart"), is_number=True))
    if weighted:
        columns.append(Column(words("column.kish"), is_number=True))
    rows = []
    for each in told:
        cells = [Cell(context.title(each.indicator)), Cell(_share(each.attrition_overall, context))]
        if context.is_compared:
            cells.append(Cell(_points(each, context)))
        if weighted:
            dash = words("number.dash")
            cells.append(Cell(dash if each.kish_deff is None else numbers.coefficient(each.kish_deff)))
        rows.append(tuple(cells))
    caption = words("caption.lost", round=context.round_short(context.round.id))
    return [Table(caption, tuple(columns), tuple(rows), note=words("participation.lost_note") if weighted else "")]


def _share(value: float | None, context: Context) -> str:
    return context.words("number.dash") if value is None else context.numbers.amount(value, "percent", "", place="cell")


def _points(each: Estimate, context: Context) -> str:
    if each.attrition_differential is None:
        return context.words("number.dash")
    return context.numbers.amount(each.attrition_differential, "points", "", signed=True, place="cell")


def _compared(context: Context) -> list[Block]:
    """Those who answered beside those who did not, by what was known at the registration."""
    frame = context.facts.nonresponse.filter(pl.col("round") == context.round.id)
    if context.scope.by != "programme" or frame.is_empty():
        return []
    words = context.words
    arms = [each for each in ("all", "treated", "comparison") if each in frame["arm"].to_list()]
    columns = [Column(words("column.trait"))]
    for arm in arms:
        named = context.arm(arm)
        columns.append(Column(words("column.answered_silent", arm=named), is_number=True))
        columns.append(Column(words("column.apart"), is_number=True))
    known = {(row["arm"], row["covariate"], row["category"]): row for row in frame.to_dicts()}
    traits = frame.sort("position", "category").select("covariate", "category").unique(maintain_order=True).rows()
    rows = []
    for covariate, category in traits:
        cells = [Cell(_trait(covariate, category, context))]
        for arm in arms:
            cells += _sides(known.get((arm, covariate, category)), context)
        rows.append(tuple(cells))
    caption = words("caption.nonresponse", round=context.round_short(context.round.id))
    return [Table(caption, tuple(columns), tuple(rows), note=_hidden(context))]


def _hidden(context: Context) -> str:
    return context.words("participation.nonresponse_note", floor=context.numbers.count(context.floor))


def _trait(covariate: str, category: str, context: Context) -> str:
    title = context.breakdown(covariate)
    if not category:
        return context.words("participation.median_of", title=title)
    return context.words("participation.trait", title=title, category=_category(covariate, category, context))


def _category(covariate: str, category: str, context: Context) -> str:
    if category == UNKNOWN:
        return context.words("participation.unknown")
    if category in YES_OR_NO:
        return context.text(YES_OR_NO[category])
    asked = context.programme.questions.get(covariate) or context.programme.derived.get(covariate)
    for choice in asked.choices if asked is not None else ():
        if choice.value == category:
            return context.text(choice.title)
    return context.group(covariate, category)


def _sides(row: dict[str, Any] | None, context: Context) -> list[Cell]:
    numbers, dash = context.numbers, context.words("number.dash")
    if row is None or row["of_answered"] is None or row["of_silent"] is None:
        return [Cell(dash), Cell(dash)]
    shape: Shape = "percent" if row["category"] else "money"
    sides = [
        numbers.amount(row[name], shape, "", place="cell") if shape == "percent" else numbers.figure(row[name], shape)
        for name in ("of_answered", "of_silent")
    ]
    apart = dash if row["difference"] is None else numbers.figure(row["difference"], "decimal", signed=True)
    return [Cell(context.words("number.both", first=sides[0], second=sides[1])), Cell(apart)]


def _bounds(context: Context) -> list[Block]:
    """How far what is unknown could move a survival, and the headlines' effects."""
    frame = context.facts.bounds.filter(pl.col("round") == context.round.id)
    by_id = {each.estimate: each for each in context.estimates}
    rows = [_bound(row, by_id[row["estimate"]], context) for row in frame.to_dicts() if row["estimate"] in by_id]
    if not rows:
        return []
    words = context.words
    columns = ("indicator", "estimate", "bounds", "bounds_interval")
    named = tuple(Column(words(f"column.{name}"), is_number=place > 0) for place, name in enumerate(columns))
    caption = words("caption.bounds", round=context.round_short(context.round.id))
    kinds = frame["kind"].cast(pl.String).unique().sort().to_list()
    notes = [words(f"participation.{kind}_note") for kind in kinds]
    return [Table(caption, named, tuple(rows)), *(Note(each) for each in notes)]


def _bound(row: dict[str, Any], estimate: Estimate, context: Context) -> tuple[Cell, ...]:
    shape, unit = context.shape(estimate), context.unit(estimate)

    def between(low: str, high: str) -> str:
        if row[low] is None or row[high] is None:
            return context.words("number.dash")
        return context.numbers.interval(row[low], row[high], shape, unit, "cell")

    title = context.words(
        "column.with_quantity", title=context.title(estimate.indicator), what=context.quantity(estimate)
    )
    return Cell(title), Cell(context.show(estimate)), Cell(between("lower", "upper")), Cell(between("low", "high"))
