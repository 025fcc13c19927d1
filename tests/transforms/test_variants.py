"""Figures with and without some people, side by side: nobody who has both learns of a few."""

import dataframely as dy
import polars as pl
import pytest

from transforms import tables
from transforms.variants import told_apart

FLOOR = 10
COUNT = {"quantity": "count", "numerator": None}


def graded(**fields) -> dy.DataFrame[tables.GradedEstimates]:
    said = {"estimate": "e", "period": "p", "indicator": "i", "quantity": "level", "round": "m6", "arm": "all"}
    said |= {"by": "programme", "group": "all", "term": "", "method": "m", "missing": 0, "population": 200}
    said |= {"value": 0.5, "n": 100, "numerator": 50} | fields
    names = tables.GradedEstimates.column_names()
    row = pl.DataFrame({name: [said.get(name)] for name in names})
    return tables.GradedEstimates.validate(row, cast=True)


@pytest.mark.parametrize(
    ("with_all", "without", "shown"),
    [
        ({}, {}, True),
        ({}, {"n": 90, "numerator": 45}, True),
        ({}, {"n": 91, "numerator": 45}, False),  # nine people
        ({}, {"n": 80, "numerator": 48}, False),  # of twenty people two: a small share
        ({}, {"n": 80, "numerator": 32}, False),  # all but two
        ({}, {"numerator": 49, "value": 0.49}, False),  # as many people, but one answers otherwise
        ({"numerator": None}, {"numerator": None, "n": 85, "value": 0.4}, True),
        ({"numerator": None}, {"numerator": None, "value": 0.4}, False),
        ({"numerator": None, "n_comparison": 60}, {"numerator": None, "n": 85, "n_comparison": 59}, False),
        ({"numerator": None, "n_comparison": 60}, {"numerator": None, "n": 85, "n_comparison": 50}, True),
        (COUNT | {"value": 60.0, "n": 60}, COUNT | {"value": 57.0, "n": 40}, False),  # three of what is counted
        (COUNT | {"value": 60.0, "n": 60}, COUNT | {"value": 50.0, "n": 40}, True),
    ],
)
def test_both_are_shown_only_where_the_people_between_them_are_none_or_enough(with_all, without, shown):
    assert (told_apart(graded(**without), graded(**with_all), FLOOR).height == 1) is shown


def test_a_figure_that_has_no_other_beside_it_is_left_out():
    assert told_apart(graded(estimate="another"), graded(), FLOOR).is_empty()
