"""Stuart and Maxwell's test: published, by a reference package, by hand, and where its table is degenerate."""

import math

import numpy as np
import pytest

from transforms.estimators.homogeneity import stuart_maxwell

EYES = [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]
"""Unaided vision of 7,477 women, right against left eye: Stuart (1955), Biometrika 42, who finds 11.96."""


@pytest.mark.parametrize(
    ("table", "statistic", "df", "p"),
    [
        # statsmodels 0.15.0, SquareTable(table, shift_zeros=False).homogeneity(method="stuart_maxwell")
        (EYES, 11.95656962298254, 3, 0.007533425054800591),
        ([[20, 10, 5], [3, 30, 15], [0, 5, 40]], 13.76470588235294, 2, 0.0010257277265580678),
        ([[12, 3], [9, 40]], 3.0, 1, 0.08326451666355039),  # McNemar's (3 - 9)^2 / (3 + 9)
    ],
)
def test_it_agrees_with_the_literature_and_a_reference(table, statistic, df, p) -> None:
    found = stuart_maxwell(np.array(table, dtype=float))
    assert found == pytest.approx((statistic, df, p), rel=1e-10)


def test_a_class_that_nobody_is_in_or_moves_between_changes_nothing() -> None:
    table = np.array([[12, 3, 0], [9, 40, 0], [0, 0, 0]], dtype=float)
    assert stuart_maxwell(table) == pytest.approx(stuart_maxwell(table[:2, :2]))
    table[2, 2] = 50
    assert stuart_maxwell(table) == pytest.approx(stuart_maxwell(table[:2, :2]))


def test_moves_that_fall_apart_into_two_sets_of_classes_are_two_tests() -> None:
    first, second = np.array([[12, 3], [9, 40]], dtype=float), np.array([[5, 8], [2, 7]], dtype=float)
    apart = np.block([[first, np.zeros((2, 2))], [np.zeros((2, 2)), second]])
    found = stuart_maxwell(apart)

    assert found.df == 2
    assert found.statistic == pytest.approx(36 / 12 + 36 / 10)


def test_where_nobody_moved_there_is_no_test() -> None:
    found = stuart_maxwell(np.diag([5.0, 7.0, 0.0]))
    assert (found.df, math.isnan(found.statistic), math.isnan(found.p_value)) == (0, True, True)


def test_under_equal_margins_it_rejects_one_in_twenty() -> None:
    noise = np.random.default_rng(3)
    same = np.array([[0.3, 0.08, 0.02], [0.08, 0.2, 0.05], [0.02, 0.05, 0.2]])
    tables = noise.multinomial(400, same.ravel(), size=2000).reshape(-1, 3, 3).astype(float)
    rejected = np.mean([stuart_maxwell(each).p_value <= 0.05 for each in tables])

    assert abs(rejected - 0.05) <= 3 * math.sqrt(0.05 * 0.95 / 2000)
