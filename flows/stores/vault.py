"""The vault: who a pseudonym is. The only place that knows, apart from the landing; private.

A pseudonym is 24 letters and digits: the first 120 bits of HMAC-SHA256(key, kind|id) in base 32. Among a
million ids two are the same with a chance of 4e-25. Without the key an id cannot be tried out.
"""

import secrets
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from flows.stores import atomic
from transforms.errors import UserError
from transforms.programme import Form

KEY_BYTES = 32
_BITS_PER_LETTER = 5
_DIGEST_BYTES = 15
_LETTERS = _DIGEST_BYTES * 8 // _BITS_PER_LETTER
_ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", dtype=np.uint8)

PSEUDONYMS = {"participant_id": "participant", "enterprise_id": "enterprise"}
"""The questions that identify, and the pseudonym each becomes."""


class Vault:
    """One programme's key and contact data."""

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        self.folder = folder
        self._key = _key(key_file or folder / "key")
        self._known: dict[str, pl.DataFrame] = {}
        self._last: dict[str, tuple[pl.Series, pl.Series]] = {}

    def pseudonymise(self, accepted: pl.DataFrame, form: Form) -> pl.DataFrame:
        """The accepted submissions with pseudonyms in place of every column that identifies."""
        asked = [name for name in PSEUDONYMS if name in accepted.columns]
        hidden = [name for name, question in form.questions.items() if question.identity and name in accepted.columns]
        named = accepted.with_columns(self.pseudonyms(PSEUDONYMS[name], accepted[name]) for name in asked)
        if "enterprise" not in named.columns:
            named = named.with_columns(enterprise=pl.lit(None, dtype=pl.String))
        return named.drop({*asked, *hidden})

    def pseudonyms(self, kind: str, ids: pl.Series) -> pl.Series:
        """One pseudonym an id, in the same order; null stays null. The same id always gets the same one."""
        wanted = ids.cast(pl.String).alias("id")
        before, found = self._last.get(kind, (None, None))
        if before is None or found is None or not before.equals(wanted):
            found = self._found(kind, wanted)
            self._last[kind] = (wanted, found)
        return found

    def _found(self, kind: str, wanted: pl.Series) -> pl.Series:
        different = wanted.drop_nulls()
        if different.is_duplicated().any():
            different = different.unique(maintain_order=True)
        known = self._known.get(kind)
        new = different if known is None else different.to_frame().join(known, on="id", how="anti")["id"]
        if new.len():
            fresh = pl.DataFrame({"id": new, "pseudonym": _pseudonyms(self._key, kind, new)})
            known = self._known[kind] = fresh if known is None else pl.concat([known, fresh])
            if new.len() == wanted.len():  # all are new and different, so they already stand in order
                return fresh["pseudonym"].alias(kind)
        if known is None:
            return pl.Series(kind, [None] * wanted.len(), dtype=pl.String)
        return wanted.to_frame().join(known, on="id", how="left", maintain_order="left")["pseudonym"].alias(kind)

    def keyed(self, kind: str, values: pl.Series) -> pl.Series:
        """The keyed hash of each value, in the same order; null stays null. Nothing of it is kept in memory."""
        different = values.drop_nulls().unique()
        hashes = pl.DataFrame({"value": different, "keyed": _pseudonyms(self._key, kind, different)})
        wanted = values.cast(pl.String).to_frame("value")
        return wanted.join(hashes, on="value", how="left", maintain_order="left")["keyed"]

    def keep_contacts(self, accepted: pl.DataFrame, form_id: str, form: Form) -> Path:
        """Keeps who each pseudonym of a form is: the latest answer to every identity question."""
        asked = [name for name, question in form.questions.items() if question.identity and name in accepted.columns]
        columns = list(dict.fromkeys(["participant_id", *asked]))
        contacts = accepted.select(self.pseudonyms("participant", accepted["participant_id"]), *columns)
        contacts = contacts.filter(pl.col("participant").is_not_null())
        if contacts["participant"].is_duplicated().any():
            contacts = contacts.unique("participant", keep="last", maintain_order=True)
        path = self.folder / f"contacts-{form_id}.parquet"
        written = atomic.temporary(path)
        written.touch(mode=0o600)
        contacts.write_parquet(written)
        atomic.settle(written, path)
        return path

    def contacts(self, source: str) -> pl.DataFrame | None:
        """Who each pseudonym of a source is, as `keep_contacts` left it; None where it never did."""
        path = self.folder / f"contacts-{source}.parquet"
        return pl.read_parquet(path) if path.is_file() else None


def _key(path: Path) -> bytes:
    """The key, made on first use. Losing it breaks every link between old and new pseudonyms."""
    if not path.exists():
        atomic.write(path, secrets.token_bytes(KEY_BYTES))
    if path.stat().st_mode & 0o077:
        raise UserError(f"{path}: others may read the vault's key. Run: chmod 600 {path}")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UserError(f"{path}: the vault's key must be {KEY_BYTES} bytes. Restore it from the backup.")
    return key


def _pseudonyms(key: bytes, kind: str, ids: pl.Series) -> pl.Series:
    # HMAC as RFC 2104 writes it: two plain hashes take 1 second a million, `hmac.digest` takes 2.5.
    padded = key.ljust(sha256().block_size, b"\0")
    inner = bytes(byte ^ 0x36 for byte in padded) + f"{kind}|".encode()
    outer = bytes(byte ^ 0x5C for byte in padded)
    digests = b"".join(
        [sha256(outer + sha256(inner + each.encode()).digest()).digest()[:_DIGEST_BYTES] for each in ids.to_list()]
    )
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8)).reshape(-1, _BITS_PER_LETTER)
    letters = _ALPHABET[np.packbits(bits, axis=1)[:, 0] >> (8 - _BITS_PER_LETTER)]
    # All are of one length, so the letters in a row already are Arrow's text; no Python string is made.
    starts = pa.py_buffer(np.arange(ids.len() + 1, dtype=np.int32) * _LETTERS)
    text = pa.Array.from_buffers(pa.string(), ids.len(), [None, starts, pa.py_buffer(letters)])
    series: pl.Series = pl.from_arrow(text)  # type: ignore[assignment]
    return series
