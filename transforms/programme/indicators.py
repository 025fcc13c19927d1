"""What the report measures."""

from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from transforms.programme.freezing import Role
from transforms.programme.words import Declared, Identifier, Text

Statistic = Literal[
    "count",
    "proportion",
    "mean",
    "ratio",
    "money",
    "survival",
    "transition",
    "gini",
    "bottom_gain",
    "change_gap",
    "cost",
    "panel_effect",
    "first_difference",
    "ancova",
    "matched",
    "event_study",
    "staggered",
]
Quantity = Literal["count", "level", "change", "effect"]
BUDGET = "budget"
"""The name of a period's budget in a cost's value."""
DISTRIBUTIONS: tuple[Statistic, ...] = ("gini", "bottom_gain", "change_gap")
"""The statistics of how amounts are distributed over all units."""


class Between(Declared):
    """Two groups of a breakdown whose changes are compared."""

    by: Identifier
    group: str
    against: str


class Indicator(Declared):
    """One number of the report, for every round, arm, area and subgroup.

    `value`, `per` and `population` are SQL expressions over `rows`. `when_closed` is the value of a unit
    whose business has closed. `recall_months`: how many full months before the answer an amount is about. `per` is the
    denominator of a ratio. `bottom`: how large a part of all units bottom_gain takes from the lowest up. `between`: the
    groups of change_gap. A cost's `value` divides `budget` by another indicator, `of` which it takes a count, level,
    change or effect.
    """

    title: Text
    meaning: Text
    section: Literal["reach", "adoption", "growth", "sustainability", "inclusion", "cost"]
    statistic: Statistic
    value: str
    per: str | None = None
    population: str | None = None
    rows: Literal["responses", "enrolments"] = "responses"
    unit: Text
    shown_as: Literal["count", "decimal", "money", "percent"]
    better: Literal["up", "down", "neither"] = "up"
    when_closed: float | None = None
    recall_months: Annotated[int, Field(ge=1, le=12)] | None = None
    rounds: tuple[Identifier, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    change_as: Literal["difference", "percent"] = "difference"
    covariates: tuple[Identifier, ...] = ()
    lags: Annotated[int, Field(ge=0, le=4)] = 0
    headline: Quantity | None = None
    role: Role = "exploratory"
    target: float | None = None
    codes: tuple[str, ...] = ()
    family: Identifier | None = None
    smallest_effect: Annotated[float, Field(gt=0)] | None = None
    version: Annotated[int, Field(ge=1)] = 1
    bottom: Annotated[float, Field(gt=0, lt=1)] = 0.4
    between: Between | None = None
    of: Quantity | None = None

    @property
    def costed(self) -> str | None:
        """The indicator by which a cost divides the budget."""
        if self.statistic != "cost":
            return None
        return next((each for each in pl.sql_expr(self.value).meta.root_names() if each != BUDGET), None)
