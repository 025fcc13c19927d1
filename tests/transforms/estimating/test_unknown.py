"""The tables Nonresponse and Bounds, through the pipeline."""

import polars as pl
import pytest

from tests.silent import INDICATORS, PROPENSITY, indicator, programme, responses
from transforms.estimate import Estimated, estimate
from transforms.estimators.cohort import of_round
from transforms.measure import measure
from transforms.programme import Programme


def made(rows: pl.DataFrame, declared: Programme) -> Estimated:
    return estimate(rows, measure(rows, declared), rows.filter(pl.col("round") == "start"), declared)


def test_who_answered_stands_beside_who_did_not() -> None:
    rows = responses()
    found = made(rows, programme(weights={"covariates": ["skill", "money"]})).nonresponse

    told = of_round(rows, "m6").select("participant", "answered")
    people = of_round(rows, "start").drop("answered").join(told, on="participant").filter(arm="treated")
    low = found.row(by_predicate=(pl.col("arm") == "treated") & (pl.col("category") == "low"), named=True)
    answered, silent = (people.filter(pl.col("answered") == each) for each in (True, False))
    shares = [(each["skill"] == "low").mean() for each in (answered, silent)]
    assert (low["answered"], low["silent"]) == (answered.height, silent.height)
    assert [low["of_answered"], low["of_silent"]] == pytest.approx(shares)
    spread = (sum(share * (1 - share) for share in shares) / 2) ** 0.5
    assert low["difference"] == pytest.approx((shares[0] - shares[1]) / spread)
    money = found.row(by_predicate=(pl.col("arm") == "treated") & (pl.col("covariate") == "money"), named=True)
    assert money["of_silent"] == silent["money"].median()


def test_without_weights_there_is_no_table_of_who_did_not_answer() -> None:
    assert made(responses(), programme()).nonresponse.is_empty()


def test_the_worst_cases_of_survival_take_all_unknown_as_closed_or_operating() -> None:
    rows = responses()
    found = made(rows, programme())
    bounds = found.bounds.filter(indicator="open", by="sex", group="f", arm="treated").row(0, named=True)

    told = of_round(rows, "m6").filter(sex="f", arm="treated")
    operating, unknown = told["online"].sum(), told["online"].null_count()
    assert bounds["kind"] == "worst_case"
    assert bounds["lower"] == pytest.approx(operating / told.height)
    assert bounds["upper"] == pytest.approx((operating + unknown) / told.height)


def test_every_headline_effect_lies_inside_its_bounds() -> None:
    headline = {"headline": "effect"}
    told = INDICATORS | {
        "score": indicator("mean", "score", **headline),
        "sales": indicator("money", "money", change_as="percent", **headline),
        "profit": indicator("money", "money", **headline),
        "part": indicator("ratio", "money", per="money_all", **headline),
    }
    found = made(responses(), programme(indicators=told))

    bounds = found.bounds.filter(kind="lee").join(found.estimates.select("estimate", "value"), on="estimate")
    assert sorted(bounds["indicator"]) == ["profit", "sales", "score"]
    assert (bounds["units"] > 0).all()
    assert bounds.select(pl.col("value").is_between("lower", "upper")).to_series().all()
    assert bounds.select((pl.col("low") < pl.col("lower")) & (pl.col("upper") < pl.col("high"))).to_series().all()


def test_bounds_stay_the_same_from_run_to_run_and_whatever_the_order_of_people() -> None:
    declared = programme(indicators={"score": indicator("mean", "score", headline="effect")}, weights=PROPENSITY)
    rows = responses()
    shuffled = pl.concat([of_round(rows, each).sample(fraction=1, shuffle=True, seed=3) for each in ("start", "m6")])

    one, other = (
        made(each, declared).bounds.select("estimate", "lower", "upper", "low", "high") for each in (rows, shuffled)
    )
    assert one.with_columns(pl.col(pl.Float64).round(9)).equals(other.with_columns(pl.col(pl.Float64).round(9)))
