"""`impact serve`: schedule and report form on one laptop, until stopped. A server that is there already is used."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from flows.settings import ROOT, chosen_programmes
from transforms.errors import UserError

HOST = "127.0.0.1"
_START_SECONDS = 90
QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}


def serve(port: int = 4200) -> None:
    """Serves both deployments; starts a Prefect server on this machine when PREFECT_API_URL names none."""
    chosen_programmes()  # without any there is nothing to serve
    os.environ.update(QUIET)
    os.umask(0o077)
    with running_server(port) as address:
        os.environ["PREFECT_API_URL"] = f"{address}/api"
        logging.getLogger("impact").info("Reports and runs: %s  (stop with Ctrl-C)", address)
        _serve_deployments()


def _serve_deployments() -> None:
    # Only now: Prefect reads its address when it is imported.
    from prefect import serve as serve_flows
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.deployments.runner import RunnerDeployment

    from flows import deployments

    served = []
    for each in _declared():
        _, name = each["entrypoint"].split(":")
        schedules = [CronSchedule(**schedule) for schedule in each.get("schedules", ())]
        served.append(
            RunnerDeployment.from_entrypoint(
                f"{deployments.__name__}.{name}",
                name=each["name"],
                description=each["description"],
                schedules=schedules,
            )
        )
    serve_flows(*served)


def _declared() -> list[dict[str, Any]]:
    """The deployments of prefect.yaml: the same ones on a laptop as on an agency's server."""
    import yaml  # type: ignore[import-untyped]

    content = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    deployments: list[dict[str, Any]] = content["deployments"]
    return deployments


@contextmanager
def running_server(port: int) -> Iterator[str]:
    """The address of the server's page: the one that PREFECT_API_URL names, or one started for as long."""
    given = os.environ.get("PREFECT_API_URL")
    if given:
        yield given.removesuffix("/").removesuffix("/api")
        return
    address = f"http://{HOST}:{port}"
    if _healthy(address):
        yield address
        return
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port)]
    # On another port the page must be told where its server is.
    environment = {**os.environ, "PREFECT_SERVER_UI_API_URL": f"{address}/api"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(server, address)
            yield address
        finally:
            server.terminate()


def _wait_for(server: "subprocess.Popen[bytes]", address: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if _healthy(address):
            return
        time.sleep(0.5)
    raise UserError(f"The Prefect server did not start at {address}. Is the port taken? Try: impact serve --port 4201")


def _healthy(address: str) -> bool:
    try:
        with urlopen(f"{address}/api/health", timeout=2) as answer:  # noqa: S310 (a fixed http address)
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
