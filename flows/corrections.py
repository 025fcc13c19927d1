"""The corrections made by hand: in the programme's folder, and in the vault where they quote a person."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from flows.declared import expiries_of
from flows.settings import settings
from transforms.checking.corrections import NAME, read_corrections, repeated
from transforms.corrections import Correction, mistakes
from transforms.errors import ProgrammeError
from transforms.programme import Programme


def corrections_of(programme: Programme, until: datetime | None = None) -> tuple[Correction, ...]:
    """Every correction of a programme, or those made by the day of a moment.

    Raises ProgrammeError with every mistake found in either file.
    """
    open_file, private = settings().programme_folder(programme.id) / NAME, settings().vault_corrections(programme.id)
    found: list[Correction] = []
    wrong: list[str] = []
    for path, vault in ((open_file, private), (private, None)):
        try:
            found += read_corrections(path, programme, vault)
        except ProgrammeError as error:
            wrong += error.mistakes
    wrong += repeated(found)
    if wrong:
        raise ProgrammeError(wrong)
    last = until.astimezone(ZoneInfo(programme.time_zone)).date() if until else date.max
    return tuple(each for each in found if each.on <= last)


def check_that_all_hold(
    corrections: Sequence[Correction], outcomes: pl.DataFrame, programme: Programme, complete: bool
) -> None:
    """Raises ProgrammeError naming each correction that does not hold any more. Nothing is built over them."""
    named = pl.Series([each.submission for each in corrections], dtype=pl.String)
    gone = set(named.filter(expiries_of(programme).were_corrected(named)))
    wrong = list(mistakes(corrections, outcomes, programme, complete, gone))
    if wrong:
        raise ProgrammeError(wrong)
