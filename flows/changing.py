"""What changed since the last report on a scope: its figures come from releases alone."""

import polars as pl

from flows.declared import archive_of, releases_of
from flows.releasing import release_of
from flows.stores.releases import Release
from flows.stores.warehouse import Reader, reading
from reports.scope import Scope
from reports.since import Since
from transforms import tables
from transforms.comparing.version import SHAPES_ROWS, differences
from transforms.disclosure.since import kinds_behind
from transforms.programme import Programme

WORDS = ("title", "meaning", "unit", "short", "codes", "target", "section", "headline", "better", "shown_as", "role")
"""Declarations that change no number."""
OF_EVERY_INDICATOR = (*SHAPES_ROWS, "weights")


def since_last(reader: Reader, programme: Programme, scope: Scope) -> Since | None:
    """What the last report on a scope said; none where this is the first one made of any other warehouse."""
    releases = releases_of(programme)
    now = release_of(reader, programme)
    told = archive_of(programme).last_other(programme.id, scope, reader.path.stem)
    before = releases.of(told, now) if told else None
    if before is None:
        return None
    estimates, tonight = (_estimates(each, scope) for each in (before, now))
    return Since(
        made_at=before.about.made_at,
        estimates=estimates,
        defined_anew=_defined_anew(before, now, programme),
        computed_anew=_build(before)["code_version"] != _build(now)["code_version"],
        kinds=kinds_behind(tonight, releases.logs_between(before, now), programme),
    )


def _estimates(release: Release, scope: Scope) -> pl.DataFrame:
    """The figures of a scope; a column that an older version of impact did not know yet is empty."""
    wanted = tables.PublishedEstimates.create_empty().schema
    with reading(release.figures, "releases") as reader:
        found = reader.sql(
            'from estimates where period = $period and "by" = $by and "group" = $group order by estimate',
            period=scope.period,
            by=scope.by,
            group=scope.group,
        )
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in wanted.items() if name not in found.columns]
    return found.with_columns(missing)


def _build(release: Release) -> dict[str, str]:
    with reading(release.figures, "releases") as reader:
        return reader.table("build").row(0, named=True)


def _defined_anew(before: Release, now: Release, programme: Programme) -> frozenset[str]:
    """The indicators whose numbers rest on a declaration that has changed; all where that is not known."""
    if _build(before)["configuration"] == _build(now)["configuration"]:
        return frozenset()
    then, tonight = (each.declared() for each in (before, now))
    if then is None or tonight is None:
        return frozenset(programme.indicators)
    changed = [name.split(".") for name in differences(then, tonight)]
    meant = [parts for parts in changed if not set(parts) & set(WORDS)]
    if any(parts[0] in OF_EVERY_INDICATOR for parts in meant):
        return frozenset(programme.indicators)
    return frozenset(parts[1] for parts in meant if parts[0] == "indicators")
