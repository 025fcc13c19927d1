"""Whom the programme asks and when, and what makes a comparison fair."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from transforms.programme.forms import Choice
from transforms.programme.words import Declared, Identifier, Text

DesignKind = Literal[
    "randomised",
    "waiting_list_lottery",
    "difference_in_differences",
    "not_yet_treated",
    "matched",
    "before_after",
    "post_only",
]


class Round(Declared):
    """A point in time at which units are asked; the first one is the baseline.

    `window`: the first and the last month after registration in which its answers can have been given.
    """

    id: Identifier
    title: Text
    short: Text
    months: Annotated[int, Field(ge=0)] = 0
    window: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=1)]] | None = None

    @property
    def last_month(self) -> int:
        """The last month after registration in which it is asked."""
        return self.window[1] if self.window else self.months


class Period(Declared):
    """A reporting period: registrations from `start` to `end`, both included."""

    id: Identifier
    title: Text
    start: date
    end: date


class Arms(Declared):
    """The words for units that were treated at some round, and for those that never were."""

    treated: Text
    comparison: Text


class Design(Declared):
    """What makes a comparison fair: the ground on which the evidence grade starts.

    `treatment` is an SQL expression over a response: true where the unit is under treatment at that round. Two more of
    the kind say what became of the arms: `assignment`, true where it should be, and `exposure`, where it truly is.
    """

    kind: DesignKind
    treatment: str | None = None
    assignment: str | None = None
    exposure: str | None = None
    arms: Arms | None = None
    cluster: Identifier | None = None
    smallest_effect_sd: Annotated[float, Field(gt=0)] = 0.2


class Contact(Declared):
    """How a follow-up's `contact_result` is read: who answered, whose business had closed, and who is left in peace."""

    answered: tuple[Identifier, ...]
    closed: tuple[Identifier, ...] = ()
    no_more_calls: tuple[Identifier, ...] = ()


class SizeLimit(Declared):
    """The largest revenue a year and the most workers of one size class in one sector."""

    size: Identifier
    sectors: tuple[Identifier, ...]
    revenue: Annotated[float, Field(gt=0)]
    workers: Annotated[int, Field(gt=0)]


class SizeRule(Declared):
    """How an enterprise's size class follows from revenue, workers and sector.

    Limits are listed from the smallest class up. `tie_break`: which of the two decides when they disagree.
    `at_registration` names a profile column with the class at registration, to break indicators down by.
    """

    column: Identifier = "size_class"
    at_registration: Identifier | None = None
    title: Text
    revenue: Identifier
    workers: Identifier
    sector: Identifier
    tie_break: Literal["revenue", "higher"] = "revenue"
    sizes: tuple[Choice, ...]
    limits: tuple[SizeLimit, ...]


class Breakdown(Declared):
    """A profile column by whose groups every indicator is also estimated."""

    by: Identifier
    kind: Literal["area", "session", "subgroup"]
    label: Identifier | None = None
