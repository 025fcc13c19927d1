"""What runs at night: pull, refresh, publish, for one programme after the other."""

from collections.abc import Sequence
from pathlib import Path

from flows.publish import publish
from flows.pull import pull
from flows.recording import StageError, logger, recorded_flow
from flows.refresh import refresh
from flows.settings import programme_names
from transforms.errors import UserError
from transforms.programme import LANGUAGES, Language


@recorded_flow
def nightly(programmes: Sequence[str] = (), languages: Sequence[Language] = LANGUAGES) -> list[Path]:
    """The paths of the reports of these programmes (none named: of all). One that fails stops no other."""
    published: list[Path] = []
    failures: list[str] = []
    for programme in programmes or programme_names():
        try:
            pull(programme)
            refresh(programme)
            published += publish(programme, languages)
        except (UserError, StageError) as error:
            logger().error("%s: %s", programme, error)
            failures.append(f"{programme}: {error}")
    if failures:
        raise UserError("\n".join(failures))
    return published
