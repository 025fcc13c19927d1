"""Text files with delimiters (CSV and its kin) to Parquet, as text, in bounded memory.

Well-formed UTF-8 goes straight through Polars. Anything else (another encoding, title rows, rows with too
many or too few cells, old line ends) is first written again, record by record, as well-formed UTF-8.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from flows.sources import headings
from flows.sources.headings import Headings
from flows.sources.stamp import FLAW, UNREAD, Stamp, doubts_about
from flows.stores.atomic import CHUNK
from flows.stores.manifests import Received
from transforms.errors import SourceError
from transforms.programme import Form

DELIMITERS = (",", ";", "\t", "|")
HEAD = 1 << 16
_LINE_ENDS = (b"\n", b"\r")
_UTF8 = "utf-8-sig"
_ASCII = bytes(range(0x80))
_THAI = bytes((*range(0xA1, 0xDB), *range(0xDF, 0xFC)))  # CP874's Thai letters, vowels, marks and digits
_FORMATS = {b"PK\x03\x04": "ZIP or Excel", b"%PDF": "PDF", b"\xd0\xcf\x11\xe0": "old Excel", b"PAR1": "Parquet"}


@dataclass(frozen=True)
class _Bytes:
    """What one pass over a file's bytes tells."""

    delimiters: int
    quotes: bool
    nul: bool
    line_feeds: bool


def read(path: Path, form: Form, stamp: Stamp, work: Path) -> Received:
    """The file's rows as Parquet in `work`. Raises SourceError with the reason why it cannot be trusted."""
    head = _head(path, stamp)
    encoding = _UTF8 if _starts_as_utf8(head) else _encoding(path, head, stamp)
    delimiter, found = _headings(head, encoding, form)
    if len(head) == HEAD and not any(end in head for end in _LINE_ENDS):
        raise SourceError("schema", f"{stamp.where}: its first line is longer than {HEAD >> 10} kB. Leave columns out.")
    unknown = headings.check(found, form, stamp.where)
    parquet = stamp.beside(work, ".parquet")
    plain = encoding == _UTF8 and found.position == 0 and all(found.names)
    if not (plain and _read_plain(path, delimiter, found, stamp, parquet)):
        encoding = _encoding(path, head, stamp)
        _read_again(path, encoding, delimiter, found, stamp, parquet)
    rows = pl.scan_parquet(parquet).select(pl.len()).collect().item()
    return Received(
        file=stamp.file,
        sha256=stamp.sha256,
        parquet=parquet,
        server_rows=rows,
        rows=rows,
        encoding=encoding.removesuffix("-sig"),
        doubts=doubts_about(rows, unknown),
    )


def _look_at_bytes(path: Path, delimiter: str) -> _Bytes:
    delimiters, quotes, nul, line_feeds = 0, False, False, False
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            delimiters += chunk.count(delimiter.encode())
            quotes = quotes or b'"' in chunk
            nul = nul or b"\0" in chunk
            line_feeds = line_feeds or b"\n" in chunk
    return _Bytes(delimiters, quotes, nul, line_feeds)


def _head(path: Path, stamp: Stamp) -> bytes:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise SourceError("empty_file", f"{stamp.where}: the file is empty. Send it again, or delete it.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    kind = next((kind for magic, kind in _FORMATS.items() if head.startswith(magic)), None)
    if kind or start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise SourceError(
            "not_this_format", f"{stamp.where}: this is {kind or 'a web page'}, not CSV text. Export it again."
        )
    return head


def _starts_as_utf8(head: bytes) -> bool:
    """Whether the file may be UTF-8; Polars sees to the rest of it."""
    try:
        codecs.getincrementaldecoder(_UTF8)().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head[:4096]


def _encoding(path: Path, head: bytes, stamp: Stamp) -> str:
    """UTF-8 if it is; UTF-16 by its mark; CP874 if nearly all bytes above ASCII are Thai letters."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if _decodes(path, "utf-16"):
            return "utf-16"
    elif b"\0" not in head[:4096]:
        if _decodes(path, _UTF8):
            return _UTF8
        if _thai_share(path) >= 0.95 and _decodes(path, "cp874"):
            return "cp874"
    raise SourceError(
        "encoding_unknown",
        f"{stamp.where}: its letters are neither UTF-8, UTF-16 nor Thai Windows (CP874). Save it as UTF-8.",
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _thai_share(path: Path) -> float:
    high = thai = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            above = chunk.translate(None, _ASCII)
            high += len(above)
            thai += len(above) - len(above.translate(None, _THAI))
    return thai / high if high else 0.0


def _headings(head: bytes, encoding: str, form: Form) -> tuple[str, Headings]:
    """The delimiter under which most of the form's headings are found, and those headings."""
    text = codecs.getincrementaldecoder(encoding)().decode(head)
    found = {delimiter: headings.find(_first_records(text, delimiter), form) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda each: found[each].known)
    return delimiter, found[delimiter]


def _first_records(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), headings.SEARCHED))
    except csv.Error:
        return []


