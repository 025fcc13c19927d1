import numpy as np
import polars as pl
import pytest

from transforms.estimators.propensity import capped, inverse_rates, kish, logit, strata


def terms(schools):
    kinds = [(schools["stype"] == each).cast(pl.Float64) for each in "HM"]
    return np.column_stack([np.ones(schools.height), schools["meals"], schools["ell"], *kinds]).astype(np.float64)


def test_the_logit_is_that_of_statsmodels(api_schools):
    # statsmodels 0.15 Logit of awards on meals, ell and stype.
    slopes = [1.054416576273, -0.01600598844014, 0.03598829931448, -1.28709983891005, -1.09742739263818]
    awarded = (api_schools["awards"] == "Yes").cast(pl.Float64).to_numpy()
    columns = terms(api_schools)

    odds = logit(columns, awarded, np.ones(len(awarded)))

    assert odds == pytest.approx(columns @ np.array(slopes), rel=1e-9)


def test_people_alike_may_be_counted_together(api_schools):
    awarded = (api_schools["awards"] == "Yes").cast(pl.Float64)
    apart = logit(terms(api_schools)[:, [0, 3, 4]], awarded.to_numpy(), np.ones(api_schools.height))
    counted = (
        api_schools.select("stype", awarded=awarded)
        .group_by("stype")
        .agg(pl.len().cast(pl.Float64), pl.col("awarded").sum())
        .sort("stype")
    )
    together = logit(
        np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 1]]), counted["awarded"].to_numpy(), counted["len"].to_numpy()
    )

    # A saturated logit is the groups' own shares.
    share = (counted["awarded"] / counted["len"]).to_numpy()
    assert together == pytest.approx(np.log(share / (1 - share)), rel=1e-9)
    assert apart[0] == pytest.approx(together[1], rel=1e-9)  # the first school is a high school


def test_a_covariate_that_tells_the_answered_from_the_others_still_orders_them():
    group = np.repeat([0.0, 1.0, 2.0], 40)
    answered = np.concatenate((np.zeros(40), np.tile([0.0, 1.0], 20), np.ones(40)))  # none, half, all
    columns = np.column_stack((np.ones(120), group == 1, group == 2)).astype(np.float64)

    odds = logit(columns, answered, np.ones(120))

    assert np.isfinite(odds).all()
    assert odds[0] < -5 < odds[40] == pytest.approx(0, abs=1e-6)
    assert odds[80] > 5


def test_a_term_given_twice_changes_nothing(api_schools):
    awarded = (api_schools["awards"] == "Yes").cast(pl.Float64).to_numpy()
    columns = terms(api_schools)

    twice = logit(np.column_stack((columns, columns[:, 1])), awarded, np.ones(len(awarded)))

    assert twice == pytest.approx(logit(columns, awarded, np.ones(len(awarded))), rel=1e-8)


def test_strata_hold_about_equally_many_people_and_never_part_those_alike():
    odds = np.arange(10, dtype=np.float64)
    assert strata(odds, np.full(10, 10.0), np.full(10, 20.0), 5).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert len(np.unique(strata(np.zeros(100), np.ones(100), np.ones(100), 5))) == 1


def test_a_stratum_with_few_answers_joins_its_neighbour():
    odds = np.arange(5, dtype=np.float64)
    people = np.full(5, 20.0)
    assert strata(odds, np.array([10.0, 3, 12, 12, 12]), people, 5).tolist() == [0, 1, 1, 2, 3]
    assert strata(odds, np.array([10.0, 12, 12, 12, 4]), people, 5).tolist() == [0, 1, 2, 3, 3]
    assert strata(odds, np.array([0.0, 1, 0, 2, 1]), people, 5).tolist() == [0, 0, 0, 0, 0]


def test_who_answered_stands_for_the_stratum():
    stratum = np.array([0, 0, 0, 1, 1])
    assert inverse_rates(stratum, np.array([1.0, 0, 0, 1, 1]), np.ones(5)).tolist() == [3, 3, 3, 1, 1]


def test_a_weight_is_cut_at_its_quantile_and_the_sum_kept():
    found = capped(np.array([1.0] * 99 + [101.0]), 0.5)
    assert found == pytest.approx(np.full(100, 2.0))


def test_kish_worked_by_hand():
    # n sum w^2 / (sum w)^2 = 3 * (1 + 1 + 16) / 36.
    assert kish(np.array([1.0, 1, 4])) == pytest.approx(1.5)
    assert kish(np.full(7, 3.0)) == pytest.approx(1)
