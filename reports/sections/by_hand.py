"""What people did by hand, and what they should look at: corrections and flags."""

from typing import Any

from reports.context import Context
from reports.document import Block, Cell, Column, Paragraph, Table

MOST_ROWS = 100
"""So many kinds of correction are listed; a table of more is read by nobody."""


def by_hand(context: Context) -> list[Block]:
    """The corrections, each with who made it and why, and the flags by check."""
    blocks: list[Block] = [_corrected(context)]
    if context.facts.flags.height:
        blocks.append(_flagged(context))
    return blocks


def _corrected(context: Context) -> Block:
    words, rows = context.words, context.facts.corrections.to_dicts()
    if not rows:
        return Paragraph(words("quality.nothing_corrected"))
    columns = (
        Column(words("column.correction")),
        Column(words("column.reason")),
        Column(words("column.by")),
        Column(words("column.submissions"), is_number=True),
    )
    total = context.numbers.count(sum(row["submissions"] for row in rows))
    notes = [words("notice.corrections")]
    if len(rows) > MOST_ROWS:
        rest = sum(row["submissions"] for row in rows[MOST_ROWS:])
        notes.append(words("notice.more_corrections", count=context.numbers.count(rest)))
    cells = [_correction(row, context) for row in rows[:MOST_ROWS]]
    cells.append((Cell(words("column.total")), *(Cell(words("number.dash")),) * 2, Cell(total)))
    return Table(context.of_everything(words("caption.corrections")), columns, tuple(cells), " ".join(notes), True)


def _correction(row: dict[str, Any], context: Context) -> tuple[Cell, ...]:
    """One kind of change. The reason is shown as whoever made it wrote it; what stands in the vault is not."""
    words = context.words
    return (
        Cell(words(f"correction.{row['action']}"), _field(row["field"], context)),
        Cell(row["reason"] or words("quality.reason_in_vault")),
        Cell(row["corrected_by"], context.numbers.day(row["corrected_on"])),
        Cell(context.numbers.count(row["submissions"])),
    )


def _field(field: str, context: Context) -> str:
    """The words of a question, or of a rule between questions."""
    rules = {rule.id: rule.title for rule in context.programme.checks.rules}
    return context.text(rules[field]) if field in rules else context.question(field)


def _flagged(context: Context) -> Table:
    words = context.words
    columns = (
        Column(words("column.check")),
        Column(words("column.flags"), is_number=True),
        Column(words("column.accepted"), is_number=True),
    )
    rows = [
        (
            Cell(words.of_code("check", str(row["check"]))),
            Cell(context.numbers.count(row["flags"])),
            Cell(context.numbers.count(row["accepted"])),
        )
        for row in context.facts.flags.sort("flags", "check", descending=[True, False]).to_dicts()
    ]
    return Table(context.of_everything(words("caption.flags")), columns, tuple(rows), words("notice.flags"))
