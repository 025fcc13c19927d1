"""Every table, declared once: Polars validates by it, DuckDB's tables and the data dictionary follow from it."""

from typing import Any

import dataframely as dy
import polars as pl

from transforms.programme import Indicator, Programme, Question

EVERYONE = "all"
"""The group of the breakdown `programme`: everybody."""

CHECKS = (
    *("missing", "outlier_sd", "outlier_iqr", "rule"),
    *("time_unreadable", "ends_before_start", "duration_short", "duration_long"),
    *("same_place", "same_answers", "enumerator_mean", "enumerator_missing"),
)
"""What flags are about: transforms.flags says which answers get which."""


class Submissions(dy.Schema):
    """One row per submission as received. The answers follow as text columns, named as received."""

    _source = dy.String(nullable=False, description="The source it came from, as in programme.toml.")
    _pull = dy.String(nullable=False, description="The pull that brought it.")
    _file = dy.String(nullable=False, description="The file it stood in.")
    _row = dy.Int64(nullable=False, min=1, description="Its row there; the heading is row 1.")
    _pulled_at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us", description="When it was pulled.")


class Records(dy.Schema):
    """One row per revision of a server's record; beside what `Submissions` has. Files have none of these columns."""

    _key = dy.String(nullable=False, description="The server's own key, the same in every revision.")
    _revision = dy.String(nullable=False, description="A hash of what the record said.")
    _deleted = dy.Bool(nullable=False, description="Gone at the server: deleted, or rejected in its review.")
    _submitted_at = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us", description="When it was sent.")
    _updated_at = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us", description="When it was last edited.")
    _review = dy.String(nullable=True, description="The state of its review at the server.")
    _form_version = dy.String(nullable=True, description="The version of the form that was filled in.")


class Rejects(dy.Schema):
    """One row per submission and reason that set it aside. Never holds an answer."""

    source = dy.String(nullable=False, description="The source it came from.")
    submission = dy.String(nullable=False, description="What it is called: the server's key, or FILE#ROW.")
    file = dy.String(nullable=False, description="The file it stood in.")
    row = dy.Int64(nullable=False, description="Its row in the file; the heading is row 1.")
    field = dy.String(nullable=False, description="The question at fault.")
    rule = dy.String(nullable=False, description="The reason code.")


class Corrections(dy.Schema):
    """One row per correction by hand that was put upon a submission. Never holds what identifies a person."""

    source = dy.String(nullable=False, description="The source.")
    submission = dy.String(nullable=False, description="What it is called: the server's key, or FILE#ROW.")
    field = dy.String(nullable=False, description="The question; empty for the whole submission.")
    action = dy.Enum(["replace", "drop", "accept"], nullable=False, description="What was done.")
    old = dy.String(nullable=True, description="The answer as received; null where it may quote a person.")
    new = dy.String(nullable=True, description="The answer that was put in its place; null likewise.")
    reason = dy.String(nullable=True, description="Why, in the words of whoever did it; null for those in the vault.")
    corrected_by = dy.String(nullable=False, description="Who did it, as they wrote it.")
    corrected_on = dy.Date(nullable=False, description="The day on which they did it.")


class Flags(dy.Schema):
    """One row per submission and check that it stands out in, or per check of many together. Holds no answer."""

    source = dy.String(nullable=False, description="The source.")
    submission = dy.String(nullable=False, description="What it is called; empty where the flag is about many.")
    field = dy.String(nullable=False, description="The question or the declared rule; empty for all answers.")
    check = dy.Enum(CHECKS, nullable=False, description="What was noticed.")
    detail = dy.String(nullable=False, description="How far it goes: a distance, a share, a length of time.")
    group = dy.String(nullable=False, description="With whom it was compared, or whose it is: the enumerator.")
    accepted = dy.Bool(nullable=False, description="A person has looked at it and found it right.")


