"""Who is due: by the reporting period of the latest registration, whole people, however their rows hang together."""

from datetime import date
from types import SimpleNamespace

import polars as pl
import pytest

from tests.declaring import form_of, question
from transforms.identities import NATIONAL_ID, PARTICIPANT, PHONE
from transforms.programme import Retention
from transforms.retention import PERSON, RECORD, days_said, expired, kept_until

BEFORE = date(2020, 10, 1)
OLD, YOUNG = date(2020, 9, 30), date(2020, 10, 1)


def gone(rows, known):
    """The places that go, of rows `(registers, day)` and of identifiers `(place, kind, value)`."""
    places = pl.DataFrame(rows, schema={"registers": pl.Boolean, "day": pl.Date}, orient="row")
    placed = places.with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64))
    ties = pl.DataFrame(known, schema={"place": pl.Int64, "kind": pl.String, "value": pl.String}, orient="row")
    return expired(placed, ties, BEFORE)["place"].to_list()


@pytest.mark.parametrize(
    ("after", "today", "before"),
    [
        ("5 years", date(2025, 9, 30), date(2020, 9, 30)),
        ("5 years", date(2025, 10, 1), date(2020, 10, 1)),
        ("1 year", date(2024, 2, 29), date(2023, 2, 28)),
        ("1 month", date(2025, 3, 31), date(2025, 2, 28)),
        ("18 months", date(2025, 3, 31), date(2023, 9, 30)),
        ("90 days", date(2025, 3, 31), date(2024, 12, 31)),
        ("12 months", date(2025, 12, 5), date(2024, 12, 5)),
        ("999 years", date(2025, 1, 1), date(1026, 1, 1)),
        ("999 years", date(900, 1, 1), date.min),
    ],
)
def test_lengths_are_counted_back_by_the_calendar(after, today, before):
    assert Retention(after=after).before(today) == before


@pytest.mark.parametrize("after", ["5", "years", "0 years", "5 weeks", "1000 days", "five years", "-1 days", ""])
def test_what_is_no_length_has_none(after):
    assert Retention(after=after).length is None


def test_a_registration_is_kept_until_its_period_ends_and_outside_all_until_its_own_day():
    periods = [SimpleNamespace(start=date(2019, 10, 1), end=date(2020, 9, 30))]
    days = pl.DataFrame({"day": [date(2019, 10, 1), date(2020, 9, 30), date(2020, 10, 1), date(2019, 9, 30), None]})
    assert days.select(until=kept_until(pl.col("day"), periods))["until"].to_list() == [
        date(2020, 9, 30),
        date(2020, 9, 30),
        date(2020, 10, 1),
        date(2019, 9, 30),
        None,
    ]


def test_days_are_read_as_cleaning_reads_them_and_what_is_none_is_null():
    form = form_of({"participant_id": question("id"), "registered_on": question("day", "date")})
    said = days_said(pl.Series(["2020-05-01", "2563-05-01", "31/31/2020", None]), form, date(2025, 1, 1), "UTC")
    assert said.to_list() == [date(2020, 5, 1), date(2020, 5, 1), None, None]
    undated = form_of({"participant_id": question("id")}, "follow_up")
    assert days_said(pl.Series(["2020-05-01"]), undated, date(2025, 1, 1), "UTC").to_list() == [None]


def test_the_latest_registration_keeps_all_of_a_person_and_a_follow_up_keeps_nobody():
    ids = [(0, PARTICIPANT, "A"), (1, PARTICIPANT, "A"), (2, PARTICIPANT, "B"), (3, PARTICIPANT, "B")]
    assert gone([(True, OLD), (True, YOUNG), (True, OLD), (False, YOUNG)], ids) == [2, 3]


def test_what_belongs_to_nobody_goes_by_the_youngest_of_its_own():
    ids = [(0, PARTICIPANT, "A"), (1, PARTICIPANT, "A"), (2, PARTICIPANT, "B")]
    assert gone([(False, OLD), (False, YOUNG), (False, OLD), (False, OLD), (False, YOUNG)], ids) == [2, 3]


def test_rows_hang_together_by_record_number_and_person_however_long_the_chain():
    ties = [
        (0, PARTICIPANT, "A"),
        (0, NATIONAL_ID, "1"),
        (1, NATIONAL_ID, "1"),
        (1, RECORD, "register|7"),
        (2, RECORD, "register|7"),
        (2, PERSON, "P"),
        (3, PERSON, "P"),
        (3, PARTICIPANT, "D"),
        (4, PARTICIPANT, "D"),
    ]
    rows = [(True, OLD), (False, OLD), (True, OLD), (False, OLD)]
    assert gone([*rows, (True, YOUNG)], ties) == []
    assert gone([*rows, (True, OLD)], ties) == [0, 1, 2, 3, 4]


def test_a_number_beside_too_many_ids_ties_nobody():
    few = [each for place in range(3) for each in ((place, PARTICIPANT, f"P{place}"), (place, NATIONAL_ID, "0"))]
    many = [*few, (3, PARTICIPANT, "P3"), (3, NATIONAL_ID, "0")]
    rows = [(True, OLD), (True, OLD), (True, YOUNG)]
    assert gone(rows, few) == []
    assert gone([*rows, (True, OLD)], many) == [0, 1, 3]


def test_a_telephone_alone_is_of_the_one_person_who_has_it_and_of_no_family():
    ids = [(0, PARTICIPANT, "A"), (0, PHONE, "1"), (1, PHONE, "1")]
    assert gone([(True, YOUNG), (False, OLD)], ids) == []
    assert gone([(True, OLD), (False, YOUNG)], ids) == [0, 1]
    family = [*ids, (2, PARTICIPANT, "B"), (2, PHONE, "1")]
    assert gone([(True, YOUNG), (False, OLD), (True, YOUNG)], family) == [1]
