"""Whatever a person changes, every figure that moves rests on a cell in which that is counted."""

import polars as pl
import pytest

from tests.transforms.test_estimate import enrolled, programme, responses
from transforms import tables
from transforms.disclosure.changed import changes, part_of
from transforms.disclosure.contributions import GROUP, Rows, contributions, places
from transforms.disclosure.figures import of_estimates, of_transitions
from transforms.estimate import Estimated, estimate
from transforms.measure import measure

FIGURES = ["value", "low", "high", "n", "n_comparison", "numerator", "population", "missing", "clusters", "response"]


@pytest.fixture(scope="module")
def declared():
    return programme()


def rows_of(frame, declared) -> Rows:
    schema = tables.responses(declared).create_empty().schema
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in frame]
    whole = tables.responses(declared).cast(frame.with_columns(missing))
    return Rows(whole, measure(whole, declared), enrolled(frame))


def estimated(rows: Rows, declared) -> Estimated:
    return estimate(rows.responses, rows.measurements, rows.enrolments, declared)


def cells(changed) -> set[tuple[str, ...]]:
    """Every cell in which somebody changed, as item, arm, by and group; in all arms too."""
    found = set()
    for name in (each for each in changed.columns if each.startswith(GROUP)):
        group = pl.concat_str(name, part_of(pl.col("part")))
        here = changed.select("item", "arm", by=pl.lit(name.removeprefix(GROUP)), group=group).drop_nulls("group")
        found |= set(here.rows()) | set(here.with_columns(arm=pl.lit("all")).rows())
    return found


def moved(before: Estimated, after: Estimated, declared) -> dict[str, set[tuple[str, ...]]]:
    """The estimates with another figure, and the cells that they rest on."""
    both = before.estimates.join(after.estimates, on="estimate", how="full", suffix="_after", coalesce=True)
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in FIGURES)
    names = both.filter(differs)["estimate"]
    rest = pl.concat([of_estimates(each.estimates, declared) for each in (before, after)])
    rest = rest.filter(pl.col("row").is_in(names.implode()))
    found = {}
    for name, item, arm, by, group in rest.select("row", "item", "arm", "by", "group").rows():
        found.setdefault(name, set()).add((item, arm, by, group))
    return found


CASES = {
    "an answer": ("m6", {"sales": pl.lit(123.0)}),
    "an amount that was unknown": ("m6", {"jobs": pl.lit(7.5)}),
    "a round unanswered": ("m3", {"answered": pl.lit(False), "closed": pl.lit(False)}),
    "a business closed": ("m6", {"answered": pl.lit(False), "closed": pl.lit(True)}),
    "no round due": ("m6", {"due": pl.lit(False), "answered": pl.lit(False), "closed": pl.lit(False)}),
    "another province": (None, {"province": pl.lit("P9")}),
    "another sex": (None, {"sex": pl.lit("m")}),
}


@pytest.mark.parametrize("case", CASES)
def test_every_figure_that_moves_rests_on_a_cell_in_which_somebody_changed(declared, case):
    round_id, answers = CASES[case]
    frame = responses()
    who = frame.filter(pl.col("sex") == "f", pl.col("answered"), pl.col("round") == "m6")["participant"][5]
    theirs = (pl.col("participant") == who) & pl.col("round").is_in([round_id] if round_id else ["start", "m3", "m6"])
    other = frame.with_columns(pl.when(theirs).then(new).otherwise(name).alias(name) for name, new in answers.items())
    before, after = rows_of(frame, declared), rows_of(other, declared)
    told = [(places(each.responses, declared), contributions(each, declared)) for each in (before, after)]
    changed = changes(*told)
    assert changed["participant"].unique().to_list() == [who]
    counted = cells(changed)
    of_estimated = moved(estimated(before, declared), estimated(after, declared), declared)
    assert of_estimated
    assert {name for name, rests in of_estimated.items() if not rests & counted} == set()


def test_a_move_between_classes_is_counted_in_both_pairs(declared):
    frame = responses()
    everybody = frame.with_columns(size=pl.lit("micro"))
    who = (pl.col("participant") == "P0003") & (pl.col("round") == "m6")
    grown = everybody.with_columns(size=pl.when(who).then(pl.lit("small")).otherwise("size"))
    told = []
    for each in (everybody, grown):
        rows = rows_of(each.with_columns(answered=True, closed=False), declared)
        told.append((places(rows.responses, declared), contributions(rows, declared)))
    found = changes(*told).filter(pl.col("part").is_not_null()).select("item", "part").sort("part")
    assert found.rows() == [("size.move.m6", "micro>micro"), ("size.move.m6", "micro>small")]
    of = estimated(rows_of(grown, declared), declared).transitions
    assert "size.move.m6" in of_transitions(of)["item"]


def test_who_changes_nothing_is_not_counted(declared):
    rows = rows_of(responses(), declared)
    told = (places(rows.responses, declared), contributions(rows, declared))
    assert changes(told, told).is_empty()
