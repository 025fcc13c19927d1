"""What becomes of each follow-up submission: joined to a person's round, or set aside and why."""

import polars as pl

from transforms.link_methods import waits
from transforms.programme import Programme, Round
from transforms.slips import comparable, slipped
from transforms.submissions import SUBMITTED

RULES = {
    "orphan": "orphan_followup",
    "doubtful": "doubtful_link",
    "conflict": "wave_conflict",
    "slip": "unit_slip",
}
"""The reason codes of the verdicts that are rejects; without consent somebody is only counted."""

_FIELDS = {"orphan": "participant_id", "doubtful": "participant_id", "conflict": "answered_on"}


def verdicts(
    people: pl.DataFrame, follow_ups: dict[str, pl.DataFrame], programme: Programme
) -> dict[str, pl.DataFrame]:
    """One row per submission, by round: `source`, `person` (a row of `people`), `verdict`, and the `field` at fault.

    A verdict is linked, orphan, doubtful, without_consent, conflict or slip. Rounds are judged one after another, each
    one's amounts beside the last ones known of the same people.
    """
    known = people.select(comparable(programme))
    judged: dict[str, pl.DataFrame] = {}
    for each in programme.rounds:
        if each.id in follow_ups:
            judged[each.id] = _judged(follow_ups[each.id], people, known, each, programme.time_zone)
            known = _with_latest(known, follow_ups[each.id], judged[each.id])
    return judged


def places(count: int, judged: pl.DataFrame) -> pl.Series:
    """Where each of `count` people's linked submission stands; null for who has none."""
    linked = judged.select("person").with_row_index("place").filter(judged["verdict"] == "linked")
    everybody = pl.DataFrame({"person": pl.int_range(count, dtype=pl.UInt32, eager=True)})
    return everybody.join(linked, on="person", how="left", maintain_order="left")["place"]


def _judged(
    submissions: pl.DataFrame, people: pl.DataFrame, known: pl.DataFrame, of_round: Round, zone: str
) -> pl.DataFrame:
    registered = people.select("participant", "agreed", "registered_on").with_row_index("person")
    asked = submissions.select("participant", given_on=_given_on(submissions, zone))
    found = asked.join(registered, on="participant", how="left", maintain_order="left")
    found = found.with_columns(slipped(submissions, found["person"], known), untimely=_untimely(of_round))
    timely = found.select(pl.when(~pl.col("untimely")).then("person"))["person"]
    verdict = (
        pl.when(pl.col("person").is_null() & waits(submissions))
        .then(pl.lit("doubtful"))
        .when(pl.col("person").is_null())
        .then(pl.lit("orphan"))
        .when(~pl.col("agreed"))
        .then(pl.lit("without_consent"))
        .when(pl.col("untimely") | _superseded(submissions, timely))
        .then(pl.lit("conflict"))
        .when(pl.col("slipped").is_not_null())
        .then(pl.lit("slip"))
        .otherwise(pl.lit("linked"))
    )
    field = verdict.replace_strict(_FIELDS, default=None, return_dtype=pl.String)
    return found.select(
        submissions["_source"].alias("source"), "person", verdict.alias("verdict"), field=pl.coalesce(field, "slipped")
    )


def _given_on(submissions: pl.DataFrame, zone: str) -> pl.Expr:
    """The day on which an answer was given: by the server's clock where there is one, since a phone's may be wrong."""
    days = [pl.lit(None, dtype=pl.Date)]
    if "answered_on" in submissions.columns:
        days.insert(0, pl.col("answered_on"))
    if SUBMITTED in submissions.columns:
        days.insert(0, pl.col(SUBMITTED).dt.convert_time_zone(zone).dt.date())
    return pl.coalesce(days)


def _untimely(of_round: Round) -> pl.Expr:
    """Whether an answer was given before the registration or, where the round has a window, outside it."""
    given, registered = pl.col("given_on"), pl.col("registered_on")
    if of_round.window is None:
        return (given < registered).fill_null(False)
    first, last = (registered.dt.offset_by(f"{months}mo") for months in of_round.window)
    return (~given.is_between(first, last)).fill_null(False)


def _superseded(submissions: pl.DataFrame, person: pl.Series) -> pl.Series:
    """Whether a later submission of the same person takes a submission's place; never where the person is null."""
    several = pl.select(place=pl.lit(person).is_duplicated().arg_true())["place"]
    order = ["_pulled_at", "_file", "_row"]
    copies = submissions.select(order).with_row_index("place").with_columns(person.alias("person"))[several]
    copies = copies.drop_nulls("person").sort(order, maintain_order=True)
    replaced = copies.filter(~pl.col("person").is_last_distinct())["place"]
    none = pl.repeat(False, submissions.height, dtype=pl.Boolean, eager=True)
    return none.scatter(replaced, True)


def _with_latest(known: pl.DataFrame, submissions: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The amounts known of each person, with those of a round's linked submissions in their place."""
    asked = [name for name in known.columns if name in submissions.columns]
    latest = submissions.select(pl.col(asked).gather(places(known.height, judged)))
    return known.with_columns(known[name].zip_with(latest[name].is_null(), latest[name]) for name in asked)
