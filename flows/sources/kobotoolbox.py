"""A KoboToolbox project's submissions: all of them each time, since an edit leaves no date and a deletion no trace."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from flows.sources import headings
from flows.sources.connections import connection, variable
from flows.sources.probes import Probe
from flows.sources.stamp import OURS, doubts_about
from flows.sources.sudden_loss import refuse_lost_rows
from flows.sources.web import Limits, Server, compact
from flows.stores.landing import Landing, Pulled
from flows.stores.manifests import Pull
from flows.stores.revisions import RECORD, Draft, content_of
from transforms.errors import SourceError
from transforms.programme import Form, KoboToolbox

PAGE = 1000
"""Submissions asked for at once; a server cuts a larger number without a word, and may allow fewer."""
READS = 5
PAUSE_SECONDS = 2.0
"""Between two readings of the whole, when the first was not whole."""
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

_NOT_APPROVED = "validation_status_not_approved"
"""Columns of the landing: no answer may have such a name."""

_NO_KOBO = (
    "the server does not answer as KoboToolbox's API version 2 does (API version 1 is gone). Check {url}: it is the "
    "address where projects are edited."
)

Row = dict[str, Any]


@dataclass
class _Reading:
    """One reading of all pages: what came so far, and what the server counts."""

    draft: Draft
    ids: set[int] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    count: int = 0
    shifted: bool = False

    @property
    def whole(self) -> bool:
        """Whether everything came that the server counts."""
        return not self.shifted and len(self.ids) == self.count


def pull(source: KoboToolbox, form: Form, folder: Path, landing: Landing) -> Pulled:
    """Lands the submissions that are new or have changed, and a line for each that is gone.

    Raises SourceError when not all came that the server counts: then nothing is landed and nothing taken for gone.
    """
    with landing.pulling() as work, _server(source) as server:
        survey = _survey(server, source)
        _check_repeats(survey, form, server.where)
        unknown = headings.check_columns(_columns(survey, form), form, server.where)
        moment = Pull.now()
        reading = _read_whole(server, source, landing, work, moment)
        refuse_lost_rows(landing, reading.count)
        reading.draft.bury(reading.draft.vanished())
        came, doubts = len(reading.ids), doubts_about(reading.count, unknown)
        received = reading.draft.settle(source.asset, reading.count, came, doubts, reading.versions)
        return Pulled(landing.append(received, source.form, moment), reading.count)


def probe(source: KoboToolbox, folder: Path) -> Probe:
    """How many submissions the server counts, and when the newest came. Raises SourceError as a pull does."""
    with _server(source) as server:
        try:
            page = server.get(f"{_path(source)}/data.json", _is_page, limit=1, sort='{"_id":-1}')
        except SourceError as error:
            raise _explained(error, server, source) from None
        return Probe(page["count"], *(_moment(row, server.where) for row in page["results"]))


def _server(source: KoboToolbox) -> Server:
    server = connection(source.connection)
    url, token = server.get("url"), server.get("token")
    if "/api/" in url:
        raise SourceError(
            "wrong_address",
            f"source '{source.id}': {variable(source.connection, 'url')} is the address of the server alone, such as "
            "https://kf.kobotoolbox.org. Take out /api and what follows.",
        )
    return Server(source.id, url, {"authorization": f"Token {token}"}, LIMITS)


def _path(source: KoboToolbox) -> str:
    return f"/api/v2/assets/{quote(source.asset, safe='')}"


def _survey(server: Server, source: KoboToolbox) -> list[Row]:
    """The rows of the project's form. Raises SourceError for a project that has no answers to read."""
    try:
        asset = server.get(f"{_path(source)}/", _is_asset, format="json")
    except SourceError as error:
        raise _explained(error, server, source) from None
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


def _explained(error: SourceError, server: Server, source: KoboToolbox) -> SourceError:
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


def _columns(survey: Sequence[Row], form: Form) -> list[str]:
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


def _check_repeats(survey: Sequence[Row], form: Form, where: str) -> None:
    """Raises SourceError where a question takes its answer from a repeat that the project does not ask so."""
    asked: dict[str | None, list[str]] = {row["$xpath"]: [] for row in survey if row.get("type") == "begin_repeat"}
    for row, repeat in _with_repeat(survey):
        if repeat and _is_answered(row) and row.get("type") != "begin_repeat":
            asked[repeat].append(row["$xpath"].removeprefix(f"{repeat}/"))
    headings.check_repeats({path: each for path, each in asked.items() if path}, form, where)


