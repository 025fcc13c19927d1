"""What was received and what became of it: used, or set aside and why; and what was repaired, corrected or flagged."""

from typing import Any

import polars as pl

from reports.context import Context
from reports.document import Block, Cell, Column, Notice, Paragraph, Section, Table
from reports.sections.by_hand import by_hand
from reports.sections.linkage import linkage

PARTS = ("landed", "used", "rejected", "unlinked", "duplicates", "superseded", "deleted")
"""What became of a source's submissions: the first is the sum of the others."""

UNLINKED = ("orphans", "doubtful", "without_consent", "conflicts", "unit_slips")
"""Why linking sets an accepted submission aside."""


def quality(context: Context) -> Section:
    """The chapter on data quality."""
    words = context.words
    blocks: list[Block] = [*stale(context)]
    blocks.append(_received(context))
    blocks += _standing(context)
    if _reasons(context):
        blocks.append(_set_aside(context))
    else:
        blocks.append(Paragraph(words("quality.nothing_set_aside")))
    blocks += linkage(context)
    if context.facts.warnings.height:
        blocks.append(_repaired(context))
    blocks += by_hand(context)
    if context.facts.acknowledgements.height:
        blocks.append(_acknowledged(context))
    return Section("quality", words("section.quality"), tuple(blocks))


def stale(context: Context) -> list[Notice]:
    """One notice for each source that could not be read the last time, and for each whose data are too old."""
    rows = context.in_order(context.facts.pulls.to_dicts())
    failed = [failed_source(row, context) for row in rows if _has_failed(row)]
    return [*failed, *(stale_source(row, context) for row in rows if row["stale"] and row["stale_from"])]


def _standing(context: Context) -> list[Paragraph]:
    """How many of the figures are as an earlier release showed them, and since when the oldest is."""
    is_shown = pl.col("visibility").cast(pl.String) != "suppressed"
    is_earlier = pl.col("figures_from") < context.facts.release["made_at"].item()
    earlier = context.facts.estimates.filter(is_shown & is_earlier)["figures_from"]
    if earlier.is_empty():
        return []
    told = {"count": context.numbers.count(earlier.len()), "day": context.data_day(earlier.sort().item(0))}
    return [Paragraph(context.words("quality.standing", **told, unit=context.units))]


def _has_failed(row: dict[str, Any]) -> bool:
    return bool(row["status"] == "failed")


def stale_source(row: dict[str, Any], context: Context) -> Notice:
    """That a source's data are too old, or have never come."""
    if row["stale_from"] is None:
        return Notice(context.words("draft.no_data", source=context.source(row["source"])))
    days = {"day": context.data_day(row["data_from"]), "due": context.data_day(row["stale_from"])}
    return Notice(context.words("notice.too_old", source=context.source(row["source"]), **days))


def failed_source(row: dict[str, Any], context: Context) -> Notice:
    """That a source could not be read the last time, and from when its data are."""
    source, reason, data_as_of = row["source"], row["reason"], row["data_as_of"]
    words = context.words
    why = words.of_code("reason", reason or "unknown")
    if data_as_of is None:
        return Notice(words("notice.never", source=context.source(source), reason=why))
    return Notice(words("notice.stale", day=context.data_day(data_as_of), source=context.source(source), reason=why))


def _received(context: Context) -> Table:
    """Sources down, and across what became of all that each brought."""
    words = context.words
    fates = _fates(context)
    totals = {part: sum(row[part] for row in fates) for part in PARTS}
    columns = [Column(words("column.source"))]
    columns += [Column(words(f"column.{part}"), is_number=True) for part in PARTS]
    rows = [(_source(row, context), *_numbers(row, context)) for row in fates]
    rows.append((Cell(words("column.total")), *_numbers(totals, context)))
    caption = context.of_everything(words("caption.received"))
    return Table(caption, tuple(columns), tuple(rows), note=_registered(fates, context), has_total=True)


def _fates(context: Context) -> list[dict[str, Any]]:
    """One row a source. What linking sets aside was accepted before, so that used is what both let through."""
    facts = context.facts
    frame = facts.balance.join(facts.links.drop("accepted"), on="source", how="left", maintain_order="left")
    unlinked = pl.sum_horizontal(pl.col(UNLINKED).fill_null(0))
    counted = frame.with_columns(used=pl.col("accepted") - unlinked, unlinked=unlinked)
    with_days = counted.join(facts.pulls, on="source", how="left", maintain_order="left")
    return context.in_order(with_days.to_dicts())


