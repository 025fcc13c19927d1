import polars as pl
import pytest

from transforms.estimators.mean import mean


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
