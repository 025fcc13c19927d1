"""Files that staff drop in a folder: CSV and its kin, and Excel workbooks."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flows.settings import INBOX, settings
from flows.sources import delimited, parquet, workbook
from flows.sources.probes import Probe
from flows.sources.stamp import Stamp
from flows.sources.sudden_loss import refuse_loss
from flows.stores import atomic
from flows.stores.gates import Held
from flows.stores.landing import Landing, Pulled
from flows.stores.manifests import Doubt, Manifest, Pull, Received
from flows.stores.pulls import data_from
from transforms.errors import SourceError, listed, visible
from transforms.programme import FileDrop, Form
from transforms.tables import Submissions

TEXT = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet",)


def pull(source: FileDrop, form: Form, folder: Path, landing: Landing) -> Pulled:
    """Lands the files not landed yet; none of them when one cannot be trusted (SourceError).

    Files are recognised by content: a file sent twice, or under a new name, changes nothing.
    """
    inbox = folder / INBOX
    with landing.pulling() as work:
        landed = landing.manifests()
        files = _files(source, inbox)
        if not files and not landed and not source.optional:
            raise _no_files(source, inbox)
        moment = Pull.now()
        new = _read_new(files, source, form, inbox, moment, work, landed)
        _refuse_sudden_loss(new, landed, source, landing)
        counted = [each.rows for each in landed] + [each.rows for each in new]
        rows = counted[-1] if counted and source.mode == "replace" else None
        return Pulled(landing.append(new, source.form, moment), rows, data_from=_written(files, landing))


def probe(source: FileDrop, folder: Path) -> Probe:
    """How many files there are, and when the newest was written. Raises SourceError where one should be and none is."""
    inbox = folder / INBOX
    files = _files(source, inbox)
    if not files and not source.optional:
        raise _no_files(source, inbox)
    newest = max((path.stat().st_mtime for path in files), default=None)
    return Probe(len(files), datetime.fromtimestamp(newest, UTC) if newest is not None else None)


def _no_files(source: FileDrop, inbox: Path) -> SourceError:
    return SourceError("no_files", f"source '{source.id}': no file matches {inbox / source.files}. {_there(inbox)}")


def rows_in_inbox(source: FileDrop, form: Form, inbox: Path, work: Path) -> Iterator[tuple[str, Path | None]]:
    """Each of the source's files as it lies there now, with its rows as Parquet; without where it cannot be read."""
    moment = Pull.now()
    with workbook.Reader() as reader:
        for path in _files(source, inbox):
            stamp = Stamp(source.id, moment, visible(path.relative_to(inbox).as_posix()), atomic.digest(path))
            try:
                received = _read_still(path, source, form, stamp, work, reader)
            except SourceError:
                yield stamp.file, None
            else:
                yield stamp.file, received.parquet
                received.parquet.unlink()


def _files(source: FileDrop, inbox: Path) -> list[Path]:
    """The source's files by name; what Excel and file managers leave beside them is none."""
    return sorted(path for path in inbox.glob(source.files) if path.is_file() and not path.name.startswith((".", "~$")))


def _name(path: Path, source: FileDrop, inbox: Path) -> str:
    """The file's name below the inbox. Raises SourceError where not every list of names could hold it."""
    name = path.relative_to(inbox).as_posix()
    if visible(name) != name:
        raise SourceError(
            "file_name",
            f"source '{source.id}', file '{visible(name)}': its name has letters that no message or table can hold "
            "(such as line breaks). Rename it.",
        )
    return name


def _there(inbox: Path) -> str:
    """What to do about a missing file, in view of those that are there."""
    names = sorted(visible(path.relative_to(inbox).as_posix()) for path in inbox.rglob("[!.]*") if path.is_file())
    seen = f"In the inbox: {listed(names, 10)}; capital letters count." if names else "The inbox is empty."
    return f"Put one there, or change files in programme.toml. {seen}"


