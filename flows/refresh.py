"""Rebuilds a programme's warehouse from its landing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from flows.corrections import check_that_all_hold, corrections_of
from flows.declared import (
    build_row,
    indicator_rows,
    input_id,
    landing_of,
    landings_of,
    link_review_of,
    programme_named,
    vault_of,
    warehouse_of,
)
from flows.judging import Judged, judge
from flows.linking import identified, link_people, with_people
from flows.recording import logger, recorded_flow, step
from flows.settings import settings
from flows.stores.atomic import locked
from flows.stores.gates import acknowledgements
from flows.stores.manifests import Manifest
from flows.stores.pulls import pulls
from flows.stores.vault import Vault
from transforms import tables
from transforms.clean import Cleaned
from transforms.corrections import Correction, accepted_by, rows_of
from transforms.errors import UserError, listed
from transforms.estimate import Estimated, estimate
from transforms.flags import accepting, flags
from transforms.grade import grade
from transforms.link import Linked, link
from transforms.measure import measure
from transforms.programme import Form, Programme, Source


@dataclass(frozen=True)
class Named:
    """Accepted submissions with pseudonyms in place of whatever identifies; the follow-ups by round."""

    registrations: pl.DataFrame
    follow_ups: dict[str, pl.DataFrame]


@recorded_flow
def refresh(programme: str, as_of: datetime | None = None) -> Path:
    """The path of the warehouse made from what is landed now: the current one when nothing has changed.

    With `as_of` it is made from what was landed until then, apart from the one that reports are made from.
    """
    declared = programme_named(programme)
    warehouse = warehouse_of(declared, as_of)
    with locked(warehouse.folder):
        now = datetime.now(UTC)
        at = min(as_of, now) if as_of else now
        of_input = input_id(declared, at, as_of)
        path = warehouse.path_of(of_input)
        if warehouse.current() == path:
            logger().info("%s: unchanged; %s stays current", programme, path.name)
            return path
        if path.exists():  # a failed source has recovered, or a run was killed before the swap
            logger().info("%s: %s was built and checked before; it is current again", programme, path.name)
            warehouse.make_current(path)
            return path
        return _rebuild(declared, of_input, at, as_of)


def _rebuild(programme: Programme, of_input: str, at: datetime, until: datetime | None) -> Path:
    judged, by_hand, linked = _read(programme, until)
    measurements = measure_responses(linked.responses, programme)
    estimated = estimate_indicators(linked.responses, measurements, linked.enrolments, programme)
    graded = grade_estimates(estimated, programme)
    about = {"build": build_row(programme, of_input), "indicators": indicator_rows(programme)}
    quality = _quality(judged, linked) | _standing(programme, judged, at, until)
    frames = about | quality | by_hand | _results(linked, measurements, estimated, graded)
    path = write_warehouse(programme, frames, of_input, until)
    made = f"{linked.responses.height} responses, {graded.height} estimates"
    whose = "is current" if until is None else f"holds what had landed by {until:%Y-%m-%d %H:%M} UTC"
    logger().info("%s: %s %s: %s", programme.id, path.name, whose, made)
    if to_look_at := frames["flags"].filter(~pl.col("accepted")).height:
        logger().info("%s: %d flags to look at. List them: impact flags %s", programme.id, to_look_at, programme.id)
    if not frames["rejects"].is_empty():
        logger().warning("%s: %s. List them: impact rejects %s", programme.id, _set_aside(frames), programme.id)
    return path


def _set_aside(frames: dict[str, pl.DataFrame]) -> str:
    """How many of the submissions are set aside, and the usual reasons."""
    rejects, landed = frames["rejects"], frames["balance"]["landed"].sum()
    reasons = rejects.group_by("source", "field", "rule").agg(count=pl.len().cast(pl.Int64))
    # An orphan is often but the follow-up of a registration that is set aside.
    usual = reasons.sort(pl.col("rule") == "orphan_followup", -pl.col("count"), "source", "field").iter_rows(named=True)
    told = [f"{each['rule']}{_of(each['field'])} in {each['source']} ({each['count']})" for each in usual]
    rows = rejects.n_unique(["source", "file", "row"])
    return f"{rows} of {landed} submissions are set aside, most for: {listed(told, 3)}"


def _of(field: str) -> str:
    """Which question a reason is about; nothing for one that is about the whole submission."""
    return f" of '{field}'" if field else ""


def _landed(programme: Programme, until: datetime | None) -> list[Source]:
    """The sources that have landed anything. Raises UserError when no registration ever came."""
    landed = [source for source in programme.sources if landing_of(programme, source).manifests(until)]
    if not any(source.round is None for source in landed):
        wanted = [
            settings().inbox(programme.id) / source.files for source in programme.file_drops if source.round is None
        ]
        raise UserError(
            f"{programme.id}: no registrations have landed, so there is nothing to report on. They are looked for as "
            f"{listed(map(str, wanted))}. Put them there, or mend what the pull finds wrong: impact pull {programme.id}"
        )
    return landed


def _read(programme: Programme, until: datetime | None) -> tuple[dict[str, Judged], dict[str, pl.DataFrame], Linked]:
    """What cleaning found, by source, what was done by hand, and everybody's rounds.

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
        "flags": _stacked(flagged),
        "link_review": linkage.review,
    }
    return judged, by_hand, link_rounds(_by_round(programme, named), programme)


