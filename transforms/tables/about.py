"""What a warehouse was made from."""

import dataframely as dy


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
    role = dy.Enum(["primary", "exploratory"], nullable=False, description="Whether it was declared primary.")
    standing = dy.Enum(
        ["in_advance", "after_answers", "changed", "never_frozen", "exploratory"],
        nullable=False,
        description="Primary: frozen before or after its first answers, changed since frozen, never frozen.",
    )
    definition = dy.String(nullable=False, description="The SHA-256 of all that decides its numbers.")
    frozen_at = dy.Datetime(
        nullable=True, time_zone="UTC", time_unit="us", description="Since when it is frozen as it is."
    )


class Build(dy.Schema):
    """One row: what this warehouse was made from."""

    programme = dy.String(primary_key=True, description="The programme.")
    input_id = dy.String(nullable=False, description="Hash of the landing, the programme folder and the code.")
    code_version = dy.String(nullable=False, description="The version of the engine.")
    configuration = dy.String(nullable=False, description="Hash of the programme folder's files.")
    built_at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us", description="When it was built.")


class Declarations(dy.Schema):
    """One row: what the programme's TOML files declared when the warehouse was built."""

    programme = dy.String(primary_key=True, description="The programme.")
    declared = dy.String(nullable=False, description="All of it, defaults too, as JSON.")


class Origins(dy.Schema):
    """One row per accepted submission: whose it is, and marks of its name and of what it says. Never an answer."""

    source = dy.String(nullable=False, description="The source it came from.")
    submission = dy.Int64(nullable=False, description="A keyed mark of what it is called.")
    participant = dy.String(nullable=True, description="The person's or firm's pseudonym; null while unknown.")
    round = dy.String(nullable=False, description="The round that it is of.")
    said = dy.Int64(nullable=True, description="A keyed mark: another one as soon as anything it says is changed.")
