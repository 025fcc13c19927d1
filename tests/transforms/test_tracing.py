import duckdb
import pytest

from transforms.programme import Programme
from transforms.tracing import rows_behind


@pytest.fixture
def programme(declared):
    return Programme.model_validate(declared)


def estimate(programme, **parts):
    name = next(name for name, each in programme.indicators.items() if each.statistic != "count")
    key = {
        "period": "p",
        "indicator": name,
        "quantity": "level",
        "round": "m3",
        "arm": "all",
        "by": "x",
        "group": "all",
    }
    return key | parts


def test_a_level_asks_of_its_round_alone(programme):
    assert "measurements.round in ('m3')" in rows_behind(estimate(programme), programme)


def test_a_change_asks_of_the_baseline_too(programme):
    question = rows_behind(estimate(programme, quantity="change"), programme)
    assert f"'{programme.baseline.id}'" in question.split("\n")[4]


def test_a_group_with_a_quote_in_its_name_stays_a_text(programme):
    question = rows_behind(estimate(programme, by="province", group="O'Hara"), programme)
    assert """"at_start"."province"::varchar = 'O''Hara'""" in question
    assert len(duckdb.extract_statements(question)) == 1


def test_an_arm_is_asked_for_only_where_there_is_one(programme):
    assert "at_start.arm" not in rows_behind(estimate(programme, arm="both"), programme)
    assert "at_start.arm = 'treated'" in rows_behind(estimate(programme, arm="treated"), programme)


def test_a_cost_asks_for_the_rows_of_its_result(programme):
    result = estimate(programme)
    costing = {"statistic": "cost", "value": f"budget / {result['indicator']}", "of": "change"}
    cost = programme.indicators[result["indicator"]].model_copy(update=costing)
    costed = programme.model_copy(update={"indicators": programme.indicators | {"cost": cost}})

    question = rows_behind(result | {"indicator": "cost", "quantity": "level"}, costed)

    assert question == rows_behind(result | {"quantity": "change"}, programme)
