"""What every landed row says about where it came from, whatever kind of file it stood in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.stores.manifests import Doubt, Pull
from transforms.tables import Records, Submissions

FLAW = "_flaw"
"""The column with the reason code of a row whose cells could not be told apart; null for all but a few."""

UNREAD = "_unread"
"""The column that keeps such a row as received."""

OURS = frozenset({*Submissions.column_names(), *Records.column_names(), FLAW, UNREAD})
"""Columns that are added to what is received: nothing received may be called so."""

COMPRESSION = 1
"""Zstandard's quickest level: half the time of the usual one, and short texts become no larger."""


@dataclass(frozen=True)
class Stamp:
    """Source, pull and file of a row; the file also by its content's hash."""

    source: str
    pull: Pull
    file: str
    sha256: str

    @property
    def where(self) -> str:
        """How a message names the file."""
        return f"source '{self.source}', file '{self.file}'"

    def beside(self, work: Path, suffix: str) -> Path:
        """A name for what is made of the file."""
        return work / f"{self.sha256[:16]}{suffix}"

    def on(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The rows with where they came from in front; they must have `_row`."""
        received_from = {
            "_source": pl.lit(self.source),
            "_pull": pl.lit(self.pull.id),
            "_file": pl.lit(self.file),
            "_row": pl.col("_row").cast(pl.Int64),
            "_pulled_at": pl.lit(self.pull.at).cast(pl.Datetime("us", "UTC")),
        }
        first = [value.alias(name) for name, value in received_from.items()]
        return rows.select(*first, pl.exclude("_row"))

    def write(self, rows: pl.LazyFrame, parquet: Path) -> None:
        """Writes the rows, stamped, in their order, in bounded memory."""
        self.on(rows).sink_parquet(parquet, compression_level=COMPRESSION, statistics=False, maintain_order=True)


def doubts_about(rows: int, unknown: Sequence[str]) -> tuple[Doubt, ...]:
    """Warnings about a file as a whole: no rows, and columns that the form does not know (kept as received)."""
    empty = () if rows else (Doubt("no_rows", "", 1),)
    return (*empty, *(Doubt("new_column", heading, max(rows, 1)) for heading in unknown))
