"""Compares two versions of a programme's warehouse: why every number of theirs differs that does."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
from pydantic import ValidationError

from flows.declared import erasures_of, marker_of, programme_named, warehouse_of
from flows.moments import moment_of
from flows.refresh import grade_estimates, refresh
from flows.settings import code_version
from flows.stores.marks import PSEUDONYM
from flows.stores.warehouse import Warehouse, reading
from transforms import tables
from transforms.comparing.causes import switches
from transforms.comparing.hiding import tellable
from transforms.comparing.numbers import Made, moved
from transforms.comparing.steps import Step, steps
from transforms.comparing.submissions import PERSON
from transforms.comparing.version import CAUSES, Cause, Version, differences
from transforms.errors import UserError, listed
from transforms.estimate import estimate
from transforms.measure import measure
from transforms.origins import marked
from transforms.programme import Programme
from transforms.submissions import SAID

CURRENT, PREVIOUS = "current", "previous"
_DAY = re.compile(r"[0-9]{4}-")


@dataclass(frozen=True)
class Comparison:
    """Two versions and what lies between them.

    `definitions`: declared fields that changed. `people`: by cause, those whose rows changed. `numbers` as `moved`
    makes them, with whether they may be `told`. `erased`: people erased since the earlier one was the state.
    """

    before: Version
    after: Version
    definitions: list[str]
    people: dict[str, int]
    numbers: pl.DataFrame
    erased: int

    @property
    def unexplained(self) -> int:
        """How many numbers have a part that no cause explains."""
        return int(self.numbers["causes"].list.contains("unexplained").sum())


def compare(programme: str, earlier: str, later: str) -> Comparison:
    """Why the numbers of two versions differ: version names, `current`, `previous`, or days and times."""
    declared = programme_named(programme)
    (path, since), (last, _) = (_found(declared, each) for each in (earlier, later))
    before, after = (_version(each, marker_of(declared).secret(SAID)) for each in (path, last))
    people = before.responses[PERSON].unique()
    erased = people.filter(erasures_of(declared).marked().among(PSEUDONYM, people))
    found = switches(before, after, erased)
    first, *further = steps(before, after, found)
    made: list[Made] = [(each.cause, _estimates(each)) for each in further]
    made = [(_residue(before, after), _estimates(first)), *made, (_residue(after, before), after.estimates)]
    numbers = moved(before.estimates, made)
    counted = dict(found.rows.group_by("cause").agg(pl.col(PERSON).n_unique()).iter_rows())
    return Comparison(
        before=before,
        after=after,
        definitions=differences(before.programme, after.programme),
        people={cause: counted[cause] for cause in CAUSES if cause in counted},
        numbers=tellable(numbers, before, after, found),
        erased=erasures_of(declared).since(since),
    )


def _residue(version: Version, other: Version) -> Cause:
    """The cause by which a version's numbers are not what today's code makes of its rows."""
    return "code" if version.code not in (code_version(), other.code) else "unexplained"


def _estimates(step: Step) -> pl.DataFrame:
    """The graded estimates of a step, by today's code."""
    measurements = measure(step.responses, step.programme)
    estimated = estimate(step.responses, measurements, step.enrolments, step.programme)
    return grade_estimates(estimated, step.programme).estimates


def _found(programme: Programme, name: str) -> tuple[Path, datetime]:
    """The file of a version, and the moment whose state it is. One that is kept no more is built again as of then."""
    path = _kept_as(programme, name)
    if path is not None:
        return path, _built_at(path)
    moment = moment_of(name)
    until = [each for each in _kept(warehouse_of(programme)) if _built_at(each) <= moment]
    return until[-1] if until else refresh(programme.id, moment), moment


def _kept_as(programme: Programme, name: str) -> Path | None:
    """The version of this name, if it is no day or time. Raises UserError with those there are."""
    warehouse = warehouse_of(programme)
    kept = _kept(warehouse)
    current = warehouse.current()
    if name == CURRENT and current is not None:
        return current
    others = [each for each in kept if each != current]
    if name == PREVIOUS and others:
        return others[-1]
    named = [each for each in kept if each.stem == name or each.stem.removeprefix("wh-").startswith(name)]
    if len(named) == 1 and name:
        return named[0]
    if _DAY.match(name):
        return None
    raise UserError(
        f"{programme.id}: there is no version '{name}' of the warehouse. {_there_are(kept)} A day or time names what "
        "was known then, such as 2026-05-01."
    )


def _kept(warehouse: Warehouse) -> list[Path]:
    """The versions that are kept, oldest first."""
    return sorted(warehouse.folder.resolve().glob("wh-*.duckdb"), key=lambda each: each.stat().st_mtime_ns)


def _there_are(kept: list[Path]) -> str:
    names = [f"{each.stem} ({_built_at(each):%Y-%m-%d %H:%M} UTC)" for each in kept]
    return f"Kept are: {listed(names)}." if names else "None is kept."


def _built_at(path: Path) -> datetime:
    with reading(path) as reader:
        built: datetime = reader.table("build")["built_at"][0]
    return built.astimezone(UTC)


def _version(path: Path, secret: str) -> Version:
    """What a warehouse holds, submissions named by their marks."""
    named = marked(pl.col("submission"), secret)
    with reading(path) as reader:
        build = reader.table("build").row(0, named=True)
        try:
            declared = Programme.model_validate_json(reader.table("declarations")["declared"][0])
            return Version(
                name=path.stem,
                programme=declared,
                code=build["code_version"],
                estimates=tables.GradedEstimates.cast(reader.table("estimates")),
                responses=tables.responses(declared).cast(reader.table("responses")),
                enrolments=tables.enrolments(declared).cast(reader.table("enrolments")),
                refusals=reader.table("refusals")[PERSON],
                origins=reader.table("origins"),
                rejects=reader.table("rejects").with_columns(submission=named),
                corrections=reader.table("corrections").with_columns(submission=named),
            )
        except (duckdb.CatalogException, ValidationError):
            raise UserError(
                f"{path}: another version of impact made it ({build['code_version']}; this one is {code_version()}), "
                "and it cannot be compared. Compare with what was known then: a day, such as "
                f"{build['built_at']:%Y-%m-%d}."
            ) from None
