"""Holds a programme's landing to its manifests: what is missing, changed or unknown."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flows.declared import landing_key, programme_named
from flows.settings import settings
from flows.stores import atomic
from flows.stores.landing import Landing
from flows.stores.manifests import read_manifest
from transforms.errors import SourceError, numbered

_RESTORE = "Restore it from the backup."


@dataclass(frozen=True)
class Verified:
    """What the landing of one source was found to be; each of `wrong` names a file and what to do."""

    source: str
    files: int = 0
    rows: int = 0
    wrong: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        said = f"{self.source}: {numbered(self.files, 'file')}, {numbered(self.rows, 'row')}"
        return f"{said}; all as they were written." if not self.wrong else "\n".join([f"{said}.", *self.wrong])


def verify(programme: str) -> list[Verified]:
    """One result a source that ever landed anything, also of one that is no longer declared."""
    programme_named(programme)
    folder = settings().landing(programme)
    return [_verified(Landing(folder, path.name, landing_key())) for path in sorted(folder.iterdir()) if path.is_dir()]


def _verified(landing: Landing) -> Verified:
    with atomic.locked(landing.folder):  # a pull in progress looks like one that was killed
        wrong: list[str] = []
        found = []
        for path in landing.manifest_files():
            try:
                found.append(read_manifest(path))
            except SourceError as error:
                wrong.append(f"  {error}")
        wrong += [
            f"  {landing.folder / each.parquet}: it is missing or not as it was written. {_RESTORE}"
            for each in found
            if not landing.is_whole(each)
        ]
        named = {each.parquet for each in found}
        strays = (path for path in sorted(landing.folder.glob("*.parquet*")) if path.name not in named)
        wrong += list(_unproven(strays, unreadable=len(found) < len(landing.manifest_files())))
    return Verified(landing.source, len(found), sum(each.standing for each in found), tuple(wrong))


def _unproven(strays: Iterator[Path], unreadable: bool) -> Iterator[str]:
    """What to do about rows that no manifest proves: they do not count."""
    for path in strays:
        remedy = "Restore the manifests first." if unreadable else f"The next pull deletes it: impact pull {_of(path)}."
        yield f"  {path}: no manifest names it, so it does not count. {remedy}"


def _of(path: Path) -> str:
    return path.parent.parent.name
