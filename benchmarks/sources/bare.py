"""The rivals: the least that any tool would do to have the same rows as Parquet. Nothing is checked or compared."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pyarrow.parquet
from adbc_driver_postgresql import dbapi

from benchmarks.sources.material import ASSET, FORM_ID, PAGE, PROJECT, TABLE


def csv(address: str, target: Path) -> None:
    """Polars scans the file, every column as text, and writes Parquet."""
    pl.scan_csv(address, infer_schema=False).sink_parquet(target)


def postgres(address: str, target: Path) -> None:
    """ADBC reads the table batch by batch; each is written as it comes."""
    with dbapi.connect(address) as database, database.cursor() as cursor:
        cursor.execute(f"select * from {TABLE}")
        batches = cursor.fetch_record_batch()
        plain = pyarrow.schema([(each.name, _storage(each.type)) for each in batches.schema])
        with pyarrow.parquet.ParquetWriter(target, plain) as writer:
            for batch in batches:
                writer.write_batch(pyarrow.record_batch([_stored(each) for each in batch.columns], schema=plain))


def _storage(kind: Any) -> Any:
    return getattr(kind, "storage_type", kind)


def _stored(column: Any) -> Any:
    return getattr(column, "storage", column)


def odk(address: str, target: Path) -> None:
    """Follows the pages of the feed; a frame a page, with groups as structs."""
    feed = f"{address}/v1/projects/{PROJECT}/forms/{FORM_ID}.svc/Submissions"
    _write((page["value"] for page in _linked(feed, address)), target)


def _linked(feed: str, address: str) -> Iterator[dict[str, Any]]:
    with httpx.Client(trust_env=False) as client:
        page = client.get(feed, params={"$top": PAGE, "$expand": "*"}).json()
        yield page
        while link := page.get("@odata.nextLink"):
            page = client.get(link.replace("http://127.0.0.1", address, 1)).json()
            yield page


def kobo(address: str, target: Path) -> None:
    """Asks for page after page until there is none; a frame a page."""
    _write((page["results"] for page in _numbered(f"{address}/api/v2/assets/{ASSET}/data.json")), target)


def _numbered(data: str) -> Iterator[dict[str, Any]]:
    with httpx.Client(trust_env=False) as client:
        start, more = 0, True
        while more:
            page = client.get(data, params={"limit": PAGE, "start": start}).json()
            start, more = start + PAGE, page["next"]
            yield page


def _write(pages: Iterator[list[dict[str, Any]]], target: Path) -> None:
    frames = [pl.DataFrame(rows, infer_schema_length=None) for rows in pages]
    pl.concat(frames, how="diagonal_relaxed").write_parquet(target)


RIVALS: dict[str, Callable[[str, Path], None]] = {"csv": csv, "postgres": postgres, "odk": odk, "kobo": kobo}
