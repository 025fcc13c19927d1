"""Finds whose time is over in a programme's landing, and all by which they are named elsewhere."""

from contextlib import suppress
from datetime import UTC, date, datetime

import polars as pl

from flows.corrections import corrections_of
from flows.declared import expiries_of, landings_of, link_review_of, vault_of
from flows.judging import judge
from flows.linking import identified, link_people
from flows.settings import settings
from flows.stores import contacts
from flows.stores.expiries import Expiring
from flows.stores.marks import PSEUDONYM, REFERENCE, Identified
from flows.stores.people import Register
from transforms.errors import SourceError
from transforms.identities import NATIONAL_ID, PARTICIPANT, PHONE
from transforms.programme import Programme
from transforms.retention import PERSON, RECORD, aged, expired, kept_until
from transforms.submissions import KEY

PLACE = ("_source", "_pull", "_file", "_row")
_ACCEPTED = dict.fromkeys(PLACE, pl.String) | {"_row": pl.Int64, "registered_on": pl.Date, "participant": pl.String}


def due_on(programme: Programme, day: date) -> Expiring:
    """What a run on this day takes out."""
    assert programme.retention is not None
    before, after = programme.retention.before(day), programme.retention.after
    expiries, register = expiries_of(programme), Register.of([landing for _, landing in landings_of(programme)])
    rows, known = aged(register.saying(), programme, day), register.known
    if rows.filter(pl.col("day") < before).height:  # else cleaning and linking could find nothing either
        rows, known = _as_found(programme, rows, known)
        gone = expired(rows, known, before)
    else:
        gone = rows.clear().with_columns(person="place")
    people = gone.filter("registers")["person"].n_unique()
    placed = gone.join(_landed(programme), on=["_source", "_pull", "_file"], how="left", maintain_order="left")
    return expiries.due(day, before, after, people, placed, _named(programme, rows, known, gone))


def _landed(programme: Programme) -> pl.DataFrame:
    """One row per landed file: where its rows stand now."""
    files = [
        (each.source, each.pull, each.file, each.parquet) for _, of in landings_of(programme) for each in of.manifests()
    ]
    return pl.DataFrame(files, schema=dict.fromkeys(("_source", "_pull", "_file", "parquet"), pl.String), orient="row")


def _as_found(programme: Programme, rows: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows by the days that cleaning found, corrections included, and all by which linking and servers tie them."""
    found = rows.join(_accepted(programme), on=PLACE, how="left", maintain_order="left")
    until = pl.when("registers").then(kept_until(pl.col("registered_on"), programme.periods))
    record = pl.col("_source") + "|" + pl.col(KEY)
    ties = [
        found.select("place", kind=pl.lit(kind), value=value).drop_nulls()
        for kind, value in ((RECORD, record), (PERSON, pl.col("participant")))
    ]
    return found.with_columns(day=pl.coalesce(until, "day")), pl.concat([known, *ties])


def _accepted(programme: Programme) -> pl.DataFrame:
    """One row per submission that cleaning accepts: where it stands, its `registered_on`, whose pseudonym it has."""
    vault, corrections, now = vault_of(programme), corrections_of(programme), datetime.now(UTC)
    accepted: dict[str, pl.DataFrame] = {}
    identities: dict[str, pl.DataFrame] = {}
    for source, landing in landings_of(programme):
        with suppress(SourceError):  # what cannot be cleaned counts as it was received
            if landing.manifests():
                accepted[source.id] = judge(programme, source, corrections, now).cleaned.accepted
    for source in programme.sources:
        if programme.linking is not None and source.id in accepted:
            form = programme.forms[source.form]
            identities[source.id] = identified(vault, accepted[source.id], form, programme.linking)
    linked = link_people(identities, programme, link_review_of(programme), keep=False).named
    parts = [
        each.select(*PLACE, _registered_on(each), linked[source]["participant"])
        if source in linked
        else each.select(*PLACE, _registered_on(each), vault.pseudonyms("participant", each["participant_id"]))
        for source, each in accepted.items()
    ]
    return pl.concat([pl.DataFrame(schema=_ACCEPTED), *parts])


def _registered_on(accepted: pl.DataFrame) -> pl.Expr:
    name = "registered_on"
    return pl.col(name) if name in accepted.columns else pl.lit(None, dtype=pl.Date).alias(name)


def _named(programme: Programme, rows: pl.DataFrame, known: pl.DataFrame, gone: pl.DataFrame) -> Identified:
    """All by which the vault's tables and files of staff name those who go, and nobody who stays."""
    vault, kept = settings().vault(programme.id), rows.join(gone, on="place", how="anti")

    def of(frame: pl.DataFrame) -> Identified:
        here = known.join(frame.select("place"), on="place", how="semi")
        by_kind = {str(kind): set(each["value"]) for (kind,), each in here.group_by("kind")}
        ids = by_kind.get(PARTICIPANT, set())
        servers = frame.filter(pl.col(KEY).is_not_null())["submission"].unique()  # a key may be somebody's number
        return {
            **{kind: by_kind.get(kind, set()) for kind in (PARTICIPANT, NATIONAL_ID, PHONE)},
            PSEUDONYM: by_kind.get(PERSON, set()) | contacts.pseudonyms_of(vault, ids),
            REFERENCE: set(frame["submission"]) | set(vault_of(programme).pseudonyms("submission", servers)),
        }

    stay = of(kept)
    return {kind: names - stay[kind] for kind, names in of(gone).items()}
