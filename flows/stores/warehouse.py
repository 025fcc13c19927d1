"""The warehouse: a DuckDB file a refresh, checked, then made `current` by swapping a link.

A reader opens the real path of `current`: it never sees half a refresh and never holds one up.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import dataframely as dy
import duckdb
import polars as pl
import polars.selectors as cs
import pyarrow as pa

from flows.settings import ROOT
from flows.stores import atomic
from transforms import tables
from transforms.errors import UserError
from transforms.programme import Programme

SQL = ROOT / "sql"
CURRENT = "current"
FAILED_CHECK = "failed-check"
_READ_ONLY: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "lock_configuration": "true",
}
_MODEST: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "1GB"}
"""Left alone, DuckDB takes most of the memory, in which the frames lie already; beyond this it uses the disk.

One thread alone writes a wide table where there is less than about 16 MB for each of its columns."""
_ROW_GROUP = 122_880
"""Rows that DuckDB keeps together. Batches of just so many are written by all its threads at once, in order."""
_ROWS_AT_ONCE = 8 * _ROW_GROUP
"""Enough for the threads to share, while what crosses into DuckDB stays small."""


class CheckError(UserError):
    """A new warehouse that broke a promise; it was thrown away and the last one stays."""


@dataclass(frozen=True)
class Reader:
    """An open warehouse, read-only. `path` is the version that it reads, whatever becomes current meanwhile."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    questions: Literal["reports", "releases"] = "reports"

    def query(self, name: str, **parameters: object) -> pl.DataFrame:
        """The answer to a question in sql/, by its name. Raises UserError where an older version built the file."""
        try:
            return self.sql((SQL / self.questions / f"{name}.sql").read_text(encoding="utf-8"), **parameters)
        except duckdb.CatalogException:
            raise UserError(
                f"{self.path}: an older version of impact made it, which did not know '{name}' yet. "
                f"Run: impact refresh {self.path.parent.name}"
            ) from None

    def sql(self, text: str, **parameters: object) -> pl.DataFrame:
        """The answer to one SELECT; times are in UTC."""
        answer: pl.DataFrame = self.connection.sql(text, params=parameters or None).pl()
        return answer.with_columns(cs.datetime(time_zone="*").dt.convert_time_zone("UTC"))

    def table(self, name: str) -> pl.DataFrame:
        """A whole table, in the order in which it was written."""
        return self.sql(f"from {_quoted(name)}")


class Warehouse:
    """The versions of one programme's warehouse."""

    def __init__(self, folder: Path, kept: int = 3) -> None:
        self.folder = folder
        self.kept = kept

    def current(self) -> Path | None:
        """The real path of the current version, if there is one."""
        link = self.folder / CURRENT
        return link.resolve() if link.exists() else None

    def path_of(self, input_id: str) -> Path:
        """Where the version made from one input lies. Its name says what it was made from."""
        return self.folder.resolve() / f"wh-{input_id}.duckdb"

    def build(self, programme: Programme, frames: Mapping[str, pl.DataFrame], input_id: str) -> Path:
        """Writes, checks and makes current a new version. Only under the programme's lock.

        Raises CheckError, and leaves `current` as it was, when a check returns rows.
        """
        atomic.clear_leftovers(self.folder)
        path = self.path_of(input_id)
        written = atomic.temporary(path)
        write_tables(written, tables.warehouse(programme), frames)
        try:
            _check(written)
        except CheckError as error:
            atomic.write(self.folder / FAILED_CHECK, str(error).encode())
            raise
        written.chmod(0o600)
        atomic.settle(written, path)
        self.make_current(path)
        return path

    def make_current(self, path: Path) -> None:
        """Lets readers from now on open this version. Only under the programme's lock."""
        self._swap(path)
        self.newest_is_used()
        self._forget_old()

    @property
    def failed_check(self) -> str:
        """What the checks said of newer data that they refused; empty where the current version holds the newest."""
        path = self.folder / FAILED_CHECK
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def newest_is_used(self) -> None:
        """Forgets that newer data failed a check. Only under the programme's lock."""
        (self.folder / FAILED_CHECK).unlink(missing_ok=True)

    @contextmanager
    def open(self) -> Iterator[Reader]:
        """Opens the current version read-only. Raises UserError when there is none."""
        path = self.current()
        if path is None:
            raise UserError(f"{self.folder}: there is no warehouse yet. Run: impact refresh {self.folder.name}")
        with reading(path) as reader:
            yield reader

    def forget(self) -> None:
        """Deletes every version and what a killed run left of one. Only under the programme's lock."""
        (self.folder / CURRENT).unlink(missing_ok=True)
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != atomic.LOCK:
                path.unlink()
        atomic.flush(self.folder)

    def _swap(self, path: Path) -> None:
        atomic.link(self.folder / CURRENT, Path(path.name))

    def _forget_old(self) -> None:
        current = self.current()
        versions = sorted(self.folder.resolve().glob("wh-*.duckdb"), key=lambda each: each.stat().st_mtime_ns)
        for path in versions[: -self.kept]:
            if path != current:
                path.unlink()