class Warnings(dy.Schema):
    """One row per source, question and kind of value that was accepted only after a repair or with a doubt."""

    source = dy.String(nullable=False, description="The source.")
    field = dy.String(nullable=False, description="The question.")
    rule = dy.String(nullable=False, description="The reason code.")
    count = dy.Int64(nullable=False, min=1, description="How many submissions.")


class Balance(dy.Schema):
    """One row per source: landed = accepted + rejected + duplicates + superseded + deleted."""

    source = dy.String(primary_key=True, description="The source.")
    form = dy.String(nullable=False, description="The form it brings.")
    landed = dy.Int64(nullable=False, min=0, description="Submissions in the landing.")
    accepted = dy.Int64(nullable=False, min=0, description="Submissions that are used.")
    rejected = dy.Int64(nullable=False, min=0, description="Submissions set aside with a reason.")
    duplicates = dy.Int64(nullable=False, min=0, description="Submissions that say again what another says.")
    superseded = dy.Int64(nullable=False, min=0, description="Submissions that a later one replaced.")
    deleted = dy.Int64(nullable=False, min=0, description="Submissions that vanished at the source.")

    @dy.rule()
    def balances(cls) -> pl.Expr:  # noqa: N805
        """Nothing is lost."""
        parts = ("accepted", "rejected", "duplicates", "superseded", "deleted")
        return pl.col("landed") == pl.sum_horizontal(parts)


class Pulls(dy.Schema):
    """One row per source: how its last pull went, from when its data are, and whether they are too old."""

    source = dy.String(primary_key=True, description="The source.")
    status = dy.Enum(["pulled", "unchanged", "failed"], nullable=False, description="How it went.")
    reason = dy.String(nullable=True, description="The reason code of a failure.")
    attempted_at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us", description="The last try.")
    data_as_of = dy.Datetime(
        nullable=True, time_zone="UTC", time_unit="us", description="The last pull that succeeded."
    )
    data_from = dy.Datetime(
        nullable=True,
        time_zone="UTC",
        time_unit="us",
        description="From when its data are: that pull; of files, when the newest was written.",
    )
    stale_from = dy.Datetime(
        nullable=True, time_zone="UTC", time_unit="us", description="When they are too old: fresh_within later."
    )
    stale = dy.Bool(nullable=False, description="They were too old when this was built, or there were none.")
    files = dy.Int64(nullable=False, min=0, description="Files in the landing.")
    rows = dy.Int64(nullable=False, min=0, description="Rows in the landing.")


class Acknowledgements(dy.Schema):
    """One row per time that a person said of something a gate held back that it is right."""

    source = dy.String(nullable=False, description="The source.")
    acknowledged_at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us", description="When.")
    gate = dy.Enum(
        ["rows_down", "no_rows", "too_many_rejects"],
        nullable=False,
        description="Far fewer rows than before; a file without rows; too many submissions set aside.",
    )
    rows_before = dy.Int64(nullable=False, min=0, description="Rows there were; rows that count.")
    rows = dy.Int64(nullable=False, min=0, description="Rows that are left; rows that are set aside.")
    by = dy.String(nullable=False, description="The user of the computer who said so.")
    reason = dy.String(nullable=False, description="Why, in that person's words.")


class Links(dy.Schema):
    """One row per follow-up source: what became of its accepted submissions."""

    source = dy.String(primary_key=True, description="The source.")
    accepted = dy.Int64(nullable=False, min=0, description="Accepted submissions.")
    linked = dy.Int64(nullable=False, min=0, description="Joined to a registration.")
    orphans = dy.Int64(nullable=False, min=0, description="Without a registration; listed, tried each night.")
    without_consent = dy.Int64(nullable=False, min=0, description="Of people who did not consent; unused.")
    conflicts = dy.Int64(
        nullable=False,
        min=0,
        description="Dated before the registration or out of the round's window, or answered twice.",
    )
    unit_slips = dy.Int64(nullable=False, min=0, description="With an amount in doubtful units; set aside.")


