"""The tables of the vault that say who people are, without those who are marked."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from flows.stores import atomic
from flows.stores.marks import PSEUDONYM, REFERENCE, Marked
from transforms.checking.corrections import NAME as CORRECTIONS
from transforms.identities import NATIONAL_ID, PARTICIPANT, PHONE, spelled

CALL_LISTS = "calls-*"
_PSEUDONYM = "^[A-Z2-7]{24}$"


def pseudonyms_of(vault: Path, ids: set[str]) -> set[str]:
    """The pseudonyms of participants, by their ids as `spelled`."""
    found: set[str] = set()
    for _, table in _tables(vault):
        if {"participant", "participant_id"} <= set(table.columns):
            mine = spelled(PARTICIPANT, pl.col("participant_id")).is_in(list(ids))
            found |= set(table.filter(mine)["participant"].drop_nulls())
    return found


def ids_of(vault: Path, pseudonym: str) -> set[str]:
    """The ids, as `spelled`, of the participant with a pseudonym."""
    found: set[str] = set()
    for _, table in _tables(vault):
        if {"participant", "participant_id"} <= set(table.columns):
            ids = table.filter(participant=pseudonym).select(spelled(PARTICIPANT, pl.col("participant_id")))
            found |= set(ids.to_series().drop_nulls())
    return found


def forget(vault: Path, marked: Marked) -> int:
    """Takes every line about somebody who is marked out of the vault's tables; how many there were.

    Call lists go whole: they are written again whenever somebody wants one.
    """
    atomic.clear_leftovers(vault)
    for path in vault.glob(CALL_LISTS):
        path.unlink()
    taken = 0
    for path, table in _tables(vault):
        kept = table.filter(~about(table, marked))
        if kept.height < table.height:
            taken += table.height - kept.height
            _write(path, kept)
    return taken


def given_by_hand(vault: Path, marked: Marked) -> Iterator[str]:
    """The submissions that a correction alone made those of somebody who is marked: they lie under another id."""
    path = vault / CORRECTIONS
    if not path.is_file():
        return
    table = pl.read_csv(path, infer_schema=False)
    if {"submission", "field", "new"} <= set(table.columns):
        theirs = about(table.select("field", "new"), marked) & ~about(table.select("submission"), marked)
        for submission in table.filter(theirs, field="participant_id")["submission"]:
            yield (
                f"{path}: a line, now deleted, gave submission '{submission}' the person's id. "
                "It is landed under another one: unless that is somebody else's, erase that too."
            )


def about(table: pl.DataFrame, marked: Marked) -> pl.Series:
    """Whether each line names somebody who is marked: by pseudonym, participant's id, or what a row is called."""
    found = pl.repeat(False, table.height, dtype=pl.Boolean, eager=True)
    for column in table.columns:
        if table.schema[column] == pl.String:
            for kind, values in _meant(table, column):
                found = found | marked.among(kind, values)
    return found


def _meant(table: pl.DataFrame, column: str) -> Iterator[tuple[str, pl.Series]]:
    """What the cells of a column may be, with the cells as they are hashed."""
    text = table[column]
    yield PSEUDONYM, table.select(pl.when(text.str.contains(_PSEUDONYM)).then(text)).to_series()
    if column.startswith("participant_id"):
        yield PARTICIPANT, table.select(spelled(PARTICIPANT, pl.col(column))).to_series()
    if column.startswith("submission"):
        yield REFERENCE, text
    if column in ("old", "new") and "field" in table.columns:  # of corrections
        given = pl.when(pl.col("field") == "participant_id").then(pl.col(column))
        yield PARTICIPANT, table.select(spelled(PARTICIPANT, given)).to_series()
        for kind in (NATIONAL_ID, PHONE):
            yield kind, table.select(spelled(kind, pl.col(column))).to_series()


def _tables(vault: Path) -> Iterator[tuple[Path, pl.DataFrame]]:
    for path in sorted(vault.glob("*.parquet")):
        yield path, pl.read_parquet(path)
    for path in sorted(vault.glob("*.csv")):
        yield path, pl.read_csv(path, infer_schema=False)


def _write(path: Path, table: pl.DataFrame) -> None:
    written = atomic.temporary(path)
    written.touch(mode=0o600)
    if path.suffix == ".csv":
        table.write_csv(written)
    else:
        table.write_parquet(written)
    atomic.settle(written, path)
