"""Who took part, what they answered, and in which groups."""

import dataframely as dy

EVERYONE = "all"
"""The group of the breakdown `programme`: everybody."""


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


class Refusals(dy.Schema):
    """One row per person who registered and does not consent: counted, and nothing else."""

    participant = dy.String(primary_key=True, description="The pseudonym.")


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
