"""What changed since the last report: the summary's figures as they were and as they are, each with its causes."""

from reports.context import Context
from reports.document import Cell, Column, Paragraph, Section, Table
from reports.estimate import Estimate, read
from reports.sections.summary import MOST_TILES, headline
from reports.since import Since

SAME = ("value", "low", "high", "n", "n_comparison", "visibility", "bound")
"""What tells two published figures apart."""


def changes(context: Context) -> Section:
    """The chapter on changes; a first report has one sentence."""
    words, since = context.words, context.since
    title = words("section.changes")
    told = [estimate for estimate in _told(context) if estimate is not None]
    if since is None or not told:
        return Section("changes", title, (Paragraph(words("changes.first")),))
    before = {each.estimate: each for each in read(since.estimates)}
    day = context.data_day(since.made_at)
    rows = [_row(each, before.get(each.estimate), since, context) for each in told]
    moved = sum(row[-1].text != words("changes.same") for row in rows)
    counted = {"day": day, "all": context.numbers.count(len(rows)), "moved": context.numbers.count(moved)}
    columns = (
        Column(words("column.indicator")),
        Column(words("column.last_report"), is_number=True),
        Column(words("column.this_report"), is_number=True),
        Column(words("column.cause")),
    )
    floor = context.numbers.text(str(context.floor))
    table = Table(
        words("caption.since_last"), columns, tuple(rows), words("notice.changes", floor=floor, unit=context.units)
    )
    return Section("changes", title, (Paragraph(words("changes.counted", **counted)), table))


def _told(context: Context) -> list[Estimate | None]:
    """The figures of the summary's tiles."""
    names = [name for name, each in context.programme.indicators.items() if each.headline is not None]
    return [headline(name, context) for name in names[:MOST_TILES]]


def _row(now: Estimate, before: Estimate | None, since: Since, context: Context) -> tuple[Cell, ...]:
    words = context.words
    then = Cell(words("number.dash")) if before is None else _figure(before, context)
    title = context.title(now.indicator)
    return (Cell(title), then, _figure(now, context), Cell(_cause(now, before, since, context)))


def _figure(estimate: Estimate, context: Context) -> Cell:
    return Cell(context.show(estimate), detail="" if estimate.quantity == "count" else context.answers(estimate))


def _cause(now: Estimate, before: Estimate | None, since: Since, context: Context) -> str:
    """Why a figure is another one: what was computed or declared otherwise, then what changed in the answers."""
    words = context.words
    if before is None:
        return words("changes.appeared")
    if all(getattr(now, name) == getattr(before, name) for name in SAME):
        return words("changes.same")
    causes = ["code"] if since.computed_anew else []
    causes += ["definition"] if now.indicator in since.defined_anew else []
    kinds = since.kinds.get(now.estimate, ())
    # What an answer counts for follows from definition and code, so that both look like other answers.
    causes += ["perhaps"] if causes and kinds else kinds
    return words("changes.joint").join(words(f"changes.{each}") for each in causes or ["several"])
