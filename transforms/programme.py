"""A programme, as its folder of TOML files declares it. Frozen, and checked on load by `loading`.

The engine knows no programme's questions but these names, which mean the same in every programme:
`participant_id` (every form; becomes the pseudonym `participant`), `registered_on` (registration; a date),
and, where a programme asks them, `enterprise_id` (becomes the pseudonym `enterprise`), `session`,
`consented` (registration; a boolean), `answered_on` and `contact_result` (follow-ups), and for the checks
`enumerator` (a code), `started_at` and `ended_at` (texts in ISO 8601) and `gps` (a text; identity).
"""

import re
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["th", "en"]
LANGUAGES: tuple[Language, ...] = ("th", "en")

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
Combination = Literal["count", "sum", "mean", "minimum", "maximum", "list"]
DesignKind = Literal[
    "randomised",
    "waiting_list_lottery",
    "difference_in_differences",
    "not_yet_treated",
    "matched",
    "before_after",
    "post_only",
]
_LENGTH_OF_TIME = re.compile(r"([0-9]{1,4}) (hour|day|week)s?")
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class Declared(BaseModel):
    """Whatever a TOML file declares: immutable, and an unknown field is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Text(Declared):
    """The same words in every language of the reports."""

    th: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def in_language(self, language: Language) -> str:
        """The words in one language."""
        return self.th if language == "th" else self.en


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
    count may do without.
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


def length_of_time(text: str) -> timedelta | None:
    """What "3 days" says; None where a text is no number of hours, days or weeks above 0."""
    said = _LENGTH_OF_TIME.fullmatch(text)
    if said is None or not int(said[1]):
        return None
    return int(said[1]) * timedelta(**{f"{said[2]}s": 1})


class From(Declared):
    """Where a form's submissions come from. `round`: the follow-up round they belong to.

    `fresh_within` is how old its data may be: a number of hours, days or weeks.
    """

    id: Identifier
    form: Identifier
    round: Identifier | None = None
    fresh_within: str | None = None

    @property
    def fresh_for(self) -> timedelta | None:
        """How old its data may be; None where nothing (or, before it was checked, nothing readable) is declared."""
        return length_of_time(self.fresh_within) if self.fresh_within is not None else None


class FileDrop(From):
    """Files that staff put into the programme's inbox. `mode` replace: the newest file is the whole truth.

    `trusted`: whoever puts files there may send Parquet too.
    """

    kind: Literal["file_drop"]
    files: str
    sheet: str | None = None
    mode: Literal["append", "replace"] = "append"
    optional: bool = False
    trusted: bool = False


class Connected(From):
    """A server. `connection` names the variables of the environment that hold its address and credentials."""

    connection: Identifier


class Postgres(Connected):
    """A table of a PostgreSQL database, or the one SELECT in a file `query` of the programme's folder.

    `key` names the columns that tell rows apart. With `watermark`, a column that grows whenever a row changes, only
    what is newer than the last pull less `overlap_minutes` is read; without it everything, and rows that are gone
    are known to be gone.
    """

    kind: Literal["postgres"]
    table: str | None = None
    query: str | None = None
    key: Annotated[tuple[str, ...], Field(min_length=1)]
    watermark: str | None = None
    overlap_minutes: Annotated[int, Field(ge=0)] = 60


class OdkCentral(Connected):
    """A form's submissions on an ODK Central server.

    What is new or changed is read; every `reconcile_days`, or as soon as the counts differ, the whole list of ids.
    """

    kind: Literal["odk_central"]
    project: Annotated[int, Field(ge=1)]
    form_id: str
    reconcile_days: Annotated[int, Field(ge=0)] = 7


class KoboToolbox(Connected):
    """A project's submissions on a KoboToolbox server. All are read each time: edits carry no date."""

    kind: Literal["kobotoolbox"]
    asset: str


Source = Annotated[FileDrop | Postgres | OdkCentral | KoboToolbox, Field(discriminator="kind")]


class Round(Declared):
    """A point in time at which units are asked; the first one is the baseline.

    `window`: the first and the last month after registration in which its answers can have been given.
    """

    id: Identifier
    title: Text
    short: Text
    months: Annotated[int, Field(ge=0)] = 0
    window: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=1)]] | None = None


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

    `treatment` is an SQL expression over a response: true where the unit is under treatment at that round.
    """

    kind: DesignKind
    treatment: str | None = None
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
    """

    column: Identifier = "size_class"
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


