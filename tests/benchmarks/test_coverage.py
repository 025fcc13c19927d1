import polars as pl
import pytest

from benchmarks.coverage import KEY, SEEDS, Bounds, compared, headlines, miscounted, programme, simulate

FEWER = 20


@pytest.fixture(scope="module")
def found() -> pl.DataFrame:
    """The headline estimates of the first seeds."""
    return simulate(range(1, FEWER + 1), processes=1)


@pytest.mark.load
def test_every_headline_holds_the_truth_without_bias_and_no_wider_than_need_be(found):
    wanted = headlines(programme())
    rows = wanted.join(compared(found, Bounds.of(FEWER)), on=KEY, how="inner")
    assert rows.height == wanted.height
    assert rows["seeds"].unique().to_list() == [FEWER]
    assert rows.filter(~pl.col("holds")).is_empty()


@pytest.mark.load
def test_counts_are_those_planted(found):
    assert found.filter(quantity="count").height >= FEWER
    assert miscounted(found).is_empty()


@pytest.mark.load
def test_a_biased_estimator_and_an_overconfident_one_and_a_timid_one_are_noticed(found):
    bounds = Bounds.of(FEWER)
    spread = (pl.col("high") - pl.col("low")) / 4
    middle = (pl.col("high") + pl.col("low")) / 2
    biased = found.with_columns(pl.col("value", "low", "high") + spread)
    overconfident = found.with_columns(low=middle - spread / 4, high=middle + spread / 4)
    timid = found.with_columns(low=middle - 10 * spread, high=middle + 10 * spread)
    for wrong in (biased, overconfident, timid):
        assert not compared(wrong, bounds)["holds"].any()


def test_fewer_seeds_allow_for_chance_and_all_of_them_do_not():
    assert Bounds.of(SEEDS) == Bounds(coverage=0.90, error=3.0, width=1.3)
    assert Bounds.of(FEWER).coverage < 0.90 < 1.3 < Bounds.of(FEWER).width
