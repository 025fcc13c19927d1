"""What stands beside money: against the same statistics by hand, under a known truth, and what it must not do."""

import math

import numpy as np
import polars as pl
import pytest

from tests.transforms.test_estimate import estimated, indicator, programme, responses
from transforms.beside import BESIDE
from transforms.estimators import difference_in_differences
from transforms.estimators.mean import mean

SALES = {"sales": indicator("money", "sales", change_as="percent", when_closed=0)}
INDICATORS = SALES | {"profit": indicator("money", "profit")}


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return responses()


@pytest.fixture(scope="module")
def found(rows: pl.DataFrame) -> pl.DataFrame:
    return estimated(rows, programme(indicators=INDICATORS))


@pytest.fixture(scope="module")
def units(rows: pl.DataFrame) -> pl.DataFrame:
    """Who told of sales at both rounds: `before`, `after`, `cluster`, `treated`; closed is 0."""
    known = rows.filter(pl.col("answered") | pl.col("closed"))
    sales = known.select("participant", "round", "cluster", "arm", sales=pl.when(~pl.col("closed")).then("sales"))
    wide = sales.with_columns(pl.col("sales").fill_null(0)).pivot(
        "round", index=["participant", "cluster", "arm"], values="sales"
    )
    both = wide.drop_nulls(["start", "m6"])
    return both.select("cluster", before="start", after="m6", treated=pl.col("arm").cast(pl.String) == "treated")


def one(found: pl.DataFrame, term: str, quantity: str, arm: str, name: str = "sales", round_: str = "m6"):
    wanted = {"indicator": name, "term": term, "quantity": quantity, "arm": arm, "round": round_}
    kept = found.filter(*(pl.col(key).cast(pl.String) == value for key, value in wanted.items()))
    assert kept.height == 1
    return kept.row(0, named=True)


def test_the_limit_of_winsorised_money_is_that_of_both_arms_at_the_baseline(rows, found, units) -> None:
    limit = rows.filter(pl.col("round") == "start")["sales"].quantile(0.99, interpolation="linear")
    held = units.with_columns(pl.col("before", "after").clip(0, limit))
    change = held["after"] - held["before"]
    by_hand, form = difference_in_differences.difference(change, held["cluster"], held["treated"])
    told = one(found, "winsorised", "effect", "both")

    assert told["method"] == f"winsorised_difference_in_differences_{form}"
    assert told["value"] == pytest.approx(by_hand.value, rel=1e-9)
    assert told["standard_error"] == pytest.approx(by_hand.standard_error, rel=1e-9)
    assert told["n"] + told["n_comparison"] == units.height
    assert units["after"].max() > limit  # else nothing was drawn in


def test_the_share_above_zero_counts_who_has_closed(rows, found) -> None:
    arm = rows.filter(pl.col("round") == "m6", pl.col("arm") == "treated")
    told = one(found, "positive", "level", "treated")

    assert told["numerator"] == arm["answered"].sum()
    assert told["n"] == (arm["answered"] | arm["closed"]).sum()
    assert told["method"] == "proportion_wilson_effective_n"


def test_the_log_ratio_is_of_survivors_alone(found, units) -> None:
    alive = units.filter(pl.col("treated"), pl.col("after") > 0)
    logs = alive.select((pl.col("after") / pl.col("before")).log().alias("log"))["log"]
    by_hand = mean(logs, alive["cluster"])
    told = one(found, "survivors", "change", "treated")

    assert told["value"] == pytest.approx(math.exp(by_hand.value) - 1, rel=1e-9)
    assert told["low"] == pytest.approx(math.exp(by_hand.low) - 1, rel=1e-9)
    assert told["p_value"] == pytest.approx(by_hand.p_value, rel=1e-9)
    assert (told["n"], told["missing"], told["attrition_overall"]) == (alive.height, 0, None)


def test_a_growth_of_survivors_that_is_known_comes_out() -> None:
    rows, grown = responses(2000, seed=3), 0.25
    start = rows.filter(pl.col("round") == "start").select("participant", first="sales")
    noise = pl.Series(np.random.default_rng(5).lognormal(0, 0.1, rows.height))
    known = rows.join(start, on="participant", maintain_order="left").with_columns(
        sales=pl.when(pl.col("round") == "start")
        .then("first")
        .otherwise(pl.col("first") * noise * pl.when(pl.col("treated")).then(1 + grown).otherwise(1.0))
    )
    told = one(estimated(known.drop("first"), programme(indicators=SALES)), "survivors", "effect", "both")

    assert told["low"] < grown < told["high"]
    assert told["value"] == pytest.approx(grown, abs=0.02)


def test_the_growth_of_survivors_knows_no_currency(rows, found) -> None:
    in_satang = estimated(rows.with_columns(pl.col("sales") * 100), programme(indicators=SALES))
    same = [one(each, "survivors", "effect", "both")["value"] for each in (found, in_satang)]

    assert same[0] == pytest.approx(same[1], rel=1e-9)


def test_the_lead_figures_are_what_they_are_without_it(found) -> None:
    beside = found.filter(pl.col("term").is_in(BESIDE))

    assert beside["q_value"].null_count() == beside["baseline_sd"].null_count() == beside.height
    assert set(beside["by"]) == {"programme"}
    # As many tests a family as there are lead figures: nothing that stands beside them is one.
    tests = found.filter(pl.col("by") == "programme", pl.col("q_value").is_not_null())
    assert set(tests["term"]) == {""}


def test_money_that_may_be_negative_has_no_logarithm_and_no_second_winsorised_effect(found) -> None:
    profit = found.filter(pl.col("indicator") == "profit", pl.col("term") != "")

    assert set(zip(profit["term"], profit["quantity"].cast(pl.String), strict=True)) == {
        ("winsorised", "change"),
        ("positive", "level"),
        ("positive", "effect"),
    }


def test_a_change_that_one_enterprise_makes_up_is_not_told_in_money(rows) -> None:
    treated = pl.col("arm").cast(pl.String) == "treated"
    number = pl.col("participant").str.slice(1).cast(pl.Int64)
    only = rows.filter(treated)["participant"][0]
    grew = (pl.col("participant") == only) & (pl.col("round") != "start")
    # Ten large ones that stay as they are keep the limit above what the only one grows to.
    sales = pl.when(grew | (~treated & (number < 20))).then(1e6).otherwise(1000.0)
    still = rows.with_columns(answered=True, closed=False, sales=sales)
    told = estimated(still, programme(indicators=SALES)).filter(pl.col("term") == "winsorised")

    assert set(told.select(pl.col("quantity", "arm").cast(pl.String)).rows()) == {("change", "comparison")}


def test_without_an_arm_to_compare_there_are_changes_and_shares(rows) -> None:
    alone = programme(indicators=SALES, design={"kind": "before_after", "cluster": "session"})
    told = estimated(rows, alone).filter(pl.col("term") != "")

    assert set(zip(told["term"], told["quantity"].cast(pl.String), told["arm"].cast(pl.String), strict=True)) == {
        ("winsorised", "change", "all"),
        ("positive", "level", "all"),
        ("survivors", "change", "all"),
    }
