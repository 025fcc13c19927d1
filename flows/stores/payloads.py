"""Landed rows on the disk: Parquet, plain or sealed with a key. The only place that reads or seals them.

A sealed file is a header and pieces of the Parquet, each encrypted by AES-256-GCM under a key of the file's own, with
its place and whether it is the last: none can be changed, swapped or cut off unnoticed.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from flows.stores.atomic import CHUNK
from transforms.errors import SourceError, UserError

KEY_VARIABLE = "IMPACT_LANDING_KEY"
KEY_BYTES = 32
SEALED = ".sealed"
"""What the name of a sealed file ends in, after .parquet."""

UNREADABLE = "landing_sealed"
"""The reason code of a landed file that needs a key that is not there."""

_MAGIC = b"IMPACT1\n"
_KEY_NAME, _SALT, _TAG = 8, 16, 16
_HEADER = len(_MAGIC) + _KEY_NAME + _SALT


def key_from(text: str | None, file: Path | None) -> bytes | None:
    """The key that the environment gives, itself or in a file; none where it gives none. Never quotes it."""
    if text and file:
        raise UserError(f"the environment sets both {KEY_VARIABLE} and {KEY_VARIABLE}_FILE. Unset one of them.")
    if file:
        return _key_in(file)
    return _decoded(text.strip(), f"the environment sets {KEY_VARIABLE}, which") if text else None


def _key_in(file: Path) -> bytes:
    named = f"{KEY_VARIABLE}_FILE names {file}, which"
    if not file.is_file():
        raise UserError(f"{named} is no file. Put the key there, or unset it.")
    content = file.read_bytes()
    if len(content) == KEY_BYTES:
        return content
    return _decoded(content.decode("ascii", errors="replace").strip(), named)


def _decoded(text: str, named: str) -> bytes:
    for decode in (bytes.fromhex, lambda each: base64.b64decode(each, validate=True)):
        try:
            key = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(key) == KEY_BYTES:
            return key
    raise UserError(
        f"{named} is no key: a key is {KEY_BYTES} bytes in hex or base64. Make one: openssl rand -base64 {KEY_BYTES}"
    )


def seal(plain: Path, key: bytes) -> Path:
    """The sealed copy of a Parquet, beside it; the plain one is deleted."""
    sealed = plain.with_name(plain.name + SEALED)
    salt = secrets.token_bytes(_SALT)
    header = _MAGIC + _name_of(key) + salt
    cipher = AESGCM(_key_of_file(key, salt))
    handle = os.open(sealed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(header)
        for nonce, piece in _numbered(_pieces(plain, 0, CHUNK)):
            target.write(cipher.encrypt(nonce, piece, header))
    plain.unlink()
    return sealed


def source(path: Path, key: bytes | None) -> Path | bytes:
    """What Polars reads or scans: the file, or in memory what a sealed file holds."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if not header.startswith(_MAGIC):
        return path
    if key is None:
        raise SourceError(
            UNREADABLE, f"{path}: it is sealed, and there is no key. Set {KEY_VARIABLE} or {KEY_VARIABLE}_FILE."
        )
    if header[len(_MAGIC) : len(_MAGIC) + _KEY_NAME] != _name_of(key):
        raise SourceError(
            UNREADABLE, f"{path}: it was sealed with another key than {KEY_VARIABLE} gives. Set the key of that time."
        )
    cipher = AESGCM(_key_of_file(key, header[-_SALT:]))
    try:
        return b"".join(
            cipher.decrypt(nonce, piece, header) for nonce, piece in _numbered(_pieces(path, _HEADER, CHUNK + _TAG))
        )
    except InvalidTag:
        raise SourceError(UNREADABLE, f"{path}: it is not as it was sealed. Restore it from the backup.") from None


def read(
    path: Path, key: bytes | None, chosen: Callable[[list[str]], Sequence[str]] = lambda names: names
) -> pl.DataFrame:
    """A landed file's rows, with the columns that are chosen of those that it has."""
    rows = pl.scan_parquet(source(path, key))
    return rows.select(chosen(rows.collect_schema().names())).collect()


def _name_of(key: bytes) -> bytes:
    """Tells keys apart without telling the key."""
    return sha256(b"name of a landing key" + key).digest()[:_KEY_NAME]


def _key_of_file(key: bytes, salt: bytes) -> bytes:
    """Each file has its own key, so that counting pieces makes a nonce that never comes twice."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"landed file").derive(key)


def _pieces(path: Path, start: int, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while piece := file.read(size):
            yield piece


def _numbered(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Each piece with its nonce: its number, and whether it is the last one."""
    piece, number = next(pieces, b""), 0
    for following in pieces:
        yield number.to_bytes(11) + b"\0", piece
        piece, number = following, number + 1
    yield number.to_bytes(11) + b"\1", piece
