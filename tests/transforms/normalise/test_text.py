"""Words, by the cases of the bad-input catalogue."""

import pytest


@pytest.mark.parametrize("typed", ["น้ำ", "นํ้า", "น้ํา"])
def test_three_ways_of_typing_one_word_give_one_word(read, typed):
    """Case 56."""
    assert read("text", typed) == ("น้ำ", None, None)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("เเม่", "แม่"), ("ป่ันด้าย", "ปั่นด้าย"), ("นํา", "นำ"), ("กู่ ", "กู่"), ("กุ่ง", "กุ่ง"), ("ก่ิง", "กิ่ง")],
)
def test_thai_that_looks_alike_becomes_alike(read, typed, meant):
    """Case 56."""
    assert read("text", typed) == (meant, None, None)


@pytest.mark.parametrize(
    "typed", ["สม\u200bชาย", "\ufeffสมชาย", "สมชาย\u00a0", "สม\u00adชาย", "\u202aสมชาย\u202c", "สม\u2060ชาย"]
)
def test_letters_nobody_sees_are_taken_out(read, typed):
    """Case 55."""
    assert read("text", typed) == ("สมชาย", None, None)


def test_a_no_break_space_is_a_space(read):
    """Case 55."""
    assert read("text", "สมชาย\u00a0ใจดี") == ("สมชาย ใจดี", None, None)


def test_a_line_break_inside_an_answer_stays(read):
    """Case 31."""
    assert read("text", "one\ntwo") == ("one\ntwo", None, None)


@pytest.mark.parametrize("word", ["N/A", "n/a", "-", "–", "ไม่มี", "ไม่ระบุ", "."])
@pytest.mark.parametrize(
    "kind", ["text", "code", "money", "integer", "number", "date", "phone", "national_id", "province"]
)
def test_words_for_nothing_are_no_answer(read, kind, word):
    """Case 37."""
    assert read(kind, word) == (None, None, "missing_word")


@pytest.mark.parametrize("blank", [None, "", "  ", "\u200b", "\u00a0"])
@pytest.mark.parametrize("kind", ["text", "code", "money", "date", "boolean", "choice", "district"])
def test_a_blank_cell_is_no_answer_and_no_news(read, kind, blank):
    """Case 37."""
    assert read(kind, blank) == (None, None, None)


def test_people_may_be_called_null(read):
    assert read("text", "Null") == ("Null", None, None)
    assert read("money", "Null") == (None, None, "missing_word")


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?"])
@pytest.mark.parametrize("kind", ["text", "code", "money", "integer", "date", "boolean", "choice", "phone", "province"])
def test_an_excel_error_is_no_answer(read, kind, error):
    """Case 20."""
    assert read(kind, error) == (None, None, "excel_error")


@pytest.mark.parametrize("kind", ["text", "code", "choice", "province", "money", "boolean"])
def test_text_decoded_wrongly_is_refused(read, kind):
    """Case 4."""
    garbled = "สมชาย".encode().decode("latin-1")
    assert read(kind, garbled) == (None, "mojibake", None)
