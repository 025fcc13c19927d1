"""A table or a SELECT of a PostgreSQL database, streamed in batches, every value as text."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import adbc_driver_manager
import polars as pl
import pyarrow as pa

from flows.sources import headings
from flows.sources.connections import connection, variable
from flows.sources.probes import Probe, moment_in
from flows.sources.stamp import doubts_about
from flows.sources.sudden_loss import refuse_lost_rows
from flows.stores.landing import Landing, Pulled
from flows.stores.manifests import Pull
from flows.stores.revisions import Draft, content_of
from transforms.errors import SourceError, nearest
from transforms.programme import Form, Postgres

if TYPE_CHECKING:
    from adbc_driver_postgresql import dbapi

STATEMENT_MINUTES = 10
BATCH_BYTES = 8 << 20
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?")
_JOINT = "\x1f"


@dataclass(frozen=True)
class _Relation:
    """What is read: the text that stands after `from`, its columns, and a condition on what is new.

    `mark` is the highest watermark, in SQL. A time that lies ahead, or is infinite, would hide all that changes
    until then: it counts as now.
    """

    text: str
    columns: tuple[str, ...]
    mark: str = "null"
    condition: str = "true"


def pull(source: Postgres, form: Form, folder: Path, landing: Landing) -> Pulled:
    """Lands the rows that are new or have changed. Raises SourceError when they are not all that the database counts.

    With a watermark only rows from a little before the last pull's highest are read; as soon as that leaves another
    number of rows than the database has, everything is.
    """
    with landing.pulling() as work, _snapshot(source) as database:
        whole = _described(database, source, folder)
        unknown = headings.check_columns(whole.columns, form, _where(source))
        moment = Pull.now()
        draft = Draft(landing, work, moment)
        rows, highest = _extent(database, whole, source)
        fetched = 0
        if since := _since(source, landing):
            fetched += _read(database, replace(whole, condition=since), source, draft)
        if not since or draft.live != rows:
            fetched += _read(database, whole, source, draft)
            draft.bury(draft.vanished())
        _check_keys(source, rows, draft.live)
        refuse_lost_rows(landing, rows)
        received = draft.settle(source.table or str(source.query), rows, fetched, doubts_about(rows, unknown))
        return Pulled(landing.append(received, source.form, moment), rows, highest)


def probe(source: Postgres, folder: Path) -> Probe:
    """How many rows there are, and the highest watermark where it is a time. Raises SourceError as a pull does."""
    with _snapshot(source) as database:
        highest = f"max({_quoted(source.watermark)})::text" if source.watermark else "null::text"
        database.execute(f"select count(*), {highest} from {_from(source, folder)}")  # noqa: S608
        rows, mark = database.fetchone()
        return Probe(rows, moment_in(mark))


def _where(source: Postgres) -> str:
    return f"source '{source.id}'"


@contextmanager
def _snapshot(source: Postgres) -> "Iterator[dbapi.Cursor]":
    """A read-only transaction, in which every statement sees the database at one moment."""
    # Only now: the driver loads all of Arrow, and with it pandas where that is installed, a second that no file needs.
    from adbc_driver_postgresql import dbapi

    dsn = connection(source.connection).get("dsn")
    try:
        database = dbapi.connect(dsn)
    except adbc_driver_manager.Error:  # its text may quote the address with its password
        raise SourceError(
            "not_connected",
            f"{_where(source)}: there is no connection to the database. Check that it runs, and the address, user and "
            f"password in {variable(source.connection, 'dsn')}.",
        ) from None
    refusal = None
    try:
        with database.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute(f"set local statement_timeout = '{STATEMENT_MINUTES}min'")
            cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)})
            yield cursor
    except adbc_driver_manager.Error as error:
        refusal = _refusal(source, error.sqlstate)
    except (pa.ArrowException, OSError):  # in the midst of the rows; its text quotes the value at fault
        refusal = SourceError(
            "broke_off",
            f"{_where(source)}: reading broke off: the connection ended, {STATEMENT_MINUTES} minutes were over, or a "
            "value could not be computed. Run the query in psql to see which.",
        )
    finally:
        with suppress(adbc_driver_manager.Error):
            database.rollback()
        database.close()
    if refusal is not None:
        raise refusal


_REFUSALS = {
    "42501": ("not_allowed", "the user may not read this. Grant it: grant select on TABLE to USER"),
    "42P01": ("not_found", "there is no such table. Check table, with its schema, and the database in the address"),
    "42703": ("no_such_column", "a column of key, watermark or the query does not exist. Check their spelling"),
    "57014": ("statement_timeout", f"reading took over {STATEMENT_MINUTES} minutes. Index the watermark, or add one"),
    "25006": ("not_read_only", "the query tries to change something. Only a SELECT is run"),
    "42601": ("wrong_query", "the query is not one SELECT. Check it in psql"),
}


def _refusal(source: Postgres, state: str | None) -> SourceError:
    """What PostgreSQL's code for an error means; its own text may quote a row."""
    code, meaning = _REFUSALS.get(state or "", ("database_error", f"the database reports error {state or 'unknown'}"))
    return SourceError(code, f"{_where(source)}: {meaning}.")