def _read_whole(server: Server, source: KoboToolbox, landing: Landing, work: Path, moment: Pull) -> _Reading:
    for attempt in range(READS):
        time.sleep(PAUSE_SECONDS if attempt else 0)
        reading = _Reading(Draft(landing, work, moment))
        _read(server, source, reading)
        if reading.whole:
            return reading
    why = "submissions were deleted meanwhile" if reading.shifted else f"{len(reading.ids)} came"
    raise SourceError(
        "incomplete",
        f"{server.where}: the server counts {reading.count} submissions, but {why}; so it was {READS} times in a row. "
        "The next run tries again.",
    )


def _read(server: Server, source: KoboToolbox, reading: _Reading) -> None:
    """Reads page after page. Each begins with the last submission of the page before.

    Pages are cut by position: a submission deleted meanwhile moves all later ones up, and one of them would be on no
    page. Then the page does not begin with the one expected, whatever the count says.
    """
    start, expected = 0, None
    while True:
        page = server.get(f"{_path(source)}/data.json", _is_page, limit=PAGE, start=start, sort='{"_id":1}')
        rows: list[Row] = page["results"]
        reading.count = page["count"]
        new = [row for row in rows if row["_id"] not in reading.ids]
        moved = expected is not None and (not rows or rows[0]["_id"] != expected)
        more = page["next"] is not None  # where it leads is no matter: links may name another host
        if moved or (more and not new):
            reading.shifted = True
            return
        _add(new, reading, server.where)
        if not more:
            return
        start += max(len(rows) - 1, 1)
        expected = rows[-1]["_id"] if len(rows) > 1 else None


def _is_page(answer: Any) -> bool:
    """Whether an answer is a whole page: a cut one may still be JSON."""
    if not isinstance(answer, dict) or "next" not in answer or not isinstance(answer.get("results"), list):
        return False
    rows = answer["results"]
    return isinstance(answer.get("count"), int) and all(
        isinstance(row, dict) and isinstance(row.get("_id"), int) for row in rows
    )


def _add(rows: Sequence[Row], reading: _Reading, where: str) -> None:
    if not rows:
        return
    keys = [_key(row, reading.keys) for row in rows]
    reading.ids.update(row["_id"] for row in rows)
    reading.versions.update(row["__version__"] for row in rows if row.get("__version__"))
    answers = _answers(rows)
    if ours := sorted(OURS & set(answers.columns)):
        raise SourceError(
            "reserved_column", f"{where}: a question is called '{ours[0]}', as a column of ours is. Rename it."
        )
    reviews = [_review(row) for row in rows]
    records = {
        "_key": keys,
        "_revision": content_of(answers),
        "_deleted": [review == _NOT_APPROVED for review in reviews],
        "_submitted_at": [_moment(row, where) for row in rows],
        "_review": reviews,
        "_form_version": [row.get("__version__") for row in rows],
    }
    said = pl.DataFrame(records, schema={name: RECORD[name] for name in records})
    reading.draft.add(said.hstack(answers))


def _key(row: Row, taken: set[str]) -> str:
    """The submission's own id, which no edit changes: `meta/rootUuid`.

    Until 2025 servers sent it only once a submission was edited; before, `_uuid` (or `meta/instanceID`) is what it will
    be. Old data may hold the same id twice; the later submission's key is then told apart by its `_id`.
    """
    given = row.get("meta/rootUuid") or row.get("_uuid") or row.get("meta/instanceID") or f"_id {row['_id']}"
    key = str(given).removeprefix("uuid:")
    if key in taken:
        key = f"{key} _id {row['_id']}"
    taken.add(key)
    return key


def _review(row: Row) -> str | None:
    status = row.get("_validation_status")
    return status.get("uid") if isinstance(status, dict) else None


def _moment(row: Row, where: str) -> datetime | None:
    """When the submission arrived: UTC, which the server does not say."""
    given = row.get("_submission_time")
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise SourceError("unknown_answer", f"{where}: the server's _submission_time is no time.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _answers(rows: Sequence[Row]) -> pl.DataFrame:
    """One text column a key, named as it arrives; null where a submission lacks it. Lists are compact JSON."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: _texts(name, [row.get(name) for row in rows]) for name in names}
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String()))


def _texts(name: str, values: Sequence[Any]) -> list[str | None]:
    """Attachments come without where to download them: a server that moves changes no answer."""
    left_out = "url" if name == "_attachments" else None
    return [each if each is None or isinstance(each, str) else compact(each, left_out) for each in values]
