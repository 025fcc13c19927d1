"""Survivors beside all: shown only where nobody, or enough people, are left out."""

import polars as pl
import pytest

from tests.transforms.test_variants import graded
from transforms import tables
from transforms.disclosure.beside import without_few_apart
from transforms.disclosure.primary import disclose

FLOOR = 10
LEAD = {"estimate": "lead", "quantity": "change", "numerator": None}
BESIDE = LEAD | {"estimate": "beside", "term": "survivors"}


def shown(lead: dict[str, object], beside: dict[str, object]) -> dict[str, str]:
    rows = tables.GradedEstimates.validate(pl.concat([graded(**LEAD | lead), graded(**BESIDE | beside)]))
    told = without_few_apart(disclose(rows, FLOOR), rows, FLOOR)
    return dict(told.select("estimate", pl.col("visibility").cast(pl.String)).rows())


@pytest.mark.parametrize(
    ("lead", "beside", "visibility"),
    [
        ({"n": 100}, {"n": 100}, "shown"),
        ({"n": 100}, {"n": 99}, "suppressed"),
        ({"n": 100}, {"n": 91}, "suppressed"),
        ({"n": 100}, {"n": 90}, "shown"),
        (
            {"n": 100, "n_comparison": 80, "quantity": "effect"},
            {"n": 85, "n_comparison": 78, "quantity": "effect"},
            "suppressed",
        ),
        (
            {"n": 100, "n_comparison": 80, "quantity": "effect"},
            {"n": 85, "n_comparison": 80, "quantity": "effect"},
            "shown",
        ),
    ],
)
def test_survivors_are_told_of_only_where_no_few_are_left_out(lead, beside, visibility) -> None:
    assert shown(lead, beside) == {"lead": "shown", "beside": visibility}
