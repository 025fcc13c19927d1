from collections.abc import Sequence
from typing import Any

import dataframely as dy
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from transforms import tables
from transforms.disclosure.primary import BASES, FIGURES, disclose, disclose_counts, disclose_transitions
from transforms.disclosure.rounding import rounded_for_publication
from transforms.programme import Indicator, Programme

FLOOR = 10
MANY_AT_ONCE = settings(max_examples=10, phases=[Phase.generate])
"""Each example is a table whose rows are the cases; a failure shows its row, so no smaller table is looked for."""
HIDDEN = ("numerator", "baseline_sd", "bound", "population", "missing", *FIGURES, *BASES)


def level(**columns: Any) -> dict[str, Any]:
    """A share of 40 of 100 people."""
    share = {
        "period": "year",
        "indicator": "online",
        "quantity": "level",
        "round": "later",
        "arm": "treated",
        "by": "programme",
        "group": "all",
        "term": "",
        "method": "proportion, Wilson",
        "value": 0.4,
        "standard_error": 0.05,
        "low": 0.31,
        "high": 0.50,
        "n": 100,
        "n_comparison": None,
        "observations": None,
        "numerator": 40,
        "population": 130,
        "missing": 30,
        "clusters": 5,
        "clusters_comparison": None,
        "df": 4.2,
        "p_value": None,
        "q_value": None,
        "family": None,
        "family_size": None,
        "smallest_detectable": None,
        "baseline_sd": 0.4,
        "response": 0.8,
        "attrition_overall": None,
        "attrition_differential": None,
        "weights": "none",
        "kish_deff": None,
        "letter": None,
        "sign": None,
        "cap": None,
        "pre_rounds": None,
        "pre_trend_p": None,
    }
    return share | columns


def effect(**columns: Any) -> dict[str, Any]:
    contrast = {
        "quantity": "effect",
        "arm": "both",
        "numerator": None,
        "n_comparison": 90,
        "p_value": 0.01234567,
        "q_value": 0.02345678,
        "smallest_detectable": 0.1234567,
        "letter": "B",
        "sign": "+",
    }
    return level(**contrast | columns)


def graded(*rows: dict[str, Any]) -> dy.DataFrame[tables.GradedEstimates]:
    key = ("period", "indicator", "quantity", "round", "arm", "by", "group", "term")
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(estimate=pl.concat_str(key, separator="."))
    return tables.GradedEstimates.validate(frame.select(tables.GradedEstimates.column_names()), cast=True)


def published(row: dict[str, Any], floor: int = FLOOR) -> dict[str, Any]:
    return disclose(graded(row), floor).row(0, named=True)


def all_published(rows: Sequence[dict[str, Any]], floor: int) -> list[dict[str, Any]]:
    """What is published of each row, in their order; each is another group's."""
    named = [row | {"group": str(place)} for place, row in enumerate(rows)]
    shown = {row["group"]: row for row in disclose(graded(*named), floor).rows(named=True)}
    return [shown[row["group"]] for row in named]


def hides_everything(row: dict[str, Any]) -> bool:
    return row["visibility"] == "suppressed" and all(row[column] is None for column in HIDDEN)


def test_a_figure_on_enough_people_is_shown_as_it_is() -> None:
    row = level()

    shown = published(row)

    assert shown["visibility"] == "shown"
    assert {name: shown[name] for name in row} == row | {"baseline_sd": None}


@pytest.mark.parametrize(("attrition", "shown"), [(0.05, None), (0.049, None), (0.06, 0.06)])
def test_a_loss_of_fewer_people_than_the_floor_is_not_told(attrition: float, shown: float | None) -> None:
    row = published(effect(n=100, n_comparison=90, attrition_overall=attrition, attrition_differential=0.01))
    assert row["attrition_overall"] == shown
    assert (row["attrition_differential"] is None) == (shown is None)


