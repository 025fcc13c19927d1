"""On a real Prefect server: what prefect.yaml deploys, when it runs, and a report asked for by a person."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.error import HTTPError
from zoneinfo import ZoneInfo

import pytest

from flows.settings import ROOT

pytestmark = pytest.mark.slow


def prefect(server, *arguments):
    command = [sys.executable, "-m", "prefect", "--no-prompt", *arguments]
    run = subprocess.run(command, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="session")
def deployed(prefect_server, installation_with_warehouse):
    """The server, after the two commands that docs and prefect.yaml name."""
    prefect_server.environment.update(installation_with_warehouse)
    prefect(prefect_server, "work-pool", "create", "impact", "--type", "process")
    prefect(prefect_server, "deploy", "--all")
    return prefect_server


def deployment(server, name):
    [found] = [each for each in server.ask("deployments/filter", {}) if each["name"] == name]
    return found


def test_the_next_nights_are_planned_for_two_in_the_morning_in_bangkok(deployed):
    question = {
        "deployments": {"id": {"any_": [deployment(deployed, "nightly")["id"]]}},
        "sort": "EXPECTED_START_TIME_ASC",
    }
    planned = []
    for _ in range(60):
        planned = deployed.ask("flow_runs/filter", question)
        if planned:
            break
        time.sleep(1)
    starts = [datetime.fromisoformat(run["expected_start_time"]) for run in planned]
    assert len(starts) >= 3
    assert {(start.astimezone(UTC).hour, start.minute) for start in starts} == {(19, 0)}
    assert {start.astimezone(ZoneInfo("Asia/Bangkok")).hour for start in starts} == {2}
    assert starts[0] - datetime.now(UTC) < timedelta(days=1)
    assert all(later - sooner == timedelta(days=1) for sooner, later in pairwise(starts))


def test_no_concurrency_limit_can_hold_up_a_night(deployed):
    assert deployment(deployed, "nightly")["concurrency_limit"] is None


def test_the_form_offers_programmes_rounds_and_languages(deployed):
    schema = deployment(deployed, "on-demand")["parameter_openapi_schema"]
    asked = schema["definitions"]["ReportRequest"]["properties"]
    assert asked["programme"]["enum"] == ["community_economy", "michigan_training"]
    assert {"m3", "m6", "m12", None} <= set(asked["round"]["enum"])
    assert asked["languages"]["items"]["enum"] == ["th", "en"]
    assert {"area", "session", "period"} <= asked.keys()


def test_a_request_outside_the_form_is_refused_by_the_server(deployed):
    path = f"deployments/{deployment(deployed, 'on-demand')['id']}/create_flow_run"
    for request in ({"programme": "weaving"}, {"programme": "michigan_training", "languages": ["fr"]}):
        with pytest.raises(HTTPError) as refused:
            deployed.ask(path, {"parameters": {"request": request}})
        assert refused.value.code in (409, 422)


def test_a_report_asked_for_by_a_person_is_run_by_a_worker_and_published(deployed, start):
    path = f"deployments/{deployment(deployed, 'on-demand')['id']}/create_flow_run"
    request = {"programme": "michigan_training", "languages": ["en"], "round": "y1988"}
    run = deployed.ask(path, {"parameters": {"request": request}})
    worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "impact"]
    log = deployed.home / "worker.log"
    with start(worker, log, cwd=ROOT, env=deployed.environment):
        ended = state_of(deployed, run["id"])
    assert ended == "COMPLETED", log.read_text()
    published = Path(deployed.environment["IMPACT_STATE"]) / "published" / "michigan_training"
    [pdf] = published.glob("*-y1988-en-*.pdf")
    assert pdf.read_bytes().startswith(b"%PDF")
    recorded = deployed.ask("task_runs/filter", {"task_runs": {}, "flow_runs": {"id": {"any_": [run["id"]]}}})
    assert [task["state_type"] for task in recorded] == ["COMPLETED"]


def state_of(server, run):
    """How a run ended, waiting for at most five minutes."""
    state = "SCHEDULED"
    for _ in range(300):
        [found] = server.ask("flow_runs/filter", {"flow_runs": {"id": {"any_": [run]}}})
        state = found["state_type"]
        if state in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
            break
        time.sleep(1)
    return state
