"""Answers made of a repeated group's rows, as both kinds of server write them."""

import json
from datetime import date

import polars as pl
import pytest

from transforms.normalise import rules_for
from transforms.programme import Question
from transforms.repeats import UNREADABLE, combined

SECRET = "ความลับ0812345678"


def question(combine, kind="number", each="age", path="household/member", **more):
    words = {"th": "ก", "en": "a"}
    return Question.model_validate(
        {"path": path, "type": kind, "title": words, "each": each, "combine": combine, **more}
    )


def read(asked, *texts):
    return combined(pl.Series(texts, dtype=pl.String), asked, rules_for(asked, date(2026, 6, 1), "Asia/Bangkok"))


def values(asked, *texts):
    found = read(asked, *texts)
    assert (found.refused, found.noted) == ({}, {})
    return found.values.to_list()


KOBO = '[{"household/member/name":"ก","household/member/age":"39"},{"household/member/age":"2"}]'
ODK = '[{"__id":"a","name":"ก","age":39},{"__id":"b","name":"ข","age":2}]'


@pytest.mark.parametrize("text", [KOBO, ODK, ODK.replace(",", ",\n"), f" {KOBO}\r\n"])
@pytest.mark.parametrize(
    ("combine", "kind", "expected"),
    [
        ("count", "integer", 2),
        ("sum", "integer", 41),
        ("sum", "money", 41.0),
        ("mean", "number", 20.5),
        ("minimum", "integer", 2),
        ("maximum", "number", 39.0),
        ("list", "text", "39; 2"),
    ],
)
def test_children_are_combined_as_both_servers_write_them(text, combine, kind, expected):
    assert values(question(combine, kind), text) == [expected]


def test_a_group_inside_the_repeat_is_an_object_or_a_longer_path():
    asked = question("sum", each="work/hours")
    kobo = '[{"household/member/work/hours":"3"},{"household/member/work/hours":"4"}]'
    odk = '[{"work":{"hours":3}},{"work":{"hours":4}}]'
    assert values(asked, kobo, odk, '[{"work":null}]') == [7.0, 7.0, None]


def test_a_group_that_was_renamed_is_read_under_both_paths():
    asked = question("sum", path=("household/member", "family/member"))
    assert values(asked, KOBO, KOBO.replace("household", "family")) == [41.0, 41.0]


@pytest.mark.parametrize(
    ("combine", "expected"), [("count", 0), ("sum", 0), ("mean", None), ("minimum", None), ("maximum", None)]
)
def test_without_children_there_are_none_and_no_mean_of_them(combine, expected):
    assert values(question(combine), None, "[]", "") == [expected] * 3


@pytest.mark.parametrize(
    ("combine", "kind", "expected"),
    [
        ("sum", "number", None),
        ("mean", "number", 39.0),
        ("minimum", "number", 39.0),
        ("maximum", "number", 39.0),
        ("count", "integer", 1),
        ("list", "text", "39"),
    ],
)
def test_a_child_that_did_not_answer_leaves_the_sum_unknown_and_is_left_out_of_the_others(combine, kind, expected):
    assert values(question(combine, kind), '[{"age":"39"},{"name":"ก"}]') == [expected]


def test_a_count_without_each_counts_the_children_whatever_they_answered():
    assert values(question("count", "integer", each=None), '[{"age":"39"},{},{"name":"ก"}]', KOBO, None) == [3, 2, 0]


def test_there_are_as_many_children_as_the_submissions_have_together():
    sizes = [number % 7 for number in range(5_000)]
    texts = [json.dumps([{"age": 1}] * size) if size else None for size in sizes]
    assert values(question("count", "integer", each=None), *texts) == sizes
    assert sum(values(question("sum", "integer"), *texts)) == sum(sizes)


UNREADABLE_TEXTS = [
    '[{"age":"1"}',
    '{"age":"1"}',
    '"[]"',
    "[1, 2]",
    "[],[]",
    '[{"age":"1"}],[{"age":"2"}]',
    '[{"age":[{"deeper":"1"}]}]',
    '[{"age":{"deeper":"1"}}]',
    "null",
    "-",
    "[" * 5_000 + "]" * 5_000,
    f'[{{"age":"{SECRET}}}]',
]


@pytest.mark.parametrize("text", UNREADABLE_TEXTS)
def test_what_is_no_list_of_children_is_set_aside_alone(text):
    found = read(question("sum"), KOBO, text, None, ODK, text)
    assert {code: rows.to_list() for code, rows in found.refused.items()} == {UNREADABLE: [1, 4]}
    assert [found.values[row] for row in (0, 2, 3)] == [41.0, 0.0, 41.0]


def test_nothing_wrong_shifts_what_stands_below():
    texts = [KOBO, *UNREADABLE_TEXTS, ODK] * 20
    found = read(question("sum"), *texts)
    whole = [row for row, text in enumerate(texts) if text in (KOBO, ODK)]
    assert set(found.values.gather(whole).to_list()) == {41.0}
    assert len(found.refused[UNREADABLE]) == len(texts) - len(whole)


def test_a_child_s_answer_is_read_as_any_answer_of_its_type():
    found = read(question("sum", "money"), '[{"age":"1,200 บาท"},{"age":"๓๐๐"}]', '[{"age":"5"},{"age":"many"}]')
    assert found.values.to_list() == [1500.0, None]
    assert {code: rows.to_list() for code, rows in found.refused.items()} == {"not_a_number": [1]}


def test_no_message_quotes_an_answer(capfd):
    read(question("sum"), f'[{{"age":"{SECRET}}}]', f'[{{"age":[{{"x":"{SECRET}"}}]}}]')
    assert SECRET not in "".join(capfd.readouterr())
