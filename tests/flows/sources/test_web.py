import gzip
import json
import logging
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from flows.sources import web
from flows.sources.answered_json import Number, compact
from flows.sources.web import Limits, Server
from transforms.errors import SourceError

SECRET = "Bearer 7e57-5ec2e7"
ANSWER = "0812345678"
WHOLE = {"value": [{"phone": ANSWER}], "end": True}


def reply(body=b"", status="200 OK", **headers):
    """The bytes of an answer whose length is told."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return raw(content, status, content_length=len(content), **headers)


def raw(content=b"", status="200 OK", **headers):
    """The bytes of an answer with just these headers."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "connection: close", "", ""]).encode() + content


class Wire:
    """A server that answers each connection with the next of its scripted bytes, whatever was asked.

    Made of a socket, since no HTTP server sends what is sent here: cut bodies, drips, wrong lengths.
    """

    def __init__(self):
        self.script, self.requests = [], []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection:
            self.requests.append(connection.recv(65536).decode())
            step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            try:
                if callable(step):
                    step(connection)
                else:
                    connection.sendall(step)
            except OSError:
                return  # the client has gone

    def close(self):
        self._socket.close()


@pytest.fixture
def wire():
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture
def server(wire):
    with Server("interviews", wire.url, limits=Limits(connect=1, read=0.5, whole=1.5, wait=0.01)) as server:
        server.authorise(SECRET)
        yield server


def is_whole(answer):
    return isinstance(answer, dict) and "end" in answer


def failing(ask):
    """The error's code and message, which must hold neither a secret nor an answer nor an address."""
    with pytest.raises(SourceError) as failure:
        ask()
    assert failure.value.__suppress_context__ or failure.value.__context__ is None
    message = str(failure.value)
    for private in (SECRET, SECRET.split()[1], ANSWER, "127.0.0.1"):
        assert private not in message
    assert message.startswith("source 'interviews': ")
    return failure.value.code, message


# What passes is tried again.


@pytest.mark.parametrize(
    "fault",
    [
        reply(status="429 Too Many Requests"),
        reply(status="429 Too Many Requests", retry_after="0"),
        reply(status="500 Internal Server Error"),
        reply(status="502 Bad Gateway"),
        reply(status="503 Service Unavailable", retry_after="0"),
        reply(status="504 Gateway Timeout"),
        reply(status="408 Request Timeout"),
        raw(json.dumps(WHOLE).encode()[:20]),  # neither a length nor an error says that it was cut
        raw(json.dumps(WHOLE).encode()[:20], content_length=500),
        raw(gzip.compress(json.dumps(WHOLE).encode())[:20], content_encoding="gzip"),
        raw(b"not gzip at all", content_encoding="gzip"),
        reply({"value": []}),  # parses, and is not the whole
        reply(b"<html>Bad gateway</html>"),
        reply(b""),
        reply(b'{"end": NaN}'),
        reply(b"[" * 100_000),
        b"",  # hangs up
        b"nonsense\r\n\r\n",
    ],
    ids=[
        "too many requests",
        "too many, wait",
        "server error",
        "bad gateway",
        "unavailable, wait",
        "gateway time-out",
        "request time-out",
        "cut without a length",
        "cut with a length",
        "cut gzip",
        "no gzip",
        "not the whole",
        "a web page",
        "nothing",
        "not a number",
        "too deep",
        "hangs up",
        "nonsense",
    ],
)
def test_what_may_pass_is_tried_again(fault, wire, server):
    wire.script = [fault, fault, reply(WHOLE)]
    assert server.get("/data", is_whole) == WHOLE
    assert len(wire.requests) == 3


def test_a_server_that_says_nothing_in_time_is_tried_again(wire, server):
    wire.script = [lambda _: time.sleep(0.8), reply(WHOLE)]
    assert server.get("/data", is_whole) == WHOLE


def test_a_server_that_is_down_is_tried_five_times_and_then_said_to_be(wire, server):
    wire.script = [reply(status="503 Service Unavailable")]
    code, message = failing(lambda: server.get("/data", is_whole))
    assert (code, len(wire.requests)) == ("server_unavailable", 5)
    assert message.endswith("the server answered 503, 5 times in a row. The next run tries again.")


def test_a_server_that_nobody_is_at_is_said_to_be_unavailable(wire, server):
    wire.script = [b""]
    wire.close()
    code, _ = failing(lambda: server.get("/data", is_whole))
    assert code == "server_unavailable"


# How long is waited.