METHODS = ("participant_id", "national_id", "phone", "enterprise", "probable", "reviewed", "doubtful", "unmatched")
"""How a submission is joined to its person, the surest first; the last two are not joined."""


class LinkMethods(dy.Schema):
    """One row per kind, source and method: how accepted submissions found their person, or did not.

    Of follow-ups all are counted; of registrations those of a person who registered before under another id.
    """

    kind = dy.Enum(["follow_up", "registration"], primary_key=True, description="Of which the submissions are.")
    source = dy.String(primary_key=True, description="The source.")
    method = dy.Enum(METHODS, primary_key=True, description="By what; doubtful ones wait for a person's word.")
    submissions = dy.Int64(nullable=False, min=1, description="How many accepted submissions.")


class LinkReview(dy.Schema):
    """One row per state of the review: how many doubtful pairs wait, are decided, or are gone with their data."""

    state = dy.Enum(["waiting", "same", "different", "gone"], primary_key=True, description="Where the pair stands.")
    pairs = dy.Int64(nullable=False, min=0, description="How many pairs of a follow-up and a person, or of two people.")


class Enrolments(dy.Schema):
    """One row per participant and registration (a person may enrol in several sessions).

    The registration form's questions and the profile's derived columns follow.
    """

    participant = dy.String(nullable=False, description="The person's or firm's pseudonym.")
    enterprise = dy.String(nullable=True, description="The enterprise's pseudonym.")
    period = dy.String(nullable=False, description="The reporting period of the registration.")
    cluster = dy.String(nullable=False, description="The unit in which errors go together.")
    arm = dy.Enum(["treated", "comparison"], nullable=False, description="Treated at some round, or never.")
    registered_on = dy.Date(nullable=False, description="The day of the registration.")


class Responses(dy.Schema):
    """One row per participant and round, even when nobody answered. All questions and derived columns follow."""

    participant = dy.String(nullable=False, primary_key=True, description="The pseudonym.")
    round = dy.String(nullable=False, primary_key=True, description="The round, as in programme.toml.")
    enterprise = dy.String(nullable=True, description="The enterprise's pseudonym.")
    period = dy.String(nullable=False, description="The reporting period of the registration.")
    cluster = dy.String(nullable=False, description="The unit in which errors go together.")
    arm = dy.Enum(["treated", "comparison"], nullable=False, description="Treated at some round, or never.")
    treated = dy.Bool(nullable=False, description="Under treatment at this round.")
    exposed = dy.Bool(nullable=False, description="Under treatment at this round or an earlier one.")
    due = dy.Bool(nullable=False, description="A follow-up was sent or attempted (always at the baseline).")
    answered = dy.Bool(nullable=False, description="The round was answered.")
    closed = dy.Bool(nullable=False, description="The business was found closed.")


class Measurements(dy.Schema):
    """One row per row of responses. Each response indicator adds three columns.

    `NAME`: its value, null when unknown. `NAME__asked`: whether the row belongs to its population.
    `NAME__per`: the denominator of a ratio.
    """

    participant = dy.String(nullable=False, primary_key=True, description="The pseudonym.")
    round = dy.String(nullable=False, primary_key=True, description="The round.")


class Groups(dy.Schema):
    """One row per breakdown and group: its words in reports."""

    by = dy.String(primary_key=True, description="The breakdown: `programme` or a profile column.")
    group = dy.String(primary_key=True, description="The group's value; `all` for the programme.")
    kind = dy.Enum(["programme", "area", "session", "subgroup"], nullable=False, description="What it is.")
    title_th = dy.String(nullable=False, description="Its words in Thai.")
    title_en = dy.String(nullable=False, description="Its words in English.")
    position = dy.Int64(nullable=False, description="Its place in lists.")


