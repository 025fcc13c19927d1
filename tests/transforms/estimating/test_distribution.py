"""Numbers of a whole programme's distribution, against the same statistics taken by hand from its rows."""

import numpy as np
import polars as pl
import pytest

from tests.transforms.test_estimate import estimated, indicator, programme, responses
from transforms.estimators.inequality import bottom_gain, gini

RISE = 20_000
INDICATORS = {
    "gini": indicator("gini", "sales"),
    "bottom": indicator("bottom_gain", f"sales + CASE WHEN round = 'start' THEN 0 ELSE {RISE} END", bottom=0.4),
    "gap": indicator("change_gap", "profit", between={"by": "sex", "group": "f", "against": "m"}),
}


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return responses()


@pytest.fixture(scope="module")
def found(rows: pl.DataFrame) -> pl.DataFrame:
    return estimated(rows, programme(indicators=INDICATORS))


def of(rows: pl.DataFrame, column: str, round_: str, arm: str = "treated") -> pl.DataFrame:
    kept = rows.filter(pl.col("round") == round_, pl.col("arm") == arm, pl.col("answered"))
    return kept.select("participant", "sex", value=column).drop_nulls()


def paired(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    return of(rows, column, "start").join(of(rows, column, "m6"), on="participant", suffix="_after")


def one(found: pl.DataFrame, name: str, quantity: str, round_: str = "m6") -> dict[str, object]:
    kept = found.filter(
        pl.col("indicator") == name,
        pl.col("quantity") == quantity,
        pl.col("round") == round_,
        pl.col("arm") == "treated",
    )
    return kept.row(0, named=True)


def test_the_coefficient_is_of_everybody_who_answered(rows: pl.DataFrame, found: pl.DataFrame) -> None:
    amounts = of(rows, "sales", "m6")["value"].to_numpy()
    told = one(found, "gini", "level")

    assert told["value"] == pytest.approx(gini(amounts)(np.ones(amounts.size)), rel=1e-9)
    assert told["n"] == amounts.size
    assert told["low"] < told["value"] < told["high"]  # type: ignore[operator]
    assert told["p_value"] is None
    assert told["method"] == "gini_cluster_bootstrap"


def test_its_change_is_of_the_same_people_at_both_rounds(rows: pl.DataFrame, found: pl.DataFrame) -> None:
    both = paired(rows, "sales")
    before, after = both["value"].to_numpy(), both["value_after"].to_numpy()
    told = one(found, "gini", "change")

    weights = np.ones(both.height)
    assert told["value"] == pytest.approx(gini(after)(weights) - gini(before)(weights), rel=1e-9)
    assert told["n"] == both.height
    assert 0 < told["p_value"] <= 1  # type: ignore[operator]


def test_the_bottom_is_set_against_everybody(rows: pl.DataFrame, found: pl.DataFrame) -> None:
    both = paired(rows, "sales")
    after = both["value_after"].to_numpy() + RISE
    expected = bottom_gain(both["value"].to_numpy(), after, 0.4)(np.ones(both.height))

    assert one(found, "bottom", "level")["value"] == pytest.approx(expected, rel=1e-9)


def test_the_gap_is_between_the_groups_mean_changes(rows: pl.DataFrame, found: pl.DataFrame) -> None:
    both = paired(rows, "profit").with_columns(change=pl.col("value_after") - pl.col("value"))
    # The group is the one at the registration.
    means = {sex: both.filter(pl.col("sex") == sex)["change"].mean() for sex in ("f", "m")}

    assert one(found, "gap", "change")["value"] == pytest.approx(means["f"] - means["m"], rel=1e-9)  # type: ignore[operator]


def test_they_are_told_of_the_whole_programme_alone(found: pl.DataFrame) -> None:
    assert set(found["by"]) == {"programme"}
    assert set(found["arm"]) == {"treated", "comparison"}
