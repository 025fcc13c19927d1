"""Survivors beside all: shown only where nobody, or enough people, are left out."""

import polars as pl
import pytest

from tests.transforms.test_variants import graded
from transforms import tables
from transforms.disclosure.beside import without_few_apart, without_hidden_moves
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


def moves(hidden: tuple[str, str] | None) -> pl.DataFrame:
    pairs = [("micro", "micro"), ("micro", "small"), ("small", "closed"), ("unknown", "micro")]
    place = {"period": "p", "indicator": "i", "round": "m6", "arm": "treated", "by": "programme", "group": "all"}
    rows = [
        place | {"origin": origin, "destination": to, "units": None if (origin, to) == hidden else 20}
        for origin, to in pairs
    ]
    return pl.DataFrame(rows, schema_overrides={"units": pl.Int64})


@pytest.mark.parametrize(
    ("hidden", "arm", "visibility"),
    [
        (None, "treated", "shown"),
        (("micro", "small"), "treated", "suppressed"),
        (("small", "closed"), "treated", "suppressed"),
        (("unknown", "micro"), "treated", "shown"),  # who is unknown is in neither figure
        (("micro", "small"), "comparison", "shown"),
        (("micro", "small"), "both", "suppressed"),
    ],
)
def test_what_follows_from_a_matrix_is_hidden_with_any_pair_of_it(hidden, arm, visibility) -> None:
    quantity = "effect" if arm == "both" else "change"
    more = {"arm": arm, "quantity": quantity, "numerator": None, "n_comparison": 100}
    rows = pl.concat([graded(**more, estimate=term, term=term) for term in ("net_upward", "homogeneity")])
    published = disclose(tables.GradedEstimates.validate(rows), FLOOR)
    told = without_hidden_moves({"estimates": published, "transitions": moves(hidden)})["estimates"]

    assert told["visibility"].cast(pl.String).to_list() == [visibility, visibility]
