"""Which numbers may be told with their amounts: not where few people's answers could be read off a difference."""

import polars as pl

from transforms.comparing.causes import Switches
from transforms.comparing.submissions import PERSON
from transforms.comparing.version import CAUSES, Version
from transforms.disclosure.contributions import GROUP, places
from transforms.disclosure.primary import SMALL_SHARE

_CELL = ["period", "arm", "by", "group"]
_OF_BOTH_ARMS = ("all", "both")
_BASES = ("n", "n_comparison", "population")
_OF_NOBODY = ("code", "definition")
"""Causes by which no person changes; whom a number is about may."""


def tellable(numbers: pl.DataFrame, before: Version, after: Version, switched: Switches) -> pl.DataFrame:
    """The numbers with whether their amounts may be `told`, by the publication floor of today.

    A number rests on enough people in both versions, and by no cause did a few of its group change.
    """
    floor = after.programme.disclosure.floor
    small = pl.concat([_on_few(each.estimates, floor) for each in (before, after)])
    small = pl.concat([small, _changed_by_few(before, after, switched, floor), _meant_of_few(numbers, floor)]).unique()
    return numbers.with_columns(told=~pl.col("estimate").is_in(small.implode()))


def _on_few(estimates: pl.DataFrame, floor: int) -> pl.Series:
    few = pl.min_horizontal("n", "n_comparison") < floor
    coded = pl.min_horizontal("numerator", pl.col("n") - pl.col("numerator")) < SMALL_SHARE
    return estimates.filter(few | coded.fill_null(False))["estimate"]


def _changed_by_few(before: Version, after: Version, switched: Switches, floor: int) -> pl.Series:
    """The estimates in whose place someone changed by a cause, and fewer than the floor did."""
    placed = pl.concat([_places(each) for each in (before, after)]).unique()
    both = pl.concat([placed, placed.with_columns(arm=pl.lit(""))]).unique()
    people = switched.rows.select(PERSON, "cause").unique().join(both, on=PERSON)
    few = people.group_by("cause", *_CELL).agg(people=pl.col(PERSON).n_unique()).filter(pl.col("people") < floor)
    there = pl.concat([each.estimates.select("estimate", *map(_text, _CELL)) for each in (before, after)]).unique()
    there = there.with_columns(arm=pl.when(pl.col("arm").is_in(_OF_BOTH_ARMS)).then(pl.lit("")).otherwise("arm"))
    return there.join(few, on=_CELL, how="semi")["estimate"]


def _places(version: Version) -> pl.DataFrame:
    wide = places(version.responses, version.programme)
    long = wide.unpivot(index=[PERSON, "period", "arm"], variable_name="by", value_name="group").drop_nulls("group")
    return long.select(PERSON, *map(_text, ("period", "arm")), pl.col("by").str.strip_prefix(GROUP), "group")


def _meant_of_few(numbers: pl.DataFrame, floor: int) -> pl.Series:
    """The estimates that by another definition are about a few more or fewer people."""
    moved = pl.col(_OF_NOBODY).abs().is_between(0.5, floor - 0.5)
    return numbers.filter(pl.col("figure").is_in(_BASES), pl.any_horizontal(moved))["estimate"]


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


AMOUNTS = ("before", "after", "difference", *CAUSES)
"""The columns that are left empty where a number's amounts may not be told."""