def _read_plain(path: Path, delimiter: str, found: Headings, stamp: Stamp, parquet: Path) -> bool:
    """Reads a well-formed file; False when it is not well-formed after all.

    Polars fills rows that have too few cells without a word, so the delimiters are counted.
    """
    content = _look_at_bytes(path, delimiter)
    if content.nul or not content.line_feeds:
        return False
    lines = pl.scan_csv(
        path,
        has_header=False,
        skip_rows=1,
        schema=dict.fromkeys(found.names, pl.String),
        separator=delimiter,
        row_index_name="_row",
        row_index_offset=2,
        raise_if_empty=False,
        truncate_ragged_lines=False,
        glob=False,
    )
    try:
        stamp.write(lines, parquet)
    except pl.exceptions.PolarsError:
        return False
    inside = pl.sum_horizontal(pl.col(found.names).str.count_matches(delimiter, literal=True).sum())
    landed = pl.scan_parquet(parquet).select(rows=pl.len(), inside=inside if content.quotes else pl.lit(0)).collect()
    expected = landed["rows"][0] * (len(found.names) - 1) + int(landed["inside"][0])
    return bool(expected + _delimiters_in_first_record(path, delimiter) == content.delimiters)


def _delimiters_in_first_record(path: Path, delimiter: str) -> int:
    with path.open(encoding=_UTF8, newline="") as file:
        record = next(csv.reader(file, delimiter=delimiter))
    return len(record) - 1 + sum(cell.count(delimiter) for cell in record)


def _read_again(path: Path, encoding: str, delimiter: str, found: Headings, stamp: Stamp, parquet: Path) -> None:
    """Writes the records again as well-formed UTF-8 and reads that. A row that is not whole is kept, marked."""
    rewritten = parquet.with_suffix(".csv")
    kept = [name for name in found.names if name]
    with (
        path.open(encoding=encoding, newline="") as source,
        rewritten.open("w", encoding="utf-8", newline="") as target,
    ):
        writer = csv.writer(target, lineterminator="\n")
        writer.writerows(_whole_records(source, delimiter, found, stamp))
    columns = {"_row": pl.Int64, **dict.fromkeys(kept, pl.String), FLAW: pl.String, UNREAD: pl.String}
    lines = pl.scan_csv(rewritten, has_header=False, schema=columns, raise_if_empty=False, glob=False)
    stamp.write(lines, parquet)
    rewritten.unlink()


def _whole_records(source: io.TextIOBase, delimiter: str, found: Headings, stamp: Stamp) -> Iterator[list[object]]:
    """Row number, named cells, flaw, and the record as received where it has a flaw."""
    named = [bool(name) for name in found.names]
    wide, empty = len(named), [""] * sum(named)
    for number, record in _records(source, delimiter, stamp):
        if number <= found.position + 1 or not any(cell.strip() for cell in record):
            continue
        flaw = _flaw(record, wide)
        if flaw:
            yield [number, *empty, flaw, delimiter.join(record).replace("\0", "")]
            continue
        if any(cell.strip() for cell, has_name in zip(record, named, strict=False) if not has_name):
            raise SourceError("blank_header", f"{stamp.where}: a column with data has no heading. Give it one.")
        yield [number, *(cell for cell, has_name in zip(record, named, strict=False) if has_name), "", ""]


def _flaw(record: list[str], wide: int) -> str | None:
    if any("\0" in cell for cell in record):
        return "nul_byte"
    # Empty cells beyond the last heading say nothing: one reading only.
    return "ragged_row" if len(record) < wide or any(record[wide:]) else None


def _records(source: io.TextIOBase, delimiter: str, stamp: Stamp) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    number, line = 0, 1
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:  # its text may quote the cell
            break
        number += 1
        yield number, record
        line = reader.line_num + 1
    raise SourceError(
        "broken_quotes", f"{stamp.where}: from line {line} on a quotation mark is not closed. Mend that line."
    )
