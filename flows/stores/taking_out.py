"""Takes the rows of people who were erased out of a Parquet: a file's rows go, a server's leave a line without answers.

A server goes on counting what is erased here. The line that stays says that this record is known; its key is hashed.
"""

from io import BytesIO
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from flows.stores.erasures import Forgotten
from transforms.identities import columns_for
from transforms.submissions import KEY, RECEIVED

GONE = "gone"
"""The revision of a record that its server no longer has. One rejected in its review is still there."""
ERASED = "erased"
"""The revision of a record of somebody who was erased here and that its server has."""
_AT_ONCE = 100_000
_LINE = {"_row": pl.Int64, KEY: pl.String, "_revision": pl.String}
_KEPT = (*RECEIVED, KEY, "_revision", "_deleted")


def theirs(parquet: Path | bytes, forgotten: Forgotten) -> pl.DataFrame:
    """The rows of people who were erased: `_row`, and of a server's `_key` and `_revision`, as they are now."""
    file = pq.ParquetFile(BytesIO(parquet) if isinstance(parquet, bytes) else parquet)
    columns = columns_for(file.schema_arrow.names, forgotten.form)
    found = [pl.DataFrame(schema=_LINE if KEY in columns else {"_row": pl.Int64})]
    for batch in file.iter_batches(batch_size=_AT_ONCE, columns=columns):
        rows = pl.DataFrame(batch)
        found.append(rows[forgotten.places(rows)].select(found[0].columns))
    return pl.concat(found)


def without(parquet: Path | bytes, gone: pl.DataFrame, forgotten: Forgotten, target: Path) -> None:
    """Writes the Parquet again without what these rows say."""
    rows = pl.scan_parquet(parquet)
    if KEY in gone.columns:
        lines = gone.select("_row", *_lines(gone, forgotten))
        rows = emptied(rows, "_row", lines)
    else:
        rows = rows.filter(~pl.col("_row").is_in(gone["_row"].implode()))
    rows.sink_parquet(target, statistics=False, maintain_order=True)


def _lines(gone: pl.DataFrame, forgotten: Forgotten) -> tuple[pl.Series, pl.Series]:
    """The keys and revisions of what stays. A revision that once had a wrong id leaves nothing that counts."""
    there = forgotten.recorded(gone[KEY]) & (gone["_revision"] != GONE)
    revisions = pl.select(pl.when(there).then(pl.lit(ERASED)).otherwise(pl.lit(GONE)))
    return forgotten.key_hashes(gone[KEY]).alias(KEY), revisions.to_series().alias("_revision")


def emptied(rows: pl.LazyFrame, index: str, lines: pl.DataFrame) -> pl.LazyFrame:
    """The rows with, at the places that column `index` names, the keys and revisions of `lines` and nothing else."""
    places = lines[index]
    here = pl.col(index).is_in(places.implode())
    said = [name for name in rows.collect_schema().names() if name not in (index, *_KEPT)]
    return rows.with_columns(
        *(pl.when(~here).then(pl.col(name)).alias(name) for name in said),
        *(
            pl.col(index).replace_strict(places, lines[name], default=pl.col(name)).alias(name)
            for name in (KEY, "_revision")
        ),
        _deleted=here | pl.col("_deleted"),
    )
