"""A table or a SELECT of a PostgreSQL database, streamed in batches, every value as text."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import adbc_driver_manager
import polars as pl
from adbc_driver_postgresql import dbapi

from flows.sources import headings
from flows.sources.connections import connection
from flows.sources.stamp import doubts_about
from flows.stores.landing import Landing, Pull, Pulled
from flows.stores.revisions import Draft, content_of
from transforms.errors import SourceError
from transforms.programme import Form, Postgres

STATEMENT_MINUTES = 10
BATCH_BYTES = 8 << 20
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?")
_JOINT = "\x1f"


def pull(source: Postgres, form: Form, folder: Path, landing: Landing) -> Pulled:
    """Lands the rows that are new or have changed. Raises SourceError when not all came that the database counts."""
    relation = _relation(source, folder)
    with landing.pulling() as work, _snapshot(source) as database:
        moment = Pull.now()
        draft = Draft(landing, work, moment)
        columns = _columns(database, relation, source)
        unknown = headings.check_columns(columns, form, _where(source))
        since = _since(source, landing)
        expected, cursor = _expected(database, relation, source, since)
        fetched = 0
        for batch in _batches(database, relation, columns, source, since):
            fetched += batch.height
            draft.add(_records(batch, columns, source))
        _check_all_came(source, expected, fetched)
        if since is None:
            draft.bury(draft.vanished())
        received = draft.settle(source.table or source.query or "", draft.live, fetched, doubts_about(1, unknown))
        return Pulled(landing.append(received, source.form, moment), draft.live, cursor)


def _where(source: Postgres) -> str:
    return f"source '{source.id}'"


def _relation(source: Postgres, folder: Path) -> str:
    """What stands after `from`."""
    if source.table is not None:
        if not _TABLE.fullmatch(source.table):
            raise SourceError("wrong_table", f"{_where(source)}: table is no name such as schema.table.")
        return ".".join(_quoted(part) for part in source.table.split("."))
    path = folder / (source.query or "")
    if not path.is_file():
        raise SourceError("no_query", f"{_where(source)}: {path} is missing. Put the SELECT there.")
    return f"({path.read_text(encoding='utf-8').strip().rstrip(';')}\n) as asked"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _snapshot(source: Postgres) -> Iterator[dbapi.Cursor]:
    """A read-only transaction in which every statement sees the database at one moment."""
    dsn = connection(source.connection).get("dsn")
    try:
        database = dbapi.connect(dsn)
    except adbc_driver_manager.Error:  # its text may quote the address with its password
        raise SourceError(
            "not_connected",
            f"{_where(source)}: no connection to the database. Check that it runs, and the address, name and "
            f"password of connection '{source.connection}'.",
        ) from None
    try:
        with database.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute(f"set local statement_timeout = '{STATEMENT_MINUTES}min'")
            cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)})
            yield cursor
    except adbc_driver_manager.Error as error:
        raise _refused(source, getattr(error, "sqlstate", None)) from None
    finally:
        database.rollback()
        database.close()
