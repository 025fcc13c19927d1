"""Weights for those who did not answer: what they add up to, what they mend, and that estimates use them."""

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.silent import PROPENSITY, programme, responses
from transforms import tables
from transforms.estimate import estimate
from transforms.estimating.weighting import for_nonresponse, weighted
from transforms.estimators.cohort import cohort, of_round
from transforms.estimators.mean import mean
from transforms.measure import measure
from transforms.programme import Programme, Weights

NUMBERS = ("value", "standard_error", "df", "low", "high", "p_value")


def estimates(rows: pl.DataFrame, declared: Programme) -> pl.DataFrame:
    return estimate(rows, measure(rows, declared), rows.filter(pl.col("round") == "start"), declared).estimates


def weights_of(rows: pl.DataFrame, declared: Programme, round_id: str = "m6") -> pl.DataFrame:
    """One row a participant: `arm`, the profile, and the weight at a round."""
    baseline = of_round(rows, "start")
    found = weighted(cohort(rows, measure(rows, declared), declared), baseline, declared)
    return baseline.with_columns(weight=found.rounds[round_id]["@weight"])


def test_the_answers_of_an_arm_weigh_as_much_as_all_who_registered_in_it() -> None:
    found = weights_of(responses(), programme(weights=PROPENSITY))

    weight = pl.col("weight")
    sums = found.group_by("arm").agg(weighing=weight.sum(), registered=pl.len(), told=weight.count())
    assert sums["weighing"].to_list() == pytest.approx(sums["registered"].to_list())
    assert (sums["told"] < sums["registered"]).all()


def test_a_stratum_weighs_by_its_inverse_response() -> None:
    known = pl.DataFrame({"skill": ["low"] * 40 + ["high"] * 40})
    answered = np.array(([True] * 10 + [False] * 30) + ([True] * 20 + [False] * 20))

    found = for_nonresponse(known, answered, np.ones(80), Weights(covariates=("skill",), cap=1))

    assert found[:10] == pytest.approx(np.full(10, 4.0))
    assert found[40:60] == pytest.approx(np.full(20, 2.0))
    assert np.isnan(found[10:40]).all()


def test_weights_by_which_people_were_drawn_count_in_the_response() -> None:
    # Of a weight of 60 in the stratum 20 + 10 answered: each counts for twice as many as it was drawn for.
    drawn = np.array([2.0] * 10 + [1.0] * 10 + [2.0] * 10 + [1.0] * 10)
    answered = np.array([True] * 20 + [False] * 20)

    found = for_nonresponse(pl.DataFrame({"skill": ["low"] * 40}), answered, drawn, Weights(cap=1))

    assert found[:20] == pytest.approx(2 * drawn[:20])


def test_no_weight_is_above_the_cap_and_their_sum_stays() -> None:
    known = pl.DataFrame({"skill": ["low"] * 100 + ["high"] * 100})
    answered = np.array(([True] * 10 + [False] * 90) + [True] * 100)

    found = for_nonresponse(known, answered, np.ones(200), Weights(covariates=("skill",), cap=0.9))

    told = found[answered]
    assert told.max() / told.min() == pytest.approx(np.quantile([10] * 10 + [1] * 100, 0.9))
    assert told.sum() == pytest.approx(200)


def test_margins_are_those_of_the_registrations_or_the_declared_ones() -> None:
    totals = {"low": 500.0, "some": 250.0, "high": 250.0}
    declared = programme(weights=PROPENSITY | {"margins": [{"by": "sex"}, {"by": "skill", "totals": totals}]})
    rows = responses()

    found = weights_of(rows, declared)
    at_baseline = weights_of(rows, declared, "start")

    shares = {name: total / 1000 for name, total in totals.items()}
    for (arm,), people in found.group_by("arm"):
        by_sex = people.group_by("sex").agg(pl.col("weight").sum(), pl.len())
        assert by_sex["weight"].to_list() == pytest.approx(by_sex["len"].to_list())
        for each in (people, at_baseline.filter(arm=arm)):
            by_skill = each.group_by("skill").agg(pl.col("weight").sum() / people.height)
            assert dict(by_skill.iter_rows()) == pytest.approx(shares)
    told = estimates(rows, declared).filter(indicator="score", quantity="level", by="programme", arm="treated")
    assert dict(told.select("round", "weights").iter_rows()) == {
        "start": "post_stratified",
        "m6": "propensity_strata+raked",
    }


