"""Traces a published number: what it says, what it is made from, why it has its grade; and computes it anew."""

import json
from collections.abc import Mapping
from typing import Any, Literal

import polars as pl
from polars.testing import assert_frame_equal

from flows.declared import configuration, landings_of, programme_named, warehouse_of
from flows.disclosed import facts_about
from flows.refresh import grade_estimates
from flows.releasing import release_of
from flows.settings import code_version
from flows.stores.warehouse import Reader, reading
from reports.context import Context
from reports.numbers import Numbers
from reports.scope import Scope
from reports.words import words_in
from transforms import tables
from transforms.errors import UserError, nearest
from transforms.estimate import Estimated, estimate
from transforms.estimators.cohort import PROGRAMME
from transforms.measure import measure
from transforms.programme import Language, Programme
from transforms.tracing import rows_behind

Told = dict[str, Any]
SAME = "the same"
FIGURES = ("value", "low", "high", "standard_error", "df", "p_value", "q_value", "smallest_detectable")
BASES = ("n", "n_comparison", "population", "missing", "response", "clusters", "clusters_comparison")
DEFINED = ("statistic", "value", "per", "population", "when_closed", "recall_months", "change_as", "rounds", "version")


def matching(programme: str, filters: Mapping[str, str | None]) -> list[str]:
    """The ids of the released estimates of an indicator, quantity, round, breakdown or group."""
    wanted = {name: value for name, value in filters.items() if value is not None}
    with warehouse_of(declared := programme_named(programme)).open() as reader:
        found = _released(reader, declared)
    for name, value in wanted.items():
        known = found[name].cast(pl.String).unique().to_list()
        if value not in known:
            raise UserError(f"--{name} {value}: no estimate has it. {nearest(value, known)}")
        found = found.filter(pl.col(name).cast(pl.String) == value)
    return found["estimate"].sort().to_list()


def explain(programme: str, identity: str, language: Language = "en") -> Told:
    """All that is public of one estimate and what is behind it. Raises UserError where it does not come out again."""
    declared = programme_named(programme)
    with warehouse_of(declared).open() as reader:
        released = _released(reader, declared)
        row = _row(released, identity)
        build = reader.table("build").row(0, named=True)
        told: Told = {"estimate": identity, "sentence": _sentence(row, reader, declared, language)}
        told |= _number(row) | _definition(row, declared) | _evidence(row, reader, declared)
        told["rows_behind"] = rows_behind(row, declared)
        told["warehouse"] = {"file": reader.path.name, **{name: str(value) for name, value in build.items()}}
        told["files"] = _files(declared)
        anew = _anew(reader, declared, build)
        told["stated"] = _stated(row["indicator"], reader)
        told["recomputed"] = _recomputed(identity, reader, declared, anew)
    return told


def as_text(told: Told) -> str:
    """One line a fact; what belongs together is set in under its name."""
    return "\n".join(_lines(told)) + "\n"


def written(told: Told, format: Literal["text", "json"]) -> str:
    """What is told, for a person or a machine."""
    return as_text(told) if format == "text" else json.dumps(told, ensure_ascii=False, indent=1, default=str) + "\n"


def _released(reader: Reader, programme: Programme) -> pl.DataFrame:
    with reading(release_of(reader, programme).figures, "releases") as release:
        return release.query("results")


def _row(released: pl.DataFrame, identity: str) -> Told:
    """The estimate as it may be shown. Raises UserError with the nearest ids."""
    found = released.filter(estimate=identity)
    if found.is_empty():
        raise UserError(f"There is no estimate '{identity}'. {nearest(identity, released['estimate'].to_list())}")
    return found.row(0, named=True)


def _sentence(row: Told, reader: Reader, programme: Programme, language: Language) -> str:
    """What the report says of it."""
    scope = Scope(row["period"], row["by"], row["group"])
    words = words_in(language)
    context = Context(facts_about(reader, scope, programme), programme, scope, words, Numbers(words, "arabic"))
    return next(context.sentence(each) for each in context.estimates if each.estimate == row["estimate"])


def _number(row: Told) -> Told:
    """Value, interval and bases; of a hidden figure the reason alone."""
    if row["visibility"] == "suppressed":
        why = "hidden: too few people, or with other figures it would tell of too few (docs/disclosure.md)"
        return {"visibility": why}
    return {
        "visibility": row["visibility"],
        "figures": _known(row, FIGURES),
        "rests_on": _known(row, BASES),
        "weights": _known(row, ("weights", "kish_deff")),
        "figures_from": row["figures_from"],
    }


def _definition(row: Told, programme: Programme) -> Told:
    indicator = programme.indicators[row["indicator"]]
    declared = indicator.model_dump(include={*DEFINED})
    return {
        "filters": {name: row[name] for name in ("period", "round", "arm", "by", "group", "term") if row[name]},
        "meaning": indicator.meaning.en,
        "indicator": {name: declared[name] for name in DEFINED if declared[name] not in (None, ())},
        "method": f"{row['method']} (docs/methods.md)",
        "design": programme.design.kind,
        "family": _family(row),
    }


