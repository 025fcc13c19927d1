"""The closed form against a Poisson regression with unit and round effects, fitted here by Newton's method."""

import math

import numpy as np
import polars as pl
import pytest

from transforms.estimators.ratio_of_ratios import ratio_of_ratios


def poisson_fixed_effects(before: np.ndarray, after: np.ndarray, treated: np.ndarray) -> float:
    """The coefficient of treated x after in exp(unit + round + b treated after), by iterated weighted least squares."""
    kept = before + after > 0  # the likelihood does not depend on the others: their unit effect runs away
    before, after, treated = before[kept], after[kept], treated[kept]
    n = len(before)
    y = np.concatenate([before, after])
    x = np.zeros((2 * n, n + 2))
    x[np.arange(n), np.arange(n)] = x[n + np.arange(n), np.arange(n)] = 1
    x[n:, n] = 1
    x[n:, n + 1] = treated
    fitted = y + y.mean()
    for _ in range(100):
        linear = np.log(fitted)
        working = linear + (y - fitted) / fitted
        slopes = np.linalg.solve(x.T @ (fitted[:, None] * x), x.T @ (fitted * working))
        updated = np.exp(x @ slopes)
        if np.abs(updated / fitted - 1).max() < 1e-13:
            break
        fitted = updated
    return float(slopes[-1])


def made_up(seed: int, n: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    noise = np.random.default_rng(seed)
    clusters, size = np.repeat(np.arange(n // 4), 4), noise.lognormal(8, 1.5, n)
    treated = clusters % 2 == 0
    before, after = size * noise.lognormal(0, 0.5, n), size * noise.lognormal(0, 0.5, n) * np.where(treated, 1.3, 1.1)
    after[noise.random(n) < 0.15] = 0  # closed
    before[3] = after[3] = 0
    return before, after, clusters, treated


@pytest.mark.parametrize("seed", range(5))
def test_growth_is_the_poisson_fixed_effects_coefficient(seed):
    before, after, clusters, treated = made_up(seed)
    expected = poisson_fixed_effects(before, after, treated)
    found = ratio_of_ratios(*(pl.Series(each) for each in (before, after, clusters, treated)))
    assert math.log1p(found.value) == pytest.approx(expected, rel=1e-9)


def test_growth_worked_by_hand():
    # Treated 100 -> 150, comparison 100 -> 120: 1.5 / 1.2 - 1.
    before, after = pl.Series([60.0, 40, 50, 50]), pl.Series([80.0, 70, 50, 70])
    found = ratio_of_ratios(before, after, pl.Series(list("abcd")), pl.Series([True, True, False, False]))
    assert found.value == pytest.approx(0.25)


def test_its_error_is_near_the_clustered_sandwich_of_the_poisson_regression():
    before, after, clusters, treated = made_up(9, n=800)
    found = ratio_of_ratios(*(pl.Series(each) for each in (before, after, clusters, treated)))
    logs = [math.log1p(ratio_of_ratios(*_without(each, before, after, clusters, treated)).value) for each in range(200)]
    centred = np.array(logs) - np.mean(logs)
    jackknife = math.sqrt(199 / 200 * (centred**2).sum())
    assert found.standard_error / (1 + found.value) == pytest.approx(jackknife, rel=0.03)


def _without(cluster: int, *columns: np.ndarray) -> list[pl.Series]:
    kept = columns[2] != cluster
    return [pl.Series(column[kept]) for column in columns]


def test_money_in_another_unit_changes_nothing():
    before, after, clusters, treated = made_up(4)
    plain = ratio_of_ratios(*(pl.Series(each) for each in (before, after, clusters, treated)))
    scaled = ratio_of_ratios(*(pl.Series(each) for each in (before / 1000, after / 1000, clusters, treated)))
    for part in ("value", "standard_error", "df", "low", "high", "p_value"):
        assert getattr(scaled, part) == pytest.approx(getattr(plain, part), rel=1e-9)
