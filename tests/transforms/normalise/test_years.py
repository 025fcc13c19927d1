"""Years in either calendar, by the cases of the bad-input catalogue."""

import pytest


@pytest.mark.parametrize(
    ("typed", "year", "noted"),
    [
        ("1987", 1987, None),
        ("๑๙๘๗", 1987, None),
        ("1987.0", 1987, None),
        ("ค.ศ. 1987", 1987, None),
        ("1987 CE", 1987, None),
        ("2530", 1987, "buddhist_year"),
        ("๒๕๓๐", 1987, "buddhist_year"),
        ("ปี พ.ศ. 2530", 1987, "buddhist_year"),
        ("พศ2530", 1987, "buddhist_year"),
        ("2399", 2399, None),
        ("2400", 1857, "buddhist_year"),
        ("2600", 2057, "buddhist_year"),
    ],
)
def test_a_buddhist_year_loses_543_once_and_is_noted(read, typed, year, noted):
    """Case 41."""
    assert read("year", typed) == (year, None, noted)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("30", "two_digit_year"),
        ("2601", "out_of_range"),
        ("999", "out_of_range"),
        ("19870", "out_of_range"),
        ("-1987", "out_of_range"),
        ("1987.5", "out_of_range"),
        ("1987-01-15", "not_a_number"),
        ("young", "not_a_number"),
    ],
)
def test_what_is_no_year_is_refused(read, typed, reason):
    """Case 43."""
    assert read("year", typed) == (None, reason, None)