class Funnel(dy.Schema):
    """One row per period, group, arm, round and stage: how many people got that far."""

    period = dy.String(primary_key=True, description="The reporting period.")
    by = dy.String(primary_key=True, description="The breakdown.")
    group = dy.String(primary_key=True, description="The group.")
    arm = dy.String(primary_key=True, description="The arm, or `all`.")
    round = dy.String(primary_key=True, description="The round.")
    stage = dy.Enum(
        ["registered", "consented", "completed", "due", "answered"],
        primary_key=True,
        description="The stage; the first three stand at the baseline only.",
    )
    people = dy.Int64(nullable=False, min=0, description="How many participants.")


class Estimates(dy.Schema):
    """One row per period, indicator, quantity, round, arm, breakdown, group and term.

    Shares and percentage changes are fractions (0.25 is 25 %). A level's `arm` is one of the arms; an
    effect's is `both`.
    """

    estimate = dy.String(primary_key=True, description="The id: the key's parts joined by a full stop.")
    period = dy.String(nullable=False, description="The reporting period.")
    indicator = dy.String(nullable=False, description="The indicator, as in indicators.toml.")
    quantity = dy.Enum(
        ["count", "level", "change", "effect"],
        nullable=False,
        description="A count, a level at a round, a change since the baseline, or treated against comparison.",
    )
    round = dy.String(nullable=False, description="The round.")
    arm = dy.Enum(["all", "treated", "comparison", "both"], nullable=False, description="Whose it is.")
    by = dy.String(nullable=False, description="The breakdown.")
    group = dy.String(nullable=False, description="The group.")
    term = dy.String(nullable=False, description="The model's term, else empty.")
    method = dy.String(nullable=False, description="The estimator and its interval, as in docs/methods.md.")
    value = dy.Float64(nullable=True, description="The estimate, in the indicator's unit.")
    standard_error = dy.Float64(nullable=True, min=0, description="Its standard error.")
    low = dy.Float64(nullable=True, description="The 95 % interval's lower end.")
    high = dy.Float64(nullable=True, description="The 95 % interval's upper end.")
    n = dy.Int64(nullable=False, min=0, description="Units it rests on (an effect: the treated ones).")
    n_comparison = dy.Int64(nullable=True, min=0, description="An effect's comparison units.")
    observations = dy.Int64(nullable=True, min=0, description="A panel model's unit-rounds.")
    numerator = dy.Int64(nullable=True, min=0, description="A proportion's units with the trait.")
    population = dy.Int64(nullable=False, min=0, description="Units that should have a value.")
    missing = dy.Int64(nullable=False, min=0, description="Of these, units without one.")
    clusters = dy.Int64(nullable=True, min=0, description="Clusters (an effect: the treated ones).")
    clusters_comparison = dy.Int64(nullable=True, min=0, description="An effect's comparison clusters.")
    df = dy.Float64(nullable=True, description="Satterthwaite's degrees of freedom.")
    p_value = dy.Float64(nullable=True, min=0, max=1, description="Two-sided, against no change.")
    q_value = dy.Float64(nullable=True, min=0, max=1, description="Benjamini-Hochberg within the family.")
    smallest_detectable = dy.Float64(nullable=True, description="Detectable with 80 % power at 5 %.")
    baseline_sd = dy.Float64(nullable=True, min=0, description="Standard deviation at the baseline.")
    response = dy.Float64(nullable=True, min=0, max=1, description="Answered / due at the round.")


class GradedEstimates(Estimates):
    """One row per estimate, with its evidence grade: changes and effects have one, counts and levels none."""

    letter = dy.Enum(["A", "B", "C", "D", "E", "X"], nullable=True, description="The design, after caps.")
    sign = dy.Enum(["+", "-", "(+)", "(-)", "0", "?"], nullable=True, description="What the data say.")
    cap = dy.String(nullable=True, description="The cap that decided the letter, if one did.")


