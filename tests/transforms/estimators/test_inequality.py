"""Against values worked by hand, laeken's printed example and data whose true value is known."""

import numpy as np
import pytest

from transforms.estimators.bootstrap import Bootstrapped, bootstrapped, numbered
from transforms.estimators.inequality import bottom_gain, change_gap, gini, gini_change

ONES = np.ones


def test_the_coefficient_of_a_few_amounts_is_what_the_hand_finds() -> None:
    # 1, 2, 3, 4: the mean absolute difference over twice the mean is (20 / 16) / 5 = 0.25.
    assert gini(np.array([4.0, 1.0, 3.0, 2.0]))(ONES(4)) == pytest.approx(0.25)
    assert gini(np.array([5.0, 5.0, 5.0]))(ONES(3)) == pytest.approx(0)
    assert gini(np.array([0.0, 0.0, 0.0, 8.0]))(ONES(4)) == pytest.approx(0.75)


def test_a_weight_of_two_weighs_as_its_unit_in_the_formula_of_laeken() -> None:
    # x 1, 2, 4 with w 2, 1, 1: (2 (2*2 + 2*3 + 4*4) - (4*1 + 1*2 + 1*4)) / (4 * 8) - 1 = 42 / 32 - 1.
    assert gini(np.array([1.0, 2.0, 4.0]))(np.array([2.0, 1.0, 1.0])) == pytest.approx(42 / 32 - 1)


def test_the_coefficient_of_log_normal_amounts_is_known() -> None:
    spread = 0.56
    amounts = np.exp(np.random.default_rng(1).standard_normal(200_000) * spread)

    # 2 Phi(s / sqrt 2) - 1 = erf(s / 2)
    from scipy.special import erf

    assert gini(amounts)(ONES(amounts.size)) == pytest.approx(erf(spread / 2), abs=0.002)


def test_money_in_another_unit_leaves_the_coefficient_and_a_constant_lowers_it() -> None:
    amounts = np.array([3.0, 9.0, 1.0, 20.0])

    assert gini(amounts * 35)(ONES(4)) == pytest.approx(gini(amounts)(ONES(4)))
    assert gini_change(amounts, amounts + 10)(ONES(4)) < 0


def test_negative_amounts_and_nothing_at_all_have_no_coefficient() -> None:
    assert np.isnan(gini(np.array([-1.0, 2.0]))(ONES(2)))
    assert np.isnan(gini(np.zeros(3))(ONES(3)))


def test_the_gain_of_the_bottom_is_over_everybodys() -> None:
    before = np.array([10.0, 20.0, 30.0, 40.0, 50.0])
    after = before + np.array([6.0, 4.0, 2.0, 2.0, 1.0])

    # The two lowest gain 5 on average, all five 3.
    assert bottom_gain(before, after, 0.4)(ONES(5)) == pytest.approx(5 / 3)
    assert np.isnan(bottom_gain(before, before - 1, 0.4)(ONES(5)))


def test_noise_alone_lets_the_bottom_seem_to_gain() -> None:
    """The regression to the mean of which the report warns: nobody gains more than another, and the bottom does."""
    rng = np.random.default_rng(2)
    true = rng.normal(100, 10, 20_000)
    before, after = true + rng.normal(0, 10, true.size), true + 5 + rng.normal(0, 10, true.size)

    assert bottom_gain(before, after, 0.4)(ONES(true.size)) > 1.5


def test_a_gap_is_the_difference_of_two_groups_mean_changes() -> None:
    before, after = np.array([1.0, 1.0, 2.0, 2.0, 9.0]), np.array([4.0, 2.0, 3.0, 3.0, 0.0])
    women, men = np.array([1.0, 1.0, 0.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0, 0.0])

    assert change_gap(before, after, women, men)(ONES(5)) == pytest.approx(2 - 1)
    assert change_gap(before, after, women, men)(np.array([3.0, 1.0, 1.0, 1.0, 7.0])) == pytest.approx(2.5 - 1)


def test_the_bootstrap_of_a_mean_finds_the_error_that_the_formula_finds() -> None:
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(60), 5)
    values = rng.normal(0, 1, 300) + np.repeat(rng.normal(0, 1, 60), 5)
    means = values.reshape(60, 5).mean(axis=1)

    found = bootstrapped(lambda w: float(w @ values / w.sum()), ONES(300), groups)

    assert found.value == pytest.approx(values.mean())
    assert found.standard_error == pytest.approx(means.std(ddof=1) / np.sqrt(60), rel=0.1)
    assert found.df == 59


def test_names_and_the_order_of_rows_decide_no_draw() -> None:
    rng = np.random.default_rng(4)
    names, values = np.repeat(np.array(["a", "b", "c", "d"]), 6), rng.lognormal(0, 1, 24)
    shuffled = rng.permutation(24)
    renamed = np.array([{"a": "z", "b": "q", "c": "y", "d": "p"}[each] for each in names])

    def found(names: np.ndarray, values: np.ndarray) -> Bootstrapped:
        return bootstrapped(gini(values), ONES(24), numbered(names, values))

    assert found(renamed, values) == found(names, values)
    other = found(names[shuffled], values[shuffled])
    assert other.standard_error == pytest.approx(found(names, values).standard_error, rel=1e-9)


def test_a_ratio_to_a_gain_that_may_be_none_is_not_estimable() -> None:
    rng = np.random.default_rng(5)
    before = rng.normal(100, 10, 400)
    after = before + rng.normal(0.2, 10, 400)

    found = bootstrapped(bottom_gain(before, after, 0.4), ONES(400), np.arange(400) // 10)

    assert np.isnan(found.value)


def test_one_cluster_has_no_error() -> None:
    found = bootstrapped(gini(np.array([1.0, 2.0])), ONES(2), np.zeros(2, dtype=np.int64))

    assert np.isnan(found.standard_error)
    assert found.value == pytest.approx(1 / 6)