class Rule(Declared):
    """What should hold between a submission's answers: an SQL expression. Where it does not, a flag says so."""

    id: Identifier
    holds: str
    title: Text


class Checks(Declared):
    """From where on an answer is flagged for somebody to look at. `group`: whose amounts are compared."""

    group: Identifier | None = None
    fewest: Annotated[int, Field(ge=5)] = 20
    missing_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    outlier_sd: Annotated[float, Field(gt=0)] = 4
    outlier_iqr: Annotated[float, Field(gt=0)] = 3
    shortest_minutes: Annotated[float, Field(ge=0)] = 5
    longest_minutes: Annotated[float, Field(gt=0)] = 240
    enumerator_errors: Annotated[float, Field(gt=0)] = 4
    rules: tuple[Rule, ...] = ()


class Linking(Declared):
    """The questions by which people without a known participant_id are found again, and how sure a link must be.

    `name` is one question with the full name, or several that make one: title, first name, family name. `area` goes
    from the largest to the smallest. A probability of `sure` or more joins; from `doubtful` on a person decides.
    """

    name: tuple[Identifier, ...] = ()
    national_id: Identifier | None = None
    phone: Identifier | None = None
    enterprise: Identifier | None = None
    birth_year: Identifier | None = None
    area: tuple[Identifier, ...] = ()
    sure: Annotated[float, Field(gt=0.5, le=1)] = 0.99
    doubtful: Annotated[float, Field(gt=0, lt=1)] = 0.5

    @property
    def keys(self) -> dict[str, str]:
        """The questions that identify by themselves, by kind; the surest first."""
        found = {"national_id": self.national_id, "phone": self.phone, "enterprise": self.enterprise}
        return {kind: name for kind, name in found.items() if name is not None}

    @property
    def questions(self) -> tuple[str, ...]:
        """Every question that is compared."""
        single = (*self.keys.values(), *((self.birth_year,) if self.birth_year else ()))
        return (*self.name, *single, *self.area)


class Disclosure(Declared):
    """The fewest people a published figure may rest on."""

    floor: Annotated[int, Field(ge=5)] = 10


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


class Programme(Declared):
    """Everything the engine knows of one programme."""

    id: Identifier
    title: Text
    agency: Text
    about: Text
    credit: Text | None = None
    synthetic: bool = False
    time_zone: str = "Asia/Bangkok"
    unit: Text
    rounds: Annotated[tuple[Round, ...], Field(min_length=1)]
    periods: Annotated[tuple[Period, ...], Field(min_length=1)]
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    design: Design
    contact: Contact | None = None
    size_rule: SizeRule | None = None
    breakdowns: tuple[Breakdown, ...] = ()
    checks: Checks = Checks()
    linking: Linking | None = None
    disclosure: Disclosure = Disclosure()
    limitations: tuple[Text, ...] = ()
    forms: dict[Identifier, Form]
    derived: dict[Identifier, Derived] = {}
    indicators: dict[Identifier, Indicator]

    @property
    def baseline(self) -> Round:
        """The round that registration is."""
        return self.rounds[0]

    @property
    def registration(self) -> Form:
        """The form by which units enter the programme."""
        return next(form for form in self.forms.values() if form.kind == "registration")

    @property
    def follow_ups(self) -> tuple[Form, ...]:
        """The forms by which units are asked again."""
        return tuple(form for form in self.forms.values() if form.kind == "follow_up")

    @property
    def questions(self) -> dict[str, Question]:
        """Every question that may enter the warehouse, registration first; identity questions never do."""
        forms = (self.registration, *self.follow_ups)
        merged: dict[str, Question] = {}
        for form in forms:
            for name, question in form.questions.items():
                if not question.identity:
                    merged.setdefault(name, question)
        return merged

    def may_lack_id(self, form: Form) -> bool:
        """Whether a form's submissions may come without participant_id, because something else tells who it is."""
        if self.linking is None or form.kind == "registration":
            return False
        return any(name in form.questions for name in (*self.linking.name, *self.linking.keys.values()))

    @property
    def file_drops(self) -> tuple[FileDrop, ...]:
        """The sources that are files in the inbox."""
        return tuple(source for source in self.sources if isinstance(source, FileDrop))

    @property
    def profile(self) -> tuple[str, ...]:
        """The columns fixed at registration and carried to every round."""
        asked = [name for name, question in self.questions.items() if question.profile]
        return (*asked, *(name for name, column in self.derived.items() if column.profile))
