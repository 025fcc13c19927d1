"""What is summed over units: terms, one number a unit. A term that is unknown (null) adds nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import polars.selectors as cs

from transforms.estimators.alike import Alike
from transforms.estimators.at_once import at_once
from transforms.estimators.samples import Floats

TERMS_AT_ONCE = 20
"""Each term is a column as long as there are people; all at once would take gigabytes for a million."""


@dataclass(frozen=True)
class Sums:
    """Sums of terms, one number a code.

    `found`: those of the terms that differ. `same`: by each term's name that of the term among them that it equals.
    """

    found: dict[str, Floats]
    same: dict[str, str]

    def frame(self) -> pl.DataFrame:
        """One row a code, in order: the sums of all terms."""
        return pl.DataFrame({name: self.found[first] for name, first in self.same.items()})

    def summed(self, codes: pl.Series) -> "Sums":
        """These sums added up: one number a code of `codes`, which has one for each of theirs (-1: left out)."""
        totals = at_once(_adding_up(codes), self.found.values())
        return Sums(dict(zip(self.found, totals, strict=True)), self.same)


def added(terms: Iterable[pl.Expr]) -> list[pl.Expr]:
    """The aggregations that add up terms; each keeps its name."""
    return [each.cast(pl.Float64).sum() for each in terms]


def summed(people: pl.DataFrame, codes: pl.Series, terms: list[pl.Expr]) -> Sums:
    """The sums of terms over the people of each code of `codes` (0, 1, ... all occur; -1 is left out).

    They add up in the order of people, whatever the number of threads, and so do not differ in their last bits.
    """
    add_up = _adding_up(codes)
    found: dict[str, Floats] = {}
    same: dict[str, str] = {}
    for batch in _batches(people, terms, same):
        totals = at_once(lambda each: add_up(each.cast(pl.Float64).to_numpy()), batch)
        found |= dict(zip((each.name for each in batch), totals, strict=True))
    return Sums(found, same)


def _adding_up(codes: pl.Series) -> Callable[[Floats], Floats]:
    rows = codes.to_numpy() + 1
    many = int(rows.max(initial=0)) + 1
    return lambda numbers: np.bincount(rows, weights=numbers, minlength=many)[1:].astype(np.float64, copy=False)


def _batches(people: pl.DataFrame, terms: list[pl.Expr], same: dict[str, str]) -> Iterator[list[pl.Series]]:
    """The terms that differ, some at a time; `same` learns of every term which one it is.

    Most questions are asked of the same people and left open by the same people: what is true or false of a unit is
    the same of many indicators, and is added up once.
    """
    told = Alike()
    for start in range(0, len(terms), TERMS_AT_ONCE):
        batch = people.select(terms[start : start + TERMS_AT_ONCE])
        known = batch.with_columns(cs.boolean().fill_null(value=False), (~cs.boolean()).cast(pl.Float64).fill_null(0))
        same |= {each.name: told.first(each) if each.dtype == pl.Boolean else each.name for each in known}
        yield [each for each in known if same[each.name] == each.name]