def test_pauses_grow_and_end_at_the_longest(wire, monkeypatch):
    slept = []
    monkeypatch.setattr("tenacity.nap.time.sleep", slept.append)
    wire.script = [reply(status="503 Service Unavailable")]
    with Server("interviews", wire.url, limits=Limits(wait=3)) as server:
        failing(lambda: server.get("/data", is_whole))
    assert len(slept) == 4
    assert 0.5 <= slept[0] <= 1 <= slept[1] <= 2 <= slept[2] <= 3
    assert slept[3] == 3


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 7.7),
        ("0", 0, 0),
        (lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True), 18, 22),
        (lambda: format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True), 0, 0),
        ("soon", 0.5, 1),
        ("nan", 0.5, 1),
        ("-5", 0, 0),
    ],
)
def test_retry_after_is_kept_whether_seconds_or_a_date(header, least, most, wire, monkeypatch):
    slept = []
    monkeypatch.setattr("tenacity.nap.time.sleep", slept.append)
    wire.script = [
        reply(status="429 Too Many Requests", retry_after=header() if callable(header) else header),
        reply(WHOLE),
    ]
    with Server("interviews", wire.url) as server:
        server.get("/data", is_whole)
    assert least <= slept[0] <= most


def test_a_pause_longer_than_a_minute_is_left_to_the_next_run(wire, server):
    wire.script = [reply(status="429 Too Many Requests", retry_after="3600")]
    code, message = failing(lambda: server.get("/data", is_whole))
    assert (code, len(wire.requests)) == ("server_unavailable", 1)
    assert "asks to be left alone for 3600 seconds" in message


def test_an_answer_that_drips_has_an_end(wire, server):
    def drip(connection):
        connection.sendall(raw(b'{"value": ["'))
        for _ in range(100):
            connection.sendall(b"a")
            time.sleep(0.05)

    wire.script = [drip, reply(WHOLE)]
    begun = time.monotonic()
    assert server.get("/data", is_whole) == WHOLE
    assert time.monotonic() - begun < 3


def test_a_packed_answer_that_drips_without_a_byte_to_show_has_an_end(wire, server):
    def drip(connection):
        connection.sendall(raw(gzip.compress(b"")[:10], content_encoding="gzip"))
        for _ in range(100):
            connection.sendall(b"\x00\x00\x00\xff\xff")  # an empty block
            time.sleep(0.05)

    wire.script = [drip, reply(WHOLE)]
    assert server.get("/data", is_whole) == WHOLE


# What is not read at all.


def test_an_answer_over_the_limit_is_not_read(wire, server, monkeypatch):
    monkeypatch.setattr(web, "LARGEST_ANSWER", 1 << 20)
    wire.script = [raw(b'{"value": "' + b"a" * (2 << 20))]
    code, message = failing(lambda: server.get("/data", is_whole))
    assert (code, len(wire.requests)) == ("answer_too_large", 1)
    assert "larger than 1 MB" in message


def test_a_small_packed_answer_that_swells_is_not_unpacked(wire, server, monkeypatch):
    monkeypatch.setattr(web, "LARGEST_ANSWER", 1 << 20)
    bomb = gzip.compress(b"a" * (64 << 20))
    assert len(bomb) < 1 << 17
    wire.script = [raw(bomb, content_encoding="gzip")]
    code, _ = failing(lambda: server.get("/data", is_whole))
    assert code == "answer_too_large"


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "deflate"])
def test_packings_that_were_not_asked_for_are_refused(packing, wire, server):
    wire.script = [reply(WHOLE, content_encoding=packing)]
    assert failing(lambda: server.get("/data", is_whole))[0] == "refused"
    assert "accept-encoding: gzip\r\n" in wire.requests[0].lower()


def test_a_packed_answer_is_unpacked(wire, server):
    wire.script = [raw(gzip.compress(json.dumps(WHOLE).encode()), content_encoding="gzip")]
    assert server.get("/data", is_whole) == WHOLE


# What no waiting mends is said at once.


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        ("401 Unauthorized", "not_logged_in", "credentials"),
        ("403 Forbidden", "not_allowed", "Give it the right"),
        ("404 Not Found", "not_found", "Check project, form or asset"),
        ("400 Bad Request", "refused", "(400)"),
        ("410 Gone", "gone", "(410)"),
        ("501 Not Implemented", "refused", "(501)"),
    ],
)
def test_a_refusal_fails_at_once_with_what_to_check(status, code, advice, wire, server):
    wire.script = [reply(WHOLE, status=status)]
    found, message = failing(lambda: server.get("/data", is_whole))
    assert (found, len(wire.requests)) == (code, 1)
    assert advice in message


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(status, wire, server):
    wire.script = [reply(status=status, location=f"http://127.0.0.1:{wire.port}/login?token={SECRET}")]
    assert failing(lambda: server.get("/data", is_whole))[0] == "redirected"
    assert len(wire.requests) == 1


@pytest.mark.parametrize("status", ["500 Internal Server Error", "429 Too Many Requests", "504 Gateway Timeout"])
def test_a_post_is_tried_once(status, wire, server):
    wire.script = [reply(status=status)]
    code, _ = failing(lambda: server.post("/login", is_whole, {"password": SECRET}))
    assert (code, len(wire.requests)) == ("server_unavailable", 1)


