"""Finds out who is who before names are left behind: ids, then keyed numbers, then chances, then a person's word."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from flows.stores.link_review import KEY, ONE, OTHER, LinkReview
from flows.stores.vault import Vault
from transforms import linkage, tables
from transforms.link_methods import METHOD
from transforms.linkable import COMPARED, KINDS, SHOWN, content, identities
from transforms.programme import Form, Linking, Programme

_TELLING = ("person", "phone", "birth_year", "national_id")
_TIME = ("registered_on", "_pulled_at", "_file", "_row")


@dataclass(frozen=True)
class Linkage:
    """Of each source, row for row, `participant` and `method`; and the table LinkReview."""

    named: dict[str, pl.DataFrame]
    review: pl.DataFrame


def with_people(named: pl.DataFrame, people: pl.DataFrame | None) -> pl.DataFrame:
    """A source's submissions with the pseudonym of whom they are of, and by what that was found."""
    return named if people is None else named.with_columns(people["participant"], people["method"].alias(METHOD))


def identified(vault: Vault, accepted: pl.DataFrame, form: Form, linking: Linking) -> pl.DataFrame:
    """One row per accepted submission, in order: its identity, with numbers keyed. For the private zone only."""
    found = identities(accepted, form, linking)
    keyed = [vault.pseudonyms(kind, found[kind]).alias(kind) for kind in KINDS if kind != "phone"]
    time = [accepted[name] for name in _TIME if name in accepted.columns]
    return found.with_columns(
        *keyed,
        *time,
        vault.pseudonyms("phone", found["phone"]).alias("phone"),
        vault.pseudonyms("participant", accepted["participant_id"]).alias("participant"),
        vault.pseudonyms("identity", content(found)).alias("answered"),
    )


def link_people(
    found: Mapping[str, pl.DataFrame], programme: Programme, review: LinkReview, keep: bool = True
) -> Linkage:
    """Who every submission is of, as was decided in the vault's list; `keep` writes the doubtful pairs into it.

    `found` is empty, and ids alone count, where a programme names no questions by which to link.
    """
    linking = programme.linking
    if linking is None or not found:
        return Linkage({}, tables.LinkReview.create_empty())
    decisions = review.decisions()
    rounds = {source.id: source.round for source in programme.sources if source.id in found}
    registrations = _together(found, [name for name, each in rounds.items() if each is None], rounds)
    registrations = registrations.sort("registered_on", "_pulled_at", "_file", "_row", maintain_order=True)
    follow_ups = _together(found, [name for name, each in rounds.items() if each is not None], rounds)
    of, doubtful_people = _people(registrations, decisions, linking)
    known = registrations.join(of, on="participant", how="left", maintain_order="left")
    linked, doubtful = _linked(follow_ups, known, of, decisions, linking)
    linked = linked.with_columns(
        method=pl.when(pl.col("method").is_null() & pl.col("place").is_in(doubtful["place"].implode()))
        .then(pl.lit("doubtful"))
        .otherwise(pl.col("method").fill_null("unmatched"))
    )
    waiting = pl.concat([_shown(doubtful, linked, known), doubtful_people])
    gone = _gone(decisions, follow_ups, of)
    waits = review.write(waiting, gone) if keep else waiting.height
    return Linkage(_by_source(found, rounds, linked, known), _counted(waits, decisions, gone))


def _together(found: Mapping[str, pl.DataFrame], names: list[str], rounds: Mapping[str, str | None]) -> pl.DataFrame:
    frames = [
        found[name].with_columns(_of=pl.lit(name), round=pl.lit(rounds[name], dtype=pl.String)).with_row_index("_at")
        for name in names
    ]
    empty = next(iter(found.values())).clear().with_columns(_of=pl.lit(""), round=pl.lit("")).with_row_index("_at")
    return (pl.concat(frames, how="diagonal") if frames else empty).with_row_index("place")


