"""Numbers of people, firms and telephones, by the cases of the bad-input catalogue."""

import pytest

PERSON, FIRM = "1101700230708", "0105536000313"


@pytest.mark.parametrize(
    "typed", [PERSON, "1-1017-00230-70-8", "๑๑๐๑๗๐๐๒๓๐๗๐๘", " 1101700230708.0 ", "110170\u200b0230708"]
)
def test_a_national_number_is_thirteen_digits_however_typed(read, typed):
    """Cases 32, 50, 55."""
    assert read("national_id", typed) == (PERSON, None, None)


@pytest.mark.parametrize("typed", ["1101700230707", "9101700230708"])
def test_a_wrong_check_digit_is_refused(read, typed):
    """Case 51."""
    assert read("national_id", typed) == (None, "id_checksum", None)


@pytest.mark.parametrize("typed", ["1.1017E+12", "1.1017e+12"])
@pytest.mark.parametrize("kind", ["national_id", "code"])
def test_a_number_that_a_spreadsheet_rounded_is_refused(read, kind, typed):
    """Case 50."""
    assert read(kind, typed) == (None, "scientific_notation_id", None)


def test_a_firm_number_in_a_person_field_is_kept_and_said(read):
    """Case 52."""
    digits = [int(digit) for digit in FIRM]
    total = sum(digit * weight for digit, weight in zip(digits, range(13, 1, -1), strict=False))
    assert digits[12] == (11 - total % 11) % 10
    assert read("national_id", FIRM) == (FIRM, None, "juristic_id")


def test_a_passport_is_another_kind_of_number(read):
    """Case 53."""
    assert read("national_id", "aa1234567") == ("AA1234567", None, "other_id")


@pytest.mark.parametrize(("typed", "reason"), [("110170023070", "id_length"), ("สมชาย", "not_an_id")])
def test_what_is_no_number_of_anybody_is_refused(read, typed, reason):
    """Case 53."""
    assert read("national_id", typed) == (None, reason, None)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0812345678", "+66812345678"),
        ("081-234-5678", "+66812345678"),
        ("+66 81 234 5678", "+66812345678"),
        ("๐๘๑๒๓๔๕๖๗๘", "+66812345678"),
        ("02-123-4567", "+6621234567"),
        ("077 123 456", "+6677123456"),
    ],
)
def test_a_telephone_number_is_written_with_the_country(read, typed, number):
    """Case 54."""
    assert read("phone", typed) == (number, None, None)


@pytest.mark.parametrize("typed", ["812345678", "08123456789", "0112345678", "081234567", "call me", "٠٨١٢٣٤٥٦٧٨"])
def test_a_number_that_cannot_be_dialled_is_refused(read, typed):
    """Case 54."""
    assert read("phone", typed) == (None, "not_a_phone", None)


def test_a_code_has_arabic_digits_and_single_spaces(read):
    """Cases 32, 55."""
    assert read("code", " ระนอง \u00a0๑๒ ") == ("ระนอง 12", None, None)
