import numpy as np
import polars as pl
import pytest

from transforms.estimators import ratio
from transforms.estimators.cluster_robust import one_sample
from transforms.estimators.mean import mean
from transforms.estimators.terms import added


def test_a_ratio_with_a_constant_denominator_is_the_surveys_mean_of_clusters(api_schools):
    schools = api_schools.with_columns(one=pl.lit(1.0))
    found = ratio.ratio(schools["api00"], schools["one"], schools["dnum"])
    assert found.value == pytest.approx(644.169398907104, rel=1e-12)
    assert found.standard_error == pytest.approx(23.7790107208869, rel=1e-10)  # without fpc
    assert found.df == 14


def test_a_ratio_worked_by_hand():
    # R = 8/4 = 2; z_a = (2 - 2*2)/4 = -.5, z_b = .5; V = 2/1 * (.25 + .25) = 1.
    found = ratio.ratio(pl.Series([1, 1, 6]), pl.Series([1, 1, 2]), pl.Series(["a", "a", "b"]))
    assert (found.value, found.standard_error, found.df) == pytest.approx((2, 1, 1))


def test_the_change_of_a_ratio_moves_with_its_parts_as_the_jackknife_says():
    noise = np.random.default_rng(3)
    clusters = np.repeat(np.arange(200), 5)
    frame = pl.DataFrame({"c": clusters, **{name: noise.uniform(1, 2, 1000) for name in ("y0", "x0", "y", "x")}})
    parts = [pl.col(name) for name in ("y0", "x0", "y", "x")]
    rows = frame.group_by("c").agg(added(ratio.change_terms("r", (parts[0], parts[1]), (parts[2], parts[3]))))
    rows = rows.with_columns(cell=pl.lit(0))
    found = one_sample(rows, "cell", {"r": ratio.change_linearised("r")}, clustered=True)
    totals = rows.select("r.y0", "r.x0", "r.y", "r.x").to_numpy()
    left = totals.sum(axis=0) - totals
    dropped = left[:, 2] / left[:, 3] - left[:, 0] / left[:, 1]
    jackknife = 199 / 200 * ((dropped - dropped.mean()) ** 2).sum()
    assert found["r.variance"][0] == pytest.approx(jackknife, rel=1e-3)


@pytest.mark.parametrize("clustered", [True, False])
def test_sums_of_squares_say_the_same_as_units_that_are_clusters(clustered):
    noise = np.random.default_rng(5)
    frame = pl.DataFrame({"y": noise.uniform(1, 2, 40), "x": noise.uniform(1, 2, 40), "unit": range(40)})
    by = "unit" if clustered else pl.lit(0).alias("unit")
    rows = frame.group_by(by).agg(added(ratio.terms("r", pl.col("y"), pl.col("x")))).with_columns(cell=pl.lit(0))
    found = one_sample(rows, "cell", {"r": ratio.linearised("r")}, clustered=clustered)
    value = frame["y"].sum() / frame["x"].sum()
    residuals = (frame["y"] - value * frame["x"]) / frame["x"].mean()
    expected = mean(residuals, frame["unit"])
    assert found["r.variance"][0] == pytest.approx(expected.standard_error**2, rel=1e-9)
    assert found["r.df"][0] == pytest.approx(39, rel=1e-9)