def _family(row: Told) -> Told | str:
    """The tests that the q-value allows for."""
    if row["family_size"] is None:
        return "none: it has no q-value"
    name = row["family"] if row["by"] == PROGRAMME else f"all groups of {row['family']}"
    return {"name": name, "size": row["family_size"]}


def _evidence(row: Told, reader: Reader, programme: Programme) -> Told:
    """The grade and its caps; inputs that are not public, or of a figure that stands from before, are left out."""
    of_this = {"id": row["estimate"]}
    grades = reader.sql("from grades where estimate = $id", **of_this)
    if grades.is_empty():
        return {"grade": "none: counts, levels and a model's other terms have none"}
    tonight = grades.row(0, named=True)
    if row["visibility"] == "suppressed":
        return {"grade": {"letter": row["letter"], "cap": row["cap"]}}
    if (row["letter"], row["cap"]) != (tonight["letter"], tonight["cap"]):
        return {"grade": {"letter": row["letter"], "sign": row["sign"], "cap": row["cap"], "stands_from_before": True}}
    declared = programme.indicators[row["indicator"]].smallest_effect
    told = {"start": tonight["start"], "letter": row["letter"], "sign": row["sign"], "cap": row["cap"] or "none"}
    told["smallest_effect_of_interest"] = declared or f"{programme.design.smallest_effect_sd} baseline SD"
    caps = reader.sql('select cap, reads, "limit", holds, bites from grade_caps where estimate = $id', **of_this)
    return {"grade": told, "caps": [_cap(each, row) for each in caps.to_dicts()]}


def _cap(cap: Told, row: Told) -> Told:
    public = row | {
        "smallest_n": _least(row["n"], row["n_comparison"]),
        "fewest_clusters": _least(row["clusters"], row["clusters_comparison"]),
    }
    return {**cap, "value": public.get(cap["reads"], "not public")}


def _least(*sizes: int | None) -> int | None:
    return min((each for each in sizes if each is not None), default=None)


def _known(row: Told, names: tuple[str, ...]) -> Told:
    return {name: row[name] for name in names if row[name] is not None}


def _files(programme: Programme) -> list[Told]:
    """The landed files that the warehouse may read, with the proof of each."""
    return [
        {
            "source": source.id,
            "file": each.file,
            "pulled_at": each.pulled_at,
            "form": each.form,
            "sha256": each.sha256,
            "rows": each.rows,
        }
        for source, landing in landings_of(programme)
        for each in landing.manifests()
    ]


def _anew(reader: Reader, programme: Programme, build: Told) -> Estimated:
    """Every estimate, from the warehouse's answers. Raises UserError where what they were made by has changed."""
    if (build["configuration"], build["code_version"]) != (configuration(programme), code_version()):
        raise UserError(
            f"{programme.id}: the programme's files or the code have changed since {reader.path.name} was built, so "
            f"its numbers cannot be computed anew. Run: impact refresh {programme.id}"
        )
    responses = tables.responses(programme).cast(reader.table("responses"))
    enrolments = tables.enrolments(programme).cast(reader.table("enrolments"))
    return estimate(responses, measure(responses, programme), enrolments, programme)


def _stated(indicator: str, reader: Reader) -> Told:
    """Its role, whether it was stated in advance, since when it is frozen, and the hash of its definition."""
    asked = "select role, standing, frozen_at, definition from indicators where indicator = $indicator"
    return reader.sql(asked, indicator=indicator).row(0, named=True)


def _recomputed(identity: str, reader: Reader, programme: Programme, anew: Estimated) -> str:
    """That the warehouse's answers give the warehouse's estimate. Raises UserError where they do not."""
    made = grade_estimates(anew, programme).estimates.filter(estimate=identity)
    kept = tables.GradedEstimates.cast(reader.sql("from estimates where estimate = $id", id=identity))
    try:
        assert_frame_equal(made, kept.select(made.columns), rel_tol=1e-9, abs_tol=1e-12)
    except AssertionError:
        # What differs is not said: it may not be public.
        raise UserError(
            f"{identity}: computed anew from {reader.path.name} it is NOT the same. Do not use the number; "
            f"run: impact refresh {programme.id}"
        ) from None
    return SAME


def _lines(told: Any, depth: int = 0) -> list[str]:
    indent = "  " * depth
    if isinstance(told, list):
        return [indent + ", ".join(f"{name} {value}" for name, value in each.items()) for each in told]
    lines: list[str] = []
    for name, value in told.items():
        if isinstance(value, dict | list):
            lines += [f"{indent}{name}:", *_lines(value, depth + 1)]
        elif "\n" in str(value):
            lines += [f"{indent}{name}:", *(f"{indent}  {line}" for line in str(value).splitlines())]
        else:
            lines.append(f"{indent}{name}: {value}")
    return lines
