"""Dates, by the cases of the bad-input catalogue. Today is 1 June 2026 in Bangkok."""

from datetime import date

import pytest

DMY = {"date_order": "day_month_year"}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2567-01-15", date(2024, 1, 15)),
        ("15/01/2567", date(2024, 1, 15)),
        ("๑๕/๐๑/๒๕๖๗", date(2024, 1, 15)),
        ("15 ม.ค. 2567", date(2024, 1, 15)),
        ("15 มกราคม 2567", date(2024, 1, 15)),
        ("15 มกราคม พ.ศ. 2567", date(2024, 1, 15)),
        ("15ม.ค.2567", date(2024, 1, 15)),
        ("1/2/2569", date(2026, 2, 1)),
    ],
)
def test_a_buddhist_year_loses_543_once(read, typed, day):
    """Cases 32, 41."""
    assert read("date", typed, **DMY) == (day, None, "buddhist_year")


@pytest.mark.parametrize("typed", ["2567-02-29", "29/02/2567", "29 กุมภาพันธ์ 2567"])
def test_the_leap_day_of_a_buddhist_year_exists(read, typed):
    """Case 42."""
    assert read("date", typed, **DMY) == (date(2024, 2, 29), None, "buddhist_year")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026/1/5", date(2026, 1, 5)),
        ("05/01/2026", date(2026, 1, 5)),
        ("5 January 2026", date(2026, 1, 5)),
        ("Jan 5, 2026", date(2026, 1, 5)),
        ("2026-01-05 14:30:00", date(2026, 1, 5)),
        ("5.1.2026 14:30 น.", date(2026, 1, 5)),
    ],
)
def test_a_christian_year_stays(read, typed, day):
    assert read("date", typed, **DMY) == (day, None, None)


@pytest.mark.parametrize("typed", ["15/01/67", "15-1-67", "15 ม.ค. 67", "67-01-15"])
def test_a_year_of_two_digits_is_refused(read, typed):
    """Case 43."""
    assert read("date", typed, **DMY) == (None, "two_digit_year", None)


@pytest.mark.parametrize(
    ("order", "typed"),
    [("day_month_year", "01/25/2569"), ("month_day_year", "25/01/2569"), ("year_month_day", "25/01/2569")],
)
def test_a_date_in_another_order_than_the_declared_one_is_told(read, order, typed):
    """Case 44."""
    assert read("date", typed, date_order=order) == (None, "date_order", None)


def test_the_declared_order_decides(read):
    """Case 44."""
    assert read("date", "03/04/2026", date_order="day_month_year")[0] == date(2026, 4, 3)
    assert read("date", "03/04/2026", date_order="month_day_year")[0] == date(2026, 3, 4)


@pytest.mark.parametrize("typed", ["31/02/2567", "2567-02-30", "29/02/2566", "32 ม.ค. 2567", "2026-13-01"])
def test_a_day_that_never_was_is_refused(read, typed):
    """Case 45."""
    assert read("date", typed, **DMY) == (None, "impossible_date", None)


@pytest.mark.parametrize("typed", ["เมื่อวาน", "2569", "15/01", "12345678", "1/1/1/2569"])
def test_what_is_no_date_is_refused(read, typed):
    """Case 45."""
    assert read("date", typed, **DMY) == (None, "not_a_date", None)


@pytest.mark.parametrize("typed", ["2026-06-03", "03/06/2569", "1900-01-01", "1899-12-30", "0026-01-05"])
def test_a_day_to_come_or_of_1900_is_refused(read, typed):
    """Case 46."""
    assert read("date", typed, **DMY) == (None, "date_out_of_range", None)


def test_the_end_of_a_certificate_may_lie_in_the_future(read):
    assert read("date", "2028-06-03", may_be_future=True) == (date(2028, 6, 3), None, None)
    assert read("date", "2200-06-03", may_be_future=True) == (None, "date_out_of_range", None)


@pytest.mark.parametrize("typed", ["45306", "45306.0", "45306.75", "๔๕๓๐๖"])
def test_a_spreadsheets_day_number_is_a_date(read, typed):
    """Case 47."""
    assert read("date", typed, **DMY) == (date(2024, 1, 15), None, None)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-01-22T18:30:00Z", date(2026, 1, 23)),
        ("2026-01-22T18:30:00.123+00:00", date(2026, 1, 23)),
        ("2026-01-23T01:30:00+07:00", date(2026, 1, 23)),
        ("2026-01-22T23:30:00-05:00", date(2026, 1, 23)),
    ],
)
def test_an_instant_is_a_day_in_bangkok(read, typed, day):
    """Case 48."""
    assert read("date", typed) == (day, None, None)


def test_a_clock_a_day_ahead_is_noted(read):
    """Case 49."""
    assert read("date", "2026-06-02") == (date(2026, 6, 2), None, "clock_skew")


@pytest.mark.parametrize(
    ("typed", "century", "day"),
    [
        ("15/01/68", 2500, date(2025, 1, 15)),
        ("15 ม.ค. ๖๘", 2500, date(2025, 1, 15)),
        ("29/2/67", 2500, date(2024, 2, 29)),
        ("15/01/25", 2000, date(2025, 1, 15)),
    ],
)
def test_a_year_of_two_digits_is_read_as_the_question_declares(read, typed, century, day):
    """Case 43."""
    assert read("date", typed, date_order="day_month_year", short_year=century)[:2] == (day, None)
    assert read("date", typed, date_order="day_month_year")[1] == "two_digit_year"
