"""What is left out of a file on its way into the landing: rows of who was erased, registrations whose time is over."""

from pathlib import Path

import polars as pl

from flows.stores.erasures import Forgotten
from flows.stores.late import Late
from flows.stores.manifests import Change, Received
from flows.stores.taking_out import ERASED, EXPIRED, Taken, erased_lines, expired_lines, theirs, without
from transforms.submissions import KEY


def leave_out(received: Received, forgotten: Forgotten | None, late: Late | None, at: str) -> tuple[Change, ...]:
    """Rewrites what is about to be landed; what was left out, also by the draft of a server's records."""
    drafted = {ERASED: received.erased, EXPIRED: received.expired}
    found = [Change(kind, at, rows, 0) for kind, rows in drafted.items() if rows]
    if forgotten and forgotten.marked.marks:
        found += _rewritten(received.parquet, erased_lines(theirs(received.parquet, forgotten), forgotten), ERASED, at)
    if forgotten and late and late.in_force:
        found += _rewritten(received.parquet, expired_lines(late.rows(received.parquet), forgotten), EXPIRED, at)
    return tuple(found)


def _rewritten(parquet: Path, lines: pl.DataFrame, kind: Taken, at: str) -> list[Change]:
    if lines.is_empty():
        return []
    kept = parquet.with_name(f"kept-{parquet.name}")
    without(parquet, lines, kept)
    kept.replace(parquet)
    return [change_by(lines, kind, at)]


def change_by(lines: pl.DataFrame, kind: Taken, at: str) -> Change:
    """That these rows were taken out: of a server's each leaves a line."""
    return Change(kind, at, lines.height, 0 if KEY in lines.columns else lines.height)
