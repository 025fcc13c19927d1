from datetime import date
from typing import Any

import dataframely as dy
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from transforms import tables
from transforms.grade import CAPS, LETTERS, START, grade
from transforms.programme import DesignKind, Programme

WORDS = {"th": "คำ", "en": "words"}
QUESTIONS = {
    "participant_id": {"path": "id", "type": "code", "identity": True, "title": WORDS},
    "registered_on": {"path": "on", "type": "date", "title": WORDS},
}
INDICATOR = {
    "title": WORDS,
    "meaning": WORDS,
    "section": "growth",
    "value": "1",
    "unit": WORDS,
    "shown_as": "decimal",
}


def programme(kind: DesignKind = "difference_in_differences", **indicators: dict[str, Any]) -> Programme:
    declared = {"jobs": {"statistic": "mean"}, **indicators}
    return Programme.model_validate(
        {
            "id": "example",
            **dict.fromkeys(("title", "agency", "about", "unit"), WORDS),
            "rounds": [{"id": name, "title": WORDS, "short": WORDS} for name in ("start", "later")],
            "periods": [{"id": "year", "title": WORDS, "start": date(2024, 1, 1), "end": date(2024, 12, 31)}],
            "sources": [{"id": "sheet", "kind": "file_drop", "form": "entry", "files": "*.csv"}],
            "design": {"kind": kind, "treatment": "true", "arms": {"treated": WORDS, "comparison": WORDS}},
            "forms": {"entry": {"kind": "registration", "title": WORDS, "key": [], "questions": QUESTIONS}},
            "indicators": {name: INDICATOR | each for name, each in declared.items()},
        }
    )


def row(**columns: Any) -> dict[str, Any]:
    """An effect that no cap touches, found at 5 % in its family."""
    effect = {
        "period": "year",
        "indicator": "jobs",
        "quantity": "effect",
        "round": "later",
        "arm": "both",
        "by": "programme",
        "group": "all",
        "term": "",
        "method": "difference in differences, CR2",
        "value": 2.0,
        "standard_error": 0.5,
        "low": 1.0,
        "high": 3.0,
        "n": 100,
        "n_comparison": 90,
        "observations": None,
        "numerator": None,
        "population": 100,
        "missing": 0,
        "clusters": 20,
        "clusters_comparison": 20,
        "df": 30.0,
        "p_value": 0.001,
        "q_value": 0.004,
        "family": "growth",
        "family_size": 9,
        "smallest_detectable": 1.4,
        "baseline_sd": 1.0,
        "response": 0.95,
        "attrition_overall": 0.0,
        "attrition_differential": 0.0,
        "weights": "none",
        "kish_deff": None,
    }
    return effect | columns


def change(**columns: Any) -> dict[str, Any]:
    return row(**{"quantity": "change", "arm": "treated", "n_comparison": None, "clusters_comparison": None} | columns)


def arms(**columns: Any) -> list[dict[str, Any]]:
    """Both arms' levels at the baseline, alike, and their changes, without a loss."""
    level = {"quantity": "level", "round": "start", "value": 4.0, "low": None, "high": None, "df": None}
    return [
        change(arm=arm, **what) | columns
        for arm in ("treated", "comparison")
        for what in (level, {"quantity": "change"})
    ]


def estimates_of(rows: list[dict[str, Any]]) -> dy.DataFrame[tables.Estimates]:
    key = ("period", "indicator", "quantity", "round", "arm", "by", "group", "term")
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(estimate=pl.concat_str(key, separator="."))
    return tables.Estimates.validate(frame.select(tables.Estimates.column_names()), cast=True)


def graded(
    rows: list[dict[str, Any]], kind: DesignKind = "difference_in_differences", **indicators: Any
) -> pl.DataFrame:
    return grade(estimates_of(rows), programme(kind, **indicators))


def verdict(effect: dict[str, Any], *others: dict[str, Any], **options: Any) -> tuple[Any, ...]:
    """Letter, sign and cap of the first row."""
    return graded([effect, *others], **options).select("letter", "sign", "cap").row(0)


@pytest.mark.parametrize("kind", START)
def test_an_effect_starts_at_the_letter_of_its_design(kind: DesignKind) -> None:
    assert verdict(row(), *arms(), kind=kind) == (START[kind], "+", None)


@pytest.mark.parametrize("kind", START)
def test_a_change_within_an_arm_is_a_paired_before_after_under_any_design(kind: DesignKind) -> None:
    assert verdict(change(), kind=kind)[0] == ("E" if kind == "post_only" else "D")


