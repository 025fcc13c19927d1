"""Who is to be called for a follow-up round: everybody who agreed to be asked, and how it stands with each."""

from datetime import date

import polars as pl

from transforms.programme import Programme, Round

TO_CALL, NOT_REACHED, REACHED = "to_call", "not_reached", "reached"
CALLED = (TO_CALL, NOT_REACHED)
"""Whoever is due and has not answered: nobody has tried, or in vain."""

LEFT_OUT = ("not_due_yet", "too_late", "refused", "closed")
"""Whoever is not called: before or after the round's window, or for good."""


def standing(responses: pl.DataFrame, programme: Programme, of_round: Round, today: date) -> pl.DataFrame:
    """One row a participant: `participant`, `status`, `due_on`, `until` (null where the round has no end).

    `responses` are those of all rounds. Whoever refused or closed the business at this round or an earlier one is not
    asked again; whoever did not consent is in none of them.
    """
    so_far = [each.id for each in programme.rounds[: programme.rounds.index(of_round) + 1]]
    for_good = _for_good(responses.filter(pl.col("round").is_in(so_far)), programme)
    first, last = of_round.window or (of_round.months, None)
    registered = pl.col("registered_on")
    due_on = registered.dt.offset_by(f"{first}mo")
    until = pl.lit(None, dtype=pl.Date) if last is None else registered.dt.offset_by(f"{last}mo")
    people = responses.filter(pl.col("round") == of_round.id).join(for_good, on="participant", how="left")
    dated = people.with_columns(due_on=due_on, until=until)
    status = (
        pl.when("answered")
        .then(pl.lit(REACHED))
        .when(pl.col("closed_ever").fill_null(False))
        .then(pl.lit("closed"))
        .when(pl.col("refused_ever").fill_null(False))
        .then(pl.lit("refused"))
        .when(pl.col("due_on") > today)
        .then(pl.lit("not_due_yet"))
        .when(pl.col("until") < today)
        .then(pl.lit("too_late"))
        .when("due")
        .then(pl.lit(NOT_REACHED))
        .otherwise(pl.lit(TO_CALL))
    )
    return dated.with_columns(status=status).select("participant", "status", "due_on", "until")


def _for_good(responses: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """One row a participant: whether the business was ever found closed, or the person asked not to be called."""
    refused = pl.lit(False)
    if programme.contact is not None and "contact_result" in responses.columns:
        refused = pl.col("contact_result").is_in(programme.contact.no_more_calls).fill_null(False)
    return responses.group_by("participant").agg(closed_ever=pl.col("closed").any(), refused_ever=refused.any())