def test_every_mean_of_the_table_is_that_of_its_own_units() -> None:
    rows, declared = responses(), programme(weights=PROPENSITY)
    table = estimates(rows, declared).filter(by="sex", quantity="level", round="m6", indicator="score")
    people = weights_of(rows, declared).select("participant", "weight").join(of_round(rows, "m6"), on="participant")

    assert table.height == 4
    for cell in table.to_dicts():
        units = people.filter(sex=cell["group"], arm=cell["arm"]).drop_nulls("weight")
        alone = mean(units["score"], units["cluster"], units["weight"])
        assert [cell[name] for name in NUMBERS[:-1]] == pytest.approx(
            [getattr(alone, name) for name in NUMBERS[:-1]], rel=1e-9
        )
        assert cell["weights"] == "propensity_strata"
        w = units["weight"]
        assert cell["kish_deff"] == pytest.approx(len(w) * (w**2).sum() / w.sum() ** 2)


def test_ratios_growth_and_medians_of_the_table_use_the_weights() -> None:
    rows, declared = responses(), programme(weights=PROPENSITY)
    table = estimates(rows, declared).filter(by="programme", round="m6", term="")
    before = of_round(rows, "start").select("participant", money_before="money")
    people = weights_of(rows, declared).select("participant", "weight").join(of_round(rows, "m6"), on="participant")
    people = people.join(before, on="participant").drop_nulls("weight")
    weight, money = pl.col("weight"), pl.col("money")
    arms = {arm: people.filter(arm=arm) for arm in ("treated", "comparison")}

    def value(indicator: str, quantity: str, arm: str) -> float:
        return float(table.filter(indicator=indicator, quantity=quantity, arm=arm)["value"].item())

    of_all = arms["treated"].select((weight * money).sum() / (weight * pl.col("money_all")).sum()).item()
    assert value("part", "level", "treated") == pytest.approx(of_all)
    growth = {
        arm: units.select((weight * money).sum() / (weight * pl.col("money_before")).sum()).item()
        for arm, units in arms.items()
    }
    assert value("sales", "effect", "both") == pytest.approx(growth["treated"] / growth["comparison"] - 1)
    median, units = value("profit", "level", "treated"), arms["treated"]
    below, above = (units.filter(side)["weight"].sum() for side in (money < median, money > median))
    assert max(below, above) <= units["weight"].sum() / 2
    assert median != units["money"].median()


def test_an_effect_is_the_difference_of_the_arms_weighted_changes() -> None:
    rows, declared = responses(), programme(weights=PROPENSITY)
    table = estimates(rows, declared).filter(by="programme", indicator="score", round="m6")

    change = {row["arm"]: row for row in table.filter(quantity="change").to_dicts()}
    effect = table.filter(quantity="effect").row(0, named=True)

    treated, comparison = change["treated"], change["comparison"]
    assert effect["value"] == pytest.approx(treated["value"] - comparison["value"])
    assert effect["standard_error"] == pytest.approx(np.hypot(treated["standard_error"], comparison["standard_error"]))
    assert effect["kish_deff"] == max(treated["kish_deff"], comparison["kish_deff"]) > 1


def test_attrition_is_counted_from_units() -> None:
    rows, declared = responses(), programme()
    gone = rows.with_columns(
        score=pl.when((pl.col("round") == "start") & (pl.col("sex") == "m")).then(None).otherwise("score")
    )
    found = estimates(gone, declared).filter(by="programme", indicator="score", round="m6")

    eligible = of_round(gone, "start").drop_nulls("score").select("participant", "arm")
    kept = eligible.join(of_round(gone, "m6").drop_nulls("score"), on="participant", how="left", suffix="_m6")
    lost = dict(kept.group_by("arm").agg(pl.col("score").null_count() / pl.len()).iter_rows())
    of_arm = found.filter(quantity="change").select("arm", "attrition_overall")
    assert dict(of_arm.iter_rows()) == pytest.approx(lost)
    effect = found.filter(quantity="effect").row(0, named=True)
    assert effect["attrition_overall"] == pytest.approx(kept["score"].null_count() / kept.height)
    assert effect["attrition_differential"] == pytest.approx(lost["treated"] - lost["comparison"])


