"""A form's submissions on an ODK Central server, from its OData feed: what is new, changed or gone since the last pull.

The server says of a submission when it came, when it was changed and when it was deleted, but not that one was
restored or that a photo came late. So the number of submissions is compared on every pull, the few that wait for a
photo are asked for one by one, and every `reconcile_days` everything is read again.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from flows.sources import headings
from flows.sources.connections import Connection, connection, variable
from flows.sources.probes import Probe
from flows.sources.stamp import doubts_about
from flows.sources.sudden_loss import refuse_lost_rows
from flows.sources.web import Limits, Server, compact
from flows.stores.landing import Landing, Pulled
from flows.stores.manifests import Doubt, Pull
from flows.stores.revisions import RECORD, Draft, content_of, waiting
from transforms.errors import SourceError
from transforms.programme import Form, OdkCentral

PAGE_ROWS = 1_000
LIMITS = Limits()
OVERLAP = timedelta(minutes=30)
"""How far before the newest date a pull begins again: submissions can show up later than their dates say."""
ROUNDS = 4
"""How often a pull looks again while the server's submissions change under it."""
MOST_WAITING = 100
"""Submissions without all their photos that are asked for one by one, the newest; reconciling reads the others."""

_EVER = datetime.fromtimestamp(0, UTC)
_SUBMISSIONS = ".svc/Submissions"
_SYSTEM = "__system"
_PRESENT, _EXPECTED = f"{_SYSTEM}/attachmentsPresent", f"{_SYSTEM}/attachmentsExpected"
_LINK = "@odata.navigationLink"
_SYSTEM_COLUMNS = tuple(
    f"{_SYSTEM}/{name}"
    for name in ("submissionDate", "updatedAt", "submitterName", "deviceId", "formVersion", "reviewState")
)
_OWN = re.compile(rf"(__id|{_SYSTEM}/.*|meta/.*|start|end|today|deviceid|username|email|phonenumber|audit)$")
"""Columns that every form may have beside its questions: new ones are no news."""

Row = dict[str, Any]


def pull(source: OdkCentral, form: Form, folder: Path, landing: Landing) -> Pulled:
    """Lands the submissions that are new or have changed. Raises SourceError when the server counts more or fewer."""
    with landing.pulling() as work, _account(source) as account:
        fields = _Fields.of(account)
        headings.check_repeats(fields.repeats, form, account.where)
        unknown = [name for name in headings.check_columns(fields.columns, form, account.where) if not _OWN.match(name)]
        moment = Pull.now()
        feed = _Feed(account, fields, Draft(landing, work, moment))
        mark = _bring(feed, _Mark.last(source, landing), source, moment)
        feed.read_again(waiting(landing, _PRESENT, _EXPECTED, MOST_WAITING) - feed.seen)
        refuse_lost_rows(landing, feed.rows)
        received = feed.draft.settle(
            f"{source.project}/{source.form_id}",
            feed.rows,
            feed.fetched,
            (*doubts_about(feed.rows, unknown), *feed.doubts),
            feed.versions,
        )
        return Pulled(landing.append(received, source.form, moment), feed.rows, mark.as_cursor())


def probe(source: OdkCentral, folder: Path) -> Probe:
    """How many submissions the server counts, and when the newest came. Raises SourceError as a pull does."""
    with _account(source) as account:
        page = account.get(_SUBMISSIONS, _is_counted, **{"$top": "1", "$count": "true"})
        newest = [_moment(row[_SYSTEM].get("submissionDate")) for row in page["value"]]
        return Probe(page["@odata.count"], *newest)


def watermark_of(cursor: str) -> str:
    """What a person may read of the mark that the last pull left: from when on the next one asks for news."""
    return str(json.loads(cursor)["since"])


@dataclass(frozen=True)
class _Mark:
    """Where the next pull begins: the form it was read from, the date, and when all of it was last read."""

    form: str
    since: datetime
    reconciled: datetime

    @classmethod
    def last(cls, source: OdkCentral, landing: Landing) -> "_Mark | None":
        """The mark that the last pull left; None when there is none for this very form."""
        attempt = landing.attempt()
        if attempt is None or attempt.cursor is None:
            return None
        said = json.loads(attempt.cursor)
        mark = cls(said["form"], datetime.fromisoformat(said["since"]), datetime.fromisoformat(said["reconciled"]))
        return mark if mark.form == _form_of(source) else None

    def as_cursor(self) -> str:
        """The text that the landing keeps."""
        dates = {"since": self.since.isoformat(), "reconciled": self.reconciled.isoformat()}
        return json.dumps({"form": self.form, **dates})


