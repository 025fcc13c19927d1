"""Typesets reports from the current warehouse and keeps them for good."""

from collections.abc import Sequence
from pathlib import Path

from flows.declared import archive_of, programme_named, warehouse_of
from flows.disclosed import facts_about, periods_with_people
from flows.progress import progress
from flows.recording import logger, recorded_flow, step
from flows.stores.archive import Request
from flows.stores.warehouse import Reader
from reports.content import compose
from reports.render import render_all
from reports.scope import Scope
from transforms.programme import LANGUAGES, Language, Programme


@recorded_flow
def publish(programme: str, languages: Sequence[Language] = LANGUAGES) -> list[Path]:
    """The paths of the whole programme's reports: one for every period with participants, and language."""
    declared = programme_named(programme)
    with warehouse_of(declared).open() as reader:
        scopes = [Scope(period=period) for period in periods_with_people(reader, declared)]
        return typeset(reader, declared, scopes, languages)


def _typeset(
    reader: Reader, programme: Programme, scopes: Sequence[Scope], languages: Sequence[Language]
) -> list[Path]:
    """The paths of the reports asked for; one already made from the same warehouse is not made again."""
    archive = archive_of(programme)
    asked = [Request(programme.id, scope, language, reader.path.stem) for scope in scopes for language in languages]
    new = [request for request in asked if archive.find(request) is None]
    reports = [compose(facts_about(reader, r.scope, programme), programme, r.language, r.scope) for r in new]
    with progress(f"{programme.id}: typesetting", len(new)) as advance:

        def keep(place: int, pdf: bytes) -> None:
            archive.keep(new[place], pdf)
            advance()

        render_all(reports, on_done=keep)
    logger().info("%s: %d reports, %d of them new", programme.id, len(asked), len(new))
    return [path for request in asked if (path := archive.find(request))]


typeset = step(_typeset)