class PublishedEstimates(GradedEstimates):
    """One row per estimate as it may be shown: what is not shown is null."""

    n = dy.Int64(nullable=True, min=0, description="Units it rests on (an effect: the treated ones).")
    population = dy.Int64(nullable=True, min=0, description="Units that should have a value.")
    missing = dy.Int64(nullable=True, min=0, description="Of these, units without one.")
    visibility = dy.Enum(
        ["shown", "bottom_coded", "top_coded", "suppressed"],
        nullable=False,
        description="Shown; a small share shown only as under or over `bound`; or not shown.",
    )
    bound = dy.Float64(nullable=True, description="The bound of a coded share.")
    no_interval = dy.Enum(
        ["few_groups"],
        nullable=True,
        description="Why a shown value has no interval: the groups are too few (df under 4).",
    )


class Transitions(dy.Schema):
    """One row per period, indicator, round, arm, breakdown, group, and pair of classes."""

    period = dy.String(primary_key=True, description="The reporting period.")
    indicator = dy.String(primary_key=True, description="The indicator.")
    round = dy.String(primary_key=True, description="The round compared with the baseline.")
    arm = dy.String(primary_key=True, description="The arm.")
    by = dy.String(primary_key=True, description="The breakdown.")
    group = dy.String(primary_key=True, description="The group.")
    origin = dy.String(primary_key=True, description="The class at the baseline.")
    destination = dy.String(primary_key=True, description="The class at the round; `closed` or `unknown` too.")
    units = dy.Int64(nullable=False, min=0, description="How many units moved so.")
    share = dy.Float64(nullable=True, min=0, max=1, description="Of the units in `origin`.")
    low = dy.Float64(nullable=True, description="The share's 95 % Wilson interval, lower end.")
    high = dy.Float64(nullable=True, description="Its upper end.")


class Indicators(dy.Schema):
    """One row per indicator as declared when the warehouse was built."""

    indicator = dy.String(primary_key=True, description="Its name in indicators.toml.")
    position = dy.Int64(nullable=False, description="Its place there.")
    section = dy.String(nullable=False, description="The report's section.")
    statistic = dy.String(nullable=False, description="The estimator.")
    value = dy.String(nullable=False, description="Its SQL expression.")
    population = dy.String(nullable=True, description="Whom it is about, as an SQL expression.")
    shown_as = dy.String(nullable=False, description="How its number is written.")
    better = dy.String(nullable=False, description="The direction that is better.")
    headline = dy.String(nullable=True, description="The quantity on the summary page.")
    target = dy.Float64(nullable=True, description="The target of the headline.")
    title_th = dy.String(nullable=False, description="Its name in Thai.")
    title_en = dy.String(nullable=False, description="Its name in English.")
    unit_th = dy.String(nullable=False, description="Its unit in Thai.")
    unit_en = dy.String(nullable=False, description="Its unit in English.")
    version = dy.Int64(nullable=False, description="The version of its definition.")


class Build(dy.Schema):
    """One row: what this warehouse was made from."""

    programme = dy.String(primary_key=True, description="The programme.")
    input_id = dy.String(nullable=False, description="Hash of the landing, the programme folder and the code.")
    code_version = dy.String(nullable=False, description="The version of the engine.")
    configuration = dy.String(nullable=False, description="Hash of the programme folder's files.")
    built_at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us", description="When it was built.")


WAREHOUSE: dict[str, type[dy.Schema]] = {
    "build": Build,
    "pulls": Pulls,
    "acknowledgements": Acknowledgements,
    "balance": Balance,
    "rejects": Rejects,
    "corrections": Corrections,
    "flags": Flags,
    "warnings": Warnings,
    "links": Links,
    "link_methods": LinkMethods,
    "link_review": LinkReview,
    "groups": Groups,
    "indicators": Indicators,
    "enrolments": Enrolments,
    "responses": Responses,
    "measurements": Measurements,
    "funnel": Funnel,
    "transitions": Transitions,
    "estimates": GradedEstimates,
}
"""The warehouse's tables by name; `for_programme` adds the columns that depend on the programme."""


