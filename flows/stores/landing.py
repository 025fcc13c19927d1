"""The landing: what was received, as received. Only appended to; identifiable, so private.

A file is one Parquet and one manifest. The manifest is written last: a Parquet without one does not exist.
"""

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import polars as pl

from flows.settings import PRIVATE, code_version
from flows.stores import atomic, payloads
from flows.stores.erasures import Forgotten
from flows.stores.late import Late
from flows.stores.leaving_out import change_by, leave_out
from flows.stores.manifests import DAMAGED, Manifest, Pull, Received, read_manifest
from flows.stores.taking_out import (
    ERASED,
    EXPIRED,
    Taken,
    chosen,
    erased_lines,
    expired_lines,
    theirs,
    without,
)
from transforms.errors import SourceError
from transforms.identities import columns_for
from transforms.programme import Form
from transforms.retention import dated_by
from transforms.submissions import KEY
from transforms.tables import Submissions

ATTEMPTS = "attempts.jsonl"
"""How every pull went, one line each: what is only appended to can be asked for any moment."""

Status = Literal["pulled", "unchanged", "failed"]


@dataclass(frozen=True)
class Attempt:
    """How a pull of a source went. `reason` is a reason code; `message` tells a person what to do.

    `data_from` is from when its data are, where that is not the moment of the pull: files may lie there for long.
    """

    status: Status
    reason: str | None
    message: str | None
    attempted_at: str
    succeeded_at: str | None
    server_rows: int | None = None
    cursor: str | None = None
    data_from: str | None = None


@dataclass(frozen=True)
class Pulled:
    """What a pull brought: the files that it landed, how many rows the source has, and where the next one starts.

    `data_from` is given where what it found is older than the pull.
    """

    landed: list[Manifest]
    server_rows: int | None = None
    cursor: str | None = None
    data_from: datetime | None = None


