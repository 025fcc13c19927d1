"""Makes releases: what may be shown of a warehouse, given all that was shown before. Reports read nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import polars as pl

from flows.declared import marker_of, releases_of
from flows.publishable import Night, night, shown
from flows.recording import logger
from flows.stores import atomic
from flows.stores.marks import STATE
from flows.stores.releases import About, Release, Releases
from flows.stores.warehouse import Reader, reading
from transforms import tables
from transforms.disclosure import figures, silence
from transforms.disclosure.audit import audited
from transforms.disclosure.beside import without_hidden_moves
from transforms.disclosure.changed import CELL
from transforms.disclosure.contributions import GROUP, places
from transforms.disclosure.following import nested, pending
from transforms.disclosure.margins import inside
from transforms.disclosure.populated import populated
from transforms.disclosure.protecting import as_of_tonight, protected_again
from transforms.disclosure.steps import People, made_anew
from transforms.funnel import refused_of, with_refused
from transforms.programme import Programme

Figures = dict[str, pl.DataFrame]
"""The tables of a release, by name."""
_ATTEMPTS = 4
"""How often more is hidden where what stands and what is made anew tell too much together."""

KEYS = {
    "estimates": ["estimate"],
    "funnel": tables.Funnel.primary_key(),
    "transitions": tables.Transitions.primary_key(),
    "nonresponse": tables.Nonresponse.primary_key(),
}
HIDDEN: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "estimates": figures.hidden_estimates,
    "funnel": figures.hidden_counts("people"),
    "transitions": figures.hidden_counts("units", "share", "low", "high"),
    "nonresponse": figures.hidden_counts(*silence.TOLD),
}


@dataclass(frozen=True)
class Made:
    """A release before it is kept: its figures, how many estimates stand, and what the next one is held against.

    `known_too_well`: how many hidden counts all that is shown would tell.
    """

    figures: Figures
    standing: int
    known_too_well: int
    cells: pl.DataFrame
    log: pl.DataFrame
    refused: pl.DataFrame


def release_of(reader: Reader, programme: Programme) -> Release:
    """The release of the warehouse that is read: the last one if it was made from it, else a new one."""
    releases = releases_of(programme)
    with atomic.locked(releases.folder):
        last = releases.last()
        if last is not None and last.about.warehouse == reader.path.stem:
            return last
        known = night(reader)
        made = _first(known, programme) if last is None else _next(known, releases, last, programme)
        number = last.about.number + 1 if last else 1
        about = About(number, reader.path.stem, datetime.now(UTC), made.standing, made.known_too_well)
        version = pl.lit(number, dtype=pl.Int64)
        cells = [*([last.frame("cells")] if last else []), made.cells.with_columns(version=version)]
        beside = {"cells": pl.concat(cells), "log": made.log.with_columns(version=version), "refused": made.refused}
        beside["declarations"] = reader.table("declarations")
        kept = releases.keep(about, known.rows, _dated(made.figures | {"build": known.build}, about), beside)
    logger().info(
        "%s: release %d is of %s; estimates that stand: %d", programme.id, number, about.warehouse, made.standing
    )
    return kept


def _first(known: Night, programme: Programme) -> Made:
    """Nothing was shown before."""
    nobody = known.rows.of(known.refusals.clear())
    people = places(known.rows.responses, programme)
    told = shown(known.results, known.certain, {}, people, programme)
    log = pending(nobody, nobody, programme, _mark(programme))
    return Made(
        told,
        0,
        _known_too_well(told, known.results, people, programme),
        _shown(told, programme),
        log,
        refused_of(known.results["funnel"]),
    )


def _next(known: Night, releases: Releases, last: Release, programme: Programme) -> Made:
    """What was shown before stands where too few have changed since."""
    floor = programme.disclosure.floor
    refused = _refused(last.frame("refused"), refused_of(known.results["funnel"]), floor)
    results = {**known.results, "funnel": with_refused(known.results["funnel"], refused)}
    with reading(last.figures, "releases") as reader:
        earlier: Figures = {name: schema.cast(reader.table(name)) for name, schema in tables.RELEASE.items()}
    people = places(known.rows.responses, programme)
    told = shown(results, known.certain, earlier, people, programme)
    log = pending(last.rows(), known.rows, programme, _mark(programme))
    published = releases.published(last, log)
    counted = People(populated(results, programme), inside(people, nested(people), GROUP), nested(people))
    same_rules = _by_the_same_rules(known.build, earlier["build"])
    for attempt in range(_ATTEMPTS):
        tonight: Figures = {name: tables.RELEASE[name].cast(frame) for name, frame in told.items()}
        visible = _shown(tonight, programme)
        wanted = pl.concat([visible, _shown(earlier, programme)]).unique()
        anew = made_anew(wanted, published, counted, floor)
        anew = anew.with_columns(pl.col("same") & same_rules)
        found, standing = _settled(tonight, earlier, anew, programme)
        so_far = as_of_tonight(found, results)
        known_too_well = _known_too_well(so_far, results, people, programme)
        if known_too_well == 0 or attempt == _ATTEMPTS - 1:
            break
        told = protected_again(told, so_far, results, earlier, counted.lies_in, floor)
    return Made(found, standing, known_too_well, visible.join(anew, on=CELL, how="semi"), log, refused)


def _settled(tonight: Figures, earlier: Figures, anew: pl.DataFrame, programme: Programme) -> tuple[Figures, int]:
    """Tonight's figures where they may be made anew, else the earlier ones; and how many estimates stand."""
    found = {
        name: figures.settled(tonight[name], earlier[name], anew, rests_on, KEYS[name], HIDDEN[name])
        for name, rests_on in _rests_on(programme).items()
    }
    found = without_hidden_moves(found)
    held = figures.of_estimates(found["estimates"], programme).join(anew, on=CELL, how="anti")[figures.ROW].unique()
    stands = (
        found["estimates"]
        .filter(pl.col("visibility").cast(pl.String) != "suppressed")["estimate"]
        .is_in(held.implode())
    )
    found["estimates"] = _unchanged(found["estimates"], earlier["estimates"])
    for name in ("certain_estimates", "bounds"):
        found[name] = _beside_whole(tonight[name], earlier[name], held)
    groups = pl.concat([tonight["groups"], earlier["groups"]]).unique(["by", "group"], keep="first")
    found["groups"] = groups.sort("by", "position")
    return found, int(stands.sum())


