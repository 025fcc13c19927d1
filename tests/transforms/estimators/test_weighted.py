"""Weighted means, ratios, growth and medians: by hand, by matrices, by statsmodels, and with equal weights."""

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from transforms.estimators import mean, quantile, ratio, ratio_of_ratios, samples, weighted_quantile
from transforms.estimators.cluster_robust import one_sample
from transforms.estimators.terms import added


def by_matrices(values, clusters, weights):
    """CR2 and Satterthwaite's df of weighted least squares on a constant, working model 1 / w, without closed forms."""
    n, ones = len(values), np.ones((len(values), 1))
    w, phi = np.diag(weights), np.diag(1 / weights)
    root, inverse_root = np.diag(weights**-0.5), np.diag(weights**0.5)
    bread = np.linalg.inv(ones.T @ w @ ones)
    residual_maker = np.eye(n) - ones @ bread @ ones.T @ w
    residuals = residual_maker @ values
    variance, directions = 0.0, []
    for each in np.unique(clusters):
        rows = np.flatnonzero(clusters == each)
        of_rows, here = residual_maker[rows], np.ix_(rows, rows)
        scaled = inverse_root[here] @ (of_rows @ phi @ of_rows.T) @ inverse_root[here]
        sizes, axes = np.linalg.eigh((scaled + scaled.T) / 2)
        adjusted = root[here] @ (axes / np.sqrt(sizes)) @ axes.T @ inverse_root[here]
        score = bread @ ones[rows].T @ w[here] @ adjusted
        variance += float((score @ residuals[rows])[0] ** 2)
        directions.append((of_rows.T @ score.T)[:, 0])
    shared = np.column_stack(directions).T @ phi @ np.column_stack(directions)
    return np.sqrt(variance), np.trace(shared) ** 2 / np.trace(shared @ shared)


def test_a_weighted_mean_of_clusters_is_that_of_matrices(api_schools):
    weights = api_schools["enroll"].cast(pl.Float64)
    values = api_schools["api00"].cast(pl.Float64)

    found = mean.mean(values, api_schools["dnum"], weights)

    error, df = by_matrices(values.to_numpy(), api_schools["dnum"].to_numpy(), weights.to_numpy())
    assert found.value == pytest.approx(634.2326686415238, rel=1e-12)
    assert found.standard_error == pytest.approx(error, rel=1e-9)
    assert found.df == pytest.approx(df, rel=1e-9)


def test_a_weighted_mean_of_units_has_the_hc2_error_of_statsmodels(api_schools):
    # statsmodels 0.15: WLS of api00 on a constant, weights enroll, cov_type HC2.
    units = pl.int_range(api_schools.height, eager=True)
    found = mean.mean(api_schools["api00"], units, api_schools["enroll"].cast(pl.Float64))
    assert (found.value, found.standard_error) == pytest.approx((634.2326686415238, 8.867152338842061), rel=1e-12)


def test_a_weighted_mean_worked_by_hand():
    # w = 1, 3 | 2, 2 of y = 0, 4 | 1, 5: m = 24/8 = 3; U = (-3 + 3, -4 + 4) / 8 = 0: no variance between clusters.
    values, clusters = pl.Series([0.0, 4, 1, 5]), pl.Series(["a", "a", "b", "b"])
    found = mean.mean(values, clusters, pl.Series([1.0, 3, 2, 2]))
    assert found.value == pytest.approx(3)
    # w = 1, 1 | 2, 4: m = 26/8 = 3.25; U_a = (-3.25 + .75)/8 = -2.5/8; V = 2 (2.5/8)^2 summed over 1 - 1/4 and 1 - 3/4.
    found = mean.mean(values, clusters, pl.Series([1.0, 1, 2, 4]))
    assert found.value == pytest.approx(3.25)
    assert found.standard_error**2 == pytest.approx((2.5 / 8) ** 2 * (1 / 0.75 + 1 / 0.25))