def _form_of(source: OdkCentral) -> str:
    return f"{source.project}/{source.form_id}"


def _bring(feed: "_Feed", last: _Mark | None, source: OdkCentral, moment: Pull) -> _Mark:
    """Drafts what the server has that the landing does not; the mark from which the next pull goes on."""
    due = last is None or moment.at - last.reconciled >= timedelta(days=source.reconcile_days)
    if last is None or due or not _settled(feed, last.since):
        there = feed.read()
        feed.draft.bury([*feed.draft.vanished(), *sorted(feed.seen - there)])
        last = _Mark(_form_of(source), feed.since(moment, _EVER), moment.at)
        if not _settled(feed, last.since):
            raise SourceError(
                "incomplete",
                f"{feed.account.where}: the server has {feed.rows} submissions, {feed.draft.live} came. "
                "The next run tries again.",
            )
    return _Mark(last.form, feed.since(moment, last.since), last.reconciled)


def _settled(feed: "_Feed", since: datetime) -> bool:
    """Whether, with what came and went since a moment, as many submissions are known as the server has."""
    for _ in range(ROUNDS):
        feed.read(f"__system/submissionDate ge {_time(since)} or __system/updatedAt ge {_time(since)}")
        feed.read_deleted(f"__system/deletedAt ge {_time(since)}")
        if feed.count() == feed.draft.live:
            return True
    return False