@pytest.mark.parametrize("name", ["score", "part", "sales", "profit"])
def test_every_change_and_effect_says_how_many_were_lost(name: str) -> None:
    rows = responses()
    found = estimates(rows, programme()).filter(indicator=name, round="m6", by="programme", term="")
    told = of_round(rows, "m6")

    lost = dict(told.group_by("arm").agg(1 - pl.col("answered").mean()).iter_rows())
    assert dict(found.filter(quantity="change").select("arm", "attrition_overall").iter_rows()) == pytest.approx(lost)
    effect = found.filter(quantity="effect").row(0, named=True)
    assert effect["attrition_overall"] == pytest.approx(1 - told["answered"].mean())


def test_a_share_keeps_the_count_of_people_behind_it() -> None:
    rows = responses()
    plain, weighing = (estimates(rows, programme(**more)) for more in ({}, {"weights": PROPENSITY}))
    key = ["indicator", "round", "arm", "by", "group"]
    shares = (each.filter(indicator="online", quantity="level").sort(key) for each in (plain, weighing))

    one, other = (each.select(*key, "n", "numerator", "missing", "clusters") for each in shares)
    assert_frame_equal(one, other)


@pytest.mark.parametrize("cluster", ["session", None])
def test_equal_weights_leave_every_value_as_it_is(cluster: str | None) -> None:
    rows = responses(everybody=True)
    if cluster is None:
        rows = rows.with_columns(cluster="participant")
    design = programme().design.model_copy(update={"cluster": cluster}).model_dump()
    plain, weighing = (
        estimates(rows, programme(design=design, **more)).sort("estimate") for more in ({}, {"weights": PROPENSITY})
    )

    assert weighing.filter(round="m6")["kish_deff"].drop_nulls().to_list() == pytest.approx(
        [1.0] * weighing.filter(round="m6")["kish_deff"].count()
    )
    assert_frame_equal(weighing.select("estimate", "value", "n"), plain.select("estimate", "value", "n"), rel_tol=1e-9)
    levels = [each.filter(quantity="level", indicator="score") for each in (plain, weighing)]
    assert_frame_equal(*(each.select(NUMBERS[:-1]) for each in levels), rel_tol=1e-9)


def test_weights_k_times_as_large_change_no_number() -> None:
    rows = responses()
    declared = programme(weights=PROPENSITY | {"base": "drawn"})
    larger = rows.with_columns(pl.col("drawn") * 7)

    assert_frame_equal(estimates(larger, declared), estimates(rows, declared), rel_tol=1e-9)


def test_nonresponse_none_is_a_choice() -> None:
    found = estimates(responses(), programme(weights={"nonresponse": "none"}))
    assert_frame_equal(found, estimates(responses(), programme()))
    assert found["weights"].unique().to_list() == ["none"]


def test_money_in_another_unit_leaves_the_weights_as_they_are() -> None:
    declared = programme(weights={"covariates": ["money", "skill"]})
    rows = responses()

    in_baht, in_satang = (weights_of(each, declared) for each in (rows, rows.with_columns(pl.col("money") * 100)))

    assert_frame_equal(in_baht.select("weight"), in_satang.select("weight"))


def test_a_round_that_nobody_answered_has_no_estimates() -> None:
    rows = responses().with_columns(answered=pl.col("answered") & (pl.col("round") == "start"))
    found = estimates(rows, programme(weights=PROPENSITY))
    assert found.filter(round="m6", indicator="score").is_empty()
    assert tables.Estimates.is_valid(found)


def test_the_pipeline_mends_answers_missing_at_random() -> None:
    rows = responses(20_000, seed=5)
    wanted = pl.col("by") == "programme", pl.col("indicator") == "score", pl.col("quantity") == "effect"
    full = estimates(responses(20_000, seed=5, everybody=True), programme()).filter(*wanted).row(0, named=True)
    plain, weighing = (
        estimates(rows, programme(**more)).filter(*wanted).row(0, named=True) for more in ({}, {"weights": PROPENSITY})
    )

    assert full["value"] == pytest.approx(3, abs=3 * full["standard_error"])  # 1 + 2 x the mean level of 1
    assert abs(weighing["value"] - 3) < 3 * weighing["standard_error"]
    assert plain["value"] - 3 > 3 * plain["standard_error"]
