"""What was received, what was set aside and why, and how follow-ups were joined to registrations."""

from datetime import datetime

import polars as pl

from reports.context import Context
from reports.document import Block, Cell, Column, Notice, Paragraph, Section, Table

PARTS = ("landed", "accepted", "rejected", "duplicates", "superseded", "deleted")
FATES = ("accepted", "linked", "orphans", "without_consent", "conflicts")


def quality(context: Context) -> Section:
    """The chapter on data quality."""
    words = context.words
    blocks: list[Block] = [*stale(context)]
    blocks.append(_received(context))
    if context.facts.rejects.height:
        blocks.append(_set_aside(context))
    else:
        blocks.append(Paragraph(words("quality.nothing_set_aside")))
    if context.facts.links.height:
        blocks.append(_linked(context))
    if context.facts.warnings.height:
        blocks.append(_repaired(context))
    return Section("quality", words("section.quality"), tuple(blocks))


def stale(context: Context) -> list[Notice]:
    """One notice for each source that could not be read the last time."""
    failed = context.facts.pulls.filter(pl.col("status").cast(pl.String) == "failed")
    rows = context.in_order(failed.to_dicts())
    return [_stale(row["source"], row["reason"], row["data_as_of"], context) for row in rows]


def _stale(source: str, reason: str | None, data_as_of: datetime | None, context: Context) -> Notice:
    words = context.words
    why = words.of_code("reason", reason or "unknown")
    if data_as_of is None:
        return Notice(words("notice.never", source=context.source(source), reason=why))
    return Notice(words("notice.stale", day=context.data_day(data_as_of), source=context.source(source), reason=why))


def _received(context: Context) -> Table:
    words = context.words
    frame = context.facts.balance.join(context.facts.pulls, on="source", how="left", maintain_order="left")
    columns = [Column(words("column.source"))]
    columns += [Column(words(f"column.{part}"), is_number=True) for part in PARTS]
    columns += [Column(words("column.data_as_of"))]
    rows = [
        (
            Cell(context.source(row["source"])),
            *(Cell(context.numbers.count(row[part])) for part in PARTS),
            Cell(context.data_day(row["data_as_of"]), _status(row["status"], row["reason"], context)),
        )
        for row in context.in_order(frame.to_dicts())
    ]
    return Table(words("caption.received"), tuple(columns), tuple(rows))


def _status(status: str | None, reason: str | None, context: Context) -> str:
    if status != "failed":  # its day says that it was read
        return ""
    return context.words("source.failed", reason=context.words.of_code("reason", reason or "unknown"))


def _set_aside(context: Context) -> Table:
    words = context.words
    columns = (
        Column(words("column.reason")),
        Column(words("column.question")),
        Column(words("column.source")),
        Column(words("column.submissions"), is_number=True),
    )
    counted = (
        context.facts.rejects.group_by("rule", "field")
        .agg(pl.col("submissions").sum(), sources=pl.col("source").unique())
        .sort("submissions", "rule", "field", descending=[True, False, False])
    )
    rows = [
        (
            Cell(words.of_code("rule", row["rule"])),
            Cell(context.question(row["field"])),
            Cell(", ".join(context.source(each.id) for each in context.programme.sources if each.id in row["sources"])),
            Cell(context.numbers.count(row["submissions"])),
        )
        for row in counted.to_dicts()
    ]
    return Table(words("caption.set_aside"), columns, tuple(rows), note=words("notice.reject_note"))


def _repaired(context: Context) -> Table:
    words = context.words
    columns = (
        Column(words("column.repair")),
        Column(words("column.questions"), is_number=True),
        Column(words("column.submissions"), is_number=True),
    )
    counted = (
        context.facts.warnings.group_by("rule")
        .agg(questions=pl.struct("source", "field").n_unique(), submissions=pl.col("count").sum())
        .sort("submissions", "rule", descending=[True, False])
    )
    rows = [
        (
            Cell(words.of_code("rule", row["rule"])),
            Cell(context.numbers.count(row["questions"])),
            Cell(context.numbers.count(row["submissions"])),
        )
        for row in counted.to_dicts()
    ]
    return Table(words("caption.repaired"), columns, tuple(rows))


def _linked(context: Context) -> Table:
    words = context.words
    columns = [Column(words("column.source"))]
    columns += [Column(words(f"column.{fate}"), is_number=True) for fate in FATES]
    rows = [
        (Cell(context.source(row["source"])), *(Cell(context.numbers.count(row[fate])) for fate in FATES))
        for row in context.in_order(context.facts.links.to_dicts())
    ]
    return Table(words("caption.linked"), tuple(columns), tuple(rows))
