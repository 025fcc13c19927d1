"""Reads JSON from one server: bounded in time and bytes, patient with what passes, clear about what does not.

Nothing of an answer or a credential gets into a message.
"""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import tenacity

from flows.settings import user_agent
from transforms.errors import SourceError

TRIES = 5
LONGEST_WAIT = 60.0
"""Seconds; a server that asks for more is tried again on the next run."""
LARGEST_ANSWER = 1 << 30
"""Bytes after unpacking: what a small compressed answer swells to is not trusted without end."""
_PASSING = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, between two bytes and for a whole answer; the longest wait between two tries."""

    connect: float = 10.0
    read: float = 60.0
    whole: float = 600.0
    wait: float = LONGEST_WAIT


class PassingError(Exception):
    """Something that may be better at the next try. `after`: seconds that the server asked for."""

    def __init__(self, what: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(what)


class Server:
    """One server and what it is called in messages. Requests go to its host only, whatever an answer links to."""

    def __init__(self, source: str, url: str, headers: Mapping[str, str] | None = None, limits: Limits | None = None):
        self.source = source
        self.limits = limits or Limits()
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise SourceError("wrong_address", f"{self.where}: its address must begin with https:// or http://.")
        self._base = f"{address.scheme}://{address.netloc}"
        self._path = address.path.rstrip("/")
        timeout = httpx.Timeout(self.limits.read, connect=self.limits.connect)
        self._client = httpx.Client(
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": user_agent(), "accept": "application/json", **(headers or {})},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def where(self) -> str:
        """How a message names the server."""
        return f"source '{self.source}'"

    def authorise(self, value: str) -> None:
        """The Authorization header from now on."""
        self._client.headers["authorization"] = value

    def address(self, path: str) -> str:
        """A path of the server, or the path and query of a link that it gave, on its own host."""
        link = urlsplit(path)
        if link.scheme or link.netloc:
            return f"{self._base}{link.path}" + (f"?{link.query}" if link.query else "")
        return f"{self._base}{self._path}{path}"

    def get(self, path: str, check: Callable[[Any], bool], **params: str | int) -> Any:
        """The JSON at a path; `check` says whether it is whole. Tried again while it is not, then a SourceError."""
        return self._patiently(lambda: self._once("GET", path, check, params or None, None))

    def post(self, path: str, check: Callable[[Any], bool], body: Mapping[str, object]) -> Any:
        """The JSON that a POST answers. Tried once: three wrong passwords lock some servers."""
        try:
            return self._once("POST", path, check, None, body)
        except PassingError as error:
            raise SourceError("server_unavailable", f"{self.where}: {error}. The next run tries again.") from None

    def delete(self, path: str) -> None:
        """Asks for something to be deleted; whether it was does not matter."""
        try:
            self._client.delete(self.address(path))
        except httpx.HTTPError:
            return

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(TRIES),
            retry=tenacity.retry_if_exception_type(PassingError),
            wait=self._wait,
            reraise=True,
        )
        try:
            return retrying(ask)
        except PassingError as error:
            raise SourceError(
                "server_unavailable", f"{self.where}: {error}, {TRIES} times in a row. The next run tries again."
            ) from None

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.after if isinstance(error, PassingError) else None
        growing = min(0.5 * 2**state.attempt_number, self.limits.wait) * random.uniform(0.5, 1.0)  # noqa: S311
        return max(min(asked, self.limits.wait), 0.0) if asked is not None else growing

    def _once(
        self,
        method: str,
        path: str,
        check: Callable[[Any], bool],
        params: Mapping[str, str | int] | None,
        body: Mapping[str, object] | None,
    ) -> Any:
        try:
            with self._client.stream(method, self.address(path), params=params, json=body) as answer:
                self._judge(answer)
                content = self._content(answer)
        except httpx.TimeoutException:
            raise PassingError("the server did not answer in time") from None
        except httpx.TransportError:
            raise PassingError("the connection broke") from None
        except httpx.DecodingError:
            raise PassingError("the answer could not be unpacked") from None
        try:
            found = json.loads(content, parse_float=str, parse_int=int)
        except ValueError:
            raise PassingError("the answer was cut off or is not JSON") from None
        if not check(found):
            raise PassingError("the answer is not whole")
        return found

    def _judge(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status in _PASSING:
            raise PassingError(f"the server answered {status}", _asked_wait(answer.headers.get("retry-after")))
        if answer.is_redirect:
            raise SourceError(
                "redirected", f"{self.where}: the server sends to another page, such as a login. Check its address."
            )
        if status == HTTPStatus.UNAUTHORIZED:
            raise SourceError("not_logged_in", f"{self.where}: the server does not accept the credentials (401).")
        if status == HTTPStatus.FORBIDDEN:
            raise SourceError("not_allowed", f"{self.where}: the account may not read this (403). Give it the right.")
        if status == HTTPStatus.NOT_FOUND:
            raise SourceError(
                "not_found",
                f"{self.where}: the server knows no such form, or hides it from this account (404). "
                "Check project, form or asset, and the credentials.",
            )
        if not answer.is_success:
            raise SourceError("refused", f"{self.where}: the server refused the request ({status}).")

    def _content(self, answer: httpx.Response) -> bytes:
        """The whole body. A time-out counts from byte to byte, so the whole has a limit of its own."""
        end = time.monotonic() + self.limits.whole
        content = bytearray()
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > LARGEST_ANSWER:
                raise SourceError("answer_too_large", f"{self.where}: an answer is larger than 1 GB. It is not read.")
            if time.monotonic() > end:
                raise PassingError("the answer took too long")
        return bytes(content)


def _asked_wait(header: str | None) -> float | None:
    """The seconds of a Retry-After header, which holds seconds or a date."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        return parsedate_to_datetime(header).timestamp() - time.time()
    except ValueError:
        return None
