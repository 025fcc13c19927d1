"""What a primary indicator's hash stands for, and how an indicator was stated."""

from copy import deepcopy
from datetime import UTC, date, datetime

import polars as pl
import pytest

from transforms.freezing import definition_hash, differences, plan_hash, standing
from transforms.programme import Freeze, Programme
from transforms.stating import first_answers, statements


@pytest.fixture
def primary(declared):
    """The small programme, with sales as its primary indicator."""
    declared["indicators"]["sales"]["role"] = "primary"
    return declared


def changed(declared, path, value):
    """The programme with one field declared otherwise."""
    other = deepcopy(declared)
    *tables, field = path.split("/")
    place = other
    for each in tables:
        place = place[int(each)] if isinstance(place, list) else place[each]
    place[field] = value
    return Programme.model_validate(other)


def frozen(declared, *days):
    """The programme as frozen at noon UTC of each day."""
    programme = Programme.model_validate(declared)
    known = {"sales": definition_hash("sales", programme)}
    freezes = [
        Freeze(frozen_at=datetime(2026, 1, day, 12, tzinfo=UTC), plan=plan_hash(programme), indicators=known)
        for day in days
    ]
    return programme.model_copy(update={"freezes": tuple(freezes)})


DECIDING = {
    "indicators/sales/value": "sales_k_thb * 2",
    "indicators/sales/statistic": "mean",
    "indicators/sales/population": "sex = 'female'",
    "indicators/sales/per": "sales_thb",
    "indicators/sales/rounds": ["m6"],
    "indicators/sales/quantities": ["effect"],
    "indicators/sales/headline": "effect",
    "indicators/sales/when_closed": None,
    "indicators/sales/recall_months": 1,
    "indicators/sales/change_as": "percent",
    "indicators/sales/smallest_effect": 0.1,
    "indicators/sales/family": "money",
    "indicators/sales/version": 2,
    "indicators/skill_in_use/family": "growth",
    "derived/sales_k_thb/value": "sales_thb / 100",
    "forms/follow_up/questions/sales_thb/path": "sales_2",
    "forms/follow_up/questions/sales_thb/maximum": 9.0,
    "design/kind": "before_after",
    "design/treatment": "arm_offered <> 'trained'",
    "design/cluster": "participant",
    "design/smallest_effect_sd": 0.3,
    "rounds/2/months": 7,
    "contact/closed": [],
    "weights": {"covariates": ["sex"]},
}


@pytest.mark.parametrize("path", DECIDING)
def test_whatever_decides_the_numbers_changes_the_hash(primary, path):
    before = definition_hash("sales", Programme.model_validate(primary))
    assert definition_hash("sales", changed(primary, path, DECIDING[path])) != before


OTHERS = {
    "indicators/sales/title": {"th": "ยอดขาย", "en": "Turnover"},
    "indicators/sales/meaning": {"th": "ความหมาย", "en": "Other words"},
    "indicators/sales/unit": {"th": "บาท", "en": "baht"},
    "indicators/sales/target": 5.0,
    "indicators/sales/codes": ["SDG 8.5"],
    "indicators/skill_in_use/value": "not skill_used",
    "forms/follow_up/questions/sales_thb/title": {"th": "ขาย", "en": "Sold"},
    "derived/sales_k_thb/title": {"th": "ขาย", "en": "Sold"},
    "design/arms": {"treated": {"th": "อบรม", "en": "taught"}, "comparison": {"th": "รอ", "en": "in line"}},
    "rounds/2/title": {"th": "เดือน 6", "en": "Half a year"},
}


@pytest.mark.parametrize("path", OTHERS)
def test_a_label_or_another_indicator_leaves_the_hash_and_changes_that_of_the_plan(primary, path):
    before, now = Programme.model_validate(primary), changed(primary, path, OTHERS[path])
    assert definition_hash("sales", now) == definition_hash("sales", before)
    assert plan_hash(now) != plan_hash(before)


def test_the_order_of_the_file_leaves_both_hashes(primary):
    turned = deepcopy(primary)
    turned["indicators"] = dict(reversed(turned["indicators"].items()))
    before, now = (Programme.model_validate(each) for each in (primary, turned))
    assert definition_hash("sales", now) == definition_hash("sales", before)
    assert plan_hash(now) == plan_hash(before)


@pytest.mark.parametrize(
    ("first_answer", "told"),
    [(None, "in_advance"), (date(2026, 1, 6), "in_advance"), (date(2026, 1, 5), "after_answers")],
)
def test_in_advance_is_a_day_before_the_first_answer(primary, first_answer, told):
    assert standing("sales", frozen(primary, 5), first_answer) == told


def test_what_is_frozen_again_unchanged_stands_since_its_first_freeze(primary):
    assert standing("sales", frozen(primary, 5, 20), date(2026, 1, 10)) == "in_advance"


def test_a_definition_that_changed_and_was_frozen_again_stands_since_then(primary):
    programme = frozen(primary, 5, 20)
    old = programme.freezes[0].model_copy(update={"indicators": {"sales": "0" * 64}})
    programme = programme.model_copy(update={"freezes": (old, programme.freezes[1])})
    assert standing("sales", programme, date(2026, 1, 10)) == "after_answers"


def test_a_changed_definition_is_told(primary):
    freezes = frozen(primary, 5).freezes
    now = changed(primary, "indicators/sales/value", "sales_thb").model_copy(update={"freezes": freezes})
    assert standing("sales", now, None) == "changed"
    assert differences(now) == ("the definition of 'sales' has changed",)


def test_a_primary_indicator_that_no_freeze_holds_was_never_frozen(primary):
    primary["indicators"]["skill_in_use"]["role"] = "primary"
    programme = frozen(primary, 5)
    assert standing("skill_in_use", programme, None) == "never_frozen"
    assert differences(programme) == ("'skill_in_use' is primary now and was not then",)


def test_the_table_tells_of_each_indicator_by_the_answers_it_rests_on(primary):
    primary["indicators"]["sales"]["rounds"] = ["m6"]
    responses = pl.DataFrame(
        {
            "round": ["registration", "m3", "m6", "m6"],
            "registered_on": [date(2025, 10, 1)] * 4,
            "answered_on": [None, date(2025, 12, 30), date(2026, 1, 6), date(2026, 1, 2)],
            "answered": [True, True, True, False],
            "closed": [False] * 4,
        }
    )
    programme = frozen(primary, 5)
    began = first_answers(responses, programme)
    assert began == {"registration": date(2025, 10, 1), "m3": date(2025, 12, 30), "m6": date(2026, 1, 6)}
    told = statements(programme, began).select("indicator", "role", "standing").rows()
    assert told == [("sales", "primary", "in_advance"), ("skill_in_use", "exploratory", "exploratory")]
