"""An ODK Central for tests, which answers as the real one does, traps included.

It stands on http.server in a thread, not on pytest-httpserver: bodies are cut off in the middle, answers are counted
and changed while they are paged out, and a benchmark or a killed child process can use it without pytest.
"""

import base64
import copy
import gzip
import hashlib
import json
import re
import threading
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

FIELDS = json.loads((Path(__file__).parents[1] / "data/odk_central/07-fields.json").read_text(encoding="utf-8"))
"""The fields of a recorded registration form: groups, a repeat within a repeat, a place, a photo."""
USER, PASSWORD = "reader@example.org", "correct horse battery"
DOMAIN = "https://central.example.org"
"""The domain in the server's own settings, from which it makes its links, whatever address it is asked under."""


@dataclass
class Submission:
    """One submission; `answers` as nested as the form."""

    id: str
    answers: dict
    created: datetime
    updated: datetime | None = None
    deleted: datetime | None = None
    review: str | None = None
    edits: int = 0
    version: str = "1"
    present: int = 0
    expected: int = 0
    instance: str = ""
    encrypted: bool = False


@dataclass(frozen=True)
class Request:
    """One request that was received."""

    method: str
    path: str
    query: dict[str, str]


@dataclass
class Answer:
    """What goes back. `cut`: only half of the body goes, under a connection that is then closed."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class RefusedError(Exception):
    """A request that the server answers with an error of its own."""

    def __init__(self, status: int, code: float, message: str, details: dict | None = None):
        self.status = status
        self.body = {"message": message, "code": code, **({"details": details} if details else {})}
        super().__init__(message)


class Central:
    """One form of one project. Everything a test may do to it is a method; `url` is where it listens."""

    def __init__(self, project: int = 1, form: str = "registration", fields: list[dict] | None = None):
        self.project, self.form = project, form
        self.fields = copy.deepcopy(FIELDS if fields is None else fields)
        self.url = ""
        self.requests: list[Request] = []
        self.users = {USER: PASSWORD}
        self.role = True
        self.page_limit: int | None = None
        self.before_answer: Callable[[Request], None] | None = None
        """Called before each page is made: what happens on a server while it is read."""
        self._submissions: dict[str, Submission] = {}
        self._tokens: set[str] = set()
        self._faults: list[Answer | str] = []
        self._now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=60)
        self._lock = threading.RLock()

    # What people do.

    def insert(self, answers: dict | None = None, *, key: str | None = None, files: int = 0, **more) -> str:
        """A submission arrives, with none of its files. Returns its id."""
        with self._lock:
            key = key or f"uuid:{uuid.uuid4()}"
            said = person(len(self._submissions)) if answers is None else answers
            self._submissions[key] = Submission(key, said, self.tick(), expected=files, instance=key, **more)
            return key

    def edit(self, key: str, **answers: object) -> None:
        """Somebody changes answers: `person__sex="other"` is the question sex in the group person."""
        with self._lock:
            submission = self._submissions[key]
            for path, value in answers.items():
                *groups, name = path.split("__")
                group = submission.answers
                for each in groups:
                    group = group.setdefault(each, {})
                group[name] = value
            submission.updated, submission.review = self.tick(), "edited"
            submission.edits += 1
            submission.instance = f"uuid:{uuid.uuid4()}"

    def review(self, key: str, state: str | None) -> None:
        """Somebody decides: approved, rejected, hasIssues."""
        with self._lock:
            self._submissions[key].review, self._submissions[key].updated = state, self.tick()

    def delete(self, key: str) -> None:
        """Into the bin, where it stays for 30 days."""
        with self._lock:
            self._submissions[key].deleted = self.tick()

    def restore(self, key: str) -> None:
        """Out of the bin again: no date tells."""
        with self._lock:
            self._submissions[key].deleted = None

    def purge(self, key: str) -> None:
        """Gone for good."""
        with self._lock:
            del self._submissions[key]

    def attach(self, key: str) -> None:
        """A file that was missing arrives: no date tells."""
        with self._lock:
            self._submissions[key].present += 1

    def expire_tokens(self) -> None:
        """A day has passed."""
        with self._lock:
            self._tokens.clear()

    def tick(self, seconds: float = 1.0) -> datetime:
        """The server's clock goes on."""
        self._now += timedelta(seconds=seconds)
        return self._now

    # What goes wrong.

    def fail_next(self, status: int = 503, times: int = 1, **headers: str) -> None:
        """The next pages are answered with an error."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._faults += [Answer(status, b"{}", named) for _ in range(times)]

    def cut_next(self, times: int = 1) -> None:
        """The next pages are answered 200 with half of their body."""
        self._faults += ["cut"] * times

    # What a test may look at.

    @property
    def live(self) -> dict[str, Submission]:
        """The submissions that are not in the bin."""
        with self._lock:
            return {key: copy.deepcopy(each) for key, each in self._submissions.items() if each.deleted is None}

    @property
    def bin(self) -> list[str]:
        """The ids of those that are."""
        with self._lock:
            return [key for key, each in self._submissions.items() if each.deleted is not None]

    @property
    def open_sessions(self) -> int:
        """Tokens that would still be taken."""
        return len(self._tokens)

    def asked(self, ending: str) -> list[Request]:
        """The requests so far whose path ends so."""
        return [each for each in self.requests if each.path.endswith(ending)]

    # How it answers.

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """The answer to one request."""
        address = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        request = Request(method, unquote(address.path), query)
        self.requests.append(request)
        is_page = "/Submissions" in request.path
        if is_page and self.before_answer:
            self.before_answer(request)
        fault = self._faults.pop(0) if is_page and self._faults else None
        if isinstance(fault, Answer):
            return fault
        with self._lock:
            try:
                said, status = self._answered(request, headers, body), 200
            except RefusedError as refused:
                said, status = refused.body, refused.status
        found = Answer(status, json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), cut=fault == "cut")
        if "gzip" in headers.get("accept-encoding", "") and not found.cut:
            found.body, found.headers["content-encoding"] = gzip.compress(found.body, 1), "gzip"
        return found

    def _answered(self, request: Request, headers: dict[str, str], body: bytes) -> object:
        if request.path == "/v1/sessions" and request.method == "POST":
            return self._session(json.loads(body))
        token = self._token(headers.get("authorization", ""))
        if request.path == "/v1/sessions/current" and request.method == "DELETE":
            self._tokens.discard(token)
            return {"success": True}
        form = f"/v1/projects/{self.project}/forms/{self.form}"
        if not request.path.startswith((f"{form}.svc/", f"{form}/")):
            raise RefusedError(404, 404.1, "Could not find the resource you were looking for.")
        if not (token and self.role):
            raise RefusedError(403, 403.1, "The authenticated actor does not have rights to perform that action.")
        if request.path == f"{form}/fields":
            return self._named_fields(request.query.get("odata") == "true")
        if request.path == f"{form}/submissions":
            return self._list()
        if request.path == f"{form}.svc/Submissions":
            return self._page(request.query, f"{form}.svc")
        if single := re.fullmatch(r".*\.svc/Submissions\('([^']+)'\)", request.path):
            return self._single(single[1], request.query, f"{form}.svc")
        raise RefusedError(404, 404.1, "Could not find the resource you were looking for.")

    def _token(self, authorization: str) -> str:
        """What a request shows: a session's token, or name and password with every request, or nothing."""
        kind, _, shown = authorization.partition(" ")
        if kind == "Basic":
            name, _, password = base64.b64decode(shown).decode().partition(":")
            known = self.users.get(name) == password
        else:
            known = not shown or shown in self._tokens
        if not known:
            raise RefusedError(401, 401.2, "Could not authenticate with the provided credentials.")
        return shown

    def _list(self) -> list[dict]:
        """The list beside the feed: newest first, the bin left out."""
        listed = [each for each in self._submissions.values() if not each.deleted]
        return [
            {
                "instanceId": each.id,
                "createdAt": _text(each.created),
                "updatedAt": each.updated and _text(each.updated),
                "reviewState": each.review,
            }
            for each in sorted(listed, key=lambda each: each.created, reverse=True)
        ]

    def _session(self, body: dict) -> dict:
        if self.users.get(body.get("email")) != body.get("password"):
            raise RefusedError(401, 401.2, "Could not authenticate with the provided credentials.")
        token = uuid.uuid4().hex + uuid.uuid4().hex
        self._tokens.add(token)
        now = datetime.now(UTC)
        return {"token": token, "csrf": "-", "expiresAt": _text(now + timedelta(days=1)), "createdAt": _text(now)}

    def _named_fields(self, for_odata: bool) -> list[dict]:
        if not for_odata:
            return self.fields
        spelt = [{**each, "path": "/".join(map(sanitized, each["path"].split("/")))} for each in self.fields]
        return [{**each, "name": sanitized(each["name"])} for each in spelt]

    def _single(self, key: str, query: dict[str, str], service: str) -> dict:
        submission = self._submissions.get(key)
        if submission is None or submission.deleted:
            raise RefusedError(404, 404.1, "Could not find the resource you were looking for.")
        row = self._row(submission, query.get("$expand") == "*")
        return {"value": [row], "@odata.context": f"{DOMAIN}{service}/$metadata#Submissions"}

    def _page(self, query: dict[str, str], service: str) -> dict:
        if "$orderby" in query and "$skiptoken" in query:
            raise RefusedError(501, 501.1, "The requested feature $skiptoken with $orderby is not supported.")
        found = sorted(self._chosen(query.get("$filter")), key=lambda each: each.created, reverse=True)
        count = len(found)
        if token := query.get("$skiptoken"):
            found = self._after(token, found)
        found = found[int(query.get("$skip", 0)) :]
        top = min(int(query.get("$top", len(found))), self.page_limit or len(found))
        page, rest = found[:top], found[top:]
        expand = query.get("$expand") == "*"
        answer = {"value": [self._row(each, expand) for each in page]}
        answer["@odata.context"] = f"{DOMAIN}{service}/$metadata#Submissions"
        if rest and page:
            answer["@odata.nextLink"] = _next_link(f"{DOMAIN}{service}/Submissions", query, page[-1].id)
        if query.get("$count") == "true":
            answer["@odata.count"] = count
        return answer

    def _after(self, token: str, found: list[Submission]) -> list[Submission]:
        last = self._submissions.get(json.loads(base64.b64decode(token.removeprefix("01")))["instanceId"])
        return [] if last is None else [each for each in found if each.created < last.created]

    def _chosen(self, condition: str | None) -> list[Submission]:
        everything = list(self._submissions.values())
        if condition is None:
            return [each for each in everything if each.deleted is None]
        parts = [_compared(part) for part in condition.split(" or ")]
        met = [each for each in everything if any(part(each) for part in parts)]
        return met if "deletedAt" in condition else [each for each in met if each.deleted is None]

    def _row(self, submission: Submission, expand: bool) -> dict:
        system = {
            "submissionDate": _text(submission.created),
            "updatedAt": _text(submission.updated),
            "submitterId": "5",
            "submitterName": "admin@example.org",
            "attachmentsPresent": submission.present,
            "attachmentsExpected": submission.expected,
            "status": "notDecrypted" if submission.encrypted else None,
            "reviewState": submission.review,
            "deviceId": "collect:lab",
            "edits": submission.edits,
            "formVersion": submission.version,
            "deletedAt": _text(submission.deleted),
        }
        if submission.encrypted:
            return {"__id": submission.id, "__system": system}
        link = f"Submissions('{quote(submission.id, safe='')}')"
        said = self._group(submission.answers, "", submission.id, link, expand)
        said.setdefault("meta", {}).update(instanceID=submission.instance)
        return {**said, "__id": submission.id, "__system": system}

    def _group(self, answers: dict, above: str, parent: str, link: str, expand: bool) -> dict:
        """A group as the feed has it: every field that the form has, in its order; null where nothing was said."""
        shown: dict = {}
        for each in self.fields:
            group, _, name = each["path"].rpartition("/")
            if group != above:
                continue
            value, key = answers.get(name), sanitized(name)
            if each["type"] == "structure":
                shown[key] = self._group(value or {}, each["path"], parent, f"{link}/{key}", expand)
            elif each["type"] != "repeat":
                shown[key] = value
            elif value:
                shown[f"{key}@odata.navigationLink"] = f"{link}/{key}"
                if expand:
                    shown[key] = [
                        self._child(child, each["path"], f"{parent}{each['path']}{position}", f"{link}/{key}")
                        for position, child in enumerate(value)
                    ]
        return shown

    def _child(self, answers: dict, path: str, place: str, link: str) -> dict:
        key = hashlib.sha1(place.encode()).hexdigest()
        shown = self._group(answers, path, place, f"{link}('{key}')", True)
        repeats = {name for name in shown if name.endswith("navigationLink") or isinstance(shown[name], list)}
        first = {name: value for name, value in shown.items() if name not in repeats}
        return {**first, "__id": key, **{name: shown[name] for name in shown if name in repeats}}