def _numbers(row: dict[str, Any], context: Context) -> tuple[Cell, ...]:
    return tuple(Cell(context.numbers.count(row[part])) for part in PARTS)


def _source(row: dict[str, Any], context: Context) -> Cell:
    """A source, from when its data are, whether they are too old, and whether it could not be read since."""
    day = context.words("source.as_of", day=context.data_day(row["data_from"]))
    old = context.words("source.stale") if row["stale"] else ""
    told = (day, old, _status(row["status"], row["reason"], context))
    return Cell(context.source(row["source"]), "; ".join(filter(None, told)))


def _registered(fates: list[dict[str, Any]], context: Context) -> str:
    """Why the registrations used are not as many as the people that the report counts."""
    form = context.programme.registration
    forms = {each.id for each in context.programme.sources if context.programme.forms[each.form] == form}
    used = sum(row["used"] for row in fates if row["source"] in forms)
    registered = context.facts.funnel.filter(
        (pl.col("stage").cast(pl.String) == "registered") & (pl.col("arm").cast(pl.String) == "all")
    )["people"]
    return "" if used == registered.sum() else context.words("notice.registered_once", unit=context.units)


def _status(status: str | None, reason: str | None, context: Context) -> str:
    if status != "failed":  # its day says that it was read
        return ""
    return context.words("source.failed", reason=context.words.of_code("reason", reason or "unknown"))


def _set_aside(context: Context) -> Table:
    """Reasons down, with all that were set aside as the last row."""
    words = context.words
    columns = (
        Column(words("column.reason")),
        Column(words("column.source")),
        Column(words("column.submissions"), is_number=True),
    )
    counted = _reasons(context)
    rows = [_reason(row, context) for row in counted]
    total = sum(row["rejected"] + row["unlinked"] for row in _fates(context))
    rows.append((Cell(words("column.total")), Cell(words("number.dash")), Cell(context.numbers.count(total))))
    notes = [words("notice.reject_note")]
    if sum(row["submissions"] for row in counted) > total:
        notes.append(words("notice.several_reasons"))
    caption = context.of_everything(words("caption.set_aside"))
    return Table(caption, columns, tuple(rows), note=" ".join(notes), has_total=True)


def _reasons(context: Context) -> list[dict[str, Any]]:
    """Submissions by reason and question; what is unused for want of consent is no reject, but set aside as well."""
    refused = context.facts.links.filter(pl.col("without_consent") > 0).select(
        "source", field=pl.lit("consented"), rule=pl.lit("without_consent"), submissions="without_consent"
    )
    told = pl.concat([context.facts.rejects, refused], how="vertical_relaxed")
    return (
        told.group_by("rule", "field")
        .agg(pl.col("submissions").sum(), sources=pl.col("source").unique())
        .sort("submissions", "rule", "field", descending=[True, False, False])
        .to_dicts()
    )


def _reason(row: dict[str, Any], context: Context) -> tuple[Cell, ...]:
    sources = (context.source(each.id) for each in context.programme.sources if each.id in row["sources"])
    return (
        Cell(context.words.of_code("rule", row["rule"]), context.question(row["field"])),
        Cell("; ".join(sources)),
        Cell(context.numbers.count(row["submissions"])),
    )


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
    return Table(context.of_everything(words("caption.repaired")), columns, tuple(rows))


def _acknowledged(context: Context) -> Table:
    """What a gate held back and a person let pass: who, when, why."""
    words, numbers = context.words, context.numbers
    columns = tuple(Column(words(f"column.{name}")) for name in ("source", "acknowledged", "day", "by", "why"))
    rows = [
        (
            Cell(context.source(row["source"])),
            Cell(words(f"gate.{row['gate']}", **_rows_left(row, context))),
            Cell(numbers.moment(row["acknowledged_at"], context.programme.time_zone)),
            Cell(row["by"]),
            Cell(row["reason"]),
        )
        for row in context.facts.acknowledgements.to_dicts()
    ]
    return Table(context.of_everything(words("caption.acknowledged")), columns, tuple(rows))


def _rows_left(row: dict[str, Any], context: Context) -> dict[str, str]:
    counted = {"before": context.numbers.count(row["rows_before"])}
    return counted if row["gate"] == "no_rows" else counted | {"rows": context.numbers.count(row["rows"])}
