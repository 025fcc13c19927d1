"""The server as one of its users sees it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from flows.sources.connections import Connection, connection, variable
from flows.sources.web import Limits, Server
from transforms.errors import SourceError
from transforms.programme import OdkCentral

LIMITS = Limits()


class Account:
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
def logged_in(source: OdkCentral) -> Iterator[Account]:
    """The account, logged in until the end of the block."""
    credentials = connection(source.connection)
    with Server(source.id, credentials.get("url"), limits=LIMITS) as server:
        account = Account(source, server, credentials)
        account.log_in()
        try:
            yield account
        finally:
            account.log_out()


def _is_session(answer: Any) -> bool:
    return isinstance(answer, dict) and isinstance(answer.get("token"), str)
