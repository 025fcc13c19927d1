"""Writes that are whole or not there: temporary name, fsync, rename, fsync of the folder. And kernel locks."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from transforms.errors import UserError

CHUNK = 1 << 20
LOCK = ".lock"
UNFINISHED = ".tmp"
"""What every name ends in until its content is safe."""


class BusyError(UserError):
    """Another process holds the lock."""


def temporary(path: Path) -> Path:
    """The name under which a file is written before it gets `path`."""
    return path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")


def settle(written: Path, path: Path) -> None:
    """Gives a completely written file its final name, durably."""
    flush(written)
    written.replace(path)
    flush(path.parent)


def flush(path: Path) -> None:
    """Forces a file's or folder's content to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Writes a whole file, or nothing."""
    written = temporary(path)
    handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    settle(written, path)


def append_line(path: Path, line: str) -> None:
    """Adds a line to a file that is only appended to. One that a kill cut off stays alone and is no line."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        file.write((b"\n" if torn else b"") + line.encode() + b"\n")
        file.flush()
        os.fsync(handle)
    flush(path.parent)


def lines(path: Path) -> list[str]:
    """The whole lines of JSON that were appended to a file, oldest first."""
    written = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.is_file() else []
    return [line for line in written if line.startswith("{") and line.endswith("}")]


def link(path: Path, target: Path) -> None:
    """Makes `path` a link to `target`, in place of the link that may be there."""
    made = temporary(path)
    made.unlink(missing_ok=True)
    made.symlink_to(target)
    made.replace(path)
    flush(path.parent)


def clear_leftovers(folder: Path) -> None:
    """Deletes what a killed run left half written. Only under the folder's lock."""
    for path in folder.glob(f".*{UNFINISHED}*"):
        path.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """A file's SHA-256."""
    hasher = sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()


@contextmanager
def locked(folder: Path, wait: bool = True, shared: bool = False) -> Iterator[None]:
    """Holds the folder's lock, alone or with others who share it. The kernel frees it when the process dies."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise BusyError(f"{folder}: another run is at work here. Wait for it to end, then run again.") from None
        yield
    finally:
        os.close(handle)
