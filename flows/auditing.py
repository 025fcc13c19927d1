"""What somebody who has every published table could work out of the current release, and how much it shows."""

import polars as pl

from flows.declared import programme_named, warehouse_of
from flows.publishable import all_together, each_by_itself, night
from flows.releasing import release_of
from flows.stores.warehouse import reading
from transforms.disclosure.audit import Shown, audited, shown_of
from transforms.disclosure.contributions import GROUP, places
from transforms.disclosure.counted import ESTIMATES, FUNNEL, TRANSITIONS
from transforms.disclosure.following import nested
from transforms.disclosure.margins import inside
from transforms.disclosure.protecting import as_of_tonight


def disclosure_audit(programme: str) -> tuple[pl.DataFrame, Shown]:
    """The audit (`audit.audited`) of the release of the current warehouse, and how many estimates it shows."""
    declared = programme_named(programme)
    with warehouse_of(declared).open() as reader:
        release = release_of(reader, declared)
        known = night(reader)
    with reading(release.figures, "releases") as figures:
        told = {name: figures.table(name) for name in (ESTIMATES, FUNNEL, TRANSITIONS)}
    floor, people = declared.disclosure.floor, places(known.rows.responses, declared)
    lies_in = inside(people, nested(people), GROUP)
    by_itself = each_by_itself(known.results, known.certain, declared)
    first = all_together(by_itself, known.results, {}, people, declared)
    estimates = (each[ESTIMATES] for each in (by_itself, first, told))
    return audited(as_of_tonight(told, known.results), known.results, lies_in, floor), shown_of(*estimates)
