"""What runs at night: pull, take out whose time is over, refresh, publish, for one programme after the other."""

import re
from collections.abc import Sequence
from pathlib import Path

from flows.publish import publish
from flows.pull import pull
from flows.recording import StageError, recorded_flow, step
from flows.refresh import refresh
from flows.retaining import retain_each_night
from flows.settings import chosen_programmes
from flows.stores.warehouse import CheckError
from transforms.errors import UserError
from transforms.programme import LANGUAGES, Language


@recorded_flow
def nightly(programmes: Sequence[str] = (), languages: Sequence[Language] = LANGUAGES) -> list[Path]:
    """The paths of the reports of these programmes (none named: of all). One that fails stops no other."""
    published: list[Path] = []
    failures: list[str] = []
    for programme in chosen_programmes(programmes):
        try:
            pull(programme)
            retain(programme)
            failures += refused_by_checks(programme)
            published += publish(programme, languages)
        except (UserError, StageError) as error:
            failures.append(_told(programme, str(error)))
    if failures:
        raise UserError("\n".join(failures))
    return published


def refused_by_checks(programme: str) -> list[str]:
    """Why newer data are not used, where they fail a check: the last good ones are then published, and say so."""
    try:
        refresh(programme)
    except CheckError as error:
        return [_told(programme, str(error))]
    return []


retain = step(retain_each_night)


def _told(programme: str, message: str) -> str:
    """The message, after the programme's name where it does not say whom it is about."""
    return message if re.search(rf"\b{re.escape(programme)}\b", message) else f"{programme}: {message}"
