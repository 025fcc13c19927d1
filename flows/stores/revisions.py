"""Records of a server in the landing: every revision as received, and a line for each that was deleted there.

A record is known by the server's own key. Only what is new or has changed since the last pull is appended.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import polars as pl

from flows.sources.stamp import Stamp
from flows.stores import atomic
from flows.stores.landing import Landing
from flows.stores.manifests import Doubt, Pull, Received
from flows.stores.taking_out import ERASED, EXPIRED, GONE, Taken, emptied
from transforms.submissions import SUBMITTED
from transforms.tables import Records

RECORD = Records.create_empty().schema

REVISION_BYTES = 16
PART_BYTES = 128 << 20
"""What is gathered in memory before it is written down."""
_FIELD, _VALUE = "\x1e", "\x1f"


def content_of(answers: pl.DataFrame) -> pl.Series:
    """A hash of each row's answers; a column that is empty or missing makes no difference, nor does their order.

    The first 128 bits of SHA-256, in hexadecimal digits: it must stay the same for ever, as Polars' own hash does not.
    """
    said = pl.concat_str([*_said(answers)], separator=_FIELD, ignore_nulls=True)
    joined = answers.select(text=said.cast(pl.Binary))["text"]
    hashes = pl.Series(
        "_revision", [hashed.digest() for hashed in map(hashlib.sha256, joined.to_list())], dtype=pl.Binary
    )
    return hashes.bin.slice(0, REVISION_BYTES).bin.encode("hex")


def _said(answers: pl.DataFrame) -> Iterator[pl.Expr]:
    """Each column's name with its answer, null where there is none; in one piece for neighbours without any null."""
    for whole, names in groupby(
        sorted(answers.columns), lambda name: not answers[name].has_nulls() and "{" not in name
    ):
        if whole:
            columns = [*names]
            yield pl.format(_FIELD.join(f"{name}{_VALUE}{{}}" for name in columns), *columns)
        else:
            yield from (pl.concat_str(pl.lit(name + _VALUE), pl.col(name)) for name in names)


def latest(landing: Landing) -> pl.DataFrame:
    """One row per record ever landed: `_key` and `_revision`, as the last pull that brought it left it."""
    return _newest(_lines(landing))


def waiting(landing: Landing, present: str, expected: str, most: int) -> set[str]:
    """The newest records, at most so many, whose column `present` counts fewer than `expected` does."""
    newest = _newest(_lines(landing, SUBMITTED, present, expected))
    if present not in newest.columns or expected not in newest.columns:
        return set()
    lacking = pl.col(present).cast(pl.Int64) < pl.col(expected).cast(pl.Int64)
    found = newest.filter(pl.col("_revision") != GONE, lacking).sort(SUBMITTED, descending=True)
    return set(found.head(most)["_key"])


def _lines(landing: Landing, *more: str) -> pl.DataFrame:
    """Every line ever landed, oldest first: `_key`, `_revision` and these columns as far as any file has them."""
    empty = pl.DataFrame(schema={name: RECORD[name] for name in ("_key", "_revision")})
    return pl.concat([empty, *landing.columns(*empty.columns, *more)], how="diagonal")