def _described(database: "dbapi.Cursor", source: Postgres, folder: Path) -> _Relation:
    text = _from(source, folder)
    database.execute(f"select * from {text} limit 0")  # noqa: S608
    schema = database.fetch_arrow_table().schema
    columns = tuple(schema.names)
    for name in (*source.key, *([source.watermark] if source.watermark else [])):
        if name not in columns:
            raise SourceError(
                "no_such_column", f"{_where(source)}: there is no column '{name}'. {nearest(name, columns)}"
            )
    return _Relation(text, columns, _mark(source, schema))


def _mark(source: Postgres, schema: pa.Schema) -> str:
    """The highest watermark, in SQL. Raises SourceError for a column that is neither a time nor a whole number."""
    if source.watermark is None:
        return "null"
    highest, kind = f"max({_quoted(source.watermark)})", schema.field(source.watermark).type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return f"least({highest}::timestamptz, now())"
    if pa.types.is_integer(kind):
        return highest
    raise SourceError(
        "wrong_watermark",
        f"{_where(source)}: the watermark '{source.watermark}' is neither a time (timestamptz, timestamp, date) nor a "
        "whole number, so it cannot tell what is new. Name another column, or none: then everything is read.",
    )


def _from(source: Postgres, folder: Path) -> str:
    if source.table is not None:
        if not _TABLE.fullmatch(source.table):
            raise SourceError("not_found", f'{_where(source)}: table = "{source.table}" is no name of a table.')
        return ".".join(_quoted(part) for part in source.table.split("."))
    path = folder / str(source.query)
    if not path.is_file():
        raise SourceError("no_query", f"{_where(source)}: {path} is missing. Put the SELECT there.")
    return f"({path.read_text(encoding='utf-8').strip().rstrip(';')}\n) as asked"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _extent(database: "dbapi.Cursor", relation: _Relation, source: Postgres) -> tuple[int, str | None]:
    """How many rows there are, and the highest watermark. Raises SourceError where a row has no key or watermark."""
    needed = (*source.key, *_list(source.watermark))
    missing = " or ".join(f"{_quoted(name)} is null" for name in needed)
    database.execute(
        f"select count(*), count(*) filter (where {missing}), ({relation.mark})::text from {relation.text}"  # noqa: S608
    )
    rows, without, mark = database.fetchone()
    if without:
        raise SourceError("no_key", f"{_where(source)}: {without} rows have no value in {' or '.join(needed)}.")
    return rows, mark


def _list(name: str | None) -> list[str]:
    return [name] if name else []


def _since(source: Postgres, landing: Landing) -> str | None:
    """The condition on what is new since the last pull; None where everything is to be read."""
    last = landing.attempt()
    if source.watermark is None or last is None or last.cursor is None:
        return None
    column, mark = _quoted(source.watermark), _literal(last.cursor)
    if last.cursor.isdigit():
        return f"{column} >= {mark}"
    return f"{column} >= ({mark}::timestamptz - interval '{source.overlap_minutes} minutes')"


def _read(database: "dbapi.Cursor", relation: _Relation, source: Postgres, draft: Draft) -> int:
    """Drafts every row of a relation and counts them."""
    as_text = ", ".join(f"{_quoted(name)}::text as {_quoted(name)}" for name in relation.columns)
    database.execute(f"select {as_text} from {relation.text} where {relation.condition}")  # noqa: S608
    fetched = 0
    for batch in _ahead(database.fetch_record_batch()):
        rows = pl.DataFrame(batch)
        fetched += rows.height
        draft.add(_records(rows, source))
    return fetched


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Each batch while the next one is fetched: the database works while we do."""
    with ThreadPoolExecutor(1) as fetching:
        coming = fetching.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = fetching.submit(next, batches, None)
            yield batch


def _records(rows: pl.DataFrame, source: Postgres) -> pl.DataFrame:
    return rows.select(
        pl.concat_str(source.key, separator=_JOINT).alias("_key"),
        content_of(rows),
        pl.lit(False).alias("_deleted"),
        pl.all(),
    )


def _check_keys(source: Postgres, rows: int, different: int) -> None:
    """All rows of one moment came, so where there are fewer keys than rows, some rows have the same one."""
    if different != rows:
        raise SourceError(
            "key_not_unique",
            f"{_where(source)}: {rows} rows have only {different} different values of {', '.join(source.key)}. "
            "Name columns in key that tell rows apart.",
        )
