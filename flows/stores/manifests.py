"""What is kept about a landed file: the proof that all of it came, and what was taken out of it since."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.stores.taking_out import Taken
from transforms.errors import SourceError

DAMAGED = "landing_damaged"
"""The reason code of a landed file that is not as it was written."""


@dataclass(frozen=True)
class Pull:
    """One run of a source: its id and its moment, the same for all its files."""

    id: str
    at: datetime

    @classmethod
    def now(cls) -> "Pull":
        """A pull that starts now."""
        moment = datetime.now(UTC)
        return cls(id=moment.strftime("%Y%m%dT%H%M%S%fZ"), at=moment)


@dataclass(frozen=True)
class Doubt:
    """What the reader noticed about a file and accepted: for the data-quality annex."""

    rule: str
    field: str
    count: int


@dataclass(frozen=True)
class Received:
    """One file, read and verified, not yet landed. `parquet` lies in the landing under a temporary name."""

    file: str
    sha256: str
    parquet: Path
    server_rows: int
    rows: int
    encoding: str
    doubts: tuple[Doubt, ...] = ()
    fetched: int | None = None
    tombstones: int = 0
    form_versions: tuple[str, ...] = ()
    erased: int = 0
    expired: int = 0


@dataclass(frozen=True)
class Change:
    """That rows of people were taken out of a landed file, when it was landed or since.

    `removed` of them are no longer in the Parquet; the others are lines without answers.
    """

    kind: Taken
    at: str
    rows: int
    removed: int


@dataclass(frozen=True)
class Manifest:
    """What a landed file is and the proof that all of it came.

    `server_rows` is how many rows the server said it had, `fetched` how many came, `rows` how many of them were new
    or changed, with `tombstones` for those that were deleted there. They stand in the Parquet, but for those that
    `changes` tells of; `parquet_sha256` proves what is there now.
    """

    source: str
    form: str
    pull: str
    file: str
    sha256: str
    parquet: str
    parquet_sha256: str
    server_rows: int
    rows: int
    encoding: str
    doubts: tuple[Doubt, ...]
    pulled_at: str
    code_version: str
    fetched: int | None = None
    tombstones: int = 0
    form_versions: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        return f"{self.pull}-{self.sha256[:16]}"

    @property
    def erased(self) -> int:
        """How many of its rows were of people who were erased."""
        return self._taken("erased")

    @property
    def expired(self) -> int:
        """How many of its rows were taken out or left out because their time was over."""
        return self._taken("expired")

    def _taken(self, kind: Taken) -> int:
        return sum(each.rows for each in self.changes if each.kind == kind)

    @property
    def standing(self) -> int:
        """How many rows the Parquet has."""
        return self.rows - sum(each.removed for each in self.changes)

    @property
    def moment(self) -> datetime:
        """When it was pulled."""
        return datetime.fromisoformat(self.pulled_at)


def read_manifest(path: Path) -> Manifest:
    """The manifest that a file holds. Raises SourceError `landing_damaged` when it holds none."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        versions = tuple(fields.get("form_versions", ()))
        doubts = tuple(Doubt(**each) for each in fields["doubts"])
        changes = tuple(Change(**each) for each in fields.get("changes", ()))
        return Manifest(**{**fields, "doubts": doubts, "form_versions": versions, "changes": changes})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise SourceError(
            DAMAGED, f"{path}: the manifest is not as it was written. Restore it from the backup."
        ) from None