@pytest.mark.parametrize(
    ("kind", "letter"),
    [("randomised", "A"), ("matched", "C"), ("difference_in_differences", "E"), ("not_yet_treated", "E")],
)
def test_without_a_baseline_only_chance_or_matching_makes_arms_comparable(kind: DesignKind, letter: str) -> None:
    effect = row(method="difference in means, post-only, CR2", baseline_sd=None)

    assert verdict(effect, *arms(), kind=kind)[0] == letter


def test_counts_levels_and_nuisance_terms_have_no_grade() -> None:
    rows = [
        row(quantity="count", arm="all", n_comparison=None),
        row(quantity="level", arm="treated", n_comparison=None),
        row(term="round.later"),
        row(term="constant|classical"),
        row(term="treated|classical"),
    ]

    assert graded(rows).select("letter", "sign", "cap").unique().rows() == [(None, None, None)]


def test_treatment_and_its_lags_are_graded_in_a_model() -> None:
    rows = [row(term="treated"), row(term="treated_lag_1"), *arms()]

    assert graded(rows)["letter"].to_list()[:2] == ["B", "B"]


@pytest.mark.parametrize(
    ("columns", "letter", "cap"),
    [
        ({"n": 9}, "X", "floor"),
        ({"n_comparison": 9}, "X", "floor"),
        ({"n": 10}, "C", "small_arm"),
        ({"n_comparison": 29}, "C", "small_arm"),
        ({"n_comparison": 30}, "B", None),
        ({"clusters": 4}, "D", "few_clusters"),
        ({"clusters_comparison": 4}, "D", "few_clusters"),
        ({"df": 3.9}, "D", "few_clusters"),
        ({"response": 0.80}, "B", None),
        ({"response": 0.79}, "D", "low_response"),
        ({"response": 0.79, "weights": "base"}, "D", "low_response"),
        ({"response": 0.79, "weights": "propensity_strata"}, "B", None),
        ({"response": 0.50, "weights": "propensity_strata"}, "B", None),
        ({"response": 0.49, "weights": "propensity_strata"}, "D", "half_response"),
        ({"response": 0.49}, "D", "half_response"),
        ({"response": 0.29, "weights": "propensity_strata"}, "E", "very_low_response"),
        ({"weights": "raked", "kish_deff": 3.0}, "B", None),
        ({"weights": "raked", "kish_deff": 3.01}, "C", "uneven_weights"),
        ({"response": 0.29}, "E", "very_low_response"),
        ({"response": 0.29, "n": 9, "clusters": 4}, "X", "floor"),
        ({"response": 0.79, "n": 20}, "D", "low_response"),
    ],
)
def test_the_worst_cap_decides(columns: dict[str, Any], letter: str, cap: str | None) -> None:
    assert verdict(row(**columns), *arms())[::2] == (letter, cap)


def test_a_cap_that_is_no_worse_than_the_start_is_not_named() -> None:
    assert verdict(change(clusters=4))[::2] == ("D", None)


def test_few_clusters_take_the_p_value_away_from_changes_too() -> None:
    found = graded([change(clusters=4), change(arm="comparison", df=3.0), row(), *arms(by="area")])

    assert found["p_value"].to_list()[:3] == [None, None, 0.001]
    assert found["q_value"].to_list()[:3] == [None, None, 0.004]


def test_units_stand_for_clusters_where_none_are_declared() -> None:
    assert verdict(row(clusters=None, clusters_comparison=None), *arms())[0] == "B"
    assert verdict(row(clusters=None, n=4, clusters_comparison=None), *arms())[0] == "X"


def test_a_missing_baseline_caps_a_comparison_but_not_a_change() -> None:
    assert verdict(row())[::2] == ("C", "baseline_unknown")
    assert verdict(change())[::2] == ("D", None)


@pytest.mark.parametrize(("gap", "letter"), [(0.24, "B"), (0.26, "C")])
def test_arms_that_differ_at_the_baseline_are_only_associated(gap: float, letter: str) -> None:
    treated, *others = arms()

    assert verdict(row(), treated | {"value": 4.0 + gap}, *others)[0] == letter


def test_a_lottery_with_little_attrition_needs_no_balance() -> None:
    assert verdict(row(), kind="randomised")[::2] == ("A", None)
    assert verdict(row(attrition_differential=0.07), kind="randomised")[::2] == ("C", "baseline_unknown")
    assert verdict(row(attrition_overall=None), kind="randomised")[::2] == ("C", "baseline_unknown")