@pytest.mark.parametrize("clustered", [True, False])
@pytest.mark.parametrize("factor", [1.0, 40.0])
def test_equal_weights_of_any_size_say_what_no_weights_say(api_schools, clustered, factor):
    schools = api_schools.with_columns(pl.lit(factor).alias("w"), pl.col("api99", "api00", "enroll").cast(pl.Float64))
    y, x, w = pl.col("api00"), pl.col("enroll"), pl.col("w")
    pairs = [
        (mean.terms("s", y), mean.linearised("s"), mean.weighted_terms("s", y, w), mean.linearised("s", weighted=True)),
        (
            ratio.terms("s", y, x),
            ratio.linearised("s"),
            ratio.terms("s", y, x, w),
            ratio.linearised("s", weighted=True),
        ),
        (
            ratio.change_terms("s", (pl.col("api99"), x), (y, x)),
            ratio.change_linearised("s"),
            ratio.change_terms("s", (pl.col("api99"), x), (y, x), w),
            ratio.change_linearised("s", weighted=True),
        ),
        (
            ratio_of_ratios.terms("s", pl.col("api99"), y),
            ratio_of_ratios.linearised("s"),
            ratio_of_ratios.terms("s", pl.col("api99"), y, w),
            ratio_of_ratios.linearised("s"),
        ),
    ]
    for plain_terms, plain, weighted_terms, weighted in pairs:
        found = [
            one_sample(
                schools.group_by("dnum").agg(added(terms)).with_columns(cell=pl.lit(0)),
                "cell",
                {"s": each},
                clustered=clustered,
            )
            for terms, each in ((plain_terms, plain), (weighted_terms, weighted))
        ]
        assert_frame_equal(found[1], found[0], rel_tol=1e-9)


def median_of(values, weights, clusters=None):
    numbers = np.array(values, dtype=np.float64)
    rows = np.arange(len(numbers)) * 0 if clusters is None else np.array(clusters)
    layout = samples.Rows(np.zeros(int(rows.max()) + 1, dtype=np.int64), 1)
    units = samples.ascending(numbers, np.array(weights, dtype=np.float64))
    sample = samples.ordered(units, rows, layout)
    return weighted_quantile.medians([sample], clustered=clusters is not None).row(0, named=True)


@pytest.mark.parametrize(
    ("values", "weights", "median"),
    [
        ([1, 2, 3, 4], [1, 1, 1, 1], 2.5),
        ([4, 1, 3, 2], [1, 1, 1, 3], 2),
        ([1, 2, 3, 4], [3, 1, 1, 1], 1.5),
        ([1, 2, 3], [1, 1, 5], 3),
        ([7], [2], 7),
    ],
)
def test_half_of_the_weight_lies_below_the_weighted_median(values, weights, median):
    assert median_of(values, weights)["value"] == median


def test_a_weight_of_two_is_a_unit_that_occurs_twice():
    values, weights = [1.0, 2, 5, 7, 9, 11, 30], [2, 1, 2, 1, 1, 2, 1]
    assert median_of(values, weights)["value"] == np.median(np.repeat(values, weights))


def test_the_clustered_median_with_equal_weights_is_the_plain_one(api_schools):
    clusters = api_schools["dnum"].rank("dense").cast(pl.Int64).to_numpy() - 1
    plain = quantile.median(api_schools["api00"], api_schools["dnum"])

    found = median_of(api_schools["api00"], np.full(api_schools.height, 2.5), clusters)

    assert found["value"] == plain.value
    assert (found["low"], found["high"]) == (plain.low, plain.high)
    assert found["df"] == pytest.approx(plain.df)
    assert plain.p_value != plain.p_value  # every school is above 0: a sign test has nothing to test
    assert found["p_value"] is None
    assert found["kish_deff"] == pytest.approx(1)


def test_the_unclustered_weighted_median_has_an_interval_on_the_effective_number():
    noise = np.random.default_rng(3)
    covered = 0
    for _ in range(400):  # a Woodruff interval with estimated weights is close, not exact
        values = noise.normal(0, 1, 150)
        keep = 1 / (1 + np.exp(-0.8 * values))
        told = noise.random(150) < keep  # who has more is likelier to answer; the weight makes up for it
        found = median_of(values[told], 1 / keep[told])
        covered += found["low"] <= 0 <= found["high"]
    assert covered / 400 == pytest.approx(0.95, abs=3 * (0.0475 / 400) ** 0.5 + 0.01)
