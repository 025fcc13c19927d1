"""Typesets reports from the current warehouse and keeps them for good."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from flows.changing import since_last
from flows.declared import archive_of, programme_named, warehouse_of
from flows.disclosed import periods_with_people
from flows.gate import check_not_held, judged
from flows.progress import progress
from flows.recording import logger, recorded_flow, step
from flows.settings import settings
from flows.stores.archive import Request
from flows.stores.warehouse import Reader
from reports.content import compose
from reports.render import render_all
from reports.scope import Scope
from reports.typesetting.errors import RenderError
from transforms.errors import UserError
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
    """The paths of the reports asked for; one already made from the same warehouse is not made again.

    The quality gate has its say each time. Raises HeldError, after all else is done, where it holds one back.
    """
    archive = archive_of(programme)
    found = [judged(reader, programme, scope) for scope in scopes]
    for each in found:
        archive.record_gate(programme.id, each.scope, each.judgement, reader.path.stem)
    passed = [each for each in found if each.judgement.verdict != "hold"]
    about = {each.request(programme, language, reader.path.stem): each for each in passed for language in languages}
    asked = list(about)
    made = {request: path for request in asked if (path := archive.find(request))}
    new = [request for request in asked if request not in made]
    since = {r.scope: since_last(reader, programme, r.scope) for r in new}
    reports = [
        compose(about[r].facts, programme, r.language, r.scope, judged=about[r].judgement, since=since[r.scope])
        for r in new
    ]
    with progress(f"{programme.id}: typesetting", len(new)) as advance:

        def keep(place: int, pdf: bytes) -> None:
            made[new[place]] = archive.keep(new[place], pdf, about[new[place]].judgement, about[new[place]].published)
            advance()

        try:
            render_all(reports, on_done=keep)
        except RenderError as error:
            raise _not_set(programme, str(error)) from None
        finally:
            _show_newest(reader, programme, made)
    logger().info("%s: %d reports, %d of them new; newest: %s", programme.id, len(asked), len(new), archive.current)
    check_not_held([each for each in found if each not in passed], programme)
    return [made[request] for request in asked]


def _not_set(programme: Programme, why: str) -> UserError:
    """What the typesetter says quotes no data: titles and words of the programme's folder, codes of letters, limits."""
    return UserError(
        f"{programme.id}: a report could not be typeset. {why} Every other report is kept. If that names a word, mend "
        f"it in {settings().programme_folder(programme.id)}; if it names a limit, ask for fewer indicators or groups; "
        f"then run: impact publish {programme.id}"
    )


def _show_newest(reader: Reader, programme: Programme, made: Mapping[Request, Path]) -> None:
    """Points to these reports as the newest, unless the warehouse has moved on while they were made."""
    if warehouse_of(programme).current() == reader.path:
        for request, path in made.items():
            archive_of(programme).show_as_newest(request, path)


typeset = step(_typeset)
