"""By what follow-ups found their registration, and what the headlines would be without the uncertain links."""

import polars as pl

from reports.context import Context
from reports.document import Block, Cell, Column, Paragraph, Table
from reports.estimate import Estimate, read
from reports.sections.summary import headline
from transforms.link_methods import UNCERTAIN
from transforms.tables import METHODS

BY_ID = ("participant_id", "unmatched")
"""What becomes of follow-ups where nothing but the participant's code links."""


def linkage(context: Context) -> list[Block]:
    """A sentence where codes alone link; else a table by method, and one of headlines where links are uncertain."""
    told = _counted("follow_up", context)
    joined = sum(_counted("registration", context).values())
    if not told and not joined:
        return []
    if not joined and set(told) <= set(BY_ID):
        return [Paragraph(_by_id(told, context))]
    blocks: list[Block] = [_by_method(told, joined, context)]
    if context.scope.by == "programme" and any(told.get(each) for each in UNCERTAIN):
        blocks += _headlines(context)
    return blocks


def _counted(kind: str, context: Context) -> dict[str, int]:
    """Submissions by method, the surest first."""
    rows = context.facts.link_methods.filter(pl.col("kind").cast(pl.String) == kind)
    counts = {str(row["method"]): row["submissions"] for row in rows.to_dicts()}
    return {method: counts[method] for method in METHODS if method in counts}


def _by_id(told: dict[str, int], context: Context) -> str:
    counts = {"all": sum(told.values()), "unmatched": told.get("unmatched", 0)}
    key = "linkage.by_id" if counts["unmatched"] else "linkage.all_by_id"
    return context.words(key, **{name: context.numbers.count(count) for name, count in counts.items()})


def _by_method(told: dict[str, int], joined: int, context: Context) -> Table:
    words, numbers = context.words, context.numbers
    columns = (
        Column(words("column.linked_by")),
        Column(words("column.submissions"), is_number=True),
        Column(words("column.share"), is_number=True),
    )
    whole = sum(told.values())
    counts = {words(f"linked_by.{method}"): count for method, count in told.items()} | {words("column.total"): whole}
    rows = [
        (Cell(title), Cell(numbers.count(count)), Cell(numbers.share(count, whole))) for title, count in counts.items()
    ]
    caption = context.of_everything(words("caption.linkage"))
    return Table(caption, columns, tuple(rows), note=_notes(told, joined, context), has_total=True)


def _notes(told: dict[str, int], joined: int, context: Context) -> str:
    words, numbers = context.words, context.numbers
    pairs = {str(row["state"]): row["pairs"] for row in context.facts.link_review.to_dicts()}
    notes = []
    if told.get("doubtful") or pairs.get("waiting"):
        notes.append(words("linkage.waiting", pairs=numbers.count(pairs.get("waiting", 0))))
    if joined:
        notes.append(words("linkage.joined", count=numbers.count(joined)))
    return " ".join(notes)


def _headlines(context: Context) -> list[Block]:
    """Each headline with all links and without the uncertain ones; it is one sentence where nothing may be shown."""
    words = context.words
    certain = {each.estimate: each for each in read(context.facts.certain)}
    names = [name for name, each in context.programme.indicators.items() if each.headline is not None]
    told = [each for each in (headline(name, context) for name in names) if each is not None]
    if not any(each.estimate in certain for each in told):
        return [Paragraph(words("linkage.withheld", floor=context.numbers.count(context.floor), unit=context.units))]
    columns = [Column(words("column.indicator"))]
    columns += [Column(words(f"column.{name}"), is_number=True) for name in ("all_links", "certain_links")]
    rows = [_row(each, certain.get(each.estimate), context) for each in told]
    notes = [words("linkage.uncertain")]
    if any(each.estimate not in certain for each in told):
        notes.append(words("linkage.few", floor=context.numbers.count(context.floor), unit=context.units))
    caption = words("caption.certain_links")
    return [Table(context.of_everything(caption), tuple(columns), tuple(rows), note=" ".join(notes))]


def _row(whole: Estimate, certain: Estimate | None, context: Context) -> tuple[Cell, ...]:
    title, unit = context.title(whole.indicator), context.unit_beside([whole])
    named = context.words("column.with_unit", title=title, unit=unit) if unit else title
    return (Cell(named, context.quantity(whole)), _figure(whole, context), _figure(certain, context))


def _figure(estimate: Estimate | None, context: Context) -> Cell:
    """A figure, and below it its interval and on how many it rests."""
    if estimate is None:
        return Cell(context.words("number.dash"))
    interval = context.interval(estimate)
    below = (interval if interval != context.words("number.dash") else "", context.answers(estimate))
    return Cell(context.show(estimate), "; ".join(filter(None, below)))
