"""What is asked: forms, their questions and choices, and what is derived from the answers."""

from typing import Literal

from transforms.programme.words import Declared, Identifier, Text

QuestionType = Literal[
    "text",
    "code",
    "national_id",
    "phone",
    "integer",
    "number",
    "money",
    "year",
    "date",
    "boolean",
    "choice",
    "choices",
    "province",
    "district",
    "subdistrict",
]
Combination = Literal["count", "sum", "mean", "minimum", "maximum", "list"]


class Choice(Declared):
    """One allowed answer: our value, its words in reports, and what people write for it."""

    value: Identifier
    title: Text
    accepts: tuple[str, ...] = ()


class Question(Declared):
    """One column that arrives in a form.

    `path` is its heading as received, or several for headings that changed over time. `identity` keeps it
    in the vault. `profile` fixes it at registration and carries it to every round. `may_be_future` lets a date
    lie after the day it was received, as the end of a certificate does. `may_leap` lets an amount be hundreds of times
    that of the same person's other rounds. `short_year` is what a year of two digits lacks. `missing` lists answers
    that stand for none, such as 99. A `year` arrives in either calendar and is kept as a Christian one, as every date
    is. With `combine` the path is that of a repeated group, and the answer is made of its rows' answers to `each`; a
    count may do without. `changed_in`: the follow-up rounds at which it was asked otherwise than at the baseline: by
    other words, about another stretch of time, in another currency.
    """

    path: str | tuple[str, ...]
    type: QuestionType
    title: Text
    unit: Text | None = None
    choices: tuple[Choice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    required: bool = False
    identity: bool = False
    profile: bool = False
    date_order: Literal["year_month_day", "day_month_year", "month_day_year"] = "year_month_day"
    may_be_future: bool = False
    may_leap: bool = False
    short_year: Literal[2000, 2500] | None = None
    missing: tuple[str, ...] = ()
    district_of: Identifier | None = None
    subdistrict_of: Identifier | None = None
    each: str | None = None
    combine: Combination | None = None
    changed_in: tuple[Identifier, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every heading under which the question may arrive."""
        return (self.path,) if isinstance(self.path, str) else self.path

    @property
    def within(self) -> str | None:
        """The question that names the area in which this one's answer lies."""
        return self.subdistrict_of if self.type == "subdistrict" else self.district_of


class Form(Declared):
    """What one kind of sheet or survey asks. `key` names the questions that tell submissions apart."""

    kind: Literal["registration", "follow_up"]
    title: Text
    key: tuple[Identifier, ...]
    questions: dict[Identifier, Question]


class Derived(Declared):
    """A column computed from a response's other columns by a short SQL expression."""

    value: str
    title: Text
    unit: Text | None = None
    choices: tuple[Choice, ...] = ()
    profile: bool = False
