"""Parquet files to Parquet as text. Only of a source that the programme trusts: such a file can be made to do harm."""

from pathlib import Path

import polars as pl

from flows.sources import headings
from flows.sources.stamp import Stamp, doubts_about
from flows.stores.manifests import Received
from transforms.errors import SourceError
from transforms.programme import Form

MAGIC = b"PAR1"
_MIDNIGHT = " 00:00:00$"
_WHOLE = r"^(-?[0-9]+)\.0$"
_FIRST_ROW = 2  # as in every other file, where the headings are row 1


def read(path: Path, form: Form, stamp: Stamp, work: Path, trusted: bool) -> Received:
    """The file's rows as Parquet in `work`. Raises SourceError with the reason why it cannot be trusted."""
    if not trusted:
        raise SourceError(
            "not_trusted",
            f"{stamp.where}: Parquet files are taken only from whom the programme trusts. Save it as CSV or XLSX, or "
            "write trusted = true at the source in programme.toml.",
        )
    _check_ends(path, stamp)
    try:
        schema = pl.read_parquet_schema(path)
        unknown = headings.check(headings.find([list(schema)], form), form, stamp.where)
        as_text = [_text(name, kind, stamp) for name, kind in schema.items()]
        rows = pl.scan_parquet(path, glob=False).with_row_index("_row", _FIRST_ROW).select("_row", *as_text)
        written = stamp.beside(work, ".parquet")
        stamp.write(rows, written)
    except pl.exceptions.PolarsError:  # its text may quote values
        raise _damaged(stamp) from None
    count = pl.scan_parquet(written).select(pl.len()).collect().item()
    return Received(
        file=stamp.file,
        sha256=stamp.sha256,
        parquet=written,
        server_rows=count,
        rows=count,
        encoding="parquet",
        doubts=doubts_about(count, unknown),
    )


def _check_ends(path: Path, stamp: Stamp) -> None:
    """Refuses what is empty, something else, or cut off: a Parquet file begins and ends alike."""
    size = path.stat().st_size
    if not size:
        raise SourceError("empty_file", f"{stamp.where}: the file is empty. Send it again, or delete it.")
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
        file.seek(max(0, size - len(MAGIC)))
        end = file.read()
    if start != MAGIC:
        raise SourceError(
            "not_this_format", f"{stamp.where}: this is no Parquet file, whatever its name says. Save it as CSV."
        )
    if end != MAGIC:
        raise _damaged(stamp)


def _damaged(stamp: Stamp) -> SourceError:
    return SourceError("truncated", f"{stamp.where}: the file is cut off or damaged. Send it again.")


def _text(name: str, kind: pl.DataType, stamp: Stamp) -> pl.Expr:
    """A column as people would write its values: whole numbers without `.0`, dates as year-month-day."""
    column = pl.col(name)
    if kind.is_nested() or isinstance(kind, (pl.Binary, pl.Object)):
        raise SourceError(
            "schema", f"{stamp.where}: the column '{name}' holds lists or bytes, not answers. Leave it out."
        )
    if isinstance(kind, pl.Datetime) and kind.time_zone:
        column = column.dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%dT%H:%M:%SZ")
    elif isinstance(kind, pl.Datetime):
        column = column.dt.to_string("%Y-%m-%d %H:%M:%S").str.replace(_MIDNIGHT, "")
    elif kind.is_float():
        column = column.cast(pl.String).str.replace(_WHOLE, "$1")
    return column.cast(pl.String).alias(name)
