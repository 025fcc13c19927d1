"""What tests/reference does not hold of sample surveys: domains by where, two strata by hand, mistakes."""

import polars as pl
import pytest

from transforms.errors import UserError

SPEC = '[columns]\nstratum = "s"\nweight = "w"\n[[estimates]]\nname = "m"\nmethod = "mean"\noutcomes = ["y"]\n'


@pytest.fixture
def sample() -> pl.DataFrame:
    return pl.DataFrame(
        {"s": ["a", "a", "b", "b"], "y": [1.0, 3.0, 5.0, 9.0], "w": [1.0, 1.0, 1.0, 1.0], "g": ["f", "m", "f", "m"]}
    )


def term(estimate: dict) -> tuple[float, float]:
    return estimate["terms"][0]["value"], estimate["terms"][0]["standard_error"]


def test_two_strata_worked_by_hand(estimate, sample):
    """m = 4.5, z = (y - m)/4; in a stratum of two 2 sum (z - mean z)^2 = (y1 - y2)^2 / 16."""
    found = estimate(sample, SPEC)[0]
    assert term(found) == pytest.approx((4.5, ((4 + 16) / 16) ** 0.5))
    assert found["terms"][0]["df"] == 2
    assert found["kish_deff"] == 1


def test_where_is_a_domain_of_the_whole_sample(estimate, sample):
    """The mean of m is 6; z of f is 0 and of m (y - 6)/2 = -1.5, 1.5: each stratum gives 2.25."""
    by_where, by_over = estimate(sample, SPEC + "where = \"g = 'm'\"\n")[0], estimate(sample, SPEC + 'over = "g"\n')[1]
    assert term(by_where) == term(by_over) == pytest.approx((6, 4.5**0.5))
    assert (by_over["domain"], by_over["rows"]) == ("g=m", 2)


def test_a_stratum_with_one_cluster_has_no_error(estimate, sample):
    found = estimate(sample.filter((pl.col("s") == "a") | (pl.col("y") == 5)), SPEC)[0]
    assert term(found)[1] is None


def test_clusters_of_one_name_in_two_strata_are_two(estimate, sample):
    spec = SPEC.replace("[columns]", '[columns]\ncluster = "c"')
    found = estimate(sample.with_columns(c=pl.Series([1, 2, 1, 2])), spec)[0]
    assert found["terms"][0]["df"] == 2


MARGINS = {
    "totals = { f = 3 }": "the margin of g has no total for m",
    "totals = { f = 3, m = 3, x = 2 }": "no row is in g = x, of which the margin has a total",
}


@pytest.mark.parametrize("totals", MARGINS)
def test_margins_that_do_not_fit_are_said(estimate, sample, totals):
    with pytest.raises(UserError, match=MARGINS[totals]):
        estimate(sample, SPEC + f'margins = [{{ by = "g", {totals} }}]\n')


def test_margins_that_contradict_each_other_are_said(estimate, sample):
    margins = '{ by = "g", totals = { f = 3, m = 3 } }, { by = "s", totals = { a = 1, b = 1 } }'
    with pytest.raises(UserError, match="no weights meet all margins"):
        estimate(sample, SPEC + f"margins = [{margins}]\n")
