"""What is summed over units."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from transforms.estimators.terms import summed

PEOPLE = pl.DataFrame({"y": [1.0, 2.0, None, 4.0, 5.0], "x": [1.0, 1.0, None, 0.0, 0.0], "told": [1, 1, None, 1, 1]})
CODES = pl.Series([1, 0, 1, -1, 1])
TERMS = [
    pl.col("y").is_not_null().alias("y.n"),
    pl.col("y").alias("y.sum"),
    pl.col("told").is_not_null().alias("told.n"),
    (pl.col("x") == 1).alias("is_one"),
    pl.col("told"),
]


def test_terms_are_added_up_by_code_and_what_is_unknown_adds_nothing() -> None:
    expected = {"y.n": [1.0, 2.0], "y.sum": [2.0, 6.0], "told.n": [1.0, 2.0], "is_one": [1.0, 1.0], "told": [1.0, 2.0]}
    assert_frame_equal(summed(PEOPLE, CODES, TERMS).frame(), pl.DataFrame(expected))


def test_what_is_true_of_the_same_units_is_added_up_once() -> None:
    sums = summed(PEOPLE, CODES, TERMS)
    assert sums.same["told.n"] == "y.n"
    assert "told.n" not in sums.found


def test_terms_of_different_batches_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = summed(PEOPLE, CODES, TERMS).frame()
    monkeypatch.setattr("transforms.estimators.terms.TERMS_AT_ONCE", 1)
    assert_frame_equal(summed(PEOPLE, CODES, TERMS).frame(), whole)


def test_sums_can_be_added_up_again() -> None:
    again = summed(PEOPLE, CODES, TERMS).summed(pl.Series([0, 0]))
    expected = {"y.n": [3.0], "y.sum": [8.0], "told.n": [3.0], "is_one": [2.0], "told": [3.0]}
    assert_frame_equal(again.frame(), pl.DataFrame(expected))
