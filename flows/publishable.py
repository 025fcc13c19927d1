"""What of a warehouse, or of a release's rows, may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from flows.stores.warehouse import Reader
from transforms import tables
from transforms.disclosure.beside import without_few_apart, without_hidden_moves
from transforms.disclosure.contributions import GROUP, Rows
from transforms.disclosure.following import nested
from transforms.disclosure.left import left, without_few_left
from transforms.disclosure.margins import inside
from transforms.disclosure.primary import disclose, disclose_counts, disclose_transitions
from transforms.disclosure.protecting import protected
from transforms.disclosure.rounding import rounded_for_publication
from transforms.disclosure.silence import disclose_bounds, disclose_nonresponse
from transforms.programme import Programme
from transforms.variants import told_apart

ROWS = ("responses", "measurements", "enrolments")
RESULTS = ("estimates", "transitions", "funnel", "groups", "bounds", "nonresponse")


@dataclass(frozen=True)
class Night:
    """What one warehouse holds: people's rows, who refuses, and the tables of results by name."""

    build: pl.DataFrame
    rows: Rows
    refusals: pl.Series
    results: Mapping[str, pl.DataFrame]
    certain: pl.DataFrame


def night(reader: Reader) -> Night:
    """All that a release is made from."""
    return Night(
        reader.table("build"),
        Rows(*(reader.table(name) for name in ROWS)),
        reader.table("refusals")["participant"],
        {name: reader.table(name) for name in RESULTS},
        reader.table("certain_estimates"),
    )


def shown(
    results: Mapping[str, pl.DataFrame],
    certain: pl.DataFrame,
    earlier: Mapping[str, pl.DataFrame],
    people: pl.DataFrame,
    programme: Programme,
) -> dict[str, pl.DataFrame]:
    """The tables of results as they may be shown together.

    `certain`: the headlines without the uncertain links. `earlier`: what the last release showed. `people`: everybody's
    `places`.
    """
    told = each_by_itself(results, certain, programme)
    safe = all_together(told, results, earlier, people, programme)
    return safe | {
        "bounds": disclose_bounds(results["bounds"], safe["estimates"], programme),
        "nonresponse": disclose_nonresponse(results["nonresponse"], programme.disclosure.floor),
    }


def all_together(
    told: Mapping[str, pl.DataFrame],
    results: Mapping[str, pl.DataFrame],
    earlier: Mapping[str, pl.DataFrame],
    people: pl.DataFrame,
    programme: Programme,
) -> dict[str, pl.DataFrame]:
    """The tables `told` without what would, with all others, tell of too few."""
    floor, lies_in = programme.disclosure.floor, inside(people, nested(people), GROUP)
    safe = protected(told, results, earlier, lies_in, floor)
    safe = safe | without_few_left(safe, earlier, left(results["estimates"], programme), lies_in, floor)
    return without_hidden_moves(safe)


def each_by_itself(
    results: Mapping[str, pl.DataFrame], certain: pl.DataFrame, programme: Programme
) -> dict[str, pl.DataFrame]:
    """The tables of counts and estimates with what may not be shown of each figure, whatever the others tell."""
    floor = programme.disclosure.floor
    graded = tables.GradedEstimates.validate(results["estimates"], cast=True)
    shares = [name for name, each in programme.indicators.items() if each.statistic in ("proportion", "survival")]
    apart = told_apart(tables.GradedEstimates.validate(certain, cast=True), results["estimates"], floor, shares)
    return {
        "groups": results["groups"],
        "funnel": disclose_counts(results["funnel"], ("people",), floor),
        "transitions": disclose_transitions(results["transitions"], floor),
        "estimates": without_few_apart(rounded_for_publication(disclose(graded, floor), programme), graded, floor),
        "certain_estimates": rounded_for_publication(disclose(apart, floor), programme),
    }
