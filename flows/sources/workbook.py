"""Excel workbooks to Parquet, as text; parsed in a limited child process."""

import json
import subprocess
import sys
import threading
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import polars as pl

from flows.sources import headings, workbook_child
from flows.sources.stamp import Stamp, doubts_about
from flows.stores.atomic import CHUNK
from flows.stores.manifests import Doubt, Received
from transforms.errors import SourceError
from transforms.normalise.text import FORMULA
from transforms.programme import Form

UNPACKED = 200 << 20
RATIO = 100
WALL_SECONDS = 120
_HAS_PASSWORD = 1
"""The bit of a part's flags that says so."""
_EXCELS_OWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SMALL = 1 << 20  # below this a high ratio does no harm
_ENTITIES = tuple(
    word.encode(letters) for word in ("<!DOCTYPE", "<!ENTITY") for letters in ("utf-8", "utf-16-le", "utf-16-be")
)
_FROM_1904 = tuple(f"date1904={mark}{yes}{mark}".encode() for mark in "\"'" for yes in ("1", "true"))
_MIDNIGHT = r"^(\d{4}-\d{2}-\d{2})[ T]00:00:00(?:\.0+)?$"
_REASONS = {
    "sheet_too_large": "a sheet is too large to be read. Delete far-away cells, or send it as CSV.",
    "not_this_format": "it is no Excel workbook that can be read. Open it in Excel and save it again as .xlsx.",
    "several_sheets": "it has several sheets: {sheets}. Name the right one as sheet = '...' in programme.toml.",
    "no_sheet": "the sheet is not there. Sheets: {sheets}. Name one as sheet = '...' in programme.toml.",
}


class Reader:
    """A child process that reads workbooks one after another; a new one is started when it dies of one."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def cells(self, path: Path, sheet: str | None, target: Path) -> dict[str, Any]:
        """Writes a sheet's cells to `target`; the answer names the sheet, or gives a reason code as `error`."""
        child = self._child or self._start()
        assert child.stdin is not None and child.stdout is not None
        timer = threading.Timer(WALL_SECONDS, child.kill)
        timer.start()
        try:
            request = {"path": str(path), "sheet": sheet, "target": str(target), "formula": FORMULA}
            child.stdin.write(json.dumps(request) + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self._end()
        return {"error": "sheet_too_large"}

    def _start(self) -> "subprocess.Popen[str]":
        self._child = subprocess.Popen(
            [sys.executable, "-I", workbook_child.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a crash report may quote cells
            text=True,
        )
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def read(path: Path, form: Form, sheet: str | None, stamp: Stamp, work: Path, reader: Reader) -> Received:
    """The sheet's rows as Parquet in `work`. Raises SourceError with the reason why it cannot be trusted."""
    check_archive(path, stamp)
    target = stamp.beside(work, ".arrow")
    answer = reader.cells(path, sheet, target)
    if "error" in answer:
        reason = _REASONS[answer["error"]].format(sheets=", ".join(answer.get("sheets", ())))
        raise SourceError(answer["error"], f"{stamp.where}: {reason}")
    parquet = stamp.beside(work, ".parquet")
    rows, unknown = _rows(pl.read_ipc(target), form, stamp, parquet)
    target.unlink()
    hidden = tuple(Doubt("hidden_sheet", name, 1) for name in answer["hidden"] if name != answer["sheet"])
    return Received(
        file=stamp.file,
        sha256=stamp.sha256,
        parquet=parquet,
        server_rows=rows,
        rows=rows,
        encoding="xlsx",
        doubts=(*doubts_about(rows, unknown), *hidden),
    )


def check_archive(path: Path, stamp: Stamp) -> None:
    """Refuses what must not be parsed, by the archive's table of contents and by what is in its parts."""
    with path.open("rb") as file:
        magic = file.read(4)
    if not magic:
        raise SourceError("empty_file", f"{stamp.where}: the file is empty. Send it again, or delete it.")
    if magic == b"\xd0\xcf\x11\xe0":
        raise SourceError(
            "encrypted", f"{stamp.where}: it has a password or is an old .xls. Save it as .xlsx without one."
        )
    if magic != b"PK\x03\x04":
        raise SourceError(
            "not_this_format",
            f"{stamp.where}: this is no Excel workbook, whatever its name says. Save it as .xlsx, or as .csv.",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive, stamp)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError):
        raise SourceError("truncated", f"{stamp.where}: the workbook is cut off or damaged. Send it again.") from None


def _check_parts(archive: zipfile.ZipFile, stamp: Stamp) -> None:
    parts = archive.infolist()
    if "xl/workbook.xml" not in archive.namelist():
        raise SourceError(
            "not_this_format", f"{stamp.where}: this is an archive, but no Excel workbook. Save it as .xlsx."
        )
    if any(part.flag_bits & _HAS_PASSWORD for part in parts):
        raise SourceError("encrypted", f"{stamp.where}: it has a password. Save it as .xlsx without one.")
    if any(part.compress_type not in _EXCELS_OWN for part in parts):
        raise SourceError(
            "not_this_format", f"{stamp.where}: it is packed as Excel never does. Open it in Excel and save it again."
        )
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > UNPACKED or (unpacked > _SMALL and unpacked > RATIO * packed):
        raise SourceError("zip_bomb", f"{stamp.where}: unpacked it would take {unpacked >> 20} MB. Send it as CSV.")
    for part in parts:
        if not part.filename.endswith((".xml", ".rels")):
            continue
        with archive.open(part) as file:
            if _found(_ENTITIES, file):
                raise SourceError(
                    "xml_entities", f"{stamp.where}: it defines XML entities, which Excel never does. Save it anew."
                )
            file.seek(0)
            if part.filename == "xl/workbook.xml" and _found(_FROM_1904, file):
                raise SourceError(
                    "date1904", f"{stamp.where}: its dates count from 1904. Switch that option off in Excel."
                )


def _found(words: tuple[bytes, ...], file: IO[bytes]) -> bool:
    """Whether one of the words stands anywhere in a file; what precedes it may be padded to any length."""
    longest, before = max(map(len, words)), b""
    while chunk := file.read(CHUNK):
        looked_at = before + chunk
        if any(word in looked_at for word in words):
            return True
        before = looked_at[-longest:]
    return False


def _rows(cells: pl.DataFrame, form: Form, stamp: Stamp, parquet: Path) -> tuple[int, tuple[str, ...]]:
    found = headings.find(cells.head(headings.SEARCHED).rows(), form)
    unknown = headings.check(found, form, stamp.where)
    body = cells.with_row_index("_row", offset=1).slice(found.position + 1)
    blank = [column for column, name in zip(cells.columns, found.names, strict=True) if not name]
    if not body.select(pl.col(blank).str.strip_chars().fill_null("") == "").select(pl.all().all()).pipe(_all_true):
        raise SourceError("blank_header", f"{stamp.where}: a column with data has no heading. Give it one.")
    names = {column: name for column, name in zip(cells.columns, found.names, strict=True) if name}
    asked = pl.col(list(names.values()))
    answers = body.drop(blank).rename(names).filter(pl.any_horizontal(asked.is_not_null()))
    dated = answers.lazy().with_columns(asked.str.replace(_MIDNIGHT, "$1"))
    stamp.write(dated, parquet)
    return answers.height, unknown


def _all_true(flags: pl.DataFrame) -> bool:
    return all(flags.row(0)) if flags.width else True
