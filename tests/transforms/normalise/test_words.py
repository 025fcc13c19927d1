"""Yes, no and choices, by the cases of the bad-input catalogue."""

import pytest


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        *((yes, True) for yes in ("ใช่", "มี", "Yes", "1", "1.0", "TRUE", "๑", " ยินยอม ")),
        *((no, False) for no in ("ไม่ใช่", "ไม่มี", "NO", "0", "ไม่ยินยอม")),
    ],
)
def test_yes_and_no_are_read_in_many_words(read, typed, answer):
    """Case 37: "ไม่มี" is an answer to a yes-or-no question."""
    assert read("boolean", typed) == (answer, None, None)


def test_neither_yes_nor_no_is_refused(read):
    assert read("boolean", "อาจจะ") == (None, "not_a_boolean", None)


@pytest.mark.parametrize(
    "typed",
    ["trade", "Trade", "TRADE", "การค้า (ปลีก-ส่ง)", "การค้า(ปลีก-ส่ง)", "ค้าขาย", "1", "1.0", "๑", "การค้\u200bา (ปลีก-ส่ง)"],
)
def test_a_choice_is_read_by_its_value_title_or_what_it_accepts(read, typed):
    """Cases 55, 56."""
    assert read("choice", typed) == ("trade", None, None)


def test_a_choice_may_be_a_word_for_nothing(read):
    """Case 37."""
    assert read("choice", "ไม่มี") == ("none", None, None)


def test_an_option_nobody_declared_is_refused(read):
    """Case 61."""
    assert read("choice", "การเกษตร") == (None, "unknown_choice", None)


def test_a_spelling_of_two_choices_is_neither(read):
    choices = [
        {"value": "small", "title": {"th": "เล็ก", "en": "S M"}},
        {"value": "medium", "title": {"th": "กลาง", "en": "sm"}},
    ]
    assert read("choice", "SM", choices=choices) == (None, "unknown_choice", None)
    assert read("choice", "sm", choices=choices) == ("medium", None, None)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("trade", "trade"),
        ("none trade none", "trade none"),
        ("การค้า (ปลีก-ส่ง)", "trade"),
        ("ไม่มี, การค้า (ปลีก-ส่ง)", "trade none"),
        ("Trade;\nNone", "trade none"),
        ("๑", "trade"),
    ],
)
def test_several_choices_are_read_each_once_in_the_order_of_the_form(read, typed, answer):
    """Case 61."""
    assert read("choices", typed) == (answer, None, None)


@pytest.mark.parametrize("typed", ["trade farming", "farming", "trade, "[:-1] + "?"])
def test_one_unknown_choice_among_several_refuses_the_answer(read, typed):
    """Case 61."""
    assert read("choices", typed) == (None, "unknown_choice", None)
