import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from flows.settings import ROOT
from transforms.programme import Form, Source


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
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_healthy(server, address)
        yield PrefectServer(address, home, environment)
    finally:
        server.terminate()
        server.wait(30)


def _wait_until_healthy(server, address):
    for _ in range(180):
        assert server.poll() is None, "the Prefect server ended"
        try:
            with urlopen(f"{address}/api/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    pytest.fail("the Prefect server did not start in time")


@pytest.fixture(scope="session")
def installation_with_warehouse(tmp_path_factory):
    """The environment of an installation whose Michigan warehouse is built."""
    from flows import examples
    from flows.pull import pull
    from flows.refresh import refresh

    folder = tmp_path_factory.mktemp("installation")
    without_inbox = shutil.ignore_patterns("inbox")
    for name in ("michigan_training", "community_economy"):
        shutil.copytree(ROOT / "programmes" / name, folder / "programmes" / name, ignore=without_inbox)
    environment = {"IMPACT_PROGRAMMES": str(folder / "programmes"), "IMPACT_STATE": str(folder / "state")}
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        patched.delenv("PREFECT_API_URL", raising=False)
        examples.prepare_michigan_training(folder / "programmes" / "michigan_training" / "inbox")
        pull("michigan_training")
        refresh("michigan_training")
    return environment


@pytest.fixture
def form() -> Form:
    def question(path, type_="text", **more):
        return {"path": path, "type": type_, "title": {"th": "ก", "en": "a"}, **more}

    return Form.model_validate(
        {
            "kind": "registration",
            "title": {"th": "ลงทะเบียน", "en": "Registration"},
            "key": ["participant_id"],
            "questions": {
                "participant_id": question("รหัส", "code", identity=True, required=True),
                "enterprise_id": question("เลขกิจการ", "code", identity=True),
                "name": question("ชื่อ", identity=True),
                "registered_on": question("วันที่", "date"),
                "sales": question(("ยอดขาย", "รายได้"), "money"),
            },
        }
    )


@pytest.fixture
def source() -> Source:
    return Source(id="registrations", kind="file_drop", form="registration", files="**/*")
