"""What a report rests on: the answers of `sql/releases`, which are about people, and of `sql/reports`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

import polars as pl

from reports.scope import Scope, compared_by
from transforms.programme import Programme

PARAMETERS: dict[str, tuple[str, ...]] = {
    "estimates": ("period", "by", "group"),
    "areas": ("period", "by"),
    "funnel": ("period", "by", "group"),
    "profile": ("period",),
    "transitions": ("period", "by", "group"),
    "bounds": ("period", "by", "group"),
    "nonresponse": ("period",),
    "balance": (),
    "rejects": (),
    "warnings": (),
    "corrections": (),
    "flags": (),
    "pulls": (),
    "acknowledgements": (),
    "links": (),
    "link_methods": (),
    "link_review": (),
    "certain": ("period",),
    "seasons": ("period",),
    "stated": (),
    "build": (),
    "release": (),
    "groups": (),
}
"""The parameters of the question NAME.sql behind every field of `Facts`."""


@dataclass(frozen=True)
class Facts:
    """The frames of one report. What is about people is that of a release.

    `estimates`, `areas` and `certain` (the headlines without the uncertain links) are PublishedEstimates; `funnel` and
    `profile` have the columns of Funnel and `transitions` those of Transitions, with null for a count that is not
    shown; `bounds` are those that may stand beside `estimates`; `nonresponse` has the columns of Nonresponse, null
    where not shown; `rejects` counts Rejects by source, field and rule in `submissions`; `corrections` counts
    Corrections and `flags` counts Flags likewise; `seasons` names the `indicator` and `round` of changes that carry the
    season; `stated` tells of each primary indicator its `standing`, `definition` and `frozen_at`; `link_methods` counts
    LinkMethods by kind and method.
    """

    estimates: pl.DataFrame
    areas: pl.DataFrame
    funnel: pl.DataFrame
    profile: pl.DataFrame
    transitions: pl.DataFrame
    bounds: pl.DataFrame
    nonresponse: pl.DataFrame
    balance: pl.DataFrame
    rejects: pl.DataFrame
    warnings: pl.DataFrame
    corrections: pl.DataFrame
    flags: pl.DataFrame
    pulls: pl.DataFrame
    acknowledgements: pl.DataFrame
    links: pl.DataFrame
    link_methods: pl.DataFrame
    link_review: pl.DataFrame
    certain: pl.DataFrame
    seasons: pl.DataFrame
    stated: pl.DataFrame
    build: pl.DataFrame
    release: pl.DataFrame
    groups: pl.DataFrame

    @classmethod
    def of(cls, frames: Mapping[str, pl.DataFrame]) -> Self:
        """The facts from their frames by name."""
        return cls(**{field.name: frames[field.name] for field in fields(cls)})


def questions(scope: Scope, programme: Programme) -> dict[str, dict[str, str]]:
    """Every question of a report and its parameters.

    A report that sets no areas side by side asks for those of no breakdown, and gets no rows.
    """
    known = {"period": scope.period, "by": scope.by, "group": scope.group}
    asked = {name: {each: known[each] for each in parameters} for name, parameters in PARAMETERS.items()}
    asked["areas"]["by"] = compared_by(scope, programme) or ""
    return asked
