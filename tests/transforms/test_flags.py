"""The checks find what was planted among ordinary answers, tell no answer, and leave everything else alone."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import transforms.flags
from tests.declaring import form_of, question
from transforms import tables
from transforms.flags import accepting, flags
from transforms.programme import Checks, Form, Programme

COUNT = 60
MISSING, SD, IQR = "missing", "outlier_sd", "outlier_iqr"


@pytest.fixture
def form() -> Form:
    return form_of(
        {
            "participant_id": question("id", "code", identity=True, required=True),
            "registered_on": question("date", "date"),
            "province": question("province", "province", profile=True),
            "enumerator": question("enumerator", "code"),
            "started_at": question("start"),
            "ended_at": question("end"),
            "gps": question("gps", identity=True),
            "sales": question("sales", "money"),
            "cost": question("cost", "money"),
            "workers": question("workers", "integer"),
            "sells_online": question("online", "boolean"),
        }
    )


@pytest.fixture
def known(declared: dict[str, Any], form: Form) -> Programme:
    programme = Programme.model_validate(declared)
    return programme.model_copy(update={"forms": {**programme.forms, "registration": form}})


@pytest.fixture
def flagged(form: Form, known: Programme):
    """The flags of answers, as (check, submission's row, field, detail, group)."""

    def found(answers: dict[str, list[Any]], **checks: Any) -> list[tuple[str, str, str, str, str]]:
        programme = known.model_copy(update={"checks": Checks.model_validate(checks)})
        table = flags(accepted(answers), "sheets", form, programme)
        rows = table.select("check", "submission", "field", "detail", "group").rows()
        return [(check, place.rpartition("#")[2], *more) for check, place, *more in rows]

    return found


def ordinary(count: int = COUNT) -> dict[str, list[Any]]:
    """Answers in which there is nothing to see."""
    draw = np.random.default_rng(1)
    return {
        "participant_id": [f"P{each}" for each in range(count)],
        "province": ["85", "86"] * (count // 2),
        "enumerator": ["E1", "E1", "E2", "E2"] * (count // 4),
        "started_at": ["2026-01-05T09:00:00.000+07:00"] * count,
        "ended_at": ["2026-01-05T09:40:00.000+07:00"] * count,
        "gps": [f"9.{10000 + each} 98.{20000 + each} 5 4" for each in range(count)],
        "sales": np.exp(draw.normal(9, 0.5, count)).round().tolist(),
        "cost": np.exp(draw.normal(8, 0.5, count)).round().tolist(),
        "workers": draw.integers(1, 6, count).tolist(),
        "sells_online": [True, False, False, True] * (count // 4),
    }


def changed(**changes: dict[int, Any]) -> dict[str, list[Any]]:
    """Ordinary answers, of which some rows' (counted from 0) are others."""
    answers = ordinary()
    for name, rows in changes.items():
        for row, value in rows.items():
            answers[name][row] = value
    return answers


def accepted(answers: dict[str, list[Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(answers, schema_overrides={"sales": pl.Float64, "cost": pl.Float64})
    return frame.with_columns(
        registered_on=pl.date(2026, 1, 5),
        _source=pl.lit("sheets"),
        _key=pl.lit(None, dtype=pl.String),
        _file=pl.lit("a.csv"),
        _row=pl.int_range(frame.height, dtype=pl.Int64),
    )


def test_ordinary_answers_get_no_flag(flagged):
    assert flagged(ordinary()) == []


def test_no_submission_is_no_flag(form, known):
    assert flags(accepted(ordinary()).clear(), "sheets", form, known).is_empty()


def test_a_question_that_many_leave_out_is_flagged_once(flagged):
    found = flagged(changed(workers=dict.fromkeys(range(0, 40, 2)) | dict.fromkeys(range(1, 40, 2))))
    assert [each for each in found if each[0] == MISSING] == [(MISSING, "", "workers", "67 %", "")]


@pytest.mark.parametrize("name", ["row", "field", "missing", "value", "group", "submission", "check", "detail"])
def test_a_question_may_be_called_as_a_column_of_the_flags(form, known, name):
    asked = dict(form.questions)
    asked[name] = asked.pop("workers")
    renamed = form.model_copy(update={"questions": asked})
    answers = changed(workers=dict.fromkeys(range(40)), sales={57: 9_000_000.0})
    answers[name] = answers.pop("workers")
    found = flags(accepted(answers), "sheets", renamed, known).select("check", "field", "submission").rows()
    assert sorted(found) == [(MISSING, name, ""), (IQR, "sales", "a.csv#57"), (SD, "sales", "a.csv#57")]


def test_a_question_for_those_alone_who_answer_nothing_else_is_not_missed(known):
    rows = accepted(ordinary()).select(
        "^_.*$",
        "participant_id",
        answered_on=pl.when(pl.col("_row") < 2).then(pl.date(2026, 4, 5)),
        contact_result=pl.when(pl.col("_row") < 2).then(pl.lit("closed_business")).otherwise(pl.lit("completed")),
        sales_thb=pl.lit(None, dtype=pl.Float64),
        skill_used=pl.lit(value=True),
    )
    found = flags(rows, "calls", known.forms["follow_up"], known)
    assert found.select("check", "field", "detail").rows() == [(MISSING, "sales_thb", "100 %")]


def test_an_amount_far_from_the_others_is_flagged_by_both_measures(flagged):
    found = flagged(changed(sales={7: 9_000_000.0}))
    assert [each[:3] for each in found] == [(IQR, "7", "sales"), (SD, "7", "sales")]
    assert all(each[3].startswith("+") and "9" not in each[3].split()[0][:2] for each in found)


def test_money_is_compared_by_its_logarithm_so_a_small_amount_stands_out_too(flagged):
    [(check, row, _, detail, _)] = flagged(changed(sales={7: 40.0}), outlier_iqr=100)
    assert (check, row, detail[0]) == (SD, "7", "-")


def test_an_amount_that_is_usual_in_its_group_is_not_flagged(flagged):
    rich = {each: 10_000_000.0 + 100_000 * each for each in range(0, COUNT, 2)}
    assert flagged(changed(sales=rich), group="province") == []
    groups = {each[4] for each in flagged(changed(sales=rich | {0: 1.0}), group="province")}
    assert groups == {"85"}


def test_fewer_answers_than_a_comparison_needs_are_not_compared(flagged):
    assert flagged(changed(sales={7: 9_000_000.0}), fewest=COUNT + 1) == []


RULE = {"id": "online_needs_sales", "holds": "sales > 0 or not sells_online", "title": {"th": "ก", "en": "a"}}


def test_a_rule_that_does_not_hold_is_flagged_and_an_unknown_answer_breaks_none(flagged):
    answers = changed(sales={0: 0.0, 1: 0.0, 3: None})
    found = [each for each in flagged(answers, rules=[RULE]) if each[0] == "rule"]
    assert found == [("rule", "0", "online_needs_sales", "", "E1")]


def test_a_rule_about_questions_that_the_form_does_not_ask_is_passed_over(flagged):
    assert flagged(ordinary(), rules=[RULE | {"holds": "skill_used"}]) == []


@pytest.mark.parametrize(
    ("ended", "check", "detail"),
    [
        ("2026-01-05T09:02:00.000+07:00", "duration_short", "2 min"),
        ("2026-01-05T02:03:00Z", "duration_short", "3 min"),
        ("2026-01-05 09:01", "duration_short", "1 min"),
        ("2026-01-05T14:30:00.000+07:00", "duration_long", "330 min"),
        ("2026-01-05T08:30:00.000+07:00", "ends_before_start", "-30 min"),
        ("about nine", "time_unreadable", ""),
    ],
)
def test_an_interview_of_an_odd_length_is_flagged_with_its_enumerator(flagged, ended, check, detail):
    assert flagged(changed(ended_at={2: ended})) == [(check, "2", "ended_at", detail, "E2")]


def test_two_people_at_one_place_are_flagged_and_the_place_is_not_told(flagged):
    found = flagged(changed(gps={4: "9.10003 98.20003 7 3"}))
    assert found == [(("same_place"), row, "gps", "with 1 more", "E2" if row == "3" else "E1") for row in ("3", "4")]
    geojson = '{"type":"Point","coordinates":[98.5,9.5,0]}'
    assert [each[1] for each in flagged(changed(gps={4: geojson, 9: geojson}))] == ["4", "9"]


def test_one_person_who_answers_twice_at_one_place_is_not_flagged(flagged):
    assert flagged(changed(gps={4: "9.10003 98.20003 7 3"}, participant_id={4: "P3"})) == []


def test_two_people_with_the_same_answers_are_flagged(flagged):
    answers = ordinary()
    for name in ("sales", "cost", "workers", "sells_online"):
        answers[name][41] = answers[name][10]
    assert [each[:3] for each in flagged(answers)] == [("same_answers", "10", ""), ("same_answers", "41", "")]


def test_people_who_agree_in_having_nothing_are_not_flagged(flagged):
    nothing = dict.fromkeys((5, 6), 0)
    found = flagged(changed(sales=nothing, cost=nothing, workers=nothing, sells_online=dict.fromkeys((5, 6), False)))
    assert "same_answers" not in {each[0] for each in found}


def test_an_enumerator_whose_answers_differ_from_the_others_is_flagged(flagged):
    first = [row for row in range(COUNT) if row % 4 < 2]
    answers = changed(sells_online=dict.fromkeys(first, True), workers=dict.fromkeys(first[::2]))
    found = [each for each in flagged(answers, missing_share=1) if each[0].startswith("enumerator")]
    assert {(check, field, group) for check, _, field, _, group in found} == {
        ("enumerator_mean", "sells_online", "E1"),
        ("enumerator_mean", "sells_online", "E2"),
        ("enumerator_missing", "workers", "E1"),
        ("enumerator_missing", "workers", "E2"),
    }
    assert {group: detail[0] for check, _, _, detail, group in found if check == "enumerator_mean"} == {
        "E1": "+",
        "E2": "-",
    }


def test_the_distance_of_an_enumerator_is_that_of_welch(flagged):
    ours, others = [True] * 18 + [False] * 2, [True] * 5 + [False] * 35
    answers = changed() | {"enumerator": ["E1"] * 20 + ["E2"] * 40, "sells_online": ours + others}
    mean, rest = np.mean(ours), np.mean(others)
    error = np.sqrt(np.var(ours, ddof=1) / 20 + np.var(others, ddof=1) / 40)
    [detail] = [each[3] for each in flagged(answers) if each[0] == "enumerator_mean" and each[4] == "E1"]
    assert detail == f"+{(mean - rest) / error:.1f} SE"


def test_whoever_was_not_reached_leaves_nothing_to_check(known):
    follow_up = known.forms["follow_up"]
    rows = accepted(ordinary()).select(
        "^_.*$",
        "participant_id",
        answered_on=pl.date(2026, 4, 5),
        contact_result=pl.lit("refused"),
        sales_thb=pl.lit(None, dtype=pl.Float64),
        skill_used=pl.lit(None, dtype=pl.Boolean),
    )
    assert flags(rows, "calls", follow_up, known).is_empty()


def test_no_flag_tells_an_answer(form, known):
    canary = 987_654_321.0
    answers = changed(sales={7: canary}, gps=dict.fromkeys((1, 2), "13.777777 100.777777 1 1"), workers={3: 777_777})
    found = flags(accepted(answers), "sheets", form, known)
    assert {SD, "same_place"} <= set(found["check"].cast(pl.String))
    assert not [text for text in ("98765", "7777", "100.7") if text in str(found.rows())]


def test_an_accepted_flag_is_silent_for_good(form, known):
    found = flags(accepted(changed(sales={7: 9e6, 8: 9e6})), "sheets", form, known)
    accepts = pl.DataFrame({"submission": ["a.csv#7", "a.csv#8"], "field": ["sales", "cost"]})
    told = accepting(found, accepts).filter("accepted")["submission"].unique().to_list()
    assert told == ["a.csv#7"]
    whole = pl.DataFrame({"submission": ["a.csv#8"], "field": [""]})
    assert set(accepting(found, whole).filter("accepted")["submission"]) == {"a.csv#8"}
    assert accepting(found, accepts.clear())["accepted"].sum() == 0


def test_every_check_that_is_raised_is_one_of_the_table():
    code = "\n".join(path.read_text(encoding="utf-8") for path in Path(transforms.flags.__file__).parent.glob("*.py"))
    raised = set(
        re.findall(
            r'"((?:missing|rule|outlier|time|ends|duration|same|enumerator)(?:_[a-z]+)+)"|"(missing|rule)"', code
        )
    )
    assert {first or second for first, second in raised} == set(tables.CHECKS)