def _read_new(
    files: list[Path], source: FileDrop, form: Form, inbox: Path, moment: Pull, work: Path, landed: list[Manifest]
) -> list[Received]:
    known = {manifest.sha256 for manifest in landed}
    received: dict[str, Received] = {}
    with workbook.Reader() as reader:
        for path in files:
            sha256 = atomic.digest(path)
            if sha256 in known or sha256 in received:
                continue
            stamp = Stamp(source.id, moment, _name(path, source, inbox), sha256)
            received[sha256] = _read_still(path, source, form, stamp, work, reader)
    return sorted(received.values(), key=lambda each: each.file)


def _read_still(
    path: Path, source: FileDrop, form: Form, stamp: Stamp, work: Path, reader: workbook.Reader
) -> Received:
    """Reads a file that nobody writes to meanwhile."""
    before = path.stat()
    received = _read(path, source, form, stamp, work, reader)
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError("still_written", f"{stamp.where}: it changed while it was read. The next run takes it.")
    return received


def _read(path: Path, source: FileDrop, form: Form, stamp: Stamp, work: Path, reader: workbook.Reader) -> Received:
    """The file's rows, read by what its ending says that it is."""
    size, largest = path.stat().st_size, settings().largest_file_gb
    if size > largest * (1 << 30):
        raise SourceError(
            "file_too_large",
            f"{stamp.where}: it is larger than {largest:g} GB. Split it, or allow more by IMPACT_LARGEST_FILE_GB.",
        )
    if not size and source.optional:
        return _nothing(stamp, work)
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        return workbook.read(path, form, source.sheet, stamp, work, reader)
    if suffix in TEXT:
        return delimited.read(path, form, stamp, work)
    if suffix in PARQUET:
        return parquet.read(path, form, stamp, work, source.trusted)
    raise SourceError(
        "not_this_format", f"{stamp.where}: files ending in '{suffix}' are not read. Save it as CSV or XLSX."
    )


def _nothing(stamp: Stamp, work: Path) -> Received:
    """An empty file of a source that may be empty: no rows and a warning."""
    written = stamp.beside(work, ".parquet")
    Submissions.create_empty().write_parquet(written)
    return Received(stamp.file, stamp.sha256, written, 0, 0, "none", (Doubt("empty_file", "", 1),))


def _refuse_sudden_loss(
    new: Sequence[Received], earlier: Sequence[Manifest], source: FileDrop, landing: Landing
) -> None:
    """Raises SourceError where a file has no rows though there were some, or one that replaces others has far fewer."""
    for each in new:
        if not each.rows:
            _refuse_silence(each, earlier, source, landing)
    if source.mode == "replace" and earlier and new:
        refuse_loss(landing, _where(source, new[-1]), Held("rows_down", new[-1].sha256, earlier[-1].rows, new[-1].rows))


def _refuse_silence(received: Received, earlier: Sequence[Manifest], source: FileDrop, landing: Landing) -> None:
    """Headings without rows take the place of what was there: of a file of that name, or of the whole source.

    The first a person may acknowledge, the second nobody.
    """
    replaces = source.mode == "replace"
    before = sum(each.rows for each in earlier if replaces or each.file == received.file)
    if before and replaces:
        raise SourceError(
            "no_rows",
            f"{_where(source, received)}: it has no rows, and there were some before. Send it again, or delete it.",
        )
    if before:
        refuse_loss(landing, _where(source, received), Held("no_rows", received.sha256, before, 0))


def _where(source: FileDrop, received: Received) -> str:
    return f"source '{source.id}', file '{received.file}'"


def _written(files: Sequence[Path], landing: Landing) -> datetime | None:
    """When the newest of the files was written; once they are taken away, what the last pull said."""
    if files:
        return min(datetime.fromtimestamp(max(path.stat().st_mtime for path in files), UTC), datetime.now(UTC))
    last = landing.attempt()
    return data_from(last) if last else None
