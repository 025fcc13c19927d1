from datetime import UTC, date, datetime

import pytest

from reports.numbers import Numbers
from reports.words import words_in

ENGLISH = Numbers(words_in("en"))
THAI = Numbers(words_in("th"))


@pytest.mark.parametrize(
    ("value", "shape", "unit", "signed", "english", "thai"),
    [
        (1234, "count", "people", False, "1,234 people", "1,234 people"),
        (0.1235, "percent", "", False, "12%", "ร้อยละ 12"),
        (0.125, "percent", "", False, "13%", "ร้อยละ 13"),
        (0.18249, "percent_change", "", True, "+18.2%", "ร้อยละ +18.2"),
        (-0.18249, "percent_change", "", True, "−18.2%", "ร้อยละ −18.2"),
        (0.0841, "points", "", True, "+8.4\N{NO-BREAK SPACE}percentage points", "+8.4\N{NO-BREAK SPACE}จุดร้อยละ"),
        (12_345.6, "money", "baht", False, "12,300 baht", "12,300 baht"),
        (123.44, "money", "baht", False, "123 baht", "123 baht"),
        (1_234_567, "money", "baht", False, "1.23 million baht", "1.23 ล้าน baht"),
        (-98_765_432, "money", "baht", True, "−98.8 million baht", "−98.8 ล้าน baht"),
        (0.0, "money", "baht", False, "0 baht", "0 baht"),
        (1.844, "decimal", "jobs", False, "1.84 jobs", "1.84 jobs"),
        (18.44, "decimal", "jobs", True, "+18.4 jobs", "+18.4 jobs"),
        (-0.4215895, "log", "", True, "−34.4%", "ร้อยละ −34.4"),
        (-0.0000001, "points", "", True, "0.0\N{NO-BREAK SPACE}percentage points", "0.0\N{NO-BREAK SPACE}จุดร้อยละ"),
    ],
)
def test_every_shape_is_written_by_its_own_rule(value, shape, unit, signed, english, thai) -> None:
    assert ENGLISH.amount(value, shape, unit, signed=signed) == english
    assert THAI.amount(value, shape, unit, signed=signed) == thai


def test_both_ends_of_an_interval_share_one_unit() -> None:
    assert ENGLISH.interval(0.031, 0.0994, "percent_change", "") == "3.1 to 9.9%"
    assert THAI.interval(-0.042, 0.151, "percent_change", "") == "ร้อยละ −4.2 ถึง 15.1"
    assert ENGLISH.interval(900_000, 2_345_000, "money", "baht") == "0.90 to 2.35 million baht"


def test_the_ends_of_what_is_compatible_have_their_signs() -> None:
    assert ENGLISH.interval(-0.295, 0.375, "percent_change", "", signed=True) == "−29.5 to +37.5%"
    assert THAI.interval(-0.295, 0.375, "percent_change", "", signed=True) == "ร้อยละ −29.5 ถึง +37.5"


def test_a_per_cent_sign_stays_with_its_figure_and_other_units_apart() -> None:
    assert ENGLISH.parted(0.87, "percent", "") == ("87%", "")
    assert THAI.parted(0.183, "percent_change", "", signed=True) == ("+18.3%", "")
    assert THAI.parted(404, "count", "คน") == ("404", "คน")
    assert THAI.goal(0.8, "percent", "") == "80%"


def test_cells_use_short_units() -> None:
    assert ENGLISH.amount(0.084, "points", "", place="cell") == "8.4\N{NO-BREAK SPACE}points"
    assert THAI.amount(0.31, "percent", "", place="cell") == "31%"


def test_a_small_p_value_is_a_bound() -> None:
    assert ENGLISH.p_value(0.0004) == "p < 0.001"
    assert ENGLISH.p_value(0.0321) == "p = 0.032"
    assert ENGLISH.bare_p_value(0.0009) == "<0.001"


def test_a_coefficient_keeps_the_three_decimals_of_its_published_table() -> None:
    assert ENGLISH.coefficient(-0.42158951) == "−0.422"
    assert ENGLISH.coefficient(0.21019996) == "0.210"


def test_dates_are_buddhist_in_thai_and_common_in_english() -> None:
    assert ENGLISH.day(date(2025, 11, 22)) == "22 November 2025"
    assert THAI.day(date(2025, 11, 22)) == "22 พฤศจิกายน พ.ศ. 2568"


def test_a_moment_is_told_in_the_programmes_time_zone() -> None:
    moment = datetime(2025, 11, 21, 19, 0, tzinfo=UTC)
    assert ENGLISH.moment(moment, "Asia/Bangkok") == "22 November 2025, 02:00"
    assert THAI.moment(moment, "Asia/Bangkok") == "22 พฤศจิกายน พ.ศ. 2568 เวลา 02:00 น."


def test_thai_digits_come_when_asked_for() -> None:
    official = Numbers(words_in("th"), "thai")
    assert official.amount(1234.5, "money", "บาท") == "๑,๒๓๐ บาท"
    assert official.day(date(2025, 11, 22)) == "๒๒ พฤศจิกายน พ.ศ. ๒๕๖๘"


def test_a_grade_has_a_true_minus() -> None:
    assert ENGLISH.sign("(-)") == "(−)"
