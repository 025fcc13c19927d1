"""Rebuilds a programme's warehouse from its landing."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from flows.accounting import quality, set_aside, standing
from flows.declared import (
    build_row,
    declarations_row,
    expiries_of,
    indicator_rows,
    input_id,
    programme_named,
    warehouse_of,
)
from flows.gathering import gather
from flows.recording import logger, recorded_flow, step
from flows.settings import settings
from flows.stores.atomic import locked
from transforms import tables
from transforms.errors import listed, numbered
from transforms.estimate import Estimated, estimate
from transforms.grade import judge
from transforms.graded_by import Graded
from transforms.graded_by import graded as graded_with_reasons
from transforms.link import Linked
from transforms.measure import measure
from transforms.programme import Programme


@recorded_flow
def refresh(programme: str, as_of: datetime | None = None) -> Path:
    """The path of the warehouse made from what is landed now: the current one when nothing has changed.

    With `as_of` it is made from what was landed until then, apart from the one that reports are made from.
    """
    declared = programme_named(programme)
    if as_of is None:
        return _refreshed(declared, None)
    with locked(settings().landing(programme), shared=True):  # nobody is taken out meanwhile, in many files
        return _refreshed(declared, as_of)


def _refreshed(programme: Programme, as_of: datetime | None) -> Path:
    _tell_what_is_gone(programme, as_of)
    warehouse = warehouse_of(programme, as_of)
    with locked(warehouse.folder):
        now = datetime.now(UTC)
        at = min(as_of, now) if as_of else now
        of_input = input_id(programme, at, as_of)
        path = warehouse.path_of(of_input)
        if warehouse.current() == path:
            warehouse.newest_is_used()
            logger().info("%s: unchanged; %s stays current", programme.id, path.name)
            return path
        if path.exists():  # a failed source has recovered, or a run was killed before the swap
            logger().info("%s: %s was built and checked before; it is current again", programme.id, path.name)
            warehouse.make_current(path)
            return path
        return _rebuild(programme, of_input, at, as_of)


def _tell_what_is_gone(programme: Programme, as_of: datetime | None) -> None:
    """Says of an earlier moment that people who were there then cannot be brought back."""
    since = [each for each in expiries_of(programme).runs() if as_of is not None and each.at > as_of]
    if since:
        days, people = listed(str(each.on) for each in since), sum(each.people for each in since)
        logger().warning(
            "%s: not in it are people taken out since then, their time being over: %d (%s)", programme.id, people, days
        )


def _rebuild(programme: Programme, of_input: str, at: datetime, until: datetime | None) -> Path:
    gathered = gather(programme, until)
    linked = gathered.linked
    measurements = measure_responses(linked.responses, programme)
    estimated = estimate_indicators(linked.responses, measurements, linked.enrolments, programme)
    graded = grade_estimates(estimated, programme)
    about = {
        "build": build_row(programme, of_input),
        "declarations": declarations_row(programme),
        "indicators": indicator_rows(programme, linked.responses),
    }
    accounts = quality(programme, gathered.judged, linked) | standing(programme, gathered.judged, at, until)
    results = _results(linked, measurements, estimated, graded)
    certain = {"certain_estimates": _without_uncertain(gathered.certain, programme)}
    frames = about | accounts | gathered.by_hand | results | certain
    path = write_warehouse(programme, frames, of_input, until)
    made = f"{linked.responses.height} responses, {graded.estimates.height} estimates"
    whose = "is current" if until is None else f"holds what had landed by {until:%Y-%m-%d %H:%M} UTC"
    logger().info("%s: %s %s: %s", programme.id, path.name, whose, made)
    if to_look_at := frames["flags"].filter(~pl.col("accepted")).height:
        logger().info(
            "%s: %s to look at. List them: impact flags %s", programme.id, numbered(to_look_at, "flag"), programme.id
        )
    if not frames["rejects"].is_empty():
        logger().warning("%s: %s. List them: impact rejects %s", programme.id, set_aside(frames), programme.id)
    return path


def _results(
    linked: Linked, measurements: pl.DataFrame, estimated: Estimated, graded: Graded
) -> dict[str, pl.DataFrame]:
    """The tables that say what came out."""
    return {
        "groups": linked.groups,
        "funnel": linked.funnel,
        "enrolments": linked.enrolments,
        "refusals": linked.refusals,
        "responses": linked.responses,
        "measurements": measurements,
        "transitions": estimated.transitions,
        "estimates": graded.estimates,
        "grades": graded.grades,
        "grade_caps": graded.grade_caps,
        "bounds": estimated.bounds,
        "nonresponse": estimated.nonresponse,
        "arms_balance": estimated.arms_balance,
        "comparability": estimated.comparability,
        "seasons": estimated.seasons,
    }


def _without_uncertain(certain: Linked | None, programme: Programme) -> pl.DataFrame:
    """The headlines as they would be without the uncertain links."""
    if certain is None:
        return tables.CertainEstimates.create_empty()
    headlines = programme.headlines()
    measurements = measure_responses(certain.responses, headlines)
    estimated = estimate_indicators(certain.responses, measurements, certain.enrolments, headlines)
    return grade_estimates(estimated, headlines).estimates


def _grade(estimated: Estimated, programme: Programme) -> Graded:
    """The estimates with their evidence grade, and what each grade rests on."""
    judged = judge(tables.Estimates.validate(estimated.estimates), programme, estimated.comparability)
    return graded_with_reasons(judged, programme.disclosure.floor)


def _write(programme: Programme, frames: dict[str, pl.DataFrame], of_input: str, until: datetime | None) -> Path:
    """The new warehouse's path, after its checks."""
    return warehouse_of(programme, until).build(programme, frames, of_input)


measure_responses = step(measure)
estimate_indicators = step(estimate)
grade_estimates = step(_grade)
write_warehouse = step(_write)
