"""One version of a programme's numbers: its people's rows, what they are made from, and by which declarations."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import polars as pl

from transforms.programme import Programme

Cause = Literal[
    "code",
    "definition",
    "taken_out",
    "deletions",
    "corrections",
    "late_answers",
    "new_answers",
    "new_registrations",
    "unexplained",
]
CAUSES: tuple[Cause, ...] = get_args(Cause)
"""In the order in which they are applied, one after another; what is left at the end is unexplained."""

SHAPES_ROWS = (
    *("time_zone", "rounds", "periods", "sources", "design", "contact", "size_rule", "linking", "forms", "derived"),
    "checks",
)
"""The declarations from which people's rows follow; all others only say what is computed of them."""


@dataclass(frozen=True)
class Version:
    """What a warehouse holds, by its tables' names; `programme` as declared then, `code` the engine's version."""

    name: str
    programme: Programme
    code: str
    estimates: pl.DataFrame
    responses: pl.DataFrame
    enrolments: pl.DataFrame
    refusals: pl.Series
    origins: pl.DataFrame
    rejects: pl.DataFrame
    corrections: pl.DataFrame


def differences(before: Programme, after: Programme) -> list[str]:
    """The names of the declared fields that are not the same, such as `indicators.sales.value`, in order."""
    then, now = (dict(_leaves(each.model_dump(mode="json"))) for each in (before, after))
    return sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))


def shapes_rows(names: list[str]) -> bool:
    """Whether people's rows may follow otherwise from the same submissions."""
    return any(name.split(".")[0] in SHAPES_ROWS for name in names)


def _leaves(declared: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every field by its dotted name; what is declared in brackets is one field."""
    for name, value in declared.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{above}{name}.")
        elif value is not None:
            yield f"{above}{name}", value
