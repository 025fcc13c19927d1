"""The closed forms against matrices: CR2 and Satterthwaite's df by their definitions, cluster by cluster."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.estimators.difference_in_differences import difference
from transforms.estimators.mean import mean


def by_matrices(x: np.ndarray, y: np.ndarray, clusters: np.ndarray, contrast: np.ndarray) -> tuple[float, float]:
    """CR2 standard error and Satterthwaite's df of contrast' beta, working covariance I, all in N x N matrices."""
    n = len(y)
    bread = np.linalg.inv(x.T @ x)
    annihilator = np.eye(n) - x @ bread @ x.T
    residuals = annihilator @ y
    groups = [np.flatnonzero(clusters == each) for each in np.unique(clusters)]
    variance, vectors = 0.0, []
    for rows in groups:
        values, basis = np.linalg.eigh(annihilator[np.ix_(rows, rows)])
        keep = values > 1e-9
        adjustment = basis[:, keep] @ np.diag(values[keep] ** -0.5) @ basis[:, keep].T
        weights = contrast @ bread @ x[rows].T @ adjustment
        variance += float(weights @ residuals[rows]) ** 2
        full = np.zeros(n)
        full[rows] = weights
        vectors.append(annihilator @ full)
    gram = np.array(vectors) @ np.array(vectors).T
    return variance**0.5, float(np.trace(gram) ** 2 / (gram**2).sum())


@st.composite
def clustered_samples(draw):
    sizes = draw(st.lists(st.integers(1, 7), min_size=6, max_size=14))
    seed = draw(st.integers(0, 2**32 - 1))
    noise = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    return clusters, noise.normal(5, 1, len(clusters)) + noise.normal(0, 1, len(sizes))[clusters]


@given(clustered_samples())
@settings(max_examples=60, deadline=None)
def test_a_means_cr2_error_and_degrees_of_freedom_are_those_of_the_matrices(sample):
    clusters, values = sample
    error, df = by_matrices(np.ones((len(values), 1)), values, clusters, np.array([1.0]))
    found = mean(pl.Series(values), pl.Series(clusters))
    assert found.value == pytest.approx(values.mean(), rel=1e-12)
    assert found.standard_error == pytest.approx(error, rel=1e-9)
    assert found.df == pytest.approx(df, rel=1e-9)


@given(clustered_samples())
@settings(max_examples=60, deadline=None)
def test_two_arms_cr2_error_and_degrees_of_freedom_are_those_of_the_matrices(sample):
    clusters, values = sample
    treated = clusters % 2 == 0
    design = np.column_stack([np.ones(len(values)), treated.astype(float)])
    error, df = by_matrices(design, values, clusters, np.array([0.0, 1.0]))
    found, form = difference(pl.Series(values), pl.Series(clusters), pl.Series(treated))
    assert found.standard_error == pytest.approx(error, rel=1e-9)
    if form == "cr2":
        assert found.df == pytest.approx(df, rel=1e-9)
    else:
        assert np.bincount(clusters).max() == 1


def test_one_cluster_has_no_standard_error():
    found = mean(pl.Series([1.0, 2.0, 3.0]), pl.Series(["a", "a", "a"]))
    assert found.value == 2
    assert np.isnan([found.standard_error, found.low, found.high, found.p_value]).all()


def test_clusters_of_400_do_not_overflow():
    clusters = np.repeat(np.arange(4), 400)
    values = np.arange(1600.0) % 7
    error, df = by_matrices(np.ones((1600, 1)), values, clusters, np.array([1.0]))
    found = mean(pl.Series(values), pl.Series(clusters))
    assert (found.standard_error, found.df) == pytest.approx((error, df), rel=1e-9)
    assert found.df == pytest.approx(3, rel=1e-9)


def test_clusters_in_both_arms_take_the_cr1_form():
    values = pl.Series([1.0, 2.0, 4.0, 3.0, 5.0, 9.0, 2.0, 4.0])
    clusters = pl.Series(["a", "a", "a", "b", "b", "c", "c", "c"])
    treated = pl.Series([True, False, True, False, True, True, False, False])
    found, form = difference(values, clusters, treated)
    x = np.column_stack([np.ones(8), treated.to_numpy().astype(float)])
    bread = np.linalg.inv(x.T @ x)
    residuals = values.to_numpy() - x @ bread @ x.T @ values.to_numpy()
    scores = [x[clusters.to_numpy() == each].T @ residuals[clusters.to_numpy() == each] for each in "abc"]
    meat = sum(np.outer(score, score) for score in scores)
    error = (bread @ meat @ bread * 3 / 2 * 7 / 6)[1, 1] ** 0.5
    assert form == "cr1"
    assert found.standard_error == pytest.approx(error, rel=1e-10)
    assert found.df == 2


def test_without_clusters_the_interval_is_welchs():
    from scipy.stats import ttest_ind

    noise = np.random.default_rng(4)
    first, second = noise.normal(0, 1, 12), noise.normal(1, 3, 30)
    values, treated = pl.Series([*first, *second]), pl.Series([True] * 12 + [False] * 30)
    found, form = difference(values, pl.Series(range(42)), treated)
    reference = ttest_ind(first, second, equal_var=False)
    assert form == "welch"
    assert found.p_value == pytest.approx(reference.pvalue, rel=1e-10)
    assert found.df == pytest.approx(reference.df, rel=1e-10)
    interval = reference.confidence_interval()
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-10)
