"""What the report measures."""

from typing import Annotated, Literal

from pydantic import Field

from transforms.programme.words import Declared, Identifier, Text

Statistic = Literal[
    "count",
    "proportion",
    "mean",
    "ratio",
    "money",
    "survival",
    "transition",
    "panel_effect",
    "first_difference",
]
Quantity = Literal["count", "level", "change", "effect"]


class Indicator(Declared):
    """One number of the report, for every round, arm, area and subgroup.

    `value`, `per` and `population` are SQL expressions over `rows`. `when_closed` is the value of a unit
    whose business has closed. `per` is the denominator of a ratio.
    """

    title: Text
    meaning: Text
    section: Literal["reach", "adoption", "growth", "sustainability", "inclusion"]
    statistic: Statistic
    value: str
    per: str | None = None
    population: str | None = None
    rows: Literal["responses", "enrolments"] = "responses"
    unit: Text
    shown_as: Literal["count", "decimal", "money", "percent"]
    better: Literal["up", "down", "neither"] = "up"
    when_closed: float | None = None
    rounds: tuple[Identifier, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    change_as: Literal["difference", "percent"] = "difference"
    lags: Annotated[int, Field(ge=0, le=4)] = 0
    headline: Quantity | None = None
    target: float | None = None
    codes: tuple[str, ...] = ()
    family: Identifier | None = None
    smallest_effect: Annotated[float, Field(gt=0)] | None = None
    version: Annotated[int, Field(ge=1)] = 1
