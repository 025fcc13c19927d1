"""Staggered adoption against csdid, and a case worked by hand."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from transforms.errors import UserError

AWKWARD = Path(__file__).parents[2] / "reference" / "awkward"
SPEC = """
[columns]
unit = "unit"
round = "round"
{columns}

[[estimates]]
name = "entry"
method = "staggered"
outcomes = ["y"]
entered = "entered"
{more}
"""
CASES = {
    "never": ("", 'comparison = "never_treated"'),
    "not yet": ("", ""),
    "anticipation": ("", "anticipation = 1"),
    "weighted": ('weight = "weight"', 'comparison = "never_treated"'),
    "doubly robust": ("", 'covariates = ["weight"]'),
    "regression": ("", 'covariates = ["weight"]\nadjustment = "regression"\ncomparison = "never_treated"'),
    "weighting": ("", 'covariates = ["weight"]\nadjustment = "weighting"'),
    "clustered": ('cluster = "village"', ""),
}


@pytest.fixture(scope="module")
def panel() -> pl.DataFrame:
    return pl.read_csv(AWKWARD / "staggered.csv")


@pytest.fixture(scope="module")
def csdid() -> dict:
    return json.loads((AWKWARD / "staggered.json").read_text(encoding="utf-8"))


def by_term(estimate: dict) -> dict[str, dict]:
    return {each["term"]: each for each in estimate["terms"]}


@pytest.mark.parametrize("base", ["varying", "universal"])
@pytest.mark.parametrize("case", CASES)
def test_every_effect_and_aggregate_is_csdids(estimate, panel, csdid, case, base):
    columns, more = CASES[case]
    spec = SPEC.format(columns=columns, more=f'{more}\ngaps = "drop_units"\nbase_period = "{base}"')
    found = by_term(estimate(panel, spec)[0])
    wanted = csdid[f"{case}, {base}"]
    assert set(found) == set(wanted)
    for name, (value, error) in wanted.items():
        assert found[name]["value"] == pytest.approx(value, rel=1e-8, abs=1e-12), name
        assert found[name]["standard_error"] == (error if error is None else pytest.approx(error, rel=1e-8)), name


def test_two_cohorts_worked_by_hand(estimate):
    """Change of the first cohort at 2: 3; of those not yet treated: (1 + 0 + 2)/3. At 3 only c and d are left."""
    values = {"a": (0, 3, 4), "b": (0, 1, 5), "c": (0, 0, 1), "d": (0, 2, 1)}
    rows = [
        {"unit": unit, "round": at + 1, "y": y, "entered": {"a": 2, "b": 3}.get(unit)}
        for unit, series in values.items()
        for at, y in enumerate(series)
    ]
    found = by_term(estimate(pl.DataFrame(rows), SPEC.format(columns="", more=""))[0])
    assert found["cohort 2 at 2"]["value"] == pytest.approx(2)
    assert found["cohort 2 at 3"]["value"] == pytest.approx(3)
    assert found["cohort 3 at 2"]["value"] == pytest.approx(0)  # a placebo: 1 less the mean of 0 and 2
    assert found["cohort 3 at 3"]["value"] == pytest.approx(4)
    assert found["overall"]["value"] == pytest.approx(3)
    assert found["exposure 0"]["value"] == pytest.approx(3)
    assert found["overall"]["df"] is None


def test_an_effect_is_found_where_who_enters_depends_on_what_also_drives_the_outcome(estimate):
    noise = np.random.default_rng(3)
    skill = noise.normal(size=2000)
    entered = np.where(noise.random(2000) < 1 / (1 + np.exp(-skill)), 2, 0)
    kind = np.where(noise.random(2000) < 0.5, "weaver", "dyer")
    rows = [
        pl.DataFrame(
            {
                "unit": np.arange(2000),
                "round": at,
                "entered": entered,
                "skill": skill,
                "kind": kind,
                "y": at * skill + (at == 2) * 1.5 * (entered == 2) + noise.normal(size=2000),
            }
        )
        for at in (1, 2)
    ]
    adjusted = 'covariates = ["skill", "kind"]\nadjustment = "{}"'
    for way in ("doubly_robust", "regression", "weighting"):
        each = by_term(estimate(pl.concat(rows), SPEC.format(columns="", more=adjusted.format(way)))[0])["overall"]
        assert abs(each["value"] - 1.5) < 3 * each["standard_error"]
    plain = by_term(estimate(pl.concat(rows), SPEC.format(columns="", more=""))[0])["overall"]
    assert plain["low"] > 2


def test_an_effect_without_anybody_comparable_is_named(estimate):
    table = pl.DataFrame(
        [
            {"unit": unit, "round": at, "entered": 2 if unit < 20 else 0, "x": float(unit < 20), "y": unit * at % 7}
            for unit in range(40)
            for at in (1, 2, 3)
        ]
        + [{"unit": 99, "round": at, "entered": 3, "x": 0.0, "y": at} for at in (1, 2, 3)]
    )
    found = estimate(table, SPEC.format(columns="", more='covariates = ["x"]'))[0]
    assert found["left_out"] == ["cohort 2 at 2", "cohort 2 at 3"]


def test_gaps_leave_units_out_of_the_effects_that_lack_them_only(estimate, panel):
    whole, paired = (
        estimate(panel, SPEC.format(columns="", more=f'gaps = "{gaps}"'))[0] for gaps in ("drop_units", "pairs")
    )
    assert paired["rows"] == panel.height
    assert whole["dropped"][0]["why"] == "incomplete_unit"
    assert whole["rows"] + whole["dropped"][0]["rows"] == panel.height
    assert 0 < paired["tests"][0]["p_value"] < 1


def test_a_unit_with_two_rows_of_a_round_or_two_entries_is_refused_without_its_name(estimate, panel):
    with pytest.raises(UserError, match="two rows of one round"):
        estimate(pl.concat([panel, panel.head(1)]), SPEC.format(columns="", more=""))
    changing = panel.with_columns(entered=pl.when(pl.col("round") > 3).then("entered").otherwise(5))
    with pytest.raises(UserError, match="y changes between the rounds of"):
        estimate(panel, SPEC.format(columns="", more='covariates = ["y"]'))
    with pytest.raises(UserError, match="entered changes between the rounds of"):
        estimate(changing, SPEC.format(columns="", more=""))
