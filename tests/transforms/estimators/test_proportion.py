import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from transforms.estimators.proportion import clopper_pearson, with_interval


def interval(successes: int, n: int, *, variance: float | None = None, df: float | None = None) -> tuple:
    row = {"n": [n], "value": [successes / n], "variance": [variance], "df": [df]}
    frame = pl.DataFrame(row, schema_overrides={"variance": pl.Float64, "df": pl.Float64})
    return with_interval(frame, clustered=variance is not None).select("low", "high", "method").row(0)


def test_none_and_all_take_the_exact_interval():
    low, high, method = interval(0, 20)
    assert (method, interval(1, 20)[2]) == ("proportion_clopper_pearson", "proportion_wilson")
    assert (low, high) == pytest.approx(clopper_pearson(0, 20))
    assert interval(20, 20)[:2] == pytest.approx(clopper_pearson(20, 20))


def test_clusters_that_agree_within_widen_the_interval():
    alone = interval(50, 100)
    # Ten clusters of ten, each all or nothing: 10 independent units.
    together = interval(50, 100, variance=0.25 / 9, df=9)
    assert together[2] == "proportion_wilson_effective_n"
    assert together[1] - together[0] > 2.5 * (alone[1] - alone[0])


def test_clusters_never_narrow_the_interval():
    assert interval(50, 100, variance=0.25 / 1000, df=99)[:2] == pytest.approx(interval(50, 100)[:2])


def test_few_clusters_widen_even_the_interval_of_none():
    assert interval(0, 30, variance=0.0, df=2)[1] > 2 * interval(0, 30)[1]


def test_one_cluster_has_no_interval():
    row = pl.DataFrame({"n": [10], "value": [0.5], "variance": [None], "df": [None]}).cast(
        {"variance": pl.Float64, "df": pl.Float64}
    )
    assert with_interval(row, clustered=True).select("low", "high").row(0) == (None, None)


@pytest.mark.parametrize(("n", "share", "lowest"), [(50, 0.01, 0.91), (50, 0.3, 0.93), (200, 0.5, 0.94)])
def test_wilson_covers_as_exact_enumeration_says(n, share, lowest):
    counts = np.arange(n + 1)
    ends = [interval(int(k), n)[:2] for k in counts]
    covered = [low <= share <= high for low, high in ends]
    assert binom.pmf(counts, n, share)[covered].sum() > lowest
