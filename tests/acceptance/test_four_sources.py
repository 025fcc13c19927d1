"""A programme that mixes all four kinds of sources, from its servers and sheets to its PDFs in both languages."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pypdfium2
import pytest
from pytest_httpserver import HTTPServer

from flows.settings import ROOT
from tests import mixed
from tests.fakes.kobotoolbox import Kobo
from tests.fakes.odk_central import Central, running

IN_WORKBOOK, IN_CSV, IN_DATABASE = range(60), range(60, 100), range(100, 201)
UNREADABLE = 200
"""A registration in the database whose amount cannot be read: it is set aside."""
AT_6, AT_12 = range(0, 150), range(20, 160)
REFUSED_AT_6 = range(150, 165)
"""Asked, but unwilling to answer."""


def sells_at_6(number: int) -> bool:
    return number % 5 < 3


def sells_at_12(number: int) -> bool:
    return number % 7 < 4


def plant(folder: Path, central: Central, kobo: Kobo, database) -> None:
    """Everything into its source, with a deletion, an edit and a submission that was not approved."""
    inbox = folder / "inbox"
    workbook = pl.DataFrame([mixed.registration(number) for number in IN_WORKBOOK])
    workbook.write_excel(inbox / "registration-north.xlsx", worksheet="รายชื่อ")
    sheet = mixed.csv_of([mixed.registration(number) for number in IN_CSV])
    (inbox / "registration-south.csv").write_bytes(sheet.encode("cp874"))
    rows = [mixed.registration(number) for number in IN_DATABASE]
    rows[-1]["sales_last_month"] = "มาก"
    database.run(*mixed.table_of(rows))
    for number in AT_6:
        central.insert(mixed.follow_up(number, "2025-07-15", sells_at_6(number)))
    for number in REFUSED_AT_6:
        central.insert(mixed.follow_up(number, "2025-07-15", True) | {"contact_result": "refused"})
    central.delete(central.insert(mixed.follow_up(170, "2025-07-15", True)))
    for number in AT_12:
        kobo.insert(mixed.follow_up(number, "2026-01-15", not sells_at_12(number)))
    for place, number in enumerate(AT_12, start=1):
        kobo.edit(place, {"sells_online": "yes" if sells_at_12(number) else "no"})
    kobo.reject(kobo.insert(mixed.follow_up(190, "2026-01-15", True)))


@pytest.fixture(scope="module")
def servers():
    fields = {"form": "follow_up", "fields": mixed.FIELDS}
    with running(Central(**fields)) as central, HTTPServer(threaded=True) as server:
        yield central, Kobo(server, survey=mixed.SURVEY)


def impact(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def text_of(path: Path) -> str:
    """A PDF's text without spaces and line ends: a table wraps its words."""
    pages = pypdfium2.PdfDocument(path)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


def packed(words: str) -> str:
    return "".join(words.split())


@pytest.mark.slow
def test_from_four_kinds_of_sources_to_reports_in_both_languages(tmp_path, servers, database):
    central, kobo = servers
    folder = mixed.write_programme(tmp_path / "programmes", {"calls": 'fresh_within = "3 days"'})
    plant(folder, central, kobo, database)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "IMPACT_"))},
        "IMPACT_PROGRAMMES": str(tmp_path / "programmes"),
        "IMPACT_STATE": str(tmp_path / "state"),
        **mixed.connections(central.url, kobo.url, database.dsn),
    }

    night = impact(environment, "run", mixed.NAME)

    assert night.returncode == 0, night.stderr
    told = [line.split("pulled ")[1].split(":")[0] for line in night.stderr.splitlines() if ": pulled " in line]
    assert told == list(mixed.SOURCES)
    thai, english = sorted(map(Path, night.stdout.split()), key=lambda path: "-en-" in path.name)

    # What may be published equals the plain counts of what was planted.
    estimates = json.loads(impact(environment, "results", mixed.NAME).stdout)["estimates"]
    whole = {(row["indicator"], row["quantity"], row["round"]): row for row in estimates if row["by"] == "programme"}
    people = [*IN_WORKBOOK, *IN_CSV, *(number for number in IN_DATABASE if number != UNREADABLE)]
    assert whole["people_trained", "count", "registration"]["value"] == len(people) == 200
    plain = {
        "registration": (sum(number % 4 == 0 for number in people), len(people)),
        "m6": (sum(map(sells_at_6, AT_6)), len(AT_6)),
        "m12": (sum(map(sells_at_12, AT_12)), len(AT_12)),
    }
    found = {each: whole["sells_online", "level", each] for each in plain}
    assert {each: (row["numerator"], row["n"]) for each, row in found.items()} == plain
    assert {each: row["value"] for each, row in found.items()} == {
        each: round(yes / asked, 2) for each, (yes, asked) in plain.items()
    }

    # Both reports say how every source stands and what became of all that it brought.
    english_words = ("Registration (sheets)", "Registration (register)", "Follow-up, 6 months", "Follow-up, 12 months")
    thai_words = ("ใบสมัครเข้าอบรม (sheets)", "ใบสมัครเข้าอบรม (register)", "แบบติดตามผล 6 เดือน", "แบบติดตามผล 12 เดือน")
    states = {english: (*english_words, "Data as of"), thai: (*thai_words, "ข้อมูล ณ วันที่")}
    for path, words in states.items():
        text = text_of(path)
        assert [word for word in words if packed(word) not in text] == []
        assert text.count(packed(words[-1])) >= len(mixed.SOURCES)

    # The next night finds nothing new; one server that is away is told, and the others go on.
    central.users.clear()
    second = impact(environment, "run", mixed.NAME)
    assert second.returncode == 1
    assert "source 'interviews' failed (not_logged_in, see above); its last good data were used." in second.stderr
    newest = [Path(line) for line in second.stdout.split() if "-en-" in line]
    assert packed("Not read since: the server does not accept the credentials") in text_of(newest[0])