class Landing:
    """The landing of one source."""

    def __init__(
        self,
        programme_landing: Path,
        source: str,
        key: bytes | None = None,
        forgotten: Forgotten | None = None,
        late: Late | None = None,
    ) -> None:
        self.source = source
        self.forgotten = forgotten
        self.late = late
        self._key = key
        self.folder = programme_landing / source
        self.folder.mkdir(exist_ok=True, mode=PRIVATE)

    @property
    def form(self) -> Form | None:
        """The form whose answers it holds, where people are told apart by it."""
        return self.forgotten.form if self.forgotten else None

    @contextmanager
    def pulling(self) -> Iterator[Path]:
        """Holds the source's lock and lends a private folder for unfinished files, emptied before and after."""
        with atomic.locked(self.folder):
            if self.forgotten:  # whoever was erased while this pull waited
                self.forgotten = self.forgotten.now()
            atomic.clear_leftovers(self.folder)
            self._clear_unproven()
            work = self.folder / ".work"
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(mode=PRIVATE)
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def _clear_unproven(self) -> None:
        """Deletes Parquet files that no manifest names: what a killed pull left is pulled again."""
        for path in self.unproven():
            path.unlink()

    def unproven(self) -> list[Path]:
        """Parquet files that no manifest names."""
        proven = {each.parquet for each in self.manifests()}
        return sorted(path for path in self.folder.glob("*.parquet*") if path.name not in proven)

    def manifests(self, until: datetime | None = None) -> list[Manifest]:
        """Every landed file, or those that were pulled until a moment; oldest first, files of one pull by name."""
        read = [read_manifest(path) for path in self.manifest_files()]
        found = read if until is None else [each for each in read if each.moment <= until]
        return sorted(found, key=lambda each: (each.pulled_at, each.file, each.sha256))

    def manifest_files(self) -> list[Path]:
        """The files that hold the manifests."""
        return sorted(path for path in self.folder.glob("*.json") if path.name != "attempt.json")

    def append(self, received: Sequence[Received], form: str, pull: Pull) -> list[Manifest]:
        """Lands files in the order of their names. Killed between two, the next pull lands the rest."""
        return [self._land(each, form, pull) for each in sorted(received, key=lambda each: each.file)]

    def _land(self, received: Received, form: str, pull: Pull) -> Manifest:
        changes = leave_out(received, self.forgotten, self.late, pull.at.isoformat())
        manifest = Manifest(
            source=self.source,
            form=form,
            pull=pull.id,
            file=received.file,
            sha256=received.sha256,
            parquet="",
            parquet_sha256="",
            server_rows=received.server_rows,
            rows=received.rows,
            encoding=received.encoding,
            doubts=received.doubts,
            pulled_at=pull.at.isoformat(),
            code_version=code_version(),
            fetched=received.fetched,
            tombstones=received.tombstones,
            form_versions=received.form_versions,
            changes=changes,
        )
        return self._settle(manifest, received.parquet, manifest.stem)

    def _settle(self, manifest: Manifest, plain: Path, stem: str) -> Manifest:
        """Gives a finished Parquet its name, sealed where there is a key; then writes the manifest that proves it."""
        written = plain if self._key is None else payloads.seal(plain, self._key)
        data = self.folder / f"{stem}.parquet{payloads.SEALED if self._key else ''}"
        written.chmod(0o600)
        proven = replace(manifest, parquet=data.name, parquet_sha256=atomic.digest(written))
        atomic.settle(written, data)
        atomic.write(self.folder / f"{manifest.stem}.json", _as_json(asdict(proven)))
        return proven

    def erase(self, manifest: Manifest, work: Path) -> int:
        """Rewrites a landed file without the people who were erased; how many rows were theirs. Only while pulling."""
        assert self.forgotten is not None
        there = payloads.source(self._verified(manifest), self._key)
        return self._take_out(
            manifest, there, erased_lines(theirs(there, self.forgotten), self.forgotten), ERASED, work
        )

    def expire(self, manifest: Manifest, rows: Collection[int], work: Path) -> int:
        """Rewrites a landed file without rows whose time is over; how many there were. Only while pulling."""
        assert self.forgotten is not None
        if not rows:
            return 0
        there = payloads.source(self._verified(manifest), self._key)
        wanted = pl.Series([sorted(rows)], dtype=pl.List(pl.Int64))
        placed = [name for name in ("_row", KEY, "_revision") if name in pl.scan_parquet(there).collect_schema()]
        gone = chosen(there, lambda _: placed, lambda rows: rows["_row"].is_in(wanted).arg_true())
        return self._take_out(manifest, there, expired_lines(gone, self.forgotten), EXPIRED, work)

    def _take_out(self, manifest: Manifest, there: Path | bytes, lines: pl.DataFrame, kind: Taken, work: Path) -> int:
        """Writes the file again without these rows.

        Killed before the new manifest is written, the old file counts; after it, the new one. The other one is
        deleted now or by whoever holds the lock next.
        """
        if lines.height:
            kept = work / "kept.parquet"
            without(there, lines, kept)
            change = change_by(lines, kind, datetime.now(UTC).isoformat())
            changes = (*manifest.changes, change)
            self._settle(replace(manifest, changes=changes), kept, f"{manifest.stem}-{len(changes)}")
            (self.folder / manifest.parquet).unlink()
            atomic.flush(self.folder)
        return lines.height

    def submissions(self, files: Sequence[Manifest] | None = None) -> pl.DataFrame:
        """Everything landed, or these files, in order; a column that a file does not have is null there.

        Raises SourceError `landing_damaged` when a file's bytes are not those that were written.
        """
        frames = [self.rows_of(each) for each in (self.manifests() if files is None else files)]
        if not frames:
            return Submissions.create_empty()
        return pl.concat(frames, how="diagonal", rechunk=False)

    def rows_of(self, manifest: Manifest) -> pl.DataFrame:
        """A file's rows. Raises SourceError when its bytes are not those that were written."""
        return payloads.read(self._verified(manifest), self._key)

    def columns(self, *names: str) -> Iterator[pl.DataFrame]:
        """Some columns of every landed file in order, as far as it has them; quick, since no hash is checked."""
        return self._chosen(lambda there: [name for name in names if name in there])

    def identifying(self) -> Iterator[pl.DataFrame]:
        """The columns of every landed file by which rows and people are told apart, and what dates them."""
        form = self.form
        return self._chosen(lambda there: columns_for(there, form, dated_by(form)) if form else [])

    def _chosen(self, chosen: Callable[[list[str]], Sequence[str]]) -> Iterator[pl.DataFrame]:
        return (payloads.read(self.folder / each.parquet, self._key, chosen) for each in self.manifests())

    def is_whole(self, manifest: Manifest) -> bool:
        """Whether a file's bytes are those that were written."""
        path = self.folder / manifest.parquet
        return path.is_file() and atomic.digest(path) == manifest.parquet_sha256

    def _verified(self, manifest: Manifest) -> Path:
        """The Parquet's path, after its hash was checked: a flipped bit would read back silently wrong."""
        path = self.folder / manifest.parquet
        if not self.is_whole(manifest):
            raise SourceError(
                DAMAGED,
                f"source '{self.source}': {path} is missing or not as it was written. Restore it from the backup.",
            )
        return path

    def succeeded(self, pulled: Pulled) -> Attempt:
        """Keeps that a pull went well, once its rows are safe."""
        now = datetime.now(UTC).isoformat()
        status: Status = "pulled" if pulled.landed else "unchanged"
        since = pulled.data_from.isoformat() if pulled.data_from else now
        return self._record(Attempt(status, None, None, now, now, pulled.server_rows, pulled.cursor, since))

    def failed(self, reason: str, message: str) -> Attempt:
        """Keeps why a pull failed; what the last good one left stays."""
        before, now = self.attempt(), datetime.now(UTC).isoformat()
        if before is None:
            return self._record(Attempt("failed", reason, message, now, None))
        return self._record(replace(before, status="failed", reason=reason, message=message, attempted_at=now))

    def _record(self, attempt: Attempt) -> Attempt:
        atomic.append_line(self.folder / ATTEMPTS, json.dumps(asdict(attempt), ensure_ascii=False))
        atomic.write(self.folder / "attempt.json", _as_json(asdict(attempt)))
        return attempt

    def attempt(self, until: datetime | None = None) -> Attempt | None:
        """The last pull, or the last one that had ended at a moment, if there was one."""
        if until is not None:
            made = [Attempt(**json.loads(line)) for line in atomic.lines(self.folder / ATTEMPTS)]
            return next((each for each in reversed(made) if datetime.fromisoformat(each.attempted_at) <= until), None)
        path = self.folder / "attempt.json"
        return Attempt(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def _as_json(fields: Mapping[str, object]) -> bytes:
    return (json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + os.linesep).encode()
