"""Reads what a study declares, and holds it to the table's columns: every mistake is found before any work."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from transforms.checking.fields import model_at, sentence
from transforms.errors import UserError, nearest
from transforms.regression.errors import LEVERAGED
from transforms.studies.spec import REGRESSIONS, Computed, Method, Study, several

EVERYWHERE = {"name", "method", "outcomes", "where", "over", "weight", "weighted", "distribution"}
_TESTED = {"cluster", "family", "family_of", "q_values"}
_REGRESSED = _TESTED | {"terms", "interact", "covariates", "categorical", "absorb", "baseline", "baseline_round"}
_REGRESSED |= {"missing_covariates", "singletons", "errors", "correction", "combinations", "joint"}
_ARMS = {"arms", "control"}
TAKEN: dict[Method, set[str]] = {
    "regression": _REGRESSED | _ARMS,
    "poisson": _REGRESSED | _ARMS,
    "difference_in_differences": _REGRESSED | {"treated", "post"},
    "event_study": _REGRESSED | {"treated", "reference_round", "entered", "reference_exposure", "exposures"},
    "staggered": _TESTED | {"entered", "comparison", "base_period", "anticipation", "gaps", "covariates", "adjustment"},
    "mean": {"margins"},
    "total": {"margins"},
    "ratio": {"margins", "per"},
}
"""The fields that a method takes beside those that all take: another would change nothing, unnoticed."""

_OF_COLUMNS: tuple[str, ...] = (
    "over",
    "terms",
    "interact",
    "covariates",
    "categorical",
    "absorb",
    "baseline",
    "entered",
    "per",
)
_OF_COLUMNS += ("cluster", "weight")


def study_of(text: str, file: str) -> Study:
    """What a specification's TOML declares. Raises UserError with every mistake, a sentence each."""
    try:
        declared = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = " Estimates have double brackets: [[estimates]]." if "twice" in str(error) else ""
        raise UserError(f"{file}: this is not valid TOML: {error}. Mend that line.{hint}") from None
    try:
        study = Study.model_validate(declared)
    except ValidationError as error:
        raise UserError("\n".join(_field_mistakes(file, error))) from None
    mistakes = [f"{file}: {each}" for each in _useless(study)]
    if mistakes:
        raise UserError("\n".join(mistakes))
    return study


def check_columns(study: Study, columns: Iterable[str], file: str) -> None:
    """Raises UserError where the study names a column that neither the table has nor [compute] makes."""
    known = [*columns, *study.compute]
    mistakes = [
        f"{file}: {where}: there is no column '{name}'. {nearest(name, known)}"
        for where, name in _named(study)
        if name not in known
    ]
    if mistakes:
        raise UserError("\n".join(dict.fromkeys(mistakes)))


def _named(study: Study) -> Iterator[tuple[str, str]]:
    """Every column that a study names, and where; those in SQL expressions are found when these are computed."""
    for field in ("unit", "round", "arm", "cluster", "weight", "stratum", "population"):
        for name in several(getattr(study.columns, field)):
            yield f"columns, {field}", name
    for asked in study.estimates:
        said = f"estimate '{asked.name}'"
        yield from ((f"{said}, outcomes", each) for each in asked.outcomes)
        for field in _OF_COLUMNS:
            yield from ((f"{said}, {field}", each) for each in several(getattr(asked, field)))
        yield from ((f"{said}, margins", each.by) for each in asked.margins)


def _useless(study: Study) -> Iterator[str]:
    """Fields that do not go together."""
    names = [each.name for each in study.estimates]
    yield from (f"two estimates are called '{name}'. Rename one." for name in _repeated(names))
    for name, declared in study.compute.items():
        if isinstance(declared, Computed) and (declared.winsorise is None) == (declared.standardise is None):
            yield f"compute, {name}: declare an SQL expression, or one of winsorise and standardise."
    for asked in study.estimates:
        said = f"estimate '{asked.name}'"
        for field in sorted(asked.model_fields_set - EVERYWHERE - TAKEN[asked.method]):
            takers = [method for method, taken in TAKEN.items() if field in taken]
            yield f'{said}: {field} goes with method = {_either(takers)}, not with "{asked.method}". Take {field} out.'
        if asked.method == "ratio" and asked.per is None:
            yield f'{said}: method = "ratio" needs per, the denominator.'
        if asked.method == "poisson" and asked.errors in LEVERAGED:
            yield f'{said}: errors = "{asked.errors}" is not defined for poisson. Take cr1, cr0, hc1, hc0 or classical.'
        if asked.weight is not None and not asked.weighted:
            yield f"{said}: it names a weight and says weighted = false. Take one of them out."
        if asked.baseline is not None and asked.baseline_round is not None:
            yield f"{said}: declare baseline, a column, or baseline_round, whose outcome is taken; not both."
        if asked.method in REGRESSIONS and asked.control is not None and study.columns.arm is None:
            yield f"{said}: control needs arm in [columns]."


def _repeated(names: list[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]


def _either(words: Sequence[str]) -> str:
    quoted = [f'"{each}"' for each in words]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _field_mistakes(file: str, error: ValidationError) -> list[str]:
    """One sentence a field, in our words."""
    found: dict[tuple[str, ...], str] = {}
    for detail in error.errors():
        if detail["type"] == "too_short" and detail["input"]:
            continue  # the list has entries, but none is sound: each says so itself
        location = [part for part in map(str, detail["loc"]) if part not in ("str", "int", "Computed", "[key]")]
        location = [part for part in location if not part.startswith(("tuple[", "constrained"))]
        found.setdefault(tuple(location), _mistake(file, location, detail))
    return list(found.values())


def _mistake(file: str, location: list[str], detail: Mapping[str, Any]) -> str:
    parts = [f"number {int(each) + 1}" if each.isdigit() else each for each in location[:-1]]
    beside = list(model_at(Study, location).model_fields)
    if location[0] == "compute":
        beside = list(Computed.model_fields)
    return sentence(": ".join([file, ", ".join(parts)]) if parts else file, location, detail, beside)
