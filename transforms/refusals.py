"""What may stand against an answer that could be read: it is missing, out of its range, or of no period."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from transforms.normalise import Normalised
from transforms.programme import Form, Period, Question

ALWAYS_REQUIRED = ("participant_id", "registered_on")
"""Questions without whose answer a row belongs to nobody or to no period."""

FAILED_FORMULAS = ("excel_error", "formula_without_value")
"""Warnings about an optional answer that are reasons to set the row aside where the answer is required."""

LARGEST_AMOUNT = 1e12
"""No amount of money is larger; sums of millions of them still fit."""


@dataclass(frozen=True)
class Finding:
    """A reason or warning code, the question it is about, and the positions of the rows it applies to."""

    field: str
    rule: str
    rows: pl.Series


def refusals(
    read: Mapping[str, Normalised], form: Form, periods: Iterable[Period], may_lack_id: bool = False
) -> list[Finding]:
    """Everything for which a row is set aside: answers that cannot be read, then those that cannot be.

    With `may_lack_id` a submission may come without participant_id: linking tells who it is.
    """
    without = {"participant_id"} if may_lack_id else set()
    found: list[Finding] = []
    for name, each in read.items():
        question = form.questions[name]
        found += [Finding(name, rule, rows) for rule, rows in each.refused.items()]
        if (question.required or name in form.key or name in ALWAYS_REQUIRED) and name not in without:
            found += _missing(name, each)
        found += _out_of_range(name, each.values, question)
    if form.kind == "registration":
        found += _outside(read["registered_on"].values, periods)
    return [each for each in found if len(each.rows)]


def positions(findings: Iterable[Finding]) -> pl.Series:
    """Every row that a finding applies to, once, in order."""
    rows = [each.rows.cast(pl.UInt32) for each in findings]
    return pl.concat([pl.Series(dtype=pl.UInt32), *rows]).unique().sort()


def _missing(name: str, read: Normalised) -> Iterator[Finding]:
    """A required answer that is not there, and not refused for another reason; a failed formula is its own reason."""
    failed = [Finding(name, rule, read.noted[rule]) for rule in FAILED_FORMULAS if rule in read.noted]
    named = positions([*failed, *(Finding(name, rule, rows) for rule, rows in read.refused.items())])
    absent = read.values.is_null().arg_true()
    yield from failed
    yield Finding(name, "missing_required", absent.filter(~absent.is_in(named.implode())))


def _out_of_range(name: str, values: pl.Series, question: Question) -> Iterator[Finding]:
    if question.type not in ("integer", "number", "money", "year"):
        return
    largest = LARGEST_AMOUNT if question.type == "money" else None
    low = question.minimum if question.minimum is not None else None if largest is None else -largest
    high = question.maximum if question.maximum is not None else largest
    if low is not None:
        no_revenue = question.type == "money" and low == 0
        yield Finding(name, "negative_revenue" if no_revenue else "out_of_range", (values < low).arg_true())
    if high is not None:
        yield Finding(name, "out_of_range", (values > high).arg_true())


def _outside(registered_on: pl.Series, periods: Iterable[Period]) -> Iterator[Finding]:
    """A registration of no reporting period would be in the totals of none."""
    inside = pl.any_horizontal(pl.col("day").is_between(each.start, each.end) for each in periods)
    outside = registered_on.to_frame("day").select(outside=~inside)["outside"]
    yield Finding("registered_on", "outside_periods", outside.arg_true())
