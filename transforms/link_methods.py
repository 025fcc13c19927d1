"""Counts by what the follow-ups, and registrations under another id, found their people."""

import polars as pl

from transforms import tables

METHOD = "_method"
"""How a submission found its person before names were left behind; there is no such column where only ids count."""

UNCERTAIN = ("probable", "reviewed")
"""The methods that rest on a chance or on somebody's word."""


def link_methods(
    registrations: pl.DataFrame, follow_ups: dict[str, pl.DataFrame], judged: dict[str, pl.DataFrame]
) -> pl.DataFrame:
    """The table LinkMethods of registrations, and of follow-ups and their verdicts, both by round."""
    found = [_methods(follow_ups[each], of_round) for each, of_round in judged.items()]
    if METHOD in registrations.columns:
        found.append(_merged(registrations))
    if not found:
        return tables.LinkMethods.create_empty()
    grain = ["kind", "source", "method"]
    counted = pl.concat(found).group_by(grain).agg(submissions=pl.len()).sort(grain)
    return tables.LinkMethods.validate(counted, cast=True)


def _merged(registrations: pl.DataFrame) -> pl.DataFrame:
    """The registrations of somebody who registered before under another id."""
    merged = registrations.filter(pl.col(METHOD) != "participant_id")
    return merged.select(kind=pl.lit("registration"), source="_source", method=METHOD)


def _methods(submissions: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    by_id = pl.when(pl.col("person").is_null()).then(pl.lit("unmatched")).otherwise(pl.lit("participant_id"))
    rows = judged.select("source", "person", kind=pl.lit("follow_up"))
    if METHOD in submissions.columns:
        rows = rows.with_columns(submissions[METHOD])
        return rows.select("kind", "source", method=METHOD)
    return rows.select("kind", "source", method=by_id)


def waits(follow_ups: pl.DataFrame) -> pl.Series:
    """Whether each follow-up waits for a person to say whose it is."""
    if METHOD not in follow_ups.columns:
        return pl.repeat(False, follow_ups.height, dtype=pl.Boolean, eager=True)
    return (follow_ups[METHOD] == "doubtful").fill_null(False)


def has_uncertain(follow_ups: dict[str, pl.DataFrame]) -> bool:
    """Whether any follow-up found its person by a chance or by somebody's word."""
    return any(frame[METHOD].is_in(UNCERTAIN).any() for frame in follow_ups.values() if METHOD in frame.columns)


def without_uncertain(follow_ups: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The follow-ups with nobody's pseudonym where the link is uncertain."""
    nobody = pl.col(METHOD).is_in(UNCERTAIN).fill_null(False)
    return {
        each: frame.with_columns(participant=pl.when(~nobody).then("participant")) if METHOD in frame.columns else frame
        for each, frame in follow_ups.items()
    }