@pytest.mark.parametrize(
    "row",
    [
        level(n=9, numerator=4),
        effect(n=9),
        effect(n_comparison=9),
        effect(n_comparison=None),
        level(quantity="count", arm="all", numerator=None, value=9.0),
        level(quantity="count", arm="all", numerator=None, value=0.0),
        level(quantity="change", numerator=None, n=9, letter="X", cap="floor"),
    ],
)
def test_a_figure_on_too_few_people_leaves_nothing(row: dict[str, Any]) -> None:
    assert hides_everything(published(row))


def test_the_floor_is_the_programmes() -> None:
    assert published(level(n=12, numerator=6), floor=10)["visibility"] == "shown"
    assert hides_everything(published(level(n=12, numerator=6), floor=15))


def test_a_figure_on_too_few_groups_is_shown_without_an_interval_and_says_why() -> None:
    shown = published(effect(df=3.9, low=-2.1, high=2.9))

    assert (shown["value"], shown["no_interval"]) == (0.4, "few_groups")
    assert (shown["low"], shown["high"], shown["smallest_detectable"]) == (None, None, None)
    enough = published(effect(df=4.0))
    assert (enough["low"], enough["smallest_detectable"], enough["no_interval"]) == (0.31, 0.1234567, None)
    assert published(level(df=None))["low"] == 0.31


@pytest.mark.parametrize(
    ("n", "numerator", "visibility", "bound"),
    [
        (30, 2, "bottom_coded", 0.1),
        (29, 2, "bottom_coded", 0.2),
        (10, 0, "bottom_coded", 0.3),
        (15, 1, "bottom_coded", 0.2),
        (400, 2, "bottom_coded", 0.1),
        (30, 28, "top_coded", 0.9),
        (10, 10, "top_coded", 0.7),
        (30, 3, "shown", None),
        (30, 27, "shown", None),
    ],
)
def test_a_share_of_fewer_than_three_is_only_bounded(
    n: int, numerator: int, visibility: str, bound: float | None
) -> None:
    shown = published(level(n=n, numerator=numerator, value=numerator / n))

    assert shown["visibility"] == visibility
    assert shown["bound"] == (None if bound is None else pytest.approx(bound))
    if bound is not None:
        assert all(shown[column] is None for column in (*FIGURES, "numerator"))
        assert shown["n"] == n


def test_counts_of_people_under_the_floor_stay_hidden_beside_a_shown_share() -> None:
    shown = published(level(numerator=9, value=0.09, population=105, missing=5))

    assert shown["value"] == 0.09
    assert (shown["numerator"], shown["missing"], shown["population"]) == (None, None, None)
    assert published(level(n=40, numerator=31, value=31 / 40))["numerator"] is None


def test_counts_under_the_floor_are_hidden_with_what_follows_from_them() -> None:
    counts = pl.DataFrame({"people": [0, 9, 10, None], "share": [0.0, 0.3, 0.4, None], "stage": list("abcd")})

    hidden = disclose_counts(counts, ["people", "share"], FLOOR)

    assert hidden.rows() == [(None, None, "a"), (None, None, "b"), (10, 0.4, "c"), (None, None, "d")]
    assert disclose_counts(counts, ["people"], FLOOR)["share"].to_list() == counts["share"].to_list()


def test_a_class_that_nearly_everybody_stays_in_shows_no_share() -> None:
    shares = {"low": [0.5, 0.5, 0.0], "high": [1.0, 1.0, 0.2]}
    matrix = pl.DataFrame({"units": [48, 40, 2], "share": [48 / 50, 40 / 50, 2 / 50], **shares})

    hidden = disclose_transitions(matrix, FLOOR)

    assert hidden["units"].to_list() == [48, 40, None]
    assert hidden["share"].to_list() == [None, 0.8, None]
    assert hidden["high"].to_list() == [None, 1.0, None]


QUANTITIES = st.sampled_from(["count", "level", "change", "effect"])


