"""Many sources of one programme are pulled at the same time, and each stands for itself."""

import subprocess
import sys
import threading

import pytest
from pytest_httpserver import HTTPServer

from flows.declared import landing_of, programme_named
from flows.pull import pull
from flows.settings import ROOT
from tests import mixed
from tests.fakes.kobotoolbox import Kobo
from tests.fakes.odk_central import Central, running


@pytest.fixture
def central():
    with running(Central(form="follow_up", fields=mixed.FIELDS)) as central:
        central.insert(mixed.follow_up(1, "2025-07-15", True))
        yield central


@pytest.fixture
def kobo():
    with HTTPServer(threaded=True) as server:
        kobo = Kobo(server, survey=mixed.SURVEY)
        kobo.insert(mixed.follow_up(1, "2026-01-15", True))
        yield kobo


@pytest.fixture
def installation(tmp_path, central, kobo, database):
    """The environment of an installation with the four sources; its PostgreSQL has no table yet."""
    folder = mixed.write_programme(tmp_path / "programmes")
    sheet = mixed.csv_of([mixed.registration(number) for number in range(3)])
    (folder / "inbox" / "registration.csv").write_text(sheet, encoding="utf-8")
    places = {"IMPACT_PROGRAMMES": str(tmp_path / "programmes"), "IMPACT_STATE": str(tmp_path / "state")}
    return {**places, **mixed.connections(central.url, kobo.url, database.dsn)}


@pytest.fixture
def here(installation, monkeypatch):
    for name, value in installation.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


def landed(source):
    declared = programme_named(mixed.NAME)
    [found] = [each for each in declared.sources if each.id == source]
    return landing_of(declared, found).submissions().height


def meet(central, kobo):
    """Neither server answers before the other one was asked."""
    both, met = threading.Barrier(2), []

    def wait(_):
        if not met:
            both.wait(60)
            met.append(True)

    central.before_answer = kobo.before_page = wait
    return met


def test_two_servers_that_wait_for_each_other_are_both_pulled(here, central, kobo):
    met = meet(central, kobo)
    statuses = pull(mixed.NAME)
    assert met
    assert (statuses["interviews"], statuses["calls"]) == ("pulled", "pulled")
    assert (landed("interviews"), landed("calls")) == (1, 1)


def test_one_that_fails_stops_no_other_and_lines_stand_as_declared(here, central, kobo, caplog):
    meet(central, kobo)
    with caplog.at_level("INFO", logger="impact"):
        statuses = pull(mixed.NAME)
    assert statuses == {"sheets": "pulled", "register": "failed", "interviews": "pulled", "calls": "pulled"}
    assert (landed("sheets"), landed("interviews"), landed("calls")) == (3, 1, 1)
    told = [record.message for record in caplog.records if "pull" in record.message]
    assert [next(name for name in statuses if name in line) for line in told] == list(statuses)


@pytest.mark.slow
def test_a_server_records_each_source_as_a_task_of_the_one_run(installation, central, kobo, prefect_server):
    met = meet(central, kobo)
    command = [sys.executable, "-m", "flows.cli", "pull", mixed.NAME]
    environment = {**prefect_server.environment, **installation}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert met
    assert done.returncode == 1  # the table that is not there
    runs = prefect_server.ask("flow_runs/filter", {"flows": {"name": {"any_": ["pull"]}}})
    [run] = [each for each in runs if each["parameters"] == {"programme": mixed.NAME}]
    question = {"task_runs": {"flow_run_id": {"any_": [run["id"]]}}}
    states = [task["state_type"] for task in prefect_server.ask("task_runs/filter", question)]
    assert states == ["COMPLETED"] * 4
    lines = prefect_server.ask("logs/filter", {"logs": {"flow_run_id": {"any_": [run["id"]]}}, "sort": "TIMESTAMP_ASC"})
    told = [line["message"] for line in lines if f"{mixed.NAME}: pull" in line["message"]]
    assert [next(name for name in mixed.SOURCES if name in line) for line in told] == list(mixed.SOURCES)
