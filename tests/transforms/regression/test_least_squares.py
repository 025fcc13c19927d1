import numpy as np
import polars as pl
import pytest

from transforms.regression.least_squares import fit, rank
from transforms.regression.matrix import matrix, without_singletons


def test_a_column_that_others_determine_is_left_out_and_named(awkward):
    rows = awkward.with_columns(twice=2 * pl.col("x"), sum=pl.col("x") + pl.col("treated"))
    fitted = fit(matrix(rows, "y", ["x", "twice", "treated", "sum"]))
    assert fitted.dropped == ("twice", "sum")
    assert fitted.names == ("constant", "x", "treated")


def test_of_a_term_and_the_effects_that_determine_it_the_term_is_left_out(awkward):
    rows = awkward.with_columns(late=(pl.col("round") > 3).cast(pl.Int8))
    fitted = fit(matrix(rows, "y", ["late", "region", "treated"], absorb=["unit", "round"]))
    assert fitted.dropped == ("late", "region")
    assert fitted.terms == ("treated",)


def test_columns_of_very_different_sizes_are_told_apart(awkward):
    rows = awkward.with_columns(large=pl.col("x") * 1e9 + 1e9 * pl.col("treated"), small=pl.col("weight") * 1e-9)
    fitted = fit(matrix(rows, "y", ["large", "treated", "small"]))
    assert fitted.dropped == ()
    plain = fit(matrix(awkward, "y", ["x", "treated", "weight"]))
    assert fitted.slopes[1] * 1e9 == pytest.approx(plain.slopes[1], rel=1e-8)
    assert fitted.slopes[3] * 1e-9 == pytest.approx(plain.slopes[3], rel=1e-8)


def test_nothing_is_fitted_without_a_degree_of_freedom_or_a_term(awkward):
    assert fit(matrix(awkward.head(3), "y", ["x", "treated"])) is None
    assert fit(matrix(awkward, "y", ["region"], absorb=["unit"])) is None


def test_a_category_is_a_column_for_each_of_its_values_but_the_first(awkward):
    made = matrix(awkward, "y", ["x"], categorical=["region"])
    assert made.names == ("constant", "x", "region=1", "region=2")
    assert made.x[:, 2:].tolist() == [[float(each == 1), float(each == 2)] for each in awkward["region"]]


def test_weights_count_by_their_ratios_alone(awkward):
    one, other = (
        fit(matrix(awkward.with_columns(w=pl.col("weight") * k), "y", ["x"], weight="w")) for k in (1.0, 1000.0)
    )
    assert np.allclose(one.slopes, other.slopes, rtol=1e-12)
    assert one.weights.mean() == pytest.approx(1)


def test_groups_of_one_go_until_none_is_alone():
    rows = pl.DataFrame({"unit": ["a", "a", "b", "b", "c"], "round": [1, 2, 1, 3, 2]})
    assert without_singletons(rows, ["unit", "round"]).is_empty()
    assert without_singletons(rows, ["unit"]).height == 4


def test_the_rank_of_effects_counts_what_they_share_once():
    unit, village, time = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 0, 0, 1, 1]), np.array([0, 1, 0, 1, 0, 1])
    assert rank(()) == 1
    assert rank((unit,)) == 3
    assert rank((unit, village)) == 3
    assert rank((unit, time)) == 4
    assert rank((unit, time, village)) == 4


@pytest.mark.parametrize("weight", [None, "weight"])
def test_effects_that_share_much_are_absorbed_as_their_columns_would_be(awkward, weight):
    effects = ["unit", "region_round", "enumerator", "village"]
    absorbed, columns = (
        fit(matrix(awkward, "y", ["treated", "x"], absorb=effects, weight=weight, absorbed=way))
        for way in ("all", "none")
    )
    assert absorbed.left == columns.left
    assert absorbed.slopes == pytest.approx(columns.slopes[columns.nuisance :], rel=1e-9)
    assert absorbed.residuals == pytest.approx(columns.residuals, abs=1e-9)
    assert absorbed.within == pytest.approx(columns.within, rel=1e-9)