def sanitized(name: str) -> str:
    """A name as OData allows it."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", re.sub(r"^([^A-Za-z_])", r"_\1", name))


def _text(moment: datetime | None) -> str | None:
    """A date of the server, in thousandths of a second."""
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _next_link(address: str, query: dict[str, str], last: str) -> str:
    token = "01" + base64.b64encode(json.dumps({"instanceId": last}, separators=(",", ":")).encode()).decode()
    asked = {name: value for name, value in query.items() if name not in ("$skiptoken", "$skip")}
    return f"{address}?{urlencode({**asked, '$skiptoken': token}, safe='*')}"


_DATES = {
    "__system/submissionDate": lambda each: each.created,
    "__system/updatedAt": lambda each: each.updated,
    "__system/deletedAt": lambda each: each.deleted,
}
_COMPARISONS = {
    "ge": lambda left, right: left >= right,
    "gt": lambda left, right: left > right,
    "le": lambda left, right: left <= right,
    "lt": lambda left, right: left < right,
}


def _compared(text: str) -> Callable[[Submission], bool]:
    """What one comparison of a filter asks of a submission; null meets none."""
    parts = text.strip().split(" ")
    if parts[0] not in _DATES:
        message = f"The given OData filter expression references fields not supported by this server: {parts[0]} at 0"
        raise RefusedError(501, 501.5, message, {"at": 0, "text": parts[0]})
    if len(parts) != 3 or parts[1] not in _COMPARISONS or not re.search(r"(Z|[+-]\d\d:\d\d)$", parts[2]):
        raise RefusedError(400, 400.18, "The OData filter expression you provided could not be parsed.")
    date, compare, literal = _DATES[parts[0]], _COMPARISONS[parts[1]], datetime.fromisoformat(parts[2])
    return lambda each: (found := date(each)) is not None and compare(found, literal)


def person(number: int) -> dict:
    """The answers of an invented person, like the recorded ones."""
    members = [{"name": f"Member {each}", "relation": "child", "age": 9 + each} for each in range(number % 3)]
    if members:
        members[0]["illness"] = [{"name": "asthma", "years": 11.3}, {"name": "ไข้", "years": 2}]
    return {
        "start": "2026-11-20T09:00:00.000+07:00",
        "end": "2026-11-20T09:20:00.000+07:00",
        "today": "2026-11-20",
        "deviceid": "collect:lab1",
        "consent": {"given": "yes", "given_on": "2026-04-20"},
        "person": {
            "study_id": f"P{number:05}",
            "given_name": "ปิ่นแก้ว",
            "family_name": "Müller",
            "sex": "female",
            "birth_date": "2000-08-13",
            "age": 20 + number % 60,
            "weight_kg": None if number % 2 else 86.87,
            "languages": "my shn th",
            "contact": {"phone": f"08{number:08}", "email": None},
        },
        "site": "bkk",
        "home": {"type": "Point", "coordinates": [100.177807, 15.34922, 834], "properties": {"accuracy": 7.2}},
        "interviewed_at": "2026-10-03T14:02:00.000+07:00",
        "household": {"size": len(members) + 1, "member": members},
        "photo": None,
        "notes": None,
        "recontact_ok": "no",
        "meta": {"entity": {"label": f"P{number:05}"}, "audit": None, "instanceName": f"P{number:05}"},
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    central: Central

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.central.answer(self.command, self.path, headers, body)
        self.send_response(answer.status)
        self.send_header("content-type", "application/json")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.cut:  # as behind a proxy: neither a length nor an error tells
            self.send_header("connection", "close")
            self.close_connection = True
            answer.body = answer.body[: len(answer.body) // 2]
        else:
            self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def do_GET(self):
        self._respond()

    def do_POST(self):
        self._respond()

    def do_DELETE(self):
        self._respond()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def running(central: Central):
    """The fake, listening on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"central": central}))
    server.daemon_threads = True
    central.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield central
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
