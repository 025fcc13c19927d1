"""Drafts a form of forms.toml from an XLSForm, or from the headings and first rows of a CSV or Excel file."""

import codecs
import csv
import io
import tempfile
from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path

import polars as pl

from flows.sources import workbook
from flows.sources.delimited import DELIMITERS
from flows.sources.headings import SEARCHED
from flows.sources.stamp import Stamp
from flows.stores.manifests import Pull
from transforms.drafting import table, xlsform
from transforms.drafting.writing import DraftForm, Kind, as_toml
from transforms.errors import UserError, listed

HEAD_BYTES = 4 << 20
"""How much of a text file is looked at."""
SURVEY = "survey"

Cells = list[list[str | None]]


def draft_forms(path: Path, kind: Kind | None = None, sheet: str | None = None) -> str:
    """The drafted form as TOML. Raises UserError when the file cannot be read."""
    if not path.is_file():
        raise UserError(f"{path}: there is no such file.")
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return as_toml(_of_workbook(path, kind, sheet))
    if suffix in (".csv", ".tsv", ".txt"):
        return as_toml(_of_table(_text_cells(path), path, kind))
    raise UserError(f"{path}: files ending in '{suffix}' are not read. Give an XLSForm (.xlsx), an .xlsx or a .csv.")


def _of_workbook(path: Path, kind: Kind | None, sheet: str | None) -> DraftForm:
    workbook.check_archive(path, Stamp("draft-forms", Pull.now(), path.name, ""))
    with tempfile.TemporaryDirectory() as folder, workbook.Reader() as reader:
        target = Path(folder) / "cells.arrow"
        answer = reader.cells(path, sheet, target)
        sheets = [name for name in answer.get("sheets", ()) if name]
        if "error" not in answer:
            cells = _cells(target)
            if _is_survey(cells):
                return xlsform.draft(_rows(cells), [], {}, path.name, kind)
            return _of_table(cells, path, kind)
        if SURVEY not in sheets:
            allowed = f" Sheets: {listed(sheets)}. Name one: --sheet NAME." if sheets else ""
            raise UserError(f"{path}: it cannot be read ({answer['error']}).{allowed}")
        found = {name: _sheet(reader, path, name, target) for name in (SURVEY, "choices", "settings") if name in sheets}
    parts = {name: _rows(cells) for name, cells in found.items()}
    settings = next(iter(parts.get("settings", [])), {})
    return xlsform.draft(parts[SURVEY], parts.get("choices", []), settings, path.name, kind)


def _sheet(reader: workbook.Reader, path: Path, sheet: str, target: Path) -> Cells:
    answer = reader.cells(path, sheet, target)
    if "error" in answer:
        raise UserError(f"{path}, sheet '{sheet}': it cannot be read ({answer['error']}). Save it again as .xlsx.")
    return _cells(target)


def _cells(target: Path) -> Cells:
    return [list(row) for row in pl.read_ipc(target).rows()]


def _is_survey(cells: Cells) -> bool:
    return bool(cells) and {"type", "name"} <= {(cell or "").strip().lower() for cell in cells[0]}


def _rows(cells: Cells) -> list[dict[str, str]]:
    """An XLSForm's sheet: each line by heading, what is empty left out."""
    headings = [(cell or "").strip() for cell in cells[0]] if cells else []
    named = [name.lower() if ":" not in name else name for name in headings]
    return [{name: cell for name, cell in zip(named, row, strict=False) if name and cell} for row in cells[1:]]


def _of_table(cells: Cells, path: Path, kind: Kind | None) -> DraftForm:
    if not any(any(row) for row in cells):
        raise UserError(f"{path}: it is empty. Give a file with a row of headings.")
    at = table.heading_row(cells[:SEARCHED])
    headings = [(cell or "").strip() for cell in cells[at]]
    if table.looks_like_answers(headings):
        raise UserError(f"{path}: row {at + 1} holds answers, not headings. Put a row of headings above them.")
    doubled = [name for name, times in Counter(filter(None, headings)).items() if times > 1]
    if doubled:
        raise UserError(f"{path}: the heading '{doubled[0]}' stands there twice. Rename one of the columns.")
    body = cells[at + 1 : at + 1 + table.SAMPLED]
    columns = {
        name: [row[place] if place < len(row) else None for row in body] for place, name in enumerate(headings) if name
    }
    rows = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    title = path.stem.replace("_", " ")
    nameless = [f"column {place}: it has no heading" for place, name in enumerate(headings, start=1) if not name]
    return table.draft(rows, kind, title, path.name, date.today(), nameless)


def _text_cells(path: Path) -> Cells:
    """The first records of a text file, by the delimiter that takes most of them apart."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    text = _decoded(head, path)
    if len(head) == HEAD_BYTES:  # the last line is cut off
        text = text[: text.rfind("\n") + 1]
    found = {delimiter: _records(text, delimiter) for delimiter in DELIMITERS}
    return max(found.values(), key=_width)


def _width(records: Cells) -> int:
    """How many cells most of the first records have."""
    widths = Counter(len(row) for row in records[:SEARCHED])
    return max(widths, key=lambda wide: (widths[wide] * wide, wide), default=0)


def _records(text: str, delimiter: str) -> Cells:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [list(row) for row in islice(reader, SEARCHED + 1 + table.SAMPLED)]
    except csv.Error:
        return []


def _decoded(head: bytes, path: Path) -> str:
    """The text, as UTF-8, as UTF-16 by its mark, or as Thai Windows."""
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp874"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UserError(f"{path}: its letters are neither UTF-8, UTF-16 nor Thai Windows (CP874). Save it as UTF-8.")