def _newest(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per record ever landed."""
    return lines.unique("_key", keep="last", maintain_order=True)


class Draft:
    """One pull's revisions, gathered in the work folder. Nothing is landed before `settle`."""

    def __init__(self, landing: Landing, work: Path, moment: Pull) -> None:
        self._landing, self._work, self._moment = landing, work, moment
        lines = _lines(landing)
        there = _newest(lines).filter(pl.col("_revision") != GONE)
        self._known: dict[str, str] = dict(there.iter_rows())
        self._expired = lines.filter(pl.col("_revision") == EXPIRED)["_key"].unique()
        self._seen: set[str] = set()
        self._gathered: list[pl.DataFrame] = []
        self._gathered_bytes = 0
        self._parts: list[Path] = []
        self.tombstones = self.erased = self.expired = 0

    @property
    def live(self) -> int:
        """Records that the server has, as far as is known now."""
        return len(self._known)

    def add(self, records: pl.DataFrame) -> None:
        """Keeps the records (columns RECORD and answers as text) that are new or have changed."""
        records = self._without_expired(self._without_erased(records))
        said = dict(zip(records["_key"].to_list(), records["_revision"].to_list(), strict=True))
        if len(said) < records.height:
            return self.add(records.unique("_key", keep="last", maintain_order=True))
        new = records
        if self._known:
            fresh = [self._known.get(key) != revision for key, revision in said.items()]
            new = records.filter(pl.Series(fresh, dtype=pl.Boolean))
        self._seen.update(said)
        self._known.update(said)
        self.erased += int((new["_revision"] == ERASED).sum())
        self.expired += int((new["_revision"] == EXPIRED).sum())
        return self._keep(new)

    def _without_erased(self, records: pl.DataFrame) -> pl.DataFrame:
        """The records with a line without answers for each of somebody who was erased: the server counts it."""
        forgotten = self._landing.forgotten
        return self._emptied(records, forgotten.places(records), ERASED) if forgotten else records

    def _without_expired(self, records: pl.DataFrame) -> pl.DataFrame:
        """The same for those whose time is over, and for records that were taken out for that.

        One that holds a registration of later is landed again, in place of the line that stood for it.
        """
        forgotten, late = self._landing.forgotten, self._landing.late
        if forgotten is None:
            return records
        out = pl.Series([False], dtype=pl.Boolean).new_from_index(0, records.height)
        if len(self._expired):
            hashes = forgotten.key_hashes(records["_key"])
            known = hashes.is_in(self._expired.implode())
            back = known & late.young(records) if late else out
            self._retire(hashes.filter(back))
            out = known & ~back
        places = out.arg_true().cast(pl.UInt32)
        if late:
            places = pl.concat([places, late.places(records)]).unique().sort()
        return self._emptied(records, places, EXPIRED)

    def _emptied(self, records: pl.DataFrame, places: pl.Series, word: Taken) -> pl.DataFrame:
        """The records with a line without answers at these places, also in the place of what was known of them."""
        forgotten = self._landing.forgotten
        if forgotten is None or places.is_empty():
            return records
        keys = records["_key"][places]
        self._retire(keys)
        lines = pl.DataFrame({"_place": places, "_key": forgotten.key_hashes(keys)})
        lines = lines.with_columns(_revision=pl.lit(word))
        return emptied(records.with_row_index("_place").lazy(), "_place", lines).drop("_place").collect()

    def bury(self, keys: Iterable[str]) -> None:
        """Keeps a line for each known record that is gone from the server."""
        self.tombstones += self._retire(self._as_known(list(keys)))

    def _retire(self, keys: Iterable[str]) -> int:
        """Keeps a line for each of these records that is known, and no longer so called or there; how many."""
        gone = [key for key in keys if self._known.pop(key, None) is not None]
        lines = pl.DataFrame({"_key": gone}, schema={"_key": pl.String})
        self._keep(lines.with_columns(_revision=pl.lit(GONE), _deleted=pl.lit(True)))
        return len(gone)

    def _as_known(self, keys: list[str]) -> list[str]:
        """The keys, hashed where the record is known as one that was taken out."""
        forgotten = self._landing.forgotten
        if forgotten is None or not keys or not (forgotten.marked.marks or len(self._expired)):
            return keys
        hashes = forgotten.key_hashes(pl.Series(keys, dtype=pl.String))
        return [hashed if hashed in self._known else key for key, hashed in zip(keys, hashes, strict=True)]

    def vanished(self) -> list[str]:
        """Known records that no page of this pull held."""
        return sorted(self._known.keys() - self._seen)

    def settle(
        self,
        name: str,
        server_rows: int,
        fetched: int,
        doubts: tuple[Doubt, ...] = (),
        versions: Iterable[str] = (),
    ) -> list[Received]:
        """What was kept, as one file to be landed whole or not at all; nothing when nothing was."""
        if not self._parts and not self._gathered:
            return []
        parquet = self._work / "revisions.parquet"
        self._stamp(name).write(self._rows(), parquet)
        rows = pl.scan_parquet(parquet).select(pl.len()).collect().item()
        return [
            Received(
                file=f"{name} {self._moment.id}",
                sha256=atomic.digest(parquet),
                parquet=parquet,
                server_rows=server_rows,
                rows=rows,
                encoding="utf-8",
                doubts=doubts,
                fetched=fetched,
                tombstones=self.tombstones,
                erased=self.erased,
                expired=self.expired,
                form_versions=tuple(sorted(set(versions))),
            )
        ]

    def _rows(self) -> pl.LazyFrame:
        parts = [pl.scan_parquet(part) for part in self._parts] + [part.lazy() for part in self._gathered]
        return pl.concat(parts, how="diagonal").with_row_index("_row", 1)

    def _stamp(self, name: str) -> Stamp:
        return Stamp(self._landing.source, self._moment, f"{name} {self._moment.id}", "")

    def _keep(self, records: pl.DataFrame) -> None:
        if records.height:
            missing = {name: kind for name, kind in RECORD.items() if name not in records.columns}
            whole = records.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in missing.items())
            self._gathered.append(whole.select(*RECORD, pl.exclude(*RECORD)))
            self._gathered_bytes += int(self._gathered[-1].estimated_size())
        if self._gathered_bytes >= PART_BYTES:
            self._write()

    def _write(self) -> None:
        part = self._work / f"part-{len(self._parts):05}.parquet"
        pl.concat(self._gathered, how="diagonal").write_parquet(part, compression="lz4", statistics=False)
        self._parts.append(part)
        self._gathered, self._gathered_bytes = [], 0
