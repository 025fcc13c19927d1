"""Amounts, by the cases of the bad-input catalogue."""

import pytest

DOLLARS = {"th": "ดอลลาร์สหรัฐ", "en": "US dollars"}
HOURS = {"th": "ชั่วโมง", "en": "hours"}


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234", 1234.0),
        ("๑๒๓๔", 1234.0),
        ("๑,๒๓๔.๕๐", 1234.5),
        ("1,234,567.50", 1234567.5),
        (" 12 ", 12.0),
        ("0", 0.0),
        ("12.50", 12.5),
        ("1234.567", 1234.567),
        ("1E5", 100000.0),
    ],
)
def test_an_amount_is_read_with_thai_digits_and_commas(read, typed, amount):
    """Cases 32, 33, 37."""
    assert read("money", typed) == (amount, None, None)


@pytest.mark.parametrize("typed", ["1.234,50", "1.234", "-1.234", "1.234.567", "12,34", "1 234", "1,2345"])
def test_an_amount_with_two_readings_is_refused(read, typed):
    """Case 34."""
    assert read("money", typed) == (None, "ambiguous_separators", None)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.2 ล้าน", 1_200_000.0),
        ("3 แสน", 300_000.0),
        ("2.3แสนบาท", 230_000.0),
        ("1 ล้าน 5 แสน", 1_500_000.0),
        ("2 หมื่น", 20_000.0),
        ("๕ พัน", 5_000.0),
        ("500 บาท", 500.0),
        ("500.-", 500.0),
        ("฿1,500", 1_500.0),
        ("THB 500", 500.0),
        ("1.234 ล้าน", 1_234_000.0),
    ],
)
def test_words_for_numbers_are_read(read, typed, amount):
    """Case 35."""
    assert read("money", typed) == (amount, None, None)


def test_a_number_left_over_after_a_word_is_refused(read):
    """Case 35: "ล้านห้า" is one and a half million in speech."""
    assert read("money", "1 ล้าน 5") == (None, "not_a_number", None)


@pytest.mark.parametrize("typed", ["(500)", "-500", "−500", "( 500 )", "-500 บาท", "(500 บาท)"])
def test_less_than_nothing_is_read_in_any_spelling(read, typed):
    """Case 36."""
    assert read("money", typed) == (-500.0, None, None)


def test_only_the_declared_unit_may_stand_beside_an_amount(read):
    """Case 38: the form's unit is not guessed."""
    assert read("money", "500 US dollars", unit=DOLLARS) == (500.0, None, None)
    assert read("money", "500 บาท", unit=DOLLARS) == (None, "unit_slip", None)
    assert read("number", "8 ชั่วโมง", unit=HOURS) == (8.0, None, None)


def test_a_plain_number_may_have_three_decimals(read):
    assert read("number", "1.234") == (1.234, None, None)


@pytest.mark.parametrize("typed", ["สิบ", "about 500", "1e999", "inf", "0x10", "1_000", "--5", "(-5)"])
def test_what_is_no_number_is_refused(read, typed):
    """Case 26."""
    assert read("money", typed) == (None, "not_a_number", None)


@pytest.mark.parametrize(("typed", "count"), [("12", 12), ("12.0", 12), ("1,200", 1200), ("๑๒", 12), ("-3", -3)])
def test_a_whole_number_is_read(read, typed, count):
    """Cases 27, 32, 33."""
    assert read("integer", typed) == (count, None, None)


def test_half_a_person_is_refused(read):
    assert read("integer", "12.5") == (None, "not_an_integer", None)


def test_a_whole_number_too_large_to_count_is_refused(read):
    """Case 40."""
    assert read("integer", "9" * 30) == (None, "out_of_range", None)


@pytest.mark.parametrize(
    ("typed", "unit", "value", "reason"),
    [
        ("500 บาท", "บาท", 500.0, None),
        ("500 ดอลลาร์", "บาท", None, "unit_slip"),
        ("$500", "บาท", None, "unit_slip"),
        ("500 USD", "บาท", None, "unit_slip"),
        ("500 พันบาท", "พันบาท", 500.0, None),
        ("500", "พันบาท", 500.0, None),
        ("500 บาท", "พันบาท", None, "unit_slip"),
    ],
)
def test_an_amount_in_another_unit_than_the_declared_one_is_not_guessed(read, typed, unit, value, reason):
    """Case 38."""
    assert read("money", typed, unit={"th": unit, "en": unit}) == (value, reason, None)