@contextmanager
def reading(path: Path, questions: Literal["reports", "releases"] = "reports") -> Iterator[Reader]:
    """Opens a finished file read-only."""
    connection = duckdb.connect(path, read_only=True, config=_READ_ONLY)
    try:
        yield Reader(path, connection, questions)
    finally:
        connection.close()


def write_tables(path: Path, declared: Mapping[str, type[dy.Schema]], frames: Mapping[str, pl.DataFrame]) -> None:
    """Writes a DuckDB file of these tables."""
    connection = duckdb.connect(path, config=_MODEST)
    try:
        for name, schema in declared.items():
            for statement in definition(name, schema):
                connection.execute(statement)
            for rows in frames[name].iter_slices(_ROWS_AT_ONCE):
                connection.register("incoming", _batches(rows.select(schema.column_names())))
                connection.execute(f"insert into {_quoted(name)} by name from incoming")
                connection.unregister("incoming")
        connection.execute("checkpoint")
    finally:
        connection.close()
    if Path(f"{path}.wal").exists():
        raise CheckError(f"{path}: part of the new warehouse is still in its write-ahead log; it is not used.")


def _batches(rows: pl.DataFrame) -> pa.Table:
    """The same rows as Arrow, in batches."""
    whole = rows.to_arrow(compat_level=pl.CompatLevel.newest())
    return pa.Table.from_batches(whole.to_batches(max_chunksize=_ROW_GROUP), whole.schema)


def _check(path: Path) -> None:
    """Runs every check on the closed file, as its readers will see it."""
    connection = duckdb.connect(path, read_only=True, config=_READ_ONLY | _MODEST)
    try:
        for check in sorted((SQL / "checks").glob("*.sql")):
            wrong = connection.sql(check.read_text(encoding="utf-8")).pl().height
            if wrong:
                raise CheckError(
                    f"sql/checks/{check.name}: the new warehouse has {wrong} rows that should not exist. "
                    "It is not used; the last one stays. Run the check on it to see them."
                )
    finally:
        connection.close()


def definition(name: str, schema: type[dy.Schema]) -> Iterator[str]:
    """The statements that make a table with its comments, from its one declaration."""
    columns = schema.columns()
    lines = [
        f"{_quoted(column)} {_type(declared.dtype)}{'' if declared.nullable else ' not null'}"
        for column, declared in columns.items()
    ]
    yield f"create table {_quoted(name)} ({', '.join(lines)})"
    grain = (schema.__doc__ or "").strip().splitlines()[0]
    yield f"comment on table {_quoted(name)} is {_text(grain)}"
    for column, declared in columns.items():
        if declared.description:
            yield f"comment on column {_quoted(name)}.{_quoted(column)} is {_text(declared.description)}"


def _type(dtype: pl.DataType) -> str:
    match dtype:
        case pl.Enum():
            return f"enum ({', '.join(_text(category) for category in dtype.categories)})"
        case pl.Datetime():
            return "timestamptz" if dtype.time_zone else "timestamp"
        case pl.Int64():
            return "bigint"
        case pl.Float64():
            return "double"
        case pl.Boolean():
            return "boolean"
        case pl.Date():
            return "date"
        case pl.String():
            return "varchar"
        case _:
            raise TypeError(f"no warehouse type is declared for {dtype}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
