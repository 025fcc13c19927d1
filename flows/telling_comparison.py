"""What lies between two versions of the warehouse, as a person or a machine reads it. Of people only counts."""

import io
import json
from typing import Literal

import polars as pl
from rich.console import Console
from rich.table import Table

from flows.comparing import Comparison
from flows.results import without_formulas
from transforms.comparing.hiding import AMOUNTS
from transforms.comparing.version import CAUSES
from transforms.errors import listed, numbered

MEANING = {
    "code": "the code that computes",
    "definition": "what the programme's folder declares",
    "taken_out": "people erased for good",
    "deletions": "answers and people that are gone at the source, or consent withdrawn",
    "corrections": "answers corrected, by hand or at the source",
    "late_answers": "answers that had been due and came late",
    "new_answers": "answers of rounds that have fallen due since",
    "new_registrations": "people and courses registered since",
    "unexplained": "NOT EXPLAINED: do not use these numbers",
}
MOST_FIELDS = 12
_WIDTH = 140
_DIGITS = 6


def told(comparison: Comparison, format: Literal["text", "json", "csv"], most: int, *, exact: bool = False) -> str:
    """The causes and the numbers; amounts only where they may be told, unless all are wanted `exact`."""
    numbers = _ranked(comparison.numbers)
    if not exact:
        numbers = numbers.with_columns(pl.when("told").then(pl.col(name)).alias(name) for name in AMOUNTS)
    if format == "csv":
        return without_formulas(numbers.with_columns(pl.col("causes").list.join(" "))).write_csv()
    if format == "json":
        return json.dumps(_whole(comparison, numbers), ensure_ascii=False, indent=1, default=str) + "\n"
    return _text(comparison, numbers, most)


def _ranked(numbers: pl.DataFrame) -> pl.DataFrame:
    """Unexplained ones first, then values, the biggest first: by how large a share of the number the difference is."""
    share = pl.col("difference").abs() / pl.max_horizontal(pl.col("before").abs(), pl.col("after").abs())
    order = (
        ~pl.col("causes").list.contains("unexplained"),
        pl.col("figure") != "value",
        ~pl.col("told"),
        -share.fill_nan(0).fill_null(0),
        "estimate",
        "figure",
    )
    return numbers.sort(*order)


def _whole(comparison: Comparison, numbers: pl.DataFrame) -> dict[str, object]:
    about = {
        name: {"version": each.name, "code": each.code}
        for name, each in (("earlier", comparison.before), ("later", comparison.after))
    }
    rows = [
        {name: value for name, value in row.items() if name not in CAUSES}
        | {"parts": {cause: row[cause] for cause in CAUSES if row[cause]}}
        for row in numbers.to_dicts()
    ]
    return about | {
        "definitions": comparison.definitions,
        "erased_since": comparison.erased,
        "causes": _by_cause(comparison),
        "unexplained": comparison.unexplained,
        "numbers": rows,
    }


def _by_cause(comparison: Comparison) -> list[dict[str, object]]:
    """One line a cause that there is: whose rows changed, and how many numbers moved by it."""
    moved = comparison.numbers.explode("causes").group_by("causes")
    counted = {
        row["causes"]: row
        for row in moved.agg(values=(pl.col("figure") == "value").sum(), others=(pl.col("figure") != "value").sum())
        .cast({"values": pl.Int64, "others": pl.Int64})
        .to_dicts()
    }
    return [
        {
            "cause": cause,
            "people": comparison.people.get(cause, 0),
            "values": counted.get(cause, {}).get("values", 0),
            "other_figures": counted.get(cause, {}).get("others", 0),
            "meaning": MEANING[cause],
        }
        for cause in CAUSES
        if cause in counted or cause in comparison.people
    ]


def _text(comparison: Comparison, numbers: pl.DataFrame, most: int) -> str:
    written = io.StringIO()
    console = Console(file=written, width=_WIDTH)
    before, after = comparison.before, comparison.after
    console.print(f"{before.programme.id}: from {before.name} to {after.name}", highlight=False)
    if before.code != after.code:
        console.print(f"code: from {before.code} to {after.code}", highlight=False)
    if comparison.definitions:
        console.print(
            f"declared otherwise: {listed(comparison.definitions, MOST_FIELDS)}", markup=False, highlight=False
        )
    if comparison.erased:
        console.print(
            f"erased since: {comparison.erased}. A version built again is without them, as if they had never come.",
            highlight=False,
        )
    if numbers.is_empty():
        return written.getvalue() + "No number moved.\n"
    causes = Table("cause", "people", "values", "other figures", "", box=None, pad_edge=False)
    for row in _by_cause(comparison):
        causes.add_row(*(str(row[name]) for name in ("cause", "people", "values", "other_figures", "meaning")))
    console.print(causes)
    console.print()
    shown = numbers.head(most)
    table = Table("number", "before", "after", "difference", "made up of", box=None, pad_edge=False)
    for each in shown.to_dicts():
        table.add_row(*_cells(each))
    console.print(table, markup=False)
    left = numbers.height - shown.height
    more = f"{numbered(left, 'more number')}: --most, --format csv. " if left else ""
    state = f"UNEXPLAINED: {comparison.unexplained}" if comparison.unexplained else "unexplained: 0"
    return f"{written.getvalue()}{more}{numbered(numbers.height, 'number')} moved; {state}.\n"


def _cells(each: dict[str, object]) -> tuple[str, ...]:
    name = str(each["estimate"]) if each["figure"] == "value" else f"{each['estimate']} {each['figure']}"
    causes = [str(cause) for cause in each["causes"]]  # type: ignore[attr-defined]
    if each["words_before"] is not None or each["words_after"] is not None:
        return name, _said(each["words_before"]), _said(each["words_after"]), "", ", ".join(causes)
    if each["difference"] is None:
        return name, "few people", "", "", ", ".join(causes)
    parts = ", ".join(f"{cause} {_number(each[cause], signed=True)}" for cause in causes)
    return name, _number(each["before"]), _number(each["after"]), _number(each["difference"], signed=True), parts


def _said(words: object) -> str:
    return "none" if words is None else str(words)


def _number(value: object, *, signed: bool = False) -> str:
    if value is None:
        return "none"
    return f"{value:{'+' if signed else ''}.{_DIGITS}g}"
