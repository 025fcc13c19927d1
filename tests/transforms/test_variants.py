"""Figures with and without some people, side by side: nobody who has both learns of a few."""

import dataframely as dy
import polars as pl
import pytest

from transforms import tables
from transforms.variants import told_apart

FLOOR = 10
CHANGE = {"quantity": "change", "numerator": None}
EFFECT = {"quantity": "effect", "n": 60, "n_comparison": 60}
MONEY = {"indicator": "money", "numerator": None}
COUNT = {"quantity": "count", "numerator": None}


def graded(**fields) -> dy.DataFrame[tables.GradedEstimates]:
    said = {"estimate": "e", "period": "p", "indicator": "i", "quantity": "level", "round": "m6", "arm": "all"}
    said |= {
        "by": "programme",
        "group": "all",
        "term": "",
        "method": "m",
        "missing": 0,
        "population": 200,
        "weights": "none",
    }
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
        (MONEY, MONEY | {"n": 85, "value": 0.4}, True),
        (MONEY, MONEY | {"value": 0.4}, False),
        (MONEY | EFFECT, MONEY | EFFECT | {"n": 45, "n_comparison": 59}, False),
        (MONEY | EFFECT, MONEY | EFFECT | {"n": 45, "n_comparison": 50}, True),
        (CHANGE | {"n": 55, "value": 27 / 55}, CHANGE | {"n": 35, "value": 7 / 35}, False),  # all twenty changed alike
        (CHANGE | {"n": 55, "value": 27 / 55}, CHANGE | {"n": 35, "value": 10 / 35}, True),
        (CHANGE | EFFECT, CHANGE | EFFECT | {"n": 40, "value": 0.3}, False),
        (CHANGE | EFFECT, CHANGE | EFFECT, True),
        (COUNT | {"value": 60.0, "n": 60}, COUNT | {"value": 57.0, "n": 40}, False),  # three of what is counted
        (COUNT | {"value": 60.0, "n": 60}, COUNT | {"value": 50.0, "n": 40}, True),
    ],
)
def test_both_are_shown_only_where_the_people_between_them_are_none_or_enough(with_all, without, shown):
    assert (told_apart(graded(**without), graded(**with_all), FLOOR, {"i"}).height == 1) is shown


def test_a_figure_that_has_no_other_beside_it_is_left_out():
    assert told_apart(graded(estimate="another"), graded(), FLOOR, {"i"}).is_empty()
