"""Reads JSON from one server: bounded in time and bytes, patient with what passes, clear about what does not.

Nothing of an answer or a credential gets into a message.
"""

import logging
import random
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import tenacity

from flows.settings import user_agent
from flows.sources.answered_json import parsed
from flows.sources.retry_after import asked_wait
from transforms.errors import SourceError

for _chatty in ("httpx", "httpcore"):  # they would log addresses, which hold ids, and headers, which hold tokens
    logging.getLogger(_chatty).setLevel(logging.WARNING)

TRIES = 5
LONGEST_WAIT = 60.0
"""Seconds; a server that asks for more is tried again on the next run."""
LARGEST_ANSWER = 256 << 20
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

    def __init__(self, what: str, after: float | None = None, status: int | None = None) -> None:
        self.after = after
        self.status = status
        super().__init__(what)


class Server:
    """One server and what it is called in messages. Requests go to its host only, whatever an answer links to."""

    def __init__(self, source: str, url: str, headers: Mapping[str, str] | None = None, limits: Limits | None = None):
        self.source = source
        self.limits = limits or Limits()
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise SourceError("wrong_address", f"{self.where}: its address must begin with https:// or http://.")
        self._base = f"{address.scheme}://{address.netloc.rpartition('@')[2]}"
        self._path = address.path.rstrip("/")
        self._client = httpx.Client(
            timeout=httpx.Timeout(self.limits.read, connect=self.limits.connect),
            follow_redirects=False,
            trust_env=False,
            verify=address.scheme == "https" and _trusted(),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={
                "user-agent": user_agent(),
                "accept": "application/json",
                "accept-encoding": "gzip",
                **(headers or {}),
            },
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
        if not link.scheme and not link.netloc:
            return f"{self._base}{self._path}{path}"
        below = link.path == self._path or link.path.startswith(f"{self._path}/")
        return f"{self._base}{'' if below else self._path}{link.path}" + (f"?{link.query}" if link.query else "")

    def get(self, path: str, check: Callable[[Any], bool], **params: str | int) -> Any:
        """The JSON at a path; `check` says whether it is whole. Tried again while it is not, then a SourceError.

        Whole numbers come as int, others as Number.
        """
        return self._patiently(lambda: self._once("GET", path, check, params or None, None))

    def post(self, path: str, check: Callable[[Any], bool], body: Mapping[str, object]) -> Any:
        """The JSON that a POST answers. Tried once, since three wrong passwords lock some servers.

        Once more after a 503: then the server has not looked at it.
        """
        return self._patiently(lambda: self._once("POST", path, check, None, body), 2, _was_not_looked_at)

    def delete(self, path: str) -> None:
        """Asks for something to be deleted; whether it was does not matter."""
        try:
            with self._client.stream("DELETE", self.address(path)):
                return
        except httpx.HTTPError:
            return

    def _patiently(
        self, ask: Callable[[], Any], tries: int = TRIES, again: Callable[[BaseException], bool] | None = None
    ) -> Any:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(tries),
            retry=tenacity.retry_if_exception(again or _is_worth_a_wait),
            wait=self._wait,
            reraise=True,
        )
        try:
            return retrying(ask)
        except PassingError as error:
            tried = int(retrying.statistics.get("attempt_number", 1))
            times = f", {tried} times in a row" if tried > 1 else ""
            asked = f" and asks to be left alone for {error.after:.0f} seconds" if error.after else ""
            raise SourceError(
                "server_unavailable", f"{self.where}: {error}{times}{asked}. The next run tries again."
            ) from None

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """What the server asked for and a little more, so that many pulls do not come back at once; else growing."""
        asked = _asked(state)
        longest = 0.5 * 2**state.attempt_number if asked is None else asked * 1.1
        shortest = longest / 2 if asked is None else asked
        return min(random.uniform(shortest, longest), self.limits.wait)  # noqa: S311

    def _once(
        self,
        method: str,
        path: str,
        check: Callable[[Any], bool],
        params: Mapping[str, str | int] | None,
        body: Mapping[str, object] | None,
    ) -> Any:
        try:
            found = parsed(self._body(method, path, params, body))
        except ValueError:
            raise PassingError("the answer was cut off or is not JSON") from None
        if not check(found):
            raise PassingError("the answer is not whole")
        return found

    def _body(
        self, method: str, path: str, params: Mapping[str, str | int] | None, body: Mapping[str, object] | None
    ) -> bytes:
        end = time.monotonic() + self.limits.whole
        try:
            with self._client.stream(method, self.address(path), params=params, json=body) as answer:
                self._judge(answer)
                return self._content(answer, end)
        except httpx.TimeoutException:
            raise PassingError("the server did not answer in time") from None
        except httpx.TransportError as error:
            if _is_distrust(error):
                raise SourceError(
                    "certificate",
                    f"{self.where}: the server's certificate is not trusted. Check that its address is right and that "
                    "this machine knows who signed the certificate (SSL_CERT_FILE).",
                ) from None
            raise PassingError("the connection broke") from None
        except zlib.error:
            raise PassingError("the answer could not be unpacked") from None

    def _judge(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status in _PASSING:
            raise PassingError(f"the server answered {status}", asked_wait(answer.headers.get("retry-after")), status)
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
        if status == HTTPStatus.GONE:
            raise SourceError(
                "gone",
                f"{self.where}: the server says that this is gone for good (410): the form was removed, or the server "
                "no longer answers this way. Check its address, and whether it has moved to a newer version.",
            )
        if not answer.is_success:
            raise SourceError("refused", f"{self.where}: the server refused the request ({status}).")

    def _content(self, answer: httpx.Response, end: float) -> bytes:
        """The whole body, unpacked piece by piece: a time-out counts from byte to byte, so the whole has its own."""
        packing = answer.headers.get("content-encoding", "identity").lower()
        if packing not in ("identity", "gzip"):
            raise SourceError("refused", f"{self.where}: the server packs its answers in a way that was not asked for.")
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16) if packing == "gzip" else None
        content = bytearray()
        for chunk in answer.iter_raw():
            room = LARGEST_ANSWER + 1 - len(content)
            content += unpacker.decompress(chunk, room) if unpacker else chunk
            if len(content) > LARGEST_ANSWER:
                size = f"{LARGEST_ANSWER >> 20} MB"
                raise SourceError("answer_too_large", f"{self.where}: an answer is larger than {size}. It is not read.")
            if time.monotonic() > end:
                raise PassingError("the answer took too long")
        if unpacker and not unpacker.eof:
            raise PassingError("the answer was cut off")
        return bytes(content)


def _trusted() -> ssl.SSLContext:
    """The signers that this machine trusts and those that browsers do."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _is_distrust(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _asked(state: tenacity.RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.after if isinstance(error, PassingError) else None


def _is_worth_a_wait(error: BaseException) -> bool:
    """Whether to ask again; not where the server wants a longer pause than a pull makes."""
    return isinstance(error, PassingError) and (error.after or 0.0) <= LONGEST_WAIT


def _was_not_looked_at(error: BaseException) -> bool:
    return (
        isinstance(error, PassingError) and error.status == HTTPStatus.SERVICE_UNAVAILABLE and _is_worth_a_wait(error)
    )
