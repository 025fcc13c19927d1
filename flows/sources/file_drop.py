"""Files that staff drop in a folder: CSV and its kin, and Excel workbooks."""

from pathlib import Path

from flows.settings import INBOX
from flows.sources import delimited, workbook
from flows.sources.stamp import Stamp
from flows.stores import atomic
from flows.stores.landing import Landing, Pull, Pulled, Received
from transforms.errors import SourceError, listed
from transforms.programme import FileDrop, Form

TEXT = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm")


def pull(source: FileDrop, form: Form, folder: Path, landing: Landing) -> Pulled:
    """Lands the files not landed yet; none of them when one cannot be trusted (SourceError).

    Files are recognised by content: a file sent twice, or under a new name, changes nothing.
    """
    inbox = folder / INBOX
    with landing.pulling() as work:
        landed = {manifest.sha256 for manifest in landing.manifests()}
        files = _files(source, inbox)
        if not files and not landed and not source.optional:
            raise SourceError(
                "no_files", f"source '{source.id}': no file matches {inbox / source.files}. {_there(inbox)}"
            )
        moment = Pull.now()
        new = _read_new(files, source, form, inbox, moment, work, landed)
        return Pulled(landing.append(new, source.form, moment))


def _files(source: FileDrop, inbox: Path) -> list[Path]:
    """The source's files by name; what Excel and file managers leave beside them is none."""
    return sorted(path for path in inbox.glob(source.files) if path.is_file() and not path.name.startswith((".", "~$")))


def _there(inbox: Path) -> str:
    """What to do about a missing file, in view of those that are there."""
    names = sorted(path.relative_to(inbox).as_posix() for path in inbox.rglob("[!.]*") if path.is_file())
    seen = f"In the inbox: {listed(names, 10)}; capital letters count." if names else "The inbox is empty."
    return f"Put one there, or change files in programme.toml. {seen}"


def _read_new(
    files: list[Path], source: FileDrop, form: Form, inbox: Path, moment: Pull, work: Path, landed: set[str]
) -> list[Received]:
    received: dict[str, Received] = {}
    with workbook.Reader() as reader:
        for path in files:
            sha256 = atomic.digest(path)
            if sha256 in landed or sha256 in received:
                continue
            stamp = Stamp(source.id, moment, path.relative_to(inbox).as_posix(), sha256)
            if source.optional and not path.stat().st_size:
                continue
            each = _read_still(path, form, source.sheet, stamp, work, reader)
            _refuse_sudden_silence(each, source, bool(landed))
            received[sha256] = each
    return list(received.values())


def _read_still(
    path: Path, form: Form, sheet: str | None, stamp: Stamp, work: Path, reader: workbook.Reader
) -> Received:
    """Reads a file that nobody writes to meanwhile."""
    before = path.stat()
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        received = workbook.read(path, form, sheet, stamp, work, reader)
    elif suffix in TEXT:
        received = delimited.read(path, form, stamp, work)
    else:
        raise SourceError(
            "not_this_format", f"{stamp.where}: files ending in '{suffix}' are not read. Save it as CSV or XLSX."
        )
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError("still_written", f"{stamp.where}: it changed while it was read. The next run takes it.")
    return received


def _refuse_sudden_silence(received: Received, source: FileDrop, landed_before: bool) -> None:
    if not received.rows and source.mode == "replace" and landed_before:
        raise SourceError(
            "no_rows",
            f"source '{source.id}', file '{received.file}': it has headings but no rows, and would replace those "
            "landed before. Send it again, or delete it.",
        )