def _known_too_well(
    told: Figures, results: Mapping[str, pl.DataFrame], people: pl.DataFrame, programme: Programme
) -> int:
    """How many hidden counts could be worked out of these figures."""
    lies_in = inside(people, nested(people), GROUP)
    return audited(told, results, lies_in, programme.disclosure.floor).filter(~pl.col("safe")).height


def _rests_on(programme: Programme) -> dict[str, figures.RestsOn]:
    return {
        "estimates": partial(figures.of_estimates, programme=programme),
        "funnel": figures.of_funnel,
        "transitions": figures.of_transitions,
        "nonresponse": figures.of_nonresponse,
    }


def _shown(told: Figures, programme: Programme) -> pl.DataFrame:
    """The cells of which something is shown."""
    return figures.shown(told["estimates"], told["funnel"], told["transitions"], programme)


def _refused(before: pl.DataFrame, now: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Tonight's numbers of those without consent where each differs by nobody or by enough, else the last ones."""
    key = [name for name in now.columns if name != "people"]
    both = now.join(before, on=key, how="full", coalesce=True, suffix="_before").fill_null(0)
    few = (pl.col("people") - pl.col("people_before")).abs().is_between(1, floor - 1)
    return before if both.select(few.any()).item() else now


def _by_the_same_rules(now: pl.DataFrame, before: pl.DataFrame) -> bool:
    """Whether neither the code nor the programme's folder has changed."""
    rules = ("code_version", "configuration")
    return now.select(rules).equals(before.select(rules))


def _beside_whole(tonight: pl.DataFrame, earlier: pl.DataFrame, held: pl.Series) -> pl.DataFrame:
    """What stands beside estimates: tonight's beside tonight's, the earlier ones beside what stands."""
    stands = pl.col("estimate").is_in(held.implode())
    return pl.concat([tonight.filter(~stands), earlier.filter(stands)])


def _unchanged(now: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Tonight's estimates; those that say what they said before are from when they first said it."""
    said = [name for name in now.columns if name != "figures_from"]
    before = earlier.select(*said, before="figures_from")
    known = now.join(before, on=said, how="left", nulls_equal=True, maintain_order="left")
    return known.with_columns(figures_from=pl.coalesce("figures_from", "before")).drop("before")


def _dated(told: Figures, about: About) -> Figures:
    """All tables, with the release's own, and with its moment on every figure that is not an earlier one's."""
    moment = pl.lit(about.made_at).cast(pl.Datetime("us", "UTC"))
    dated = {
        name: told[name].with_columns(pl.coalesce("figures_from", moment))
        for name in ("estimates", "certain_estimates")
    }
    schema = tables.Release.create_empty().schema
    release = pl.DataFrame([{name: getattr(about, name) for name in schema}], schema=schema)
    whole = told | dated | {"release": release}
    return {name: schema.cast(whole[name]) for name, schema in tables.RELEASE.items()}


def _mark(programme: Programme) -> Callable[[pl.Series], pl.Series]:
    return partial(marker_of(programme).hashed, STATE)
