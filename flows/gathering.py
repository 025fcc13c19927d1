"""Gathers what is landed of a programme: cleaned, under pseudonyms, and joined person by person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from flows.accounting import stacked
from flows.corrections import check_that_all_hold, corrections_of
from flows.declared import landing_of, link_review_of, marker_of, vault_of
from flows.judging import Judged, judge
from flows.linking import identified, link_people, with_people
from flows.moments import ZONE
from flows.recording import step
from flows.settings import settings
from flows.stores.vault import Vault
from transforms.clean import Cleaned
from transforms.corrections import Correction, accepted_by, rows_of
from transforms.errors import UserError, listed
from transforms.flags import accepting, flags
from transforms.link import Linked, link
from transforms.link_methods import has_uncertain, without_uncertain
from transforms.origins import origins
from transforms.programme import FileDrop, Form, Programme, Source
from transforms.submissions import SAID


@dataclass(frozen=True)
class Named:
    """Accepted submissions with pseudonyms in place of whatever identifies; the follow-ups by round."""

    registrations: pl.DataFrame
    follow_ups: dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Gathered:
    """What cleaning found, by source; the tables of what was done by hand; and everybody's rounds.

    `certain` are the rounds without the uncertain links, where there are any.
    """

    judged: dict[str, Judged]
    by_hand: dict[str, pl.DataFrame]
    linked: Linked
    certain: Linked | None


def gather(programme: Programme, until: datetime | None) -> Gathered:
    """All that had landed until a moment, or until now. Raises UserError when no registration ever came.

    Names are in memory for one source at a time, unless people are linked by them.
    """
    vault, corrections = vault_of(programme), corrections_of(programme, until)
    judged: dict[str, Judged] = {}
    named: dict[str, pl.DataFrame] = {}
    flagged: list[pl.DataFrame] = []
    identities: dict[str, pl.DataFrame] = {}
    for source in _landed(programme, until):
        form = programme.forms[source.form]
        found = clean(programme, source, corrections, until)
        flagged.append(flag(programme, source, found.cleaned, corrections))
        if until is None:  # what was earlier must not take the place of what the vault knows now
            keep_contacts(vault, found.cleaned.accepted, source.id, form)
        named[source.id] = pseudonymise(vault, found.cleaned.accepted, form)
        if programme.linking is not None:
            identities[source.id] = identify(vault, found.cleaned.accepted, form, programme.linking)
        judged[source.id] = found.without_answers()
    whole = until is None and not any(each.refused for each in judged.values())
    linkage = find_people(identities, programme, link_review_of(programme), until is None)
    named = {source: with_people(frame, linkage.named.get(source)) for source, frame in named.items()}
    by_hand = {
        "corrections": _by_hand(programme, judged, corrections, whole),
        "flags": stacked(flagged),
        "link_review": linkage.review,
        "origins": origins(named, programme, marker_of(programme).secret(SAID)),
    }
    by_round = _by_round(programme, named)
    return Gathered(judged, by_hand, link_rounds(by_round, programme), _certain(by_round, programme))


def _landed(programme: Programme, until: datetime | None) -> list[Source]:
    """The sources that have landed anything. Raises UserError when no registration ever came."""
    landed = [source for source in programme.sources if landing_of(programme, source).manifests(until)]
    if not any(source.round is None for source in landed):
        raise UserError(_nothing_landed(programme, until))
    return landed


def _nothing_landed(programme: Programme, until: datetime | None) -> str:
    """That there is no registration, and where one would come from."""
    registrations = [source for source in programme.sources if source.round is None]
    if until is not None and any(landing_of(programme, source).manifests() for source in registrations):
        by = f"{until.astimezone(ZONE):%Y-%m-%d %H:%M}, Bangkok"
        return f"{programme.id}: no registrations have landed by {by}. Name a later day or time."
    inbox = settings().inbox(programme.id)
    wanted = [
        str(inbox / source.files) if isinstance(source, FileDrop) else f"the source '{source.id}'"
        for source in registrations
    ]
    return (
        f"{programme.id}: no registrations have landed, so there is nothing to report on. They come from "
        f"{listed(wanted)}. Put files there, or mend what the pull finds wrong: impact pull {programme.id}"
    )


def _by_hand(
    programme: Programme, judged: dict[str, Judged], corrections: Sequence[Correction], whole: bool
) -> pl.DataFrame:
    """The table Corrections. Raises UserError where one of them does not hold any more."""
    outcomes = stacked([each.cleaned.corrections for each in judged.values()])
    check_that_all_hold(corrections, outcomes, programme, complete=whole)
    return rows_of(corrections, outcomes, programme)


def _flag(programme: Programme, source: Source, cleaned: Cleaned, corrections: Sequence[Correction]) -> pl.DataFrame:
    """What stands out in one source's answers, and which of it a person has accepted."""
    found = flags(cleaned.accepted, source.id, programme.forms[source.form], programme)
    return accepting(found, accepted_by(corrections, cleaned.corrections))


def _keep_contacts(vault: Vault, accepted: pl.DataFrame, source: str, form: Form) -> None:
    """Splits off what identifies into the vault."""
    vault.keep_contacts(accepted, source, form)


def _pseudonymise(vault: Vault, accepted: pl.DataFrame, form: Form) -> pl.DataFrame:
    """The submissions without what identifies; from here on there are only pseudonyms."""
    return vault.pseudonymise(accepted, form)


def _by_round(programme: Programme, named: dict[str, pl.DataFrame]) -> Named:
    follow_ups: dict[str, list[pl.DataFrame]] = {}
    registrations: list[pl.DataFrame] = []
    for source in programme.sources:
        if source.id in named:
            (registrations if source.round is None else follow_ups.setdefault(source.round, [])).append(
                named[source.id]
            )
    return Named(stacked(registrations), {each: stacked(frames) for each, frames in follow_ups.items()})


def _certain(named: Named, programme: Programme) -> Linked | None:
    if not has_uncertain(named.follow_ups):
        return None
    return link_rounds(replace(named, follow_ups=without_uncertain(named.follow_ups)), programme)


def _link(named: Named, programme: Programme) -> Linked:
    """Every participant's rounds, joined to the registration."""
    return link(named.registrations, named.follow_ups, programme)


clean = step(judge)
identify = step(identified)
find_people = step(link_people)
flag = step(_flag)
keep_contacts = step(_keep_contacts)
pseudonymise = step(_pseudonymise)
link_rounds = step(_link)
