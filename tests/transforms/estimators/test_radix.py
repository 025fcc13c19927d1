"""The order of numbers by radix."""

import numpy as np
import pytest

from transforms.estimators import radix

NOISE = np.random.default_rng(2569)
NUMBERS = {
    "whole": NOISE.integers(-500, 70_000, 5_000).astype(float),
    "few and whole": NOISE.integers(0, 3, 5_000).astype(float),
    "whole but too large": NOISE.integers(-(2**40), 2**40, 5_000).astype(float),
    "with parts": NOISE.normal(0, 3, 5_000).round(2) + 0.0,  # no -0
    "endless": np.array([np.inf, 1.5, -np.inf, 0.0, 2.0]),
    "one": np.array([7.0]),
    "none": np.array([]),
}


@pytest.mark.parametrize("values", NUMBERS.values(), ids=NUMBERS.keys())
def test_numbers_stand_from_the_smallest_and_equal_ones_as_they_came(values: np.ndarray) -> None:
    assert radix.order(values).tolist() == np.argsort(values, kind="stable").tolist()


@pytest.mark.parametrize("values", NUMBERS.values(), ids=NUMBERS.keys())
def test_what_is_unknown_is_left_out(values: np.ndarray) -> None:
    some = values.copy()
    some[::3] = -np.nan
    some[1::7] = np.nan
    known = np.flatnonzero(~np.isnan(some))
    assert radix.order(some).tolist() == known[np.argsort(some[known], kind="stable")].tolist()
