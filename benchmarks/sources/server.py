"""Serves prepared answers from memory, in a process of its own, so that the server is not what is measured.

`python -m benchmarks.sources.server odk|kobo ROWS` prints its address and serves until its input ends.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from subprocess import PIPE, Popen
from urllib.parse import parse_qs, urlsplit

from benchmarks.sources import material

ANSWERS = {"odk": material.odk_answers, "kobo": material.kobo_answers}


class _Prepared(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    answers: dict[str, bytes] = {}  # noqa: RUF012

    def do_GET(self) -> None:
        """The answer to a path and what its query means."""
        self._send(self.answers[_name(self.path)])

    def do_POST(self) -> None:
        """A session."""
        self.rfile.read(int(self.headers["content-length"]))
        self._send(self.answers[self.path])

    def do_DELETE(self) -> None:
        """The end of a session."""
        self._send(b"{}")

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _name(address: str) -> str:
    """The name under which the answer to an address was prepared."""
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.path.endswith("/data.json"):
        return f"{parts.path}?{asked['start']}"
    if not parts.path.endswith("/Submissions"):
        return parts.path
    if "$filter" in asked:
        return f"{parts.path}?news"
    return f"{parts.path}?count" if asked.get("$top") == "1" else f"{parts.path}?{asked.get('$skiptoken', '0')}"


@contextmanager
def serving(kind: str, rows: int) -> Iterator[str]:
    """The address of a server with so many submissions."""
    command = [sys.executable, "-m", "benchmarks.sources.server", kind, str(rows)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def main() -> None:
    """Serves until the input ends."""
    kind, rows = sys.argv[1:]
    _Prepared.answers = ANSWERS[kind](int(rows))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Prepared)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
