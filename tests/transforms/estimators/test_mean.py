import polars as pl
import pytest

from transforms.estimators.cluster_robust import one_sample
from transforms.estimators.mean import linearised, mean, terms
from transforms.estimators.terms import added


def test_the_mean_of_the_api_clusters_is_clubsandwichs(api_schools):
    found = mean(api_schools["api00"], api_schools["dnum"])
    assert found.value == pytest.approx(644.169398907104, rel=1e-12)
    assert found.standard_error == pytest.approx(25.1168496143, rel=1e-11)
    assert found.df == pytest.approx(7.5044113380, rel=1e-10)


def test_a_mean_worked_by_hand():
    # m = 3; U = (-2-1, 1+2) = (-3, 3); n_c/n = 1/2: V = (9/.5 + 9/.5)/16 = 2.25.
    found = mean(pl.Series([1, 2, 4, 5]), pl.Series(["a", "a", "b", "b"]))
    assert (found.value, found.standard_error, found.df) == pytest.approx((3, 1.5, 1))


def test_unknown_values_are_left_out():
    with_unknown = mean(pl.Series([1, None, 2, 4, None, 5]), pl.Series(["a", "a", "a", "b", "c", "b"]))
    assert with_unknown == mean(pl.Series([1, 2, 4, 5]), pl.Series(["a", "a", "b", "b"]))


def test_the_square_of_a_large_count_does_not_overflow():
    # 70,000 people: the square is more than 32 bits hold. Half are 0, half 1: V = .25 / (n - 1).
    n = 70_000
    people = pl.select(cell=pl.lit(0), value=pl.int_range(n) % 2)
    rows = people.group_by("cell").agg(added(terms("y", pl.col("value"))))
    found = one_sample(rows, "cell", {"y": linearised("y")}, clustered=False)
    assert found.row(0, named=True) == pytest.approx(
        {"cell": 0, "y.value": 0.5, "y.n": n, "y.clusters": 1, "y.variance": 0.25 / (n - 1), "y.df": n - 1}, rel=1e-12
    )
