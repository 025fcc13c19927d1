"""Releases: what has been published of a programme, and the people's rows that it was computed on. Private.

A folder a release, whole or not there, and the link `current` to the last. Figures and what changed are kept of every
release; the rows of people only of the last one.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from flows.stores import atomic
from flows.stores.warehouse import CURRENT, write_tables
from transforms import tables
from transforms.disclosure.changed import PERSON, Published
from transforms.disclosure.contributions import Rows
from transforms.programme import Programme

PEOPLE = ("responses", "measurements", "enrolments")
DEPARTED = "departed.parquet"
LOGS = ("log.parquet", DEPARTED)
"""What changed with a release, and who went for good after it."""


@dataclass(frozen=True)
class About:
    """One release, as the table Release says it; and how many hidden counts its audit found to be known too well."""

    number: int
    warehouse: str
    made_at: datetime
    standing: int
    known_too_well: int = 0


@dataclass(frozen=True)
class Release:
    """One release that was kept."""

    folder: Path
    about: About

    @property
    def figures(self) -> Path:
        """The DuckDB file of what may be shown."""
        return self.folder / "figures.duckdb"

    def rows(self) -> Rows:
        """The people's rows that it was computed on."""
        return Rows(**self.tables())

    def tables(self) -> dict[str, pl.DataFrame]:
        """The same by name."""
        return {name: pl.read_parquet(self.folder / "people" / f"{name}.parquet") for name in PEOPLE}

    def declared(self) -> Programme | None:
        """What the programme declared; none where an older version of impact kept it not, or can't be read any more."""
        path = self.folder / "declarations.parquet"
        try:
            return Programme.model_validate_json(pl.read_parquet(path)["declared"][0]) if path.is_file() else None
        except ValidationError:
            return None

    def frame(self, name: str) -> pl.DataFrame:
        """One of the frames kept beside."""
        return pl.read_parquet(self.folder / f"{name}.parquet")


class Releases:
    """The releases of one programme."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def last(self) -> Release | None:
        """The last release, if there is one."""
        link = self.folder / CURRENT
        return _release(link.resolve()) if link.exists() else None

    def at(self, moment: datetime) -> Release | None:
        """The release that stood at a moment, if there was one."""
        made = [_release(each) for each in self._until(self.last())]
        return max((each for each in made if each.about.made_at <= moment), key=_number, default=None)

    def of(self, warehouse: str, until: Release) -> Release | None:
        """The newest release made from a version of the warehouse, before another release."""
        made = [_release(each) for each in self._until(until) if each.name != until.folder.name]
        return max((each for each in made if each.about.warehouse == warehouse), key=_number, default=None)

    def logs_between(self, before: Release, until: Release) -> list[pl.DataFrame]:
        """What changed with each release after one, until another, oldest first; who went for good, too."""
        later = [each for each in self._until(until) if each.name > before.folder.name]
        known = [before.folder / DEPARTED, *(each / name for each in later for name in LOGS)]
        return [pl.read_parquet(each) for each in known if each.is_file()]

    def published(self, last: Release, log: pl.DataFrame) -> Published:
        """What all releases until the last one showed, what changed since, and that `log` changes with the next one."""
        version = last.about.number + 1
        known = [each / name for each in self._until(last) for name in LOGS]
        logs = [*(pl.read_parquet(each) for each in known if each.is_file()), log.with_columns(version=pl.lit(version))]
        whole = pl.concat(logs, how="diagonal_relaxed")
        return Published(last.frame("cells"), whole, version)

    def forget(self, theirs: Callable[[pl.Series], pl.Series], departures: Callable[[Rows], pl.DataFrame]) -> None:
        """Takes people out of every row that is kept; that somebody left each cell stays. Under the folder's lock.

        `theirs`: whether each name is of somebody who goes. `departures`: the changes by which people go.
        """
        last = self.last()
        if last is None:
            return
        people = pl.concat([frame[PERSON] for frame in last.tables().values()]).unique()
        gone = people.filter(theirs(people))
        if not gone.is_empty():
            left = departures(last.rows().of(gone)).with_columns(version=pl.lit(last.about.number + 1, dtype=pl.Int64))
            known = [pl.read_parquet(path)] if (path := last.folder / DEPARTED).is_file() else []
            _replace(path, pl.concat([*known, left]).unique().sort(left.columns))
        for path in self.folder.glob("r-*/people/*.parquet"):
            _leave_out(path, gone)
        for path in self.folder.glob("r-*/log.parquet"):
            _leave_out(path, gone)

    def keep(
        self, about: About, rows: Rows, figures: Mapping[str, pl.DataFrame], beside: Mapping[str, pl.DataFrame]
    ) -> Release:
        """Keeps a release and makes it the last. Only under the folder's lock."""
        self._clear()
        folder = self.folder / f"r-{about.number:06}"
        written = atomic.temporary(folder)
        (written / "people").mkdir(parents=True, mode=0o700)
        for name, frame in zip(PEOPLE, (rows.responses, rows.measurements, rows.enrolments), strict=True):
            _write(written / "people" / f"{name}.parquet", frame)
        for name, frame in beside.items():
            _write(written / f"{name}.parquet", frame)
        write_tables(written / "figures.duckdb", tables.RELEASE, figures)
        (written / "about.json").write_text(json.dumps(asdict(about), default=str), encoding="utf-8")
        for path in written.rglob("*"):
            atomic.flush(path)
        atomic.settle(written, folder)
        atomic.link(self.folder / CURRENT, Path(folder.name))
        self._forget_people(folder)
        return _release(folder)

    def _until(self, last: Release | None) -> list[Path]:
        """The folders of all releases until the last one."""
        return [each for each in sorted(self.folder.glob("r-*")) if last and each.name <= last.folder.name]

    def _clear(self) -> None:
        """Deletes what a killed run left: unfinished folders, and finished ones that never became the last."""
        last = self.last()
        for path in self.folder.glob(f".*{atomic.UNFINISHED}*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.glob("r-*"):
            if last is None or path.name > last.folder.name:
                shutil.rmtree(path)

    def _forget_people(self, but: Path) -> None:
        for path in self.folder.glob("r-*/people"):
            if path.parent != but:
                shutil.rmtree(path)


def _number(release: Release) -> int:
    return release.about.number


def _release(folder: Path) -> Release:
    said = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return Release(folder, About(**said | {"made_at": datetime.fromisoformat(said["made_at"])}))


def _leave_out(path: Path, people: pl.Series) -> None:
    frame = pl.read_parquet(path)
    kept = frame.filter(~pl.col(PERSON).is_in(people.implode()))
    if kept.height < frame.height:
        _replace(path, kept)


def _replace(path: Path, frame: pl.DataFrame) -> None:
    written = atomic.temporary(path)
    _write(written, frame)
    atomic.settle(written, path)


def _write(path: Path, frame: pl.DataFrame) -> None:
    path.touch(mode=0o600)
    frame.write_parquet(path)
