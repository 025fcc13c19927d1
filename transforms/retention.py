"""Whose time is over: whole people, by their latest registration, and what belongs to nobody, by when it came."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from transforms.identities import MOST_IDS, NATIONAL_ID, PARTICIPANT, PHONE
from transforms.normalise import normalise, rules_for
from transforms.programme import Form, Period, Programme
from transforms.submissions import SUBMITTED

RECORD, PERSON = "record", "person"
"""What ties rows beside the identifiers: the record of which they are revisions, the person found by linking."""

_MOMENTS = (SUBMITTED, "_pulled_at")
_DATES = {"registration": "registered_on", "follow_up": "answered_on"}


def dated_by(form: Form) -> str | None:
    """The question that says of which day a submission is, where the form asks one."""
    name = _DATES[form.kind]
    return name if name in form.questions and form.questions[name].type == "date" else None


def days_said(texts: pl.Series, form: Form, today: date, zone: str) -> pl.Series:
    """The day that each submission names; null where it names none that can be read."""
    name = dated_by(form)
    if name is None:
        return pl.repeat(None, texts.len(), dtype=pl.Date, eager=True)
    return normalise(texts.to_frame(name), {name: rules_for(form.questions[name], today, zone)})[name].values


def kept_until(registered_on: pl.Expr, periods: Iterable[Period]) -> pl.Expr:
    """The end of the reporting period of a registration; outside every period, its own day."""
    ends = [pl.when(registered_on.is_between(each.start, each.end)).then(pl.lit(each.end)) for each in periods]
    return pl.coalesce(*ends, registered_on)


def aged(rows: pl.DataFrame, programme: Programme, today: date) -> pl.DataFrame:
    """The rows with `registers` and `day`, as `expired` takes them: by what a row says, and else by when it came.

    A follow-up is kept as long as its registration would be, had it been answered in the last month of its round.
    `rows` are landed rows, each with `said`, its answer to the question that dates it, and whether it is a `tombstone`.
    """
    parts = [rows.clear().with_columns(registers=pl.lit(False), day=pl.lit(None, dtype=pl.Date))]
    for source in programme.sources:
        form, here = programme.forms[source.form], rows.filter(pl.col("_source") == source.id)
        said = days_said(here["said"], form, today, programme.time_zone)
        sent, pulled = (pl.col(name).dt.convert_time_zone(programme.time_zone).dt.date() for name in _MOMENTS)
        dated = here.with_columns(_said=said)
        if source.round is None:
            until = pl.coalesce(kept_until(pl.col("_said"), programme.periods), sent, pulled)
        else:
            last = next(each.last_month for each in programme.rounds if each.id == source.round)
            answered = pl.coalesce(sent, "_said", pulled)
            until = kept_until(answered.dt.offset_by(f"-{last}mo"), programme.periods)
        registers = ~pl.col("tombstone") if source.round is None else pl.lit(False)
        parts.append(dated.with_columns(registers=registers, day=until).drop("_said"))
    return pl.concat(parts)


def expired(rows: pl.DataFrame, known: pl.DataFrame, before: date) -> pl.DataFrame:
    """Of `rows` those of everybody, and everything, that need only be kept until a day before `before`; with `person`.

    `rows` has a line each with `place`, `registers` (whether it is a registration) and `day`, until when it is kept if
    it stands alone; `known` one per place, kind and identifier. Rows that share an identifier are one person's. With a
    registration a person's follow-ups count for nothing; rows without one go by the youngest among them.
    """
    aged = rows.join(_people(rows["place"], known), on="place", how="left", maintain_order="left")
    registered = pl.col("day").filter("registers").max()
    until = aged.group_by("person").agg(until=pl.coalesce(registered, pl.col("day").max()))
    gone = until.filter(pl.col("until") < before)
    return aged.join(gone, on="person", how="semi", maintain_order="left")


def _people(places: pl.Series, known: pl.DataFrame) -> pl.DataFrame:
    """One row per place and `person`, the least of the places of all that is theirs."""
    here = known.join(places.to_frame("place"), on="place", how="semi")
    phones = here.filter(pl.col("kind") == PHONE)
    ties = _own(here.filter(pl.col("kind") != PHONE))
    of = _tied(places, ties)
    alone = places.to_frame("place").join(ties.filter(pl.col("kind") != RECORD), on="place", how="anti")
    return _by_phone(of, phones, alone)


def _own(known: pl.DataFrame) -> pl.DataFrame:
    """Without national numbers beside so many ids that they are nobody's own."""
    ids = known.filter(pl.col("kind") == PARTICIPANT).select("place", id="value")
    numbers = known.filter(pl.col("kind") == NATIONAL_ID)
    counted = numbers.join(ids, on="place").group_by("kind", "value").agg(ids=pl.col("id").n_unique())
    return known.join(counted.filter(pl.col("ids") > MOST_IDS), on=["kind", "value"], how="anti")


def _tied(places: pl.Series, ties: pl.DataFrame) -> pl.DataFrame:
    """One row per place and `person`: places are tied by what they share, however long the chain."""
    of = pl.DataFrame({"place": places, "person": places})
    while True:
        least = ties.join(of, on="place").group_by("kind", "value").agg(pl.col("person").min())
        nearer = ties.join(least, on=["kind", "value"]).group_by("place").agg(nearer=pl.col("person").min())
        found = of.join(nearer, on="place", how="left", maintain_order="left")
        found = found.select("place", person=pl.min_horizontal("person", "nearer"))
        if found.equals(of):
            return of
        of = found


def _by_phone(of: pl.DataFrame, phones: pl.DataFrame, alone: pl.DataFrame) -> pl.DataFrame:
    """The same; what has nothing but a telephone is of whom alone it belongs to: a family shares one."""
    named = phones.join(alone, on="place", how="anti").join(of, on="place")
    single = named.group_by("value").agg(pl.col("person").unique()).filter(pl.col("person").list.len() == 1)
    mine = phones.join(alone, on="place", how="semi").join(
        single.select("value", owner=pl.col("person").list.first()), on="value"
    )
    owners = mine.join(of, on="place").group_by("person").agg(pl.col("owner").min())
    found = of.join(owners, on="person", how="left", maintain_order="left")
    return found.select("place", person=pl.coalesce("owner", "person"))
