"""The server and what its project asks."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from flows.sources import headings
from flows.sources.connections import connection, variable
from flows.sources.web import Limits, Server
from transforms.errors import SourceError
from transforms.programme import Form, KoboToolbox

LIMITS = Limits()
SYSTEM = (
    "_id",
    "_uuid",
    "_submission_time",
    "_submitted_by",
    "_status",
    "_geolocation",
    "_attachments",
    "_validation_status",
    "__version__",
    "meta/instanceID",
    "meta/rootUuid",
)
"""What the server says of a submission beside its answers; a question of forms.toml may be one of these."""
_NO_KOBO = (
    "the server does not answer as KoboToolbox's API version 2 does (API version 1 is gone). Check {url}: it is the "
    "address where projects are edited."
)
Row = dict[str, Any]


def server_of(source: KoboToolbox) -> Server:
    """The server as the token's user sees it. Raises SourceError for an address that is not its own."""
    server = connection(source.connection)
    url, token = server.get("url"), server.get("token")
    if "/api/" in url:
        raise SourceError(
            "wrong_address",
            f"source '{source.id}': {variable(source.connection, 'url')} is the address of the server alone, such as "
            "https://kf.kobotoolbox.org. Take out /api and what follows.",
        )
    return Server(source.id, url, {"authorization": f"Token {token}"}, LIMITS)


def path_of(source: KoboToolbox) -> str:
    """Where the project is on its server."""
    return f"/api/v2/assets/{quote(source.asset, safe='')}"


def survey_of(server: Server, source: KoboToolbox) -> list[Row]:
    """The rows of the project's form. Raises SourceError for a project that has no answers to read."""
    try:
        asset = server.get(f"{path_of(source)}/", _is_asset, format="json")
    except SourceError as error:
        raise explained(error, server, source) from None
    if asset.get("has_deployment") is False:
        raise SourceError(
            "not_deployed", f"{server.where}: the project was never deployed, so nobody can answer it. Deploy it."
        )
    if asset.get("deployment__encrypted") is True:
        raise SourceError(
            "submissions_encrypted",
            f"{server.where}: the project's submissions are encrypted; the server cannot read them either.",
        )
    survey: list[Row] = asset["content"]["survey"]
    return survey


def explained(error: SourceError, server: Server, source: KoboToolbox) -> SourceError:
    """What the server's refusal means for whoever declared the source."""
    url, token = (variable(source.connection, name) for name in ("url", "token"))
    advice = {
        "not_logged_in": f"the server does not accept the token (401). Check {token}.",
        "not_found": f"the server knows no project '{source.asset}', or hides it from this user (404). Check asset in "
        'programme.toml, and that the user may "View submissions" of it.',
        "gone": _NO_KOBO.format(url=url),
        "refused": _NO_KOBO.format(url=url),
    }
    return SourceError(error.code, f"{server.where}: {advice[error.code]}") if error.code in advice else error


def _is_asset(answer: Any) -> bool:
    content = answer.get("content") if isinstance(answer, dict) else None
    return isinstance(content, dict) and isinstance(content.get("survey"), list)


def columns_of(survey: Sequence[Row], form: Form) -> list[str]:
    """The columns that the project's submissions may have: its questions, and what the form uses of the server's own.

    Submissions lack the questions that were not answered, so they cannot tell which there are.
    """
    asked = [row["$xpath"] for row, repeat in _with_repeat(survey) if repeat is None and _is_answered(row)]
    used = {path for question in form.questions.values() for path in question.paths}
    return [*asked, *(name for name in SYSTEM if name in used and name not in asked)]


def _is_answered(row: Row) -> bool:
    return "$xpath" in row and row.get("type") not in ("begin_group", "note")


def _with_repeat(survey: Sequence[Row]) -> Iterator[tuple[Row, str | None]]:
    """Each row of a survey, and the path of the innermost repeat around it."""
    around: list[str] = []
    for row in survey:
        if row.get("type") == "end_repeat" and around:
            around.pop()
        yield row, around[-1] if around else None
        if row.get("type") == "begin_repeat":
            around.append(str(row.get("$xpath")))


def check_repeats(survey: Sequence[Row], form: Form, where: str) -> None:
    """Raises SourceError where a question takes its answer from a repeat that the project does not ask so."""
    asked: dict[str | None, list[str]] = {row["$xpath"]: [] for row in survey if row.get("type") == "begin_repeat"}
    for row, repeat in _with_repeat(survey):
        if repeat and _is_answered(row) and row.get("type") != "begin_repeat":
            asked[repeat].append(row["$xpath"].removeprefix(f"{repeat}/"))
    headings.check_repeats({path: each for path, each in asked.items() if path}, form, where)