def test_moneys_median_stands_for_the_mean_of_a_skewed_amount() -> None:
    """All money 1.45 times as high: 0.18 sd between the medians, 0.29 between the lognormal means behind them."""
    treated, treated_change, comparison, comparison_change = arms(indicator="sales")
    treated |= {"value": 145.0, "baseline_sd": 290.0}
    comparison |= {"value": 100.0, "baseline_sd": 200.0}
    rows = [row(indicator="sales"), treated, treated_change, comparison, comparison_change]

    assert verdict(*rows, sales={"statistic": "money"})[2] == "baseline_imbalance"
    assert verdict(*rows, sales={"statistic": "mean"})[2] is None


@pytest.mark.parametrize(
    ("overall", "difference", "verdicts"),
    [
        (0.03, -0.059, ("A", None)),
        (0.05, -0.10, ("B", "some_attrition")),
        (0.08, 0.15, ("C", "attrition")),
        (0.16, 0.0, ("A", None)),
        (0.58, 0.0, ("C", "attrition")),
    ],
)
def test_unequal_loss_of_units_caps_a_lottery(
    overall: float, difference: float, verdicts: tuple[str, str | None]
) -> None:
    treated, *others = arms()
    lossy = row(attrition_overall=overall, attrition_differential=difference)

    assert verdict(lossy, treated | {"value": 4.06}, *others, kind="randomised")[::2] == verdicts


def test_arms_that_started_alike_bear_some_attrition() -> None:
    assert verdict(row(attrition_overall=0.05, attrition_differential=-0.1), *arms(), kind="randomised")[0] == "A"


@pytest.mark.parametrize(
    ("columns", "sign"),
    [
        ({"low": -0.1, "high": 0.2, "value": 0.1}, "0"),
        ({"low": 0.05, "high": 0.15, "value": 0.1}, "0"),
        ({}, "+"),
        ({"value": -2.0, "low": -3.0, "high": -1.0}, "-"),
        ({"q_value": 0.06}, "(+)"),
        ({"value": -2.0, "low": -3.0, "high": -1.0, "q_value": 0.06}, "(-)"),
        ({"p_value": 0.06, "q_value": 0.06, "low": -0.1}, "?"),
        ({"p_value": None, "q_value": None}, "?"),
        ({"clusters": 4}, "?"),
        ({"n": 9}, None),
    ],
)
def test_the_first_sign_that_holds_is_given(columns: dict[str, Any], sign: str | None) -> None:
    assert verdict(row(**columns), *arms())[1] == sign


def test_a_declared_smallest_effect_goes_before_the_standard_deviation() -> None:
    assert verdict(row(), *arms(), jobs={"statistic": "mean", "smallest_effect": 3.5})[1] == "0"


def test_a_change_in_percent_is_never_negligible_unless_a_smallest_effect_is_declared() -> None:
    percent = {"statistic": "money", "change_as": "percent"}
    effect = row(indicator="sales", low=-0.01, high=0.01, value=0.0, p_value=0.9, q_value=0.9)

    assert verdict(effect, sales=percent)[1] == "?"
    assert verdict(effect, sales=percent | {"smallest_effect": 0.05})[1] == "0"


def test_every_cap_has_its_own_code_and_the_worst_come_first() -> None:
    assert len({cap.code for cap in CAPS}) == len(CAPS)
    assert [cap.letter for cap in CAPS] == sorted((cap.letter for cap in CAPS), key=LETTERS.index, reverse=True)


def test_no_cap_overwrites_a_column_of_the_table() -> None:
    assert not {cap.code for cap in CAPS} & set(tables.GradedEstimates.column_names())


def test_no_estimate_yields_no_grade() -> None:
    assert grade(tables.Estimates.create_empty(), programme()).is_empty()


SIZES = st.fixed_dictionaries(
    {
        "n": st.integers(0, 60),
        "n_comparison": st.integers(0, 60),
        "clusters": st.integers(0, 12),
        "response": st.none() | st.floats(0, 1),
        "df": st.none() | st.floats(0.5, 60),
    }
)


# Each example is a table of many cases; a failure shows its row, so no smaller table is looked for.
@settings(max_examples=10, phases=[Phase.generate])
@given(st.lists(SIZES, min_size=20, max_size=60))
def test_no_cap_ever_betters_a_letter(drawn: list[dict[str, Any]]) -> None:
    names = [f"group {place}" for place in range(len(drawn))]
    groups = zip(names, drawn, strict=True)
    rows = [each | {"group": name} for name, sizes in groups for each in (row(**sizes), *arms())]

    found = graded(rows).filter(quantity="effect")

    assert found["group"].to_list() == names
    for sizes, (letter, sign, cap) in zip(drawn, found.select("letter", "sign", "cap").rows(), strict=True):
        assert LETTERS.index(letter) >= LETTERS.index("B")
        assert (cap is None) == (letter == "B")
        assert (letter == "X") == (min(sizes["n"], sizes["n_comparison"]) < 10) == (sign is None)
