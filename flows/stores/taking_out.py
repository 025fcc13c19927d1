"""Takes rows of people out of a Parquet: a file's rows go, a server's leave a line without answers.

A server goes on counting what is taken out here. The line that stays says that this record is known; its key is hashed.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow.parquet as pq

from flows.stores.erasures import Forgotten
from transforms.identities import columns_for
from transforms.submissions import KEY, RECEIVED

GONE = "gone"
"""The revision of a record that its server no longer has. One rejected in its review is still there."""
Taken = Literal["erased", "expired"]
"""Why rows are taken out: a person was erased, or their time is over. A server's record that is still there has it as
its revision."""
ERASED: Taken = "erased"
EXPIRED: Taken = "expired"
EMPTY = (GONE, ERASED, EXPIRED)
"""The revisions that say nothing of a record but how it stands."""
Places = Callable[[pl.DataFrame], pl.Series]
"""Some positions among rows."""
_AT_ONCE = 100_000
_LINE = {"_row": pl.Int64, KEY: pl.String, "_revision": pl.String}
_KEPT = (*RECEIVED, KEY, "_revision", "_deleted")


def theirs(parquet: Path | bytes, forgotten: Forgotten) -> pl.DataFrame:
    """The rows of people who are marked: `_row`, and of a server's `_key` and `_revision`, as they are now."""
    return chosen(parquet, lambda names: columns_for(names, forgotten.form), forgotten.places)


def chosen(parquet: Path | bytes, columns: Callable[[Sequence[str]], list[str]], places: Places) -> pl.DataFrame:
    """The rows at some places, as `theirs`; told by some of the columns, some rows at a time."""
    file = pq.ParquetFile(BytesIO(parquet) if isinstance(parquet, bytes) else parquet)
    wanted = columns(file.schema_arrow.names)
    found = [pl.DataFrame(schema=_LINE if KEY in wanted else {"_row": pl.Int64})]
    for batch in file.iter_batches(batch_size=_AT_ONCE, columns=wanted):
        rows = pl.DataFrame(batch)
        found.append(rows[places(rows)].select(found[0].columns))
    return pl.concat(found)


def erased_lines(gone: pl.DataFrame, forgotten: Forgotten) -> pl.DataFrame:
    """What stays of rows of people who were erased. A revision that once had a wrong id leaves nothing that counts."""
    return _lines(gone, forgotten, ERASED, forgotten.recorded)


def expired_lines(gone: pl.DataFrame, forgotten: Forgotten) -> pl.DataFrame:
    """What stays of rows whose time is over, which are whole records with all their revisions."""
    return _lines(gone, forgotten, EXPIRED, lambda keys: pl.repeat(True, len(keys), dtype=pl.Boolean, eager=True))


def _lines(
    gone: pl.DataFrame, forgotten: Forgotten, word: Taken, counts: Callable[[pl.Series], pl.Series]
) -> pl.DataFrame:
    """The keys and revisions of the lines that stay; nothing but the places of a file's rows."""
    if KEY not in gone.columns:
        return gone.select("_row")
    there = counts(gone[KEY]) & (gone["_revision"] != GONE)
    revisions = pl.select(pl.when(there).then(pl.lit(word)).otherwise(pl.lit(GONE))).to_series()
    return gone.select("_row", forgotten.key_hashes(gone[KEY]).alias(KEY), revisions.alias("_revision"))


def without(parquet: Path | bytes, lines: pl.DataFrame, target: Path) -> None:
    """Writes the Parquet again without what these rows say, of which `lines` tells what stays."""
    rows = pl.scan_parquet(parquet)
    if KEY in lines.columns:
        rows = emptied(rows, "_row", lines)
    else:
        rows = rows.filter(~pl.col("_row").is_in(lines["_row"].implode()))
    rows.sink_parquet(target, statistics=False, maintain_order=True)


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