def test_a_post_that_the_server_had_no_room_for_is_tried_once_more(wire, server):
    busy = reply(status="503 Service Unavailable")
    wire.script = [busy, reply(WHOLE)]
    assert server.post("/login", is_whole, {"password": SECRET}) == WHOLE
    wire.script = [busy, busy, reply(WHOLE)]
    code, message = failing(lambda: server.post("/login", is_whole, {"password": SECRET}))
    assert (code, len(wire.requests)) == ("server_unavailable", 4)
    assert "2 times in a row" in message


def test_a_delete_that_fails_is_no_error(wire, server):
    wire.script = [reply(status="500 Internal Server Error")]
    server.delete("/session")
    wire.script = [b""]
    server.delete("/session")
    assert [each.split()[0] for each in wire.requests] == ["DELETE", "DELETE"]


@pytest.mark.parametrize(
    "url", ["", "central.example.org", "ftp://central.example.org", "file:///etc/passwd", "https://"]
)
def test_an_address_must_be_one_of_the_web(url):
    with pytest.raises(SourceError, match="must begin with https:// or http://"):
        Server("interviews", url)


def test_a_certificate_that_nobody_trusts_is_said_at_once(wire, server, monkeypatch):
    import httpx

    def distrust(*_, **__):
        try:
            raise ssl.SSLCertVerificationError("self-signed certificate of central.example.org")
        except ssl.SSLError as cause:
            raise httpx.ConnectError("certificate verify failed") from cause

    monkeypatch.setattr(server._client, "stream", distrust)
    code, message = failing(lambda: server.get("/data", is_whole))
    assert code == "certificate"
    assert "SSL_CERT_FILE" in message


# Where requests go, and what with.


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ("/v1/data?a=1", "/odk/v1/data?a=1"),
        ("https://elsewhere.example.org/v1/data?%24top=2&%24skip=01%3D", "/odk/v1/data?%24top=2&%24skip=01%3D"),
        ("https://elsewhere.example.org/odk/v1/data", "/odk/v1/data"),
        ("//elsewhere.example.org/v1/data", "/odk/v1/data"),
        ("http://user:secret@elsewhere.example.org:9/v1/data", "/odk/v1/data"),
    ],
)
def test_a_link_is_followed_on_the_servers_own_host_below_its_own_path(link, asked, wire):
    wire.script = [reply(WHOLE)]
    with Server("interviews", f"{wire.url}/odk/") as server:
        server.get(link, is_whole)
    assert wire.requests[0].split()[1] == asked


def test_parameters_are_encoded_so_that_a_zone_arrives_as_it_was_meant(wire, server):
    wire.script = [reply(WHOLE)]
    server.get("/data", is_whole, **{"$filter": "date ge 2026-11-22T21:06:02+07:00", "$top": 5})
    assert wire.requests[0].split()[1] in (
        "/data?%24filter=date+ge+2026-11-22T21%3A06%3A02%2B07%3A00&%24top=5",
        "/data?%24filter=date%20ge%202026-11-22T21%3A06%3A02%2B07%3A00&%24top=5",
    )


def test_a_request_names_who_asks_and_carries_the_credentials(wire, server):
    wire.script = [reply(WHOLE)]
    server.get("/data", is_whole)
    lines = wire.requests[0].lower().split("\r\n")
    assert f"authorization: {SECRET}".lower() in lines
    assert any(line.startswith("user-agent: programme-impact/") for line in lines)


def test_cookies_are_not_kept(wire, server):
    wire.script = [reply(WHOLE, set_cookie="session=abc; Path=/")]
    server.get("/data", is_whole)
    server.get("/data", is_whole)
    assert "cookie" not in wire.requests[1].lower()


def test_neither_a_proxy_nor_a_password_file_of_the_environment_is_used(wire, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login thief password thief")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    wire.script = [reply(WHOLE)]
    with Server("interviews", wire.url) as server:
        server.get("/data", is_whole)
    assert "authorization" not in wire.requests[0].lower()


def test_nothing_of_a_request_or_an_answer_is_logged(wire, server, caplog):
    caplog.set_level(logging.DEBUG)
    wire.script = [reply(status="503 Service Unavailable"), reply(WHOLE)]
    server.get("/data('uuid:1')", is_whole)
    for private in (SECRET, ANSWER, "uuid:1"):
        assert private not in caplog.text


# What an answer says.


def test_numbers_stay_as_they_were_written(wire, server):
    text = b'{"end":[7.50,1e-7,12345678901234567890,-0.0,"7.50",true,null,"\xe0\xb8\x81"]}'
    wire.script = [reply(text)]
    found = server.get("/data", is_whole)
    assert compact(found).encode() == text
    assert found["end"][0] == "7.50"
    assert isinstance(found["end"][0], Number)
    assert not isinstance(found["end"][4], Number)


def test_half_a_character_does_not_break_what_is_written_from_it(wire, server):
    wire.script = [reply(rb'{"end": "a\ud800b", "whole": "\ud83d\ude00"}')]
    found = server.get("/data", is_whole)
    assert found["whole"] == "😀"
    assert found["end"] == "a\ufffdb"
