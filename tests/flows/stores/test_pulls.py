from datetime import UTC, datetime, timedelta

import pytest

from flows.stores.landing import Landing, Pulled
from flows.stores.pulls import is_stale, pulls
from transforms.programme import FileDrop

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)


@pytest.fixture
def landing(tmp_path):
    return Landing(tmp_path, "registrations")


@pytest.fixture
def fresh(source) -> FileDrop:
    return source.model_copy(update={"fresh_within": "3 days"})


@pytest.mark.parametrize(("text", "length"), [("12 hours", 0.5), ("1 day", 1), ("3 days", 3), ("2 weeks", 14)])
def test_a_length_of_time_is_a_number_of_hours_days_or_weeks(source, text, length):
    assert source.model_copy(update={"fresh_within": text}).fresh_for == timedelta(days=length)


def test_data_are_stale_once_they_are_older_than_allowed_and_not_before(landing, fresh):
    attempt = landing.succeeded(Pulled([], data_from=NOW))
    assert not is_stale(fresh, attempt, NOW + timedelta(days=3))
    assert is_stale(fresh, attempt, NOW + timedelta(days=3, seconds=1))


def test_data_that_never_came_are_stale_and_without_a_rule_nothing_is(landing, fresh, source):
    attempt = landing.failed("no_files", "no file")
    assert is_stale(fresh, None, NOW)
    assert is_stale(fresh, attempt, NOW)
    assert not is_stale(source, attempt, NOW)


def test_a_failing_source_grows_old_from_its_last_good_pull(landing, fresh):
    landing.succeeded(Pulled([], data_from=NOW))
    landing.failed("not_connected", "gone")
    [row] = pulls([(fresh, landing)], {}, NOW + timedelta(days=4)).to_dicts()
    assert (row["status"], row["data_from"], row["stale_from"]) == ("failed", NOW, NOW + timedelta(days=3))
    assert row["stale"]


def test_an_earlier_moment_tells_what_was_known_then(landing, fresh):
    landing.succeeded(Pulled([]))
    then = datetime.now(UTC)
    landing.failed("not_connected", "gone")
    [row] = pulls([(fresh, landing)], {}, then, then).to_dicts()
    assert (row["status"], row["stale"]) == ("pulled" if row["files"] else "unchanged", False)