def _by_hand(
    programme: Programme, judged: dict[str, Judged], corrections: Sequence[Correction], whole: bool
) -> pl.DataFrame:
    """The table Corrections. Raises UserError where one of them does not hold any more."""
    outcomes = _stacked([each.cleaned.corrections for each in judged.values()])
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
    return Named(_stacked(registrations), {each: _stacked(frames) for each, frames in follow_ups.items()})


def _link(named: Named, programme: Programme) -> Linked:
    """Every participant's rounds, joined to the registration."""
    return link(named.registrations, named.follow_ups, programme)


def _grade(estimated: Estimated, programme: Programme) -> pl.DataFrame:
    """The estimates with their evidence grade."""
    return grade(tables.Estimates.validate(estimated.estimates), programme)


def _write(programme: Programme, frames: dict[str, pl.DataFrame], of_input: str, until: datetime | None) -> Path:
    """The new warehouse's path, after its checks."""
    return warehouse_of(programme, until).build(programme, frames, of_input)


clean = step(judge)
identify = step(identified)
find_people = step(link_people)
flag = step(_flag)
keep_contacts = step(_keep_contacts)
pseudonymise = step(_pseudonymise)
link_rounds = step(_link)
measure_responses = step(measure)
estimate_indicators = step(estimate)
grade_estimates = step(_grade)
write_warehouse = step(_write)


def _standing(
    programme: Programme, judged: dict[str, Judged], at: datetime, until: datetime | None
) -> dict[str, pl.DataFrame]:
    """The tables that say how every source stands and what persons have let pass."""
    refused = {source: each.refused for source, each in judged.items() if each.refused}
    landings = landings_of(programme)
    return {
        "pulls": pulls(landings, refused, at, until),
        "acknowledgements": acknowledgements([landing for _, landing in landings], until),
    }


def _quality(judged: dict[str, Judged], linked: Linked) -> dict[str, pl.DataFrame]:
    """The tables that say what became of every submission."""
    cleaned = [each.cleaned for each in judged.values()]
    doubts = [_doubts(source, each.files) for source, each in judged.items()]
    return {
        "balance": _stacked([each.balance for each in cleaned]),
        "rejects": _stacked([*(each.rejects for each in cleaned), linked.rejects]),
        "warnings": _stacked([*(each.warnings for each in cleaned), *doubts, linked.warnings]),
        "links": linked.links,
        "link_methods": linked.methods,
    }


def _results(
    linked: Linked, measurements: pl.DataFrame, estimated: Estimated, graded: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The tables that say what came out."""
    return {
        "groups": linked.groups,
        "funnel": linked.funnel,
        "enrolments": linked.enrolments,
        "responses": linked.responses,
        "measurements": measurements,
        "transitions": estimated.transitions,
        "estimates": graded,
    }


def _doubts(source: str, files: list[Manifest]) -> pl.DataFrame:
    """What the reader noticed about a source's files, as rows of Warnings."""
    rows = [(source, doubt.field, doubt.rule, doubt.count) for file in files for doubt in file.doubts]
    return (
        pl.DataFrame(rows, schema=tables.Warnings.create_empty().schema, orient="row")
        .group_by("source", "field", "rule", maintain_order=True)
        .agg(pl.col("count").sum())
    )


def _stacked(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="diagonal")
