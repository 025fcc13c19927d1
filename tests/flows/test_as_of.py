"""Each earlier state comes back exactly: revisions, deletions, failures and what persons had let pass by then."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from flows.declared import programme_named, vault_of, warehouse_of
from flows.moments import moment_of
from flows.pull import pull
from flows.refresh import refresh
from flows.results import results
from flows.standing import acknowledge
from tests import mixed
from tests.fakes.odk_central import Central, running
from transforms.errors import UserError


@pytest.fixture
def central():
    with running(Central(form="follow_up", fields=mixed.FIELDS)) as central:
        yield central


@pytest.fixture
def inbox(tmp_path, central, database, monkeypatch):
    folder = mixed.write_programme(tmp_path / "programmes")
    path = folder / "programme.toml"
    text = path.read_text(encoding="utf-8")
    sheets, calls = text.index('[[sources]]\nid = "register"'), text.index('[[sources]]\nid = "calls"')
    interviews = text.index('[[sources]]\nid = "interviews"')
    end = text.index("# ---- Design")
    kept = text[:sheets].replace('files = "registration*"', 'files = "registration*"\nmode = "replace"')
    path.write_text(kept + text[interviews:calls] + text[end:], encoding="utf-8")
    for name, value in mixed.connections(central.url, "http://127.0.0.1:1", database.dsn).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path / "programmes"))
    monkeypatch.setenv("IMPACT_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return folder / "inbox"


def drop(inbox, name, numbers):
    rows = [mixed.registration(number) for number in numbers]
    (inbox / f"registration{name}.csv").write_text(mixed.csv_of(rows), encoding="utf-8")


def numbers(as_of=None):
    return json.loads(results(mixed.NAME, as_of=as_of))["estimates"]


def estimates(as_of=None):
    with warehouse_of(programme_named(mixed.NAME), as_of).open() as reader:
        return reader.table("estimates").sort("estimate")


def quality(as_of=None):
    with warehouse_of(programme_named(mixed.NAME), as_of).open() as reader:
        return {name: reader.query(name).rows() for name in ("balance", "rejects", "pulls", "acknowledgements")}


def night():
    """The moment after a night, and what it said."""
    pull(mixed.NAME)
    refresh(mixed.NAME)
    said = numbers()
    return datetime.now(UTC), said, estimates(), quality()


def test_three_nights_with_changes_and_deletions_each_come_back(inbox, central):
    drop(inbox, "_1", range(60))
    keys = [central.insert(mixed.follow_up(number, "2025-07-15", number % 2 == 0)) for number in range(40)]
    nights = [night()]

    drop(inbox, "_2", range(5, 70))
    for key in keys[:6]:
        central.edit(key, sells_online="yes", sales_last_month="9000")
    central.delete(keys[10])
    central.review(keys[11], "rejected")
    nights.append(night())

    central.restore(keys[10])
    central.delete(keys[12])
    drop(inbox, "_3", range(30))
    pull(mixed.NAME)
    acknowledge(mixed.NAME, "sheets", "The second course was called off.")
    central.users.clear()  # a source that fails is part of what was known
    nights.append(night())

    vault = {path: path.read_bytes() for path in vault_of(programme_named(mixed.NAME)).folder.rglob("*.parquet")}
    current = warehouse_of(programme_named(mixed.NAME)).current()
    first, second, third = (known for _, _, known, _ in nights)
    assert not first.equals(second)
    assert not second.equals(third)
    assert nights[2][3]["acknowledgements"]
    for moment, said, known, told in nights:
        path = refresh(mixed.NAME, moment)
        assert path.parent != current.parent
        assert estimates(moment).equals(known)
        assert quality(moment) == told
        assert numbers(moment) == said
    assert warehouse_of(programme_named(mixed.NAME)).current() == current
    assert {path: path.read_bytes() for path in vault} == vault


def test_before_anything_landed_there_is_nothing(inbox):
    drop(inbox, "_1", range(30))
    before = datetime.now(UTC) - timedelta(days=1)
    pull(mixed.NAME)
    with pytest.raises(UserError, match=r"no registrations have landed by \d{4}-.* Name a later day or time"):
        refresh(mixed.NAME, before)


def test_before_any_pull_it_is_said_where_registrations_come_from(inbox, tmp_path, monkeypatch):
    mixed.write_programme(tmp_path / "whole")
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path / "whole"))
    with pytest.raises(UserError, match=r"no registrations have landed, .* the source 'register'"):
        refresh(mixed.NAME)


def test_before_the_first_release_there_are_no_results(inbox):
    with pytest.raises(UserError, match="nothing had been released by then"):
        results(mixed.NAME, as_of=datetime(2026, 5, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-01", "2026-05-01T16:59:59.999999+00:00"),  # the end of the day in Bangkok
        ("2026-05-01T08:00", "2026-05-01T01:00:00+00:00"),
        ("2026-05-01T08:00:00Z", "2026-05-01T08:00:00+00:00"),
        ("2026-05-01T08:00+02:00", "2026-05-01T06:00:00+00:00"),
    ],
)
def test_a_day_is_meant_to_its_end_and_a_time_without_a_zone_is_bangkoks(text, moment):
    assert moment_of(text) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text", ["1 May", "2026-13-01", "2569-05-01", "2026-05-01T", "9999-12-31", "", "20260501", "2026-W10-1"]
)
def test_what_is_no_day_that_has_been_is_refused_with_what_to_write(text):
    with pytest.raises(UserError, match=r"--as-of .* Write"):
        moment_of(text)
