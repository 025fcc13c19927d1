"""Costs of results, each worked by hand from the estimate and the rows that it rests on."""

import polars as pl
import pytest

from tests.transforms.test_estimate import INDICATORS, estimated, indicator, programme, responses

BUDGET = 900_000.0
COSTS = {
    "each_person": indicator("cost", "budget / people", of="count"),
    "each_online": indicator("cost", "budget / online", of="level"),
    "each_job": indicator("cost", "budget / jobs", of="effect"),
    "each_baht": indicator("cost", "budget / sales", of="effect"),
    "each_baht_of_profit": indicator("cost", "budget / profit", of="effect"),
}


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return responses()


@pytest.fixture(scope="module")
def found(rows: pl.DataFrame) -> pl.DataFrame:
    declared = programme(indicators={**INDICATORS, **COSTS}, budget={"y1": BUDGET}, breakdowns=[])
    return estimated(rows, declared)


def cost(found: pl.DataFrame, name: str, round_: str = "m6") -> dict[str, float]:
    return found.filter(pl.col("indicator") == name, pl.col("round") == round_).row(0, named=True)


def result(found: pl.DataFrame, name: str, quantity: str, arm: str, round_: str = "m6") -> dict[str, float]:
    return found.filter(indicator=name, quantity=quantity, arm=arm, round=round_).row(0, named=True)


def treated(rows: pl.DataFrame, round_: str) -> pl.DataFrame:
    return rows.filter(pl.col("round") == round_, pl.col("arm") == "treated")


def test_a_count_is_exact(found: pl.DataFrame) -> None:
    told = cost(found, "each_person", "start")

    assert told["value"] == pytest.approx(BUDGET / result(found, "people", "count", "all", "start")["value"])
    assert told["low"] is told["high"] is None


def test_a_share_is_of_all_who_were_treated(rows: pl.DataFrame, found: pl.DataFrame) -> None:
    share, people = result(found, "online", "level", "treated"), treated(rows, "start").height
    told = cost(found, "each_online")

    assert told["value"] == pytest.approx(BUDGET / (share["value"] * people))
    assert told["low"] == pytest.approx(BUDGET / (share["high"] * people))
    assert told["high"] == pytest.approx(BUDGET / (share["low"] * people))
    assert told["arm"] == "treated"


def test_an_effect_in_per_cent_is_of_what_there_would_have_been(rows: pl.DataFrame, found: pl.DataFrame) -> None:
    effect, now = result(found, "sales", "effect", "both"), treated(rows, "m6")
    reached = now.select(pl.when("closed").then(0).otherwise(pl.when("answered").then("sales")).mean()).item()
    people = treated(rows, "start").height

    more = effect["value"] / (1 + effect["value"]) * reached * people
    assert cost(found, "each_baht")["value"] == pytest.approx(BUDGET / more, rel=1e-6)


def test_an_effect_that_may_be_nothing_has_no_upper_end(found: pl.DataFrame) -> None:
    for name, of in (("each_job", "jobs"), ("each_baht_of_profit", "profit")):
        effect, told = result(found, of, "effect", "both"), cost(found, name)
        assert (told["value"] is None) == (effect["value"] <= 0)
        assert (told["low"] is None) == (effect["high"] <= 0)
        assert (told["high"] is None) == (effect["low"] <= 0)
        assert (told["method"] == "cost_of_effect_open") == (effect["low"] <= 0)
    open_ends = {
        name for name in COSTS if cost(found, name, "start" if name == "each_person" else "m6")["high"] is None
    }
    assert open_ends != set(COSTS)


def test_what_a_cost_rests_on_is_what_its_result_rests_on(found: pl.DataFrame) -> None:
    effect, told = result(found, "jobs", "effect", "both"), cost(found, "each_job")

    for name in ("n", "n_comparison", "clusters", "clusters_comparison", "df", "population"):
        assert told[name] == effect[name]
