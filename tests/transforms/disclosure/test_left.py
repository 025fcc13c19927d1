"""Two levels and the change between them tell of those who answered at one of the two rounds only."""

from types import SimpleNamespace

import polars as pl
import pytest

from transforms import tables
from transforms.disclosure.left import left, without_few_left

FLOOR = 10
NOBODY = pl.DataFrame(schema=dict.fromkeys(("by", "group", "whole_by", "whole_group"), pl.String))


def programme(statistic="mean", headline=None):
    indicator = SimpleNamespace(statistic=statistic, headline=headline)
    return SimpleNamespace(indicators={"hours": indicator}, baseline=SimpleNamespace(id="start"))


def estimates(groups, kish_deff=None):
    """A group's three figures, by its name: how many answered at the baseline, at the round, at both."""
    rows = []
    for group, numbers in groups.items():
        by = "programme" if group == "all" else "district"
        figures = (("level", "start"), ("level", "m6"), ("change", "m6"))
        for (quantity, round_id), n in zip(figures, numbers, strict=True):
            place = {"period": "y", "indicator": "hours", "arm": "all", "by": by, "group": group}
            deff = kish_deff if round_id == "m6" else None
            row = place | {"quantity": quantity, "round": round_id, "term": "", "n": n, "kish_deff": deff}
            rows.append(row | {"estimate": f"{quantity}.{round_id}.{group}"})
    return pl.DataFrame(rows, schema_overrides={"kish_deff": pl.Float64})


def hidden(groups, **declared):
    """The figures that give way."""
    found = estimates(groups)
    names = tables.PublishedEstimates.column_names()
    published = found.with_columns(
        visibility=pl.lit("shown"), letter=pl.lit(None, dtype=pl.String), cap=pl.lit(None, dtype=pl.String)
    ).select(name for name in names if name in {*found.columns, "visibility", "letter", "cap"})
    told = {"estimates": published, "certain_estimates": published.clear()}
    safe = without_few_left(told, {}, left(found, programme(**declared)), NOBODY, FLOOR)["estimates"]
    return safe.filter(visibility="suppressed")["estimate"].to_list()


def test_those_left_answered_at_one_round_only():
    assert left(estimates({"all": (100, 80, 75)}), programme())["number"].to_list() == [30]


@pytest.mark.parametrize("statistic", ["money", "survival", "gini"])
def test_of_what_is_no_sum_nobody_is_left(statistic):
    assert left(estimates({"all": (100, 95, 95)}), programme(statistic)).is_empty()


@pytest.mark.parametrize(("kish_deff", "told"), [(None, 1), (1.0, 1), (1.2, 0)])
def test_weights_that_vary_leave_no_sum_of_answers(kish_deff, told):
    assert left(estimates({"all": (100, 95, 95)}, kish_deff), programme()).height == told


def test_the_rounds_level_gives_way_where_fewer_than_the_floor_are_left():
    assert hidden({"all": (100, 91, 91)}) == ["level.m6.all"]


@pytest.mark.parametrize("numbers", [(100, 90, 90), (100, 100, 100)])
def test_nothing_gives_way_where_enough_are_left_or_nobody(numbers):
    assert hidden({"all": numbers}) == []


def test_the_change_gives_way_where_the_level_is_the_headline():
    assert hidden({"all": (100, 91, 91)}, headline="level") == ["change.m6.all"]


def test_another_group_is_hidden_with_the_one_that_would_follow_from_the_sum():
    groups = {"all": (300, 260, 260), "n": (100, 95, 95), "s": (100, 85, 85), "e": (100, 80, 80)}
    assert sorted(hidden(groups)) == ["level.m6.n", "level.m6.s"]
