"""What `impact sources` says, and that it changes nothing and gives nothing away."""

import os
import subprocess
import sys

import pytest
from pytest_httpserver import HTTPServer

from flows.probing import COLUMNS, stands
from flows.pull import pull
from flows.settings import ROOT
from flows.sources.odk_central.feed import OVERLAP
from tests import mixed
from tests.fakes.kobotoolbox import TOKEN, Kobo
from tests.fakes.odk_central import PASSWORD, Central, running


@pytest.fixture
def servers(tmp_path, database, monkeypatch):
    """The four sources with something in each: the ODK fake and the KoboToolbox fake."""
    with running(Central(form="follow_up", fields=mixed.FIELDS)) as central, HTTPServer(threaded=True) as server:
        kobo = Kobo(server, survey=mixed.SURVEY)
        for number in range(3):
            central.insert(mixed.follow_up(number, "2025-07-15", True))
            kobo.insert(mixed.follow_up(number, "2026-01-15", True))
        database.run(*mixed.table_of([mixed.registration(number) for number in range(7)]))
        more = {"sheets": 'fresh_within = "3 days"', "interviews": 'fresh_within = "1 week"'}
        folder = mixed.write_programme(tmp_path / "programmes", more)
        sheet = folder / "inbox" / "registration.csv"
        sheet.write_text(mixed.csv_of([mixed.registration(number) for number in range(10, 15)]), encoding="utf-8")
        environment = {
            "IMPACT_PROGRAMMES": str(tmp_path / "programmes"),
            "IMPACT_STATE": str(tmp_path / "state"),
            **mixed.connections(central.url, kobo.url, database.dsn),
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PREFECT_API_URL", raising=False)
        yield central, kobo, sheet


def told():
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in stands(mixed.NAME)}


def test_before_the_first_pull_it_says_what_is_there_and_that_nothing_is_landed(servers, tmp_path):
    rows = told()
    assert list(rows) == list(mixed.SOURCES)
    assert {name: (row["reachable"], row["there"], row["landed"]) for name, row in rows.items()} == {
        "sheets": ("yes", "1 file", "0 rows"),
        "register": ("yes", "7 rows", "0 rows"),
        "interviews": ("yes", "3 rows", "0 rows"),
        "calls": ("yes", "3 rows", "0 rows"),
    }
    assert {row["last pull"] for row in rows.values()} == {"never"}
    assert rows["sheets"]["stale"] == "yes (no data yet, within 3 days)"
    assert not list((tmp_path / "state").rglob("*.parquet"))


def test_after_a_pull_it_says_what_is_landed_how_new_it_is_and_from_where_the_next_goes_on(servers):
    central, kobo, sheet = servers
    pull(mixed.NAME)
    kobo.delete(1)
    os.utime(sheet, (1_700_000_000, 1_700_000_000))
    rows = told()
    assert (rows["calls"]["there"], rows["calls"]["landed"]) == ("2 rows", "3 rows")
    assert rows["calls"]["newest"].startswith("2026-11-22 21:01")  # in Bangkok
    assert rows["sheets"]["newest"] == "2023-11-15 05:13"
    assert (rows["sheets"]["landed"], rows["register"]["landed"]) == ("5 rows", "7 rows")
    since = max(each.created for each in central.live.values()) - OVERLAP
    assert rows["interviews"]["watermark"].startswith(f"{since:%Y-%m-%dT%H:%M:%S}")
    assert rows["interviews"]["last pull"].endswith(" pulled")
    assert rows["interviews"]["stale"].startswith("no (data from ")
    assert rows["calls"]["stale"] == "no rule"


def test_a_source_that_cannot_be_reached_says_why_and_the_others_stand(servers, monkeypatch):
    central, _, sheet = servers
    sheet.unlink()
    central.users.clear()
    monkeypatch.setenv("IMPACT_CONNECTION_OFFICE_DSN", "postgresql://impact:secretword@127.0.0.1:1/none")
    rows = told()
    assert rows["sheets"]["reachable"].startswith("no: source 'sheets': no file matches")
    assert "Check that it runs" in rows["register"]["reachable"]
    assert "does not accept the user and password" in rows["interviews"]["reachable"]
    assert rows["calls"]["reachable"] == "yes"
    assert "secretword" not in str(rows)


def test_the_command_prints_a_line_a_source_and_no_credential(servers):
    command = [sys.executable, "-m", "flows.cli", "sources", mixed.NAME]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == list(mixed.SOURCES)
    assert "there: 7 rows; landed: 0 rows" in lines[1]
    assert not [word for word in (TOKEN, PASSWORD, "postgresql://") if word in done.stdout + done.stderr]