def _people(
    registrations: pl.DataFrame, decisions: pl.DataFrame, linking: Linking
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Which participants are one person, and the doubtful pairs of them for the review."""
    said = decisions.filter(pl.col("kind") == "registration")
    said = said.select(participant="answered", other="participant", same="same")
    yes = said.filter("same").select("participant", "other")
    certain = {"national_id": linkage.same_number(registrations), "reviewed": yes}
    pairs = _alike(registrations, linkage.people(registrations, pl.concat(certain.values())))
    no = said.filter(~pl.col("same"))
    refused = pl.concat([no.select("participant", "other"), no.select(participant="other", other="participant")])
    pairs = pairs.join(refused, on=["participant", "other"], how="anti").filter("backed")
    pairs = pairs.filter(pl.col("probability") >= linking.doubtful)
    probable = pairs.filter(linkage.surely_one(linking)).select("participant", "other")
    torn = linkage.unlike(registrations, pl.concat(certain.values()), probable)
    probable = probable.join(torn, on=["participant", "other"], how="anti", maintain_order="left")
    of = linkage.merged(registrations, certain | {"probable": probable})
    person = dict(zip(of["participant"], of["person"], strict=True))
    unsure = pairs.filter(
        pl.col("participant").replace_strict(person, return_dtype=pl.String)
        != pl.col("other").replace_strict(person, return_dtype=pl.String)
    )
    return of, _shown_people(unsure, registrations)


def _alike(registrations: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """The likely pairs (participant, other) among people of whom some are one already, with what speaks for each."""
    known = registrations.join(first, on="participant", maintain_order="left")
    records = _records(known)
    number = known.group_by("person").agg(national_id=pl.col("national_id").drop_nulls().first())
    told = records.select("row", "participant", "person", "phone", "birth_year").join(number, on="person")
    one = told.rename({"row": "left"})
    other = told.rename({"row": "right", "participant": "other"} | {name: f"{name}_other" for name in _TELLING})
    pairs = _scores(records, None).join(one, on="left").join(other, on="right")
    return pairs.filter(pl.col("person") != pl.col("person_other")).sort("left", "right")


def _records(known: pl.DataFrame) -> pl.DataFrame:
    """One row per different description of a person, in order, with a `row`."""
    described = known.filter(pl.col("first_key").is_not_null()).select("participant", "person", *COMPARED)
    return described.unique(["person", *COMPARED], keep="first", maintain_order=True).with_row_index("row")


def _scores(known: pl.DataFrame, asked: pl.DataFrame | None) -> pl.DataFrame:
    """The likely pairs; without anybody to compare the matching is not even loaded."""
    if known.height < (2 if asked is None else 1) or (asked is not None and asked.is_empty()):
        kinds = {
            "left": pl.UInt32(),
            "right": pl.UInt32(),
            "probability": pl.Float64(),
            "backed": pl.Boolean(),
            "named": pl.Boolean(),
        }
        return pl.DataFrame(schema=kinds)
    from flows.matching import scores

    return scores(known, asked)


def _linked(
    follow_ups: pl.DataFrame, known: pl.DataFrame, of: pl.DataFrame, decisions: pl.DataFrame, linking: Linking
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The follow-ups with `person` and `method` where it is sure, and the pairs that are doubtful."""
    linked = linkage.by_id(follow_ups, of)
    linked = linkage.by_keys(linked, known)
    linked = linkage.by_decision(linked, decisions, of)
    asked = linked.filter(pl.col("person").is_null() & pl.col("first_key").is_not_null())
    records = _records(known)
    pairs = _scores(records, asked.select(row="place", **{name: pl.col(name) for name in COMPARED}))
    pairs = pairs.join(records.select(left="row", person="person"), on="left").rename({"right": "place"})
    pairs = _unless_another(pairs, asked, known)
    no = decisions.filter((pl.col("kind") == "follow_up") & ~pl.col("same")).join(of, on="participant")
    refused = asked.select("place", "answered").join(no, on="answered").select("place", "person")
    sure, doubtful = linkage.sure_and_doubtful(pairs, linked, refused, linking)
    found = linked.join(sure.rename({"person": "_person"}), on="place", how="left", maintain_order="left")
    probable = pl.col("_person").is_not_null()
    linked = found.with_columns(
        person=pl.coalesce("person", "_person"),
        method=pl.when(probable).then(pl.lit("probable")).otherwise("method"),
    ).drop("_person")
    return linked, doubtful


def _unless_another(pairs: pl.DataFrame, asked: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The pairs, backed no more where both have a national id and these differ: a person must look at them."""
    told = pairs.join(asked.select("place", "national_id"), on="place").join(linkage.numbers(known), on="person")
    another = linkage.is_another(pl.col("national_id"), pl.col("_numbers"))
    return told.with_columns(backed=pl.col("backed") & ~another)


def _shown(doubtful: pl.DataFrame, follow_ups: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The lines of the review about follow-ups."""
    one = follow_ups.select("place", "answered", "submission", **dict(zip(ONE, map(_text, SHOWN), strict=True)))
    first = known.unique("person", keep="first", maintain_order=True)
    other = first.select("person", **dict(zip(OTHER, map(_text, SHOWN), strict=True)))
    lines = doubtful.join(one, on="place").join(other, on="person")
    lines = lines.sort("probability", "place", "person", descending=[True, False, False])
    return _lines(lines.rename({"person": "participant"}), "follow_up")


def _shown_people(pairs: pl.DataFrame, registrations: pl.DataFrame) -> pl.DataFrame:
    """The lines of the review about two people who may be one."""
    first = registrations.unique("participant", keep="first", maintain_order=True)
    one = first.select("submission", answered="participant", **dict(zip(ONE, map(_text, SHOWN), strict=True)))
    other = first.select("participant", **dict(zip(OTHER, map(_text, SHOWN), strict=True)))
    lines = pairs.select("probability", answered="participant", participant="other")
    lines = lines.sort("probability", "answered", "participant", descending=[True, False, False])
    lines = lines.unique(["answered", "participant"], keep="first", maintain_order=True)
    return _lines(lines.join(one, on="answered", maintain_order="left").join(other, on="participant"), "registration")


def _lines(pairs: pl.DataFrame, kind: str) -> pl.DataFrame:
    lines = pairs.with_columns(kind=pl.lit(kind), probability=pl.col("probability").round(4).cast(pl.String))
    lines = lines.select("probability", "submission", *ONE, *OTHER, *KEY)
    return lines.unique(KEY, keep="first", maintain_order=True)


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


def _gone(decisions: pl.DataFrame, follow_ups: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """The decisions about somebody who is no longer in the data."""
    known, asked = of["participant"].implode(), follow_ups["answered"].drop_nulls().implode()
    other = pl.when(pl.col("kind") == "follow_up").then(pl.col("answered").is_in(asked))
    there = pl.col("participant").is_in(known) & other.otherwise(pl.col("answered").is_in(known))
    return decisions.filter(~there)


def _counted(waits: int, decisions: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """The table LinkReview."""
    held = decisions.join(gone, on=KEY, how="anti")
    same = int(held["same"].sum())
    counts = {"waiting": waits, "same": same, "different": held.height - same, "gone": gone.height}
    rows = pl.DataFrame({"state": list(counts), "pairs": list(counts.values())})
    return tables.LinkReview.validate(rows, cast=True)


def _by_source(
    found: Mapping[str, pl.DataFrame], rounds: Mapping[str, str | None], linked: pl.DataFrame, known: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Each source's rows in their own order."""
    joined = known.with_columns(method=pl.col("merged_by").fill_null("participant_id"))
    both = pl.concat([each.select("_of", "_at", "person", "method") for each in (joined, linked)]).sort("_of", "_at")
    return {name: both.filter(pl.col("_of") == name).select(participant="person", method="method") for name in found}