@MANY_AT_ONCE
@given(
    drawn=st.lists(st.tuples(QUANTITIES, st.integers(0, 60), st.none() | st.integers(0, 60)), min_size=20, max_size=60),
    floor=st.integers(5, 30),
)
def test_no_published_figure_rests_on_fewer_than_the_floor(
    drawn: list[tuple[str, int, int | None]], floor: int
) -> None:
    rows = [
        level(
            quantity=quantity,
            n=n,
            n_comparison=n_comparison,
            numerator=n // 2 if quantity == "level" else None,
            value=float(n) if quantity == "count" else 0.5,
        )
        for quantity, n, n_comparison in drawn
    ]

    for (quantity, n, n_comparison), shown in zip(drawn, all_published(rows, floor), strict=True):
        smallest = min(n, n_comparison or 0) if quantity == "effect" else n
        assert hides_everything(shown) == (smallest < floor)
        assert all(shown[name] is None or shown[name] >= floor for name in ("n", "numerator", "missing"))


@MANY_AT_ONCE
@given(st.lists(st.tuples(st.integers(5, 500), st.integers(0, 2)), min_size=20, max_size=60))
def test_a_bound_is_always_true_and_fits_three_different_counts(drawn: list[tuple[int, int]]) -> None:
    few_have = [level(n=n, numerator=few, value=few / n) for n, few in drawn]
    few_lack = [level(n=n, numerator=n - few, value=1 - few / n) for n, few in drawn]

    bottoms, tops = all_published(few_have, floor=5), all_published(few_lack, floor=5)

    for (n, few), bottom, top in zip(drawn, bottoms, tops, strict=True):
        for possible in (0, 1, 2):
            assert possible / n < bottom["bound"]
        if n - few >= 3:
            assert top["bound"] < (n - 2) / n
            assert top["bound"] == pytest.approx(1 - bottom["bound"])


def example_programme(**columns: Any) -> Programme:
    words = {"th": "คำ", "en": "words"}
    declared = {"title": words, "meaning": words, "section": "growth", "value": "1", "unit": words} | columns
    return Programme.model_construct(indicators={"online": Indicator.model_validate(declared)})


@pytest.mark.parametrize(
    ("declared", "quantity", "expected"),
    [
        ({"statistic": "proportion", "shown_as": "percent"}, "level", (0.12, 0.98)),
        ({"statistic": "proportion", "shown_as": "percent"}, "change", (0.123, 0.977)),
        ({"statistic": "money", "shown_as": "money", "change_as": "percent"}, "change", (0.123, 0.977)),
        ({"statistic": "mean", "shown_as": "decimal"}, "level", (0.123, 0.977)),
    ],
)
def test_fractions_keep_the_digits_that_policy_allows(
    declared: dict[str, Any], quantity: str, expected: tuple[float, float]
) -> None:
    row = level(quantity=quantity, numerator=None, value=0.12345, low=0.12345, high=0.97654)

    rounded = rounded_for_publication(disclose(graded(row), FLOOR), example_programme(**declared))

    assert rounded.select("value", "high").row(0) == expected


@pytest.mark.parametrize(
    ("shown_as", "value", "expected"),
    [
        ("money", 1_234_567.0, 1_230_000.0),
        ("money", -987.6, -988.0),
        ("decimal", 59.31591, 59.316),
        ("decimal", 0.00123456, 0.00123),
        ("decimal", -0.42158951, -0.422),
        ("count", 66.0, 66.0),
    ],
)
def test_amounts_keep_the_digits_that_policy_allows(shown_as: str, value: float, expected: float) -> None:
    row = level(numerator=None, value=value, low=None, high=None)

    rounded = rounded_for_publication(
        disclose(graded(row), FLOOR), example_programme(statistic="mean", shown_as=shown_as)
    )

    assert rounded["value"].item() == pytest.approx(expected, rel=1e-12)


def test_no_estimate_yields_nothing_to_publish() -> None:
    assert disclose(tables.GradedEstimates.create_empty(), FLOOR).is_empty()
