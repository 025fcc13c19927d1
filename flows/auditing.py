"""What somebody who has every published table could work out of the current release."""

import polars as pl

from flows.declared import programme_named, warehouse_of
from flows.publishable import night
from flows.releasing import release_of
from flows.stores.warehouse import reading
from transforms.disclosure.audit import audited
from transforms.disclosure.contributions import GROUP, places
from transforms.disclosure.counted import ESTIMATES, FUNNEL, TRANSITIONS
from transforms.disclosure.following import nested
from transforms.disclosure.margins import inside


def disclosure_audit(programme: str) -> pl.DataFrame:
    """The audit (`audit.audited`) of the release of the current warehouse."""
    declared = programme_named(programme)
    with warehouse_of(declared).open() as reader:
        release = release_of(reader, declared)
        known = night(reader)
    with reading(release.figures, "releases") as figures:
        told = {name: figures.table(name) for name in (ESTIMATES, FUNNEL, TRANSITIONS)}
    people = places(known.rows.responses, declared)
    lies_in = inside(people, nested(people), GROUP)
    return audited(told, known.results, lies_in, declared.disclosure.floor)
