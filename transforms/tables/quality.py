"""What became of every submission, and what was done about it by hand."""

import dataframely as dy
import polars as pl

CHECKS = (
    *("missing", "outlier_sd", "outlier_iqr", "rule"),
    *("time_unreadable", "ends_before_start", "duration_short", "duration_long"),
    *("same_place", "same_answers", "enumerator_mean", "enumerator_missing"),
)
"""What flags are about: transforms.flags says which answers get which."""


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