def _time(moment: datetime) -> str:
    """A moment as a filter takes it: without its zone it would be refused."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class _Account:
    """The server as one of its users sees it: logged in, again when the token has run out."""

    def __init__(self, source: OdkCentral, server: Server, credentials: Connection) -> None:
        self.where = server.where
        self._source, self._server, self._credentials = source, server, credentials
        self._form = f"/v1/projects/{source.project}/forms/{quote(source.form_id, safe='')}"

    def log_in(self) -> None:
        """Tried once: a server may lock out who is wrong too often."""
        body = {"email": self._credentials.get("user"), "password": self._credentials.get("password")}
        try:
            session = self._server.post("/v1/sessions", _is_session, body)
        except SourceError as error:
            raise self._refusal(error) from None
        self._server.authorise(f"Bearer {session['token']}")

    def _refusal(self, error: SourceError) -> SourceError:
        url, user, password = (variable(self._credentials.name, field) for field in ("url", "user", "password"))
        advice = {
            "not_logged_in": f"the server does not accept the user and password. Check {user} and {password}.",
            "not_found": f"there is no ODK Central at this address. Check {url}; it ends before /v1.",
        }
        return SourceError(error.code, f"{self.where}: {advice[error.code]}") if error.code in advice else error

    def log_out(self) -> None:
        """Ends the session, so that its token is worth nothing to anybody."""
        self._server.delete("/v1/sessions/current")

    def get(self, path: str, check: Callable[[Any], bool], **params: str | int) -> Any:
        """The JSON at a path of the form."""
        return self._explaining(lambda: self._server.get(f"{self._form}{path}", check, **params))

    def follow(self, link: str, check: Callable[[Any], bool]) -> Any:
        """The JSON at a link that the server gave."""
        return self._explaining(lambda: self._server.get(link, check))

    def _explaining(self, ask: Callable[[], Any]) -> Any:
        try:
            return self._logged_in(ask)
        except SourceError as error:
            raise self._explained(error) from None

    def _logged_in(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except SourceError as error:
            if error.code != "not_logged_in":
                raise
        self.log_in()
        return ask()

    def _explained(self, error: SourceError) -> SourceError:
        source = self._source
        advice = {
            "not_allowed": f"the user may not read it (403). Give the user the role Project Viewer on project "
            f"{source.project}.",
            "not_found": f"the server knows no published form '{source.form_id}' in project {source.project} (404). "
            "Check project and form_id in programme.toml.",
        }
        return SourceError(error.code, f"{self.where}: {advice[error.code]}") if error.code in advice else error


@contextmanager
def _account(source: OdkCentral) -> Iterator[_Account]:
    credentials = connection(source.connection)
    with Server(source.id, credentials.get("url"), limits=LIMITS) as server:
        account = _Account(source, server, credentials)
        account.log_in()
        try:
            yield account
        finally:
            account.log_out()


@dataclass(frozen=True)
class _Fields:
    """What the published form asks: a column for each field by the path that the feed gives it."""

    names: Mapping[str, str]
    repeats: Mapping[str, Sequence[str]]
    """What each repeat asks, without what repeats within it, as the feed spells it."""

    @classmethod
    def of(cls, account: _Account) -> "_Fields":
        """The fields that the server names, without groups and what repeats within a repeat."""
        listed = account.get("/fields", _is_fields, odata="false")
        repeats = tuple(f"{each['path']}/" for each in listed if each["type"] == "repeat")
        asked = [each for each in listed if each["type"] != "structure" and not each["path"].startswith(repeats)]
        names = [each["path"].removeprefix("/") for each in asked]
        spelt = ["/".join(_in_feed(part) for part in name.split("/")) for name in names]
        if doubled := [name for name, times in Counter(spelt).items() if times > 1]:
            raise SourceError(
                "duplicate_header",
                f"{account.where}: two fields of the form are both '{doubled[0]}' in the server's feed, which "
                "holds only Latin letters, digits and _. Rename one in the form.",
            )
        return cls(dict(zip(spelt, names, strict=True)), _asked_in_repeats(listed))

    @property
    def columns(self) -> list[str]:
        """Every column, as the form spells it."""
        return [*self.names.values(), *_SYSTEM_COLUMNS]

    def answers_of(self, rows: Sequence[Row]) -> pl.DataFrame:
        """The answers of submissions, a column each, as the text that was received."""
        found: dict[str, list[str | None]] = {name: [None] * len(rows) for name in self.names.values()}
        self._flatten(rows, "", found)
        return pl.DataFrame(found, schema=dict.fromkeys(found, pl.String))

    def _flatten(self, groups: Sequence[Row], above: str, found: dict[str, list[str | None]]) -> None:
        """Adds a column for everything in a group, and in the groups within it; column by column, which is quick."""
        for key in dict.fromkeys(chain.from_iterable(groups)):
            if key.endswith(_LINK):
                continue
            path, values = above + key, [group.get(key) for group in groups]
            if path not in self.names and any(isinstance(value, dict) for value in values):
                self._flatten([value if isinstance(value, dict) else {} for value in values], f"{path}/", found)
            else:
                found[self.names.get(path, path)] = [
                    value if value is None or isinstance(value, str) else compact(value, _LINK) for value in values
                ]


def _asked_in_repeats(listed: Sequence[Row]) -> dict[str, list[str]]:
    repeats = [each["path"] for each in listed if each["type"] == "repeat"]
    asked: dict[str, list[str]] = {path.removeprefix("/"): [] for path in repeats}
    for each in listed:
        within = [path for path in repeats if each["path"].startswith(f"{path}/")]
        if each["type"] not in ("structure", "repeat") and within:
            innermost = max(within, key=len)
            question = each["path"].removeprefix(f"{innermost}/")
            asked[innermost.removeprefix("/")].append("/".join(map(_in_feed, question.split("/"))))
    return asked


def _in_feed(name: str) -> str:
    """A field's name as the feed spells it: other letters than Latin ones become _."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", re.sub(r"^([^A-Za-z_])", r"_\1", name))


