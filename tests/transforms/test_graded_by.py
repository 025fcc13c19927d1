from typing import Any

import polars as pl

from tests.transforms.test_grade import arms, change, estimates_of, programme, row
from transforms import graded_by
from transforms.grade import CAPS, judge
from transforms.graded_by import READS, Graded


def graded(*rows: dict[str, Any], **indicators: Any) -> Graded:
    return graded_by.graded(judge(estimates_of([*rows]), programme(**indicators)), floor=10)


def caps_of_effects(found: Graded) -> pl.DataFrame:
    return found.grade_caps.filter(pl.col("estimate").str.contains(".effect.", literal=True))


def test_counts_and_levels_have_no_reasons() -> None:
    found = graded(row(quantity="count", arm="all", n_comparison=None), *arms())

    assert found.estimates["letter"].null_count() == 3
    assert found.grades["estimate"].str.contains(".change.", literal=True).all()
    assert set(found.grade_caps["estimate"]) == set(found.grades["estimate"])


def test_every_cap_tells_what_it_read_and_held_that_against() -> None:
    found = caps_of_effects(graded(row(response=0.7, n_comparison=25, df=12.0), *arms()))

    assert set(found["cap"]) == {cap.code for cap in CAPS}
    read = {(cap, reads): rest for cap, reads, *rest in found.drop("estimate").iter_rows()}
    assert read["floor", "smallest_n"] == [25.0, 10.0, "X", False]
    assert read["low_response", "response"] == [0.7, 0.8, "D", True]
    assert read["small_arm", "smallest_n"] == [25.0, 30.0, "C", True]
    assert read["few_clusters", "df"] == [12.0, 4.0, "D", False]
    assert read["baseline_imbalance", "baseline_g"] == [0.0, 0.25, "C", False]


def test_a_cap_that_reads_no_number_tells_whether_it_bites(monkeypatch: Any) -> None:
    monkeypatch.delitem(READS, "low_response")

    found = caps_of_effects(graded(row(response=0.7), *arms())).filter(cap="low_response")

    assert found.drop("estimate").rows() == [("low_response", "low_response", 1.0, None, "D", True)]


def test_what_is_read_is_read_by_a_cap() -> None:
    assert set(READS) <= {cap.code for cap in CAPS}


def test_a_grade_keeps_its_start_its_letter_and_the_cap_between_them() -> None:
    found = graded(row(n=20), *arms()).grades.filter(pl.col("estimate").str.contains(".effect.", literal=True))

    assert found.select("start", "letter", "cap").rows() == [("B", "C", "small_arm")]


def test_a_sign_keeps_its_rule_and_the_smallest_effect_it_was_held_against() -> None:
    cases = {
        "negligible": row(low=-0.1, high=0.2, value=0.1, baseline_sd=2.0),
        "found_in_family": row(),
        "found_alone": row(q_value=0.06),
        "open": row(low=-1.0, p_value=0.3, q_value=0.3),
        "not_shown": row(n=9),
    }
    for rule, effect in cases.items():
        grades = graded(effect, *arms()).grades.filter(pl.col("estimate").str.contains(".effect.", literal=True))
        assert grades.select("rule", "smallest_meant").rows() == [(rule, 0.2 * effect["baseline_sd"])]

    declared = graded(change(), jobs={"statistic": "mean", "smallest_effect": 3.5}).grades
    assert declared["smallest_meant"].to_list() == [3.5]
