"""Searches everything below a folder for values, each file decoded as what it is, and its bytes as they are."""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import polars as pl
import pypdfium2

RAW = ("utf-8", "utf-16-le", "cp874")
"""How a value may stand in a file's bytes."""


def scan(folder: Path, values: Mapping[str, str]) -> dict[str, list[str]]:
    """Which kinds of values were found, by file."""
    hits: dict[str, list[str]] = {}
    for path, found in _found(folder, values):
        if found:
            here = hits.setdefault(str(path.relative_to(folder)), [])
            here += [kind for kind in found if kind not in here]
    return hits


def found_in(text: str, values: Mapping[str, str]) -> list[str]:
    return [kind for kind, value in values.items() if value in text]


def _found(folder: Path, values: Mapping[str, str]) -> Iterator[tuple[Path, list[str]]]:
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        yield path, found_in(path.name, values)
        for text in READERS.get(path.suffix, texts_of_bytes)(path):
            yield path, found_in(text, values)
        content = path.read_bytes()
        yield path, [kind for kind, value in values.items() if any(each in content for each in _encoded(value))]


def _encoded(value: str) -> list[bytes]:
    return [value.encode(encoding) for encoding in RAW]


def texts_of_duckdb(path: Path) -> Iterator[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.sql(
            "select table_name from duckdb_tables() where not internal"
            " union select view_name from duckdb_views() where not internal"
        )
        for (table,) in tables.fetchall():
            yield str(connection.sql(f'select * from "{table}"').pl().rows())


def texts_of_sqlite(path: Path) -> Iterator[str]:
    with sqlite3.connect(path) as connection:
        names = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (name,) in names:
            for row in connection.execute(f'select * from "{name}"'):
                yield " ".join(each.decode(errors="replace") if isinstance(each, bytes) else str(each) for each in row)


def texts_of_pdf(path: Path) -> Iterator[str]:
    opened = pypdfium2.PdfDocument(path)
    yield str(opened.get_metadata_dict())
    yield from (page.get_textpage().get_text_range() for page in opened)
    for number in range(opened.count_attachments()):
        yield opened.get_attachment(number).get_data().decode(errors="replace")


def texts_of_parquet(path: Path) -> Iterator[str]:
    yield str(pl.read_parquet(path).rows())


def texts_of_bytes(path: Path) -> Iterator[str]:
    yield path.read_bytes().decode(errors="replace")


READERS = {".duckdb": texts_of_duckdb, ".db": texts_of_sqlite, ".pdf": texts_of_pdf, ".parquet": texts_of_parquet}
