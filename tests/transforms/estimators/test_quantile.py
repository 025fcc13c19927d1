import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from transforms.estimators.quantile import median


def test_the_median_averages_the_two_middle_values():
    assert median(pl.Series([4.0, 1.0, 3.0, 10.0])).value == 3.5
    assert median(pl.Series([4.0, 1.0, None, 10.0])).value == 4


@pytest.mark.parametrize(("n", "rank"), [(6, 1), (10, 2), (20, 6), (25, 8), (100, 40)])
def test_the_ranks_of_an_order_statistic_interval_are_the_tables(n, rank):
    # Conover (1999), table A3: the smallest ranks that leave at most 2.5 % on each side.
    found = median(pl.Series(range(1, n + 1)))
    assert (found.low, found.high) == (rank, n + 1 - rank)


def test_five_values_are_too_few_for_an_interval():
    found = median(pl.Series(range(5)))
    assert found.value == 2
    assert np.isnan([found.low, found.high]).all()


def test_the_test_against_zero_is_the_exact_sign_test():
    values = pl.Series([-1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 0.0])
    assert median(values).p_value == pytest.approx(binomtest(1, 8).pvalue)


def test_with_clusters_of_one_woodruff_is_near_the_order_statistics():
    values = pl.Series(np.random.default_rng(1).normal(size=400))
    alone, clustered = median(values), median(values, pl.Series(range(400)))
    assert clustered.value == alone.value
    assert abs(clustered.low - alone.low) < 0.03
    assert abs(clustered.high - alone.high) < 0.03


def test_a_cluster_counts_as_one_where_its_units_agree():
    noise = np.random.default_rng(2)
    levels = noise.normal(size=30)
    values, clusters = np.repeat(levels, 20) + noise.normal(0, 0.001, 600), np.repeat(np.arange(30), 20)
    clustered, of_levels = median(pl.Series(values), pl.Series(clusters)), median(pl.Series(levels))
    assert (clustered.low, clustered.high) == pytest.approx((of_levels.low, of_levels.high), abs=0.01)


def test_woodruff_of_the_api_clusters_reads_the_quantiles_of_its_share(api_schools):
    found = median(api_schools["api00"], api_schools["dnum"])
    assert found.value == api_schools["api00"].median() == 652
    # The share at or below the median has CR2 error e; the ends are the 0.5 -+ t e quantiles.
    assert {found.low, found.high} <= set(api_schools["api00"])
    assert found.low < 627 < 677 < found.high