def answer_column(question: Question, description: str) -> dy.Column:
    """The column in which a question's cleaned answers are kept."""
    match question.type:
        case "integer" | "year":
            return dy.Int64(nullable=True, description=description)
        case "number" | "money":
            return dy.Float64(nullable=True, description=description)
        case "date":
            return dy.Date(nullable=True, description=description)
        case "boolean":
            return dy.Bool(nullable=True, description=description)
        case _:
            return dy.String(nullable=True, description=description)


def extended(schema: type[dy.Schema], columns: dict[str, dy.Column]) -> type[dy.Schema]:
    """The schema with more columns; a column it already has stays as it is."""
    added: dict[str, Any] = {name: column for name, column in columns.items() if name not in schema.columns()}
    return type(schema.__name__, (schema,), {**added, "__doc__": schema.__doc__})


def derived_dtypes(programme: Programme) -> dict[str, pl.DataType]:
    """The type of every derived column, found by evaluating its expression on no rows."""
    columns = {name: answer_column(question, "") for name, question in programme.questions.items()}
    frame: pl.LazyFrame = extended(Responses, columns).create_empty(lazy=True)
    dtypes: dict[str, pl.DataType] = {}
    for name, derived in programme.derived.items():
        frame = frame.with_columns(pl.sql_expr(derived.value).alias(name))
        dtypes[name] = frame.collect_schema()[name]
    return dtypes


def _derived_column(dtype: pl.DataType, description: str) -> dy.Column:
    if dtype == pl.Boolean:
        return dy.Bool(nullable=True, description=description)
    if dtype.is_integer():
        return dy.Int64(nullable=True, description=description)
    if dtype.is_numeric():
        return dy.Float64(nullable=True, description=description)
    if dtype == pl.Date:
        return dy.Date(nullable=True, description=description)
    return dy.String(nullable=True, description=description)


def _programme_columns(programme: Programme) -> dict[str, dy.Column]:
    columns = {name: answer_column(asked, asked.title.en) for name, asked in programme.questions.items()}
    for name, dtype in derived_dtypes(programme).items():
        columns[name] = _derived_column(dtype, programme.derived[name].title.en)
    if programme.size_rule is not None:
        title = programme.size_rule.title.en
        columns[programme.size_rule.column] = dy.String(nullable=True, description=title)
    return columns


def enrolments(programme: Programme) -> type[dy.Schema]:
    """`Enrolments` with the registration's questions and the profile of one programme."""
    registration = {name for name, asked in programme.registration.questions.items() if not asked.identity}
    kept = registration | set(programme.profile)
    columns = {name: column for name, column in _programme_columns(programme).items() if name in kept}
    return extended(Enrolments, columns)


def responses(programme: Programme) -> type[dy.Schema]:
    """`Responses` with every question and derived column of one programme."""
    return extended(Responses, _programme_columns(programme))


def measured(programme: Programme) -> dict[str, Indicator]:
    """The indicators that have a value in every response; counts have none."""
    return {name: each for name, each in programme.indicators.items() if each.statistic != "count"}


def measurements(programme: Programme) -> type[dy.Schema]:
    """`Measurements` with the columns of one programme's response indicators."""
    columns: dict[str, dy.Column] = {}
    for name, indicator in measured(programme).items():
        title = indicator.title.en
        columns[name] = (
            dy.String(nullable=True, description=f"{title}: its class.")
            if indicator.statistic == "transition"
            else dy.Float64(nullable=True, description=f"{title}: its value.")
        )
        columns[f"{name}__asked"] = dy.Bool(nullable=False, description=f"{title}: in its population.")
        if indicator.per is not None:
            columns[f"{name}__per"] = dy.Float64(nullable=True, description=f"{title}: its denominator.")
    return extended(Measurements, columns)


def warehouse(programme: Programme) -> dict[str, type[dy.Schema]]:
    """Every table of one programme's warehouse, by name, in the order of the record's way."""
    depends = {"enrolments": enrolments, "responses": responses, "measurements": measurements}
    return {name: depends[name](programme) if name in depends else table for name, table in WAREHOUSE.items()}
