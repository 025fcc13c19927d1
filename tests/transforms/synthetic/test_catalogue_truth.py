"""The known truth of practices and households against a large sample, computed without the engine."""

import numpy as np
import polars as pl
import pytest

from transforms.estimators.inequality import bottom_gain, gini
from transforms.synthetic import model
from transforms.synthetic.truth import truth

CLOSED = pl.col("contact_result") == "closed_business"
OWNER = pl.col("enterprise_role") == "owner"
PRACTICES = sum(pl.col(name).cast(pl.Float64) for name in model.PRACTICES) / len(model.PRACTICES)
DYES = sum(pl.col(name).cast(pl.Float64) for name in model.DYE_STEPS)
VALID = (pl.col("certificate") != "none") & (pl.col("certificate_valid_until") >= pl.col("answered_on"))
WAS_VALID = (pl.col("certificate_before") != "none") & (
    pl.col("certificate_valid_until_before") >= pl.col("registered_on")
)
SYSTEM = (pl.col("system_certificate") != "none") & (pl.col("system_certificate_valid_until") >= pl.col("answered_on"))


def step(suffix: str) -> pl.Expr:
    form, registered = pl.col(f"legal_form{suffix}"), pl.col(f"commercial_registration{suffix}")
    named = pl.when(registered).then(2).when(form == "community_enterprise").then(1).otherwise(0)
    return pl.when(form.is_not_null() & registered.is_not_null()).then(
        pl.when(form == "company").then(3).otherwise(named)
    )


SCORES = pl.col("recommendation")
MEANS: dict[str, tuple[pl.Expr, pl.Expr, bool]] = {
    "business_practices": (PRACTICES, OWNER, True),
    "finance_applied": (pl.col("loan_applied"), OWNER, True),
    "finance_approved": (pl.col("loan_approved"), OWNER & pl.col("loan_applied"), False),
    "system_certified": (SYSTEM, OWNER, True),
    "certificate_gained": (VALID, OWNER & ~WAS_VALID, True),
    "certificate_renewed": (
        VALID,
        OWNER & WAS_VALID & (pl.col("certificate_valid_until_before") < pl.col("answered_on")) & ~CLOSED,
        False,
    ),
    "certificate_lapsed": (~VALID, OWNER & WAS_VALID & ~CLOSED, False),
    "formalised": (step("") > step("_before"), OWNER, True),
    "new_products": (pl.col("new_products"), OWNER, True),
    "new_business": (pl.col("started_business"), ~OWNER, False),
    "recycled_weight": (pl.col("recycled_kg"), OWNER, True),
    "waste_avoided": (pl.col("waste_avoided_kg"), OWNER, True),
    "dye_and_effluent": (DYES, OWNER, False),
    "green_industry_level": (pl.col("green_industry_level"), OWNER, False),
    "green_industry_raised": (pl.col("green_industry_level") > pl.col("green_industry_level_before"), OWNER, False),
    "income_change": (pl.col("income_change").is_in(["higher", "much_higher"]), pl.lit(True), False),
}
RATIOS = {
    "local_motif": ("new_products_local", "new_products"),
    "tourism_sales": ("sales_tourism_thb", "sales_last_month_thb"),
}


def known(indicator: str, arm: str, quantity: str = "level", round_: str = "m12") -> float:
    return float(truth().filter(indicator=indicator, quantity=quantity, round=round_, arm=arm)["value"].item())


def of_arm(rounds: dict[str, pl.DataFrame], arm: str) -> pl.DataFrame:
    return rounds["m12"].filter(pl.col("trained") == (arm == "treated"))


@pytest.mark.parametrize("arm", ["treated", "comparison"])
@pytest.mark.parametrize("indicator", MEANS)
def test_means_and_shares_agree(rounds: dict[str, pl.DataFrame], indicator: str, arm: str) -> None:
    value, population, closing = MEANS[indicator]
    told = pl.when(CLOSED).then(0.0 if closing else None).otherwise(value.cast(pl.Float64))
    found = of_arm(rounds, arm).filter(population).select(told.alias("told"))["told"].drop_nulls()

    error = found.std() / found.len() ** 0.5  # type: ignore[operator]
    assert found.mean() == pytest.approx(known(indicator, arm), abs=5 * error + 1e-3)


@pytest.mark.parametrize("arm", ["treated", "comparison"])
@pytest.mark.parametrize("indicator", RATIOS)
def test_ratios_agree(rounds: dict[str, pl.DataFrame], indicator: str, arm: str) -> None:
    answered = of_arm(rounds, arm).filter(OWNER).drop_nulls(RATIOS[indicator])
    value, per = (answered[name].sum() for name in RATIOS[indicator])

    assert value / per == pytest.approx(known(indicator, arm), abs=0.01)


@pytest.mark.parametrize("arm", ["treated", "comparison"])
def test_medians_agree(rounds: dict[str, pl.DataFrame], arm: str) -> None:
    frame = of_arm(rounds, arm)
    income = frame.drop_nulls(["household_income_thb", "household_income_thb_before"])
    grown = (income["household_income_thb"] / income["household_income_thb_before"] - 1).median()
    year = frame.filter(OWNER).select(pl.when(CLOSED).then(0).otherwise("sales_last_12_months_thb").alias("sold"))

    assert income["household_income_thb"].median() == pytest.approx(known("household_income", arm), rel=0.02)
    assert grown == pytest.approx(known("household_income", arm, "change"), abs=0.01)
    assert year["sold"].median() == pytest.approx(known("sales_year", arm), rel=0.02)
    assert frame["loan_amount_thb"].median() == pytest.approx(known("finance_amount", arm), rel=0.03)


def test_the_recommendation_score_agrees(rounds: dict[str, pl.DataFrame]) -> None:
    frame = of_arm(rounds, "treated").drop_nulls("recommendation")
    score = 100 * ((SCORES >= 9).cast(pl.Float64) - (SCORES <= 6).cast(pl.Float64)).mean()

    assert frame.select(score).item() == pytest.approx(known("recommendation_score", "treated"), abs=1.5)
    assert of_arm(rounds, "comparison")["recommendation"].null_count() == of_arm(rounds, "comparison").height


def test_nobody_falls_and_nobody_rises_by_two_green_levels(rounds: dict[str, pl.DataFrame]) -> None:
    both = rounds["m12"].drop_nulls(["green_industry_level", "green_industry_level_before"])

    assert set((both["green_industry_level"] - both["green_industry_level_before"]).unique()) == {0, 1}


@pytest.mark.parametrize("arm", ["treated", "comparison"])
def test_inequality_agrees(rounds: dict[str, pl.DataFrame], arm: str) -> None:
    frame = of_arm(rounds, arm).drop_nulls(["household_income_thb", "household_income_thb_before"])
    before, after = (frame[f"household_income_thb{each}"].cast(pl.Float64).to_numpy() for each in ("_before", ""))
    weights = np.ones(before.size)

    assert gini(after)(weights) == pytest.approx(known("income_gini", arm), abs=0.004)
    assert gini(after)(weights) - gini(before)(weights) == pytest.approx(known("income_gini", arm, "change"), abs=0.004)
    assert bottom_gain(before, after, 0.4)(weights) == pytest.approx(known("bottom_40_gain", arm), rel=0.25)
