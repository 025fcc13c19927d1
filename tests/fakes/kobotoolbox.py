"""A KoboToolbox server with one project, which behaves as the real one does, and misbehaves when told to.

Its answers have the shapes of those in tests/data/kobotoolbox.
"""

import json
import random
import re
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

RECORDED = Path(__file__).parents[1] / "data" / "kobotoolbox"
SURVEY = json.loads((RECORDED / "asset.json").read_text(encoding="utf-8"))["content"]["survey"]
TOKEN = "a-token-that-nobody-has"
UNKNOWN_PAGE = "\n\n\n<!doctype html>\n<html>\n  <head>\n    <!-- Setup -->\n  </head>\n</html>\n"
USUAL, MOST = 100, 1000
NEEDED = "A positive integer is required"


class Kobo:
    """One project's server. Everything it answers is made from `rows`."""

    asset = "aLbyAMxWUAmH4XzaQJc4cy"

    def __init__(self, server: HTTPServer, survey=SURVEY, most=MOST, seed=0):
        self.url = server.url_for("").rstrip("/")
        self.links = self.url  # the host that its links name
        self.survey, self.most = survey, most
        self.version = "vTKwP3jQos4PpECTd2r3Ji"
        self.rows = []  # by _id
        self.asked = []  # path and parameters of every request
        self.before_page = lambda start: None  # called before a page is made: what others do meanwhile
        self.deployed, self.encrypted, self.gone = True, False, False
        self._random = random.Random(seed)
        self._ids = 0
        self._clock = datetime(2026, 11, 22, 14, 1, 38)
        self._lock = threading.RLock()
        self._troubles = []
        self._miscounts = []
        server.expect_request(re.compile(r"^/")).respond_with_handler(self._answer)

    # What people do there

    def insert(self, answers, photo=None, uuid=None):
        """A new submission; returns its _id."""
        with self._lock:
            self._ids += 1
            self._clock += timedelta(seconds=self._random.randint(0, 3))
            uuid = uuid or self._uuid()
            self.rows.append(self._row(answers, uuid, photo))
            return self._ids

    def edit(self, _id, answers):
        """Other answers to a submission: it keeps its _id and _submission_time, and gets a new _uuid."""
        with self._lock:
            row, uuid = self.row(_id), self._uuid()
            row["meta/deprecatedID"] = row["meta/instanceID"]
            row.update({"_uuid": uuid, "meta/instanceID": f"uuid:{uuid}", "__version__": self.version}, **answers)

    def delete(self, _id):
        """Without a trace."""
        with self._lock:
            self.rows.remove(self.row(_id))

    def review(self, _id, state):
        """Sets a submission's review: `not_approved`, `approved`, `on_hold`."""
        status = {
            "timestamp": 1795355628,
            "uid": f"validation_status_{state}",
            "by_whom": "labadmin",
            "label": state.replace("_", " ").title(),
        }
        with self._lock:
            self.row(_id)["_validation_status"] = status

    def reject(self, _id):
        """Not approved in its review."""
        self.review(_id, "not_approved")

    def row(self, _id):
        """One submission."""
        return next(row for row in self.rows if row["_id"] == _id)

    # What may go wrong

    def miscount(self, by, times):
        """The next answers count too many or too few submissions."""
        self._miscounts += [by] * times

    def trouble(self, *answers):
        """What the next requests for submissions get instead: a Response, or a function of the right body."""
        self._troubles += answers

    def busy(self, times, after="0"):
        """Too many requests."""
        self.trouble(*[Response('{"detail":"Request was throttled."}', 429, {"retry-after": after})] * times)

    def broken(self, times, status=502):
        """A proxy's page."""
        self.trouble(*[Response("<html>Bad Gateway</html>", status)] * times)

    def cut(self, times, share=0.5):
        """200, and a body without its end."""
        self.trouble(*[lambda body: body[: int(len(body) * share)]] * times)

    def slow(self, times, seconds):
        """An answer that comes late."""

        def late(body):
            time.sleep(seconds)
            return body

        self.trouble(*[late] * times)

    @property
    def pages(self):
        """The parameters of each request for submissions."""
        return [params for path, params in self.asked if path.endswith("/data.json")]

    # What it answers

    def _answer(self, request: Request) -> Response:
        with self._lock:
            self.asked.append((request.path, dict(request.args)))
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        if request.path == f"/api/v2/assets/{self.asset}/":
            return _json(self._asset())
        return self._page(request)

    def _refusal(self, request):
        if self.gone or request.path.startswith("/api/v1/"):
            return _json({"detail": "API v1 is gone."}, 410)
        given = request.headers.get("authorization")
        if given is None:
            return _json({"detail": "Not found."}, 404)
        if given != f"Token {TOKEN}":
            return _json({"detail": "Invalid token."}, 401)
        if request.path not in (f"/api/v2/assets/{self.asset}/", f"/api/v2/assets/{self.asset}/data.json"):
            return Response(UNKNOWN_PAGE, 404, content_type="text/html")
        return None

    def _asset(self):
        recorded = json.loads((RECORDED / "asset.json").read_text(encoding="utf-8"))
        changes = {
            "url": f"{self.links}/api/v2/assets/{self.asset}/?format=json",
            "uid": self.asset,
            "version_id": self.version,
            "has_deployment": self.deployed,
            "deployment__encrypted": self.encrypted,
            "deployment__submission_count": len(self.rows),
            "content": {**recorded["content"], "survey": self.survey},
        }
        return {**recorded, **changes}

    def _page(self, request):
        params = request.args
        try:
            limit, start = _whole(params.get("limit", USUAL), 1), _whole(params.get("start", 0), 0)
            json.loads(params.get("query", "{}"))
        except _WrongLimitError:
            return _json({"limit": NEEDED}, 400)
        except ValueError:
            return _json({"query": "Value must be valid JSON."}, 400)
        with self._lock:
            self.before_page(start)
            limit = min(limit, self.most)
            newest_first = json.loads(params.get("sort", "{}")).get("_id") == -1
            results = (self.rows[::-1] if newest_first else self.rows)[start : start + limit]
            count = len(self.rows) + (self._miscounts.pop(0) if self._miscounts else 0)
            body = json.dumps({"count": count, **self._around(params, start, limit), "results": results})
            trouble = self._troubles.pop(0) if self._troubles else None
        if isinstance(trouble, Response):
            return Response(trouble.get_data(), trouble.status, trouble.headers)
        return Response(trouble(body) if trouble else body, content_type="application/json")

    def _around(self, params, start, limit):
        """The links to the pages around. With page_size it links to pages that it never serves."""
        given = {"limit": limit, **{name: params[name] for name in ("page", "page_size", "sort") if name in params}}
        if "page_size" in params:
            given["limit"] = int(params["page_size"])
            following, before = int(params["page"]) * given["limit"], 0
        else:
            following, before = start + limit, start - limit
        return {
            "next": self._link({**given, "start": following}) if following < len(self.rows) else None,
            "previous": None if before < 0 else self._link({**given, **({"start": before} if before else {})}),
        }

    def _link(self, params):
        return f"{self.links}/api/v2/assets/{self.asset}/data.json?{urlencode(params)}"

    def _row(self, answers, uuid, photo):
        return {
            "_id": self._ids,
            "formhub/uuid": "9a2be615ce2c4c4eb2c87260a47880ed",
            "start": "2026-11-20T09:00:00.000+07:00",
            "end": "2026-11-20T09:20:00.000+07:00",
            **answers,
            **({"photo": photo} if photo else {}),
            "__version__": self.version,
            "meta/instanceID": f"uuid:{uuid}",
            "_xform_id_string": self.asset,
            "_uuid": uuid,
            "meta/rootUuid": f"uuid:{uuid}",
            "_attachments": [self._attachment(uuid, photo)] if photo else [],
            "_status": "submitted_via_web",
            "_geolocation": [13.75, 100.5],
            "_submission_time": self._clock.isoformat(),
            "_validation_status": {},
            "_submitted_by": "labadmin",
        }

    def _attachment(self, uuid, photo):
        address = f"{self.links}/api/v2/assets/{self.asset}/data/{self._ids}/attachments/att{uuid[:8]}"
        sizes = ("large", "medium", "small")
        return {
            "download_url": f"{address}/",
            "mimetype": "image/png",
            "filename": f"labadmin/attachments/9a2be615ce2c4c4eb2c87260a47880ed/{uuid}/{photo}",
            "media_file_basename": photo,
            "uid": f"att{uuid[:8]}",
            "is_deleted": False,
            **{f"download_{size}_url": f"{address}/{size}/" for size in sizes},
            "question_xpath": "photo",
        }

    def _uuid(self):
        digits = f"{self._random.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class _WrongLimitError(ValueError):
    pass


def _whole(given, least):
    try:
        number = int(given)
    except ValueError:
        raise _WrongLimitError from None
    if number < least:
        raise _WrongLimitError
    return number


def _json(content, status=200):
    return Response(json.dumps(content), status, content_type="application/json")