class _Feed:
    """The form's submissions as the server pages them out, into a draft."""

    def __init__(self, account: _Account, fields: _Fields, draft: Draft) -> None:
        self.account, self.draft = account, draft
        self.rows = self.fetched = 0
        self.seen: set[str] = set()
        self.versions: set[str] = set()
        self._fields = fields
        self._encrypted: set[str] = set()
        self._newest: datetime | None = None

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Submissions whose answers the server itself cannot read."""
        return (Doubt("encrypted", "", len(self._encrypted)),) if self._encrypted else ()

    def since(self, moment: Pull, before: datetime) -> datetime:
        """A little before the newest date seen; never later than now, or a clock once wrong would hide what comes."""
        return max(min(self._newest, moment.at) - OVERLAP, before) if self._newest else before

    def count(self) -> int:
        """How many submissions the server has now."""
        page = self.account.get(_SUBMISSIONS, _is_counted, **{"$top": "1", "$count": "true"})
        self.rows = page["@odata.count"]
        return self.rows

    def read(self, condition: str | None = None) -> set[str]:
        """Drafts every submission, or those that meet a condition; the ids of the listing that was whole."""
        return self._pages(condition, self._draft)

    def read_deleted(self, condition: str) -> None:
        """Drafts that submissions are gone."""
        self._pages(condition, lambda rows: self.draft.bury([row["__id"] for row in rows]))

    def read_again(self, keys: set[str]) -> None:
        """Drafts single submissions anew; one that is gone by now is left to the next pull."""
        for key in sorted(keys):
            try:
                page = self.account.get(f"{_SUBMISSIONS}('{quote(key, safe='')}')", _is_page, **{"$expand": "*"})
            except SourceError as error:
                if error.code != "not_found":
                    raise
            else:
                self._draft(page["value"])

    def _pages(self, condition: str | None, take: Callable[[list[Row]], None]) -> set[str]:
        """Takes every page of a listing; all over again while fewer came than the first page counted."""
        for _ in range(ROUNDS):
            counted, came = 0, set[str]()
            for page in self._listing(condition):
                counted = counted or page["@odata.count"]
                came.update(row["__id"] for row in page["value"])
                take(page["value"])
            if len(came) >= counted:
                return came
        raise SourceError(
            "incomplete",
            f"{self.account.where}: the server counts {counted} submissions but gives out {len(came)}, {ROUNDS} times "
            "in a row. The next run tries again.",
        )

    def _listing(self, condition: str | None) -> Iterator[Row]:
        asked: dict[str, str | int] = {"$top": PAGE_ROWS, "$count": "true", "$expand": "*"}
        if condition:
            asked["$filter"] = condition
        page = self.account.get(_SUBMISSIONS, _is_counted, **asked)
        yield page
        followed: set[str] = set()
        while link := page.get("@odata.nextLink"):
            if link in followed:
                raise SourceError("paging_stuck", f"{self.account.where}: the server's pages lead back to themselves.")
            followed.add(link)
            page = self.account.follow(link, _is_page)
            yield page

    def _draft(self, rows: list[Row]) -> None:
        if not rows:
            return
        self.fetched += len(rows)
        for row in rows:
            self._note(row)
        self.draft.add(_records(rows, self._fields.answers_of(rows)))

    def _note(self, row: Row) -> None:
        system = row[_SYSTEM]
        self.seen.add(row["__id"])
        dates = [_moment(system.get(name)) for name in ("submissionDate", "updatedAt")]
        self._newest = max((date for date in (*dates, self._newest) if date), default=None)
        if version := system.get("formVersion"):
            self.versions.add(version)
        if row.keys() <= {"__id", _SYSTEM}:
            self._encrypted.add(row["__id"])


def _records(rows: Sequence[Row], answers: pl.DataFrame) -> pl.DataFrame:
    """A landing's records; a change of the review or of the photos that came is a revision too."""
    systems = [row[_SYSTEM] for row in rows]
    reviews = [each.get("reviewState") for each in systems]
    known = {
        "_key": [row["__id"] for row in rows],
        "_revision": content_of(answers),
        "_deleted": [review == "rejected" for review in reviews],
        "_submitted_at": [_moment(each.get("submissionDate")) for each in systems],
        "_updated_at": [_moment(each.get("updatedAt")) for each in systems],
        "_review": reviews,
        "_form_version": [each.get("formVersion") for each in systems],
    }
    return pl.DataFrame(known, schema=RECORD).hstack(answers.drop("__id"))


def _moment(date: str | None) -> datetime | None:
    return datetime.fromisoformat(date) if date else None


def _is_session(answer: Any) -> bool:
    return isinstance(answer, dict) and isinstance(answer.get("token"), str)


def _is_fields(answer: Any) -> bool:
    return isinstance(answer, list) and all(
        isinstance(each, dict) and {"path", "type"} <= each.keys() for each in answer
    )


def _is_page(answer: Any) -> bool:
    """A page counts only with its last key, since a body may be cut off and still be answered 200."""
    return isinstance(answer, dict) and "@odata.context" in answer and all(map(_is_row, answer.get("value", [None])))


def _is_counted(answer: Any) -> bool:
    return _is_page(answer) and isinstance(answer.get("@odata.count"), int)


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("__id"), str) and isinstance(row.get(_SYSTEM), dict)
