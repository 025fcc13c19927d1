"""What a gate holds back is not used until a person says that it is right; and each word stands for one thing."""

import os
import pwd

import pytest

from flows import deployments
from flows.declared import programme_named, warehouse_of
from flows.pull import pull
from flows.refresh import refresh
from flows.settings import settings
from flows.standing import acknowledge, failing_sources, stale_sources, unused_sources
from flows.starter import write_starter
from tests import mixed
from transforms.errors import SourceError, UserError

NAME = "village"
ALL = range(100)


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path / "programmes"))
    monkeypatch.setenv("IMPACT_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    folder = settings().programme_folder(NAME)
    write_starter(folder, NAME)
    for path in (folder / "inbox").iterdir():
        path.unlink()
    return folder / "inbox"


def declare(inbox, line):
    """Adds a line to the source of registrations."""
    path = inbox.parent / "programme.toml"
    text = path.read_text(encoding="utf-8")
    marked = 'files = "registration*.csv"'
    path.write_text(text.replace(marked, f"{line}\n{marked}", 1), encoding="utf-8")


def drop(inbox, name, numbers, **answers):
    rows = [mixed.registration(number) | answers for number in numbers]
    head = mixed.csv_of([mixed.registration(0)]).splitlines()[0] + "\n"
    (inbox / f"registration{name}.csv").write_text(mixed.csv_of(rows) if rows else head, encoding="utf-8")


def night():
    statuses = pull(NAME)
    refresh(NAME)
    return statuses["registration"]


def people():
    with warehouse_of(programme_named(NAME)).open() as reader:
        return reader.sql("select count(*) as people from enrolments").item()


def table(name):
    with warehouse_of(programme_named(NAME)).open() as reader:
        return reader.query(name).to_dicts()


@pytest.fixture
def replaced(inbox):
    """A source that the newest file replaces, after 100 people."""
    declare(inbox, 'mode = "replace"')
    drop(inbox, "_1", ALL)
    assert night() == "pulled"
    return inbox


def test_a_file_that_lost_many_rows_is_not_used_until_a_person_says_it_is_right(replaced):
    drop(replaced, "_2", range(70))
    assert night() == "failed"
    assert people() == 100
    assert "rows_down" in failing_sources(NAME)[0]

    [said] = acknowledge(NAME, "registration", "The south\n has left.")
    assert (said.held.rows_before, said.held.rows) == (100, 70)
    assert night() == "pulled"
    assert people() == 70
    [row] = table("acknowledgements")
    assert (row["source"], row["gate"], row["reason"]) == ("registration", "rows_down", "The south has left.")
    assert row["by"] == pwd.getpwuid(os.getuid()).pw_name
    assert failing_sources(NAME) == []


def test_another_file_needs_a_word_of_its_own(replaced):
    drop(replaced, "_2", range(70))
    night()
    acknowledge(NAME, "registration", "right")
    (replaced / "registration_2.csv").unlink()
    drop(replaced, "_3", range(69))
    assert night() == "failed"
    assert people() == 100


def test_a_loss_that_a_mended_file_undoes_leaves_nothing_to_acknowledge(replaced):
    drop(replaced, "_2", range(70))
    night()
    drop(replaced, "_2", range(99))
    assert night() == "pulled"
    with pytest.raises(UserError, match="nothing of source 'registration' awaits a word"):
        acknowledge(NAME, "registration", "right")


def test_9_headings_without_rows_after_rows_wait_for_a_word(inbox):
    drop(inbox, "_1", range(5))
    night()
    drop(inbox, "_1", [])
    assert night() == "failed"
    assert "no_rows" in failing_sources(NAME)[0]
    acknowledge(NAME, "registration", "Nobody was due.")
    assert night() == "pulled"
    assert people() == 5


def test_9_headings_that_would_replace_everything_are_never_right(replaced):
    drop(replaced, "_2", [])
    assert night() == "failed"
    with pytest.raises(UserError, match="awaits a word"):
        acknowledge(NAME, "registration", "right")


def test_fewer_rows_in_a_further_file_are_no_loss_where_files_add_up(inbox):
    drop(inbox, "_1", ALL)
    night()
    drop(inbox, "_2", range(100, 110))
    assert night() == "pulled"
    assert people() == 110


def test_where_too_much_is_set_aside_the_last_good_state_stays_until_acknowledged(inbox, caplog):
    drop(inbox, "_1", ALL)
    night()
    drop(inbox, "_2", range(100, 125), sales_last_month="many")
    with caplog.at_level("ERROR", logger="impact"):
        assert night() == "pulled"
    assert (people(), table("rejects")) == (100, [])
    assert "25 of 125 submissions would be set aside" in caplog.text
    assert "not_a_number of 'sales' (25, first in row 2 of file 'registration_2.csv')" in caplog.text
    [row] = [each for each in table("pulls") if each["source"] == "registration"]
    assert (row["status"], row["reason"]) == ("failed", "too_many_rejects")
    assert "not used (too_many_rejects" in unused_sources(NAME)[0]

    acknowledge(NAME, "registration", "They filled in an old form.")
    refresh(NAME)
    assert (people(), table("rejects")[0]["submissions"]) == (100, 25)
    assert unused_sources(NAME) == []

    drop(inbox, "_3", range(200, 210))
    night()
    assert people() == 110  # what was acknowledged stays so
    drop(inbox, "_4", range(300, 330), sales_last_month="many")
    night()
    assert "not used" in unused_sources(NAME)[0]
    assert people() == 110


def test_a_mended_file_needs_no_word(inbox):
    drop(inbox, "_1", ALL)
    night()
    drop(inbox, "_2", range(100, 125), sales_last_month="many")
    night()
    drop(inbox, "_2", range(100, 125))
    night()
    assert people() == 125
    with pytest.raises(UserError, match="awaits a word"):
        acknowledge(NAME, "registration", "right")


def test_what_a_person_has_dropped_by_a_correction_awaits_no_further_word(inbox, caplog):
    drop(inbox, "_1", ALL)
    lines = [f"registration_1.csv#{row},,,,drop,a test of the form,S.K.,2026-06-02" for row in range(2, 32)]
    head = "submission,field,old,new,action,reason,by,on"
    (inbox.parent / "corrections.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    with caplog.at_level("ERROR", logger="impact"):
        night()
    assert (people(), unused_sources(NAME), caplog.text) == (70, [], "")
    [row] = table("rejects")
    assert (row["rule"], row["submissions"]) == ("dropped_by_correction", 30)


def test_registrations_without_any_good_state_stop_the_refresh_and_can_be_acknowledged(inbox):
    drop(inbox, "_1", range(50))
    drop(inbox, "_2", range(100, 125), sales_last_month="many")
    with pytest.raises(SourceError, match="25 of 75 submissions would be set aside") as error:
        night()
    assert error.value.code == "too_many_rejects"
    acknowledge(NAME, "registration", "right")
    refresh(NAME)
    assert people() == 50


def test_a_follow_up_without_any_good_state_is_left_out(inbox):
    drop(inbox, "_1", ALL)
    answers = [mixed.follow_up(number, "2025-07-15", True) | {"sales_last_month": "many"} for number in range(30)]
    (inbox / "follow_up_m6.csv").write_text(mixed.csv_of(answers), encoding="utf-8")
    night()
    assert "follow_up_m6" in unused_sources(NAME)[0]
    assert people() == 100


def test_a_word_needs_a_reason_and_a_source(replaced):
    with pytest.raises(UserError, match="--reason is empty"):
        acknowledge(NAME, "registration", " ")
    with pytest.raises(UserError, match="come close: registration"):
        acknowledge(NAME, "registrations", "right")


def test_a_source_that_becomes_stale_is_news_though_nothing_else_has_changed(inbox, monkeypatch):
    declare(inbox, 'fresh_within = "3 days"')
    drop(inbox, "_1", ALL)
    assert night() == "pulled"
    first = warehouse_of(programme_named(NAME)).current()
    assert stale_sources(NAME) == []
    old = 1_700_000_000
    os.utime(inbox / "registration_1.csv", (old, old))
    assert night() == "unchanged"
    assert warehouse_of(programme_named(NAME)).current() != first
    [row] = [each for each in table("pulls") if each["source"] == "registration"]
    assert row["stale"]
    assert row["data_from"].timestamp() == old
    assert stale_sources(NAME)[0].startswith(
        "village: source 'registration' is stale: its data are from 2023-11-14 22:13 UTC, and fresh_within is"
    )
    (inbox / "registration_1.csv").unlink()  # taken away: what was there is as old as before
    pull(NAME)
    assert stale_sources(NAME) != []
    drop(inbox, "_2", range(100, 101))
    night()
    assert stale_sources(NAME) == []


def test_a_scheduled_night_fails_on_a_stale_source_as_impact_run_does(inbox, monkeypatch):
    declare(inbox, 'fresh_within = "3 days"')
    drop(inbox, "_1", ALL)
    monkeypatch.setattr(deployments, "nightly", lambda programmes, languages: [night()])
    assert deployments.nightly_reports.fn([NAME]) == ["pulled"]
    os.utime(inbox / "registration_1.csv", (1_700_000_000, 1_700_000_000))
    with pytest.raises(UserError, match="village: source 'registration' is stale"):
        deployments.nightly_reports.fn([NAME])


def test_a_scheduled_night_fails_on_a_failed_source_though_its_last_good_data_are_used(inbox, monkeypatch):
    drop(inbox, "_1", ALL)
    monkeypatch.setattr(deployments, "nightly", lambda programmes, languages: [night()])
    deployments.nightly_reports.fn()
    drop(inbox, "_2", [])
    (inbox / "registration_2.csv").write_text("nothing of ours", encoding="utf-8")
    with pytest.raises(UserError, match=r"'registration' failed \(schema, see above\); its last good data were used"):
        deployments.nightly_reports.fn()
    assert people() == 100
