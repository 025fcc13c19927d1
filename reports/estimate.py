"""Finds the estimates that a part of a report needs among all of its scope."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import polars as pl

MAIN_TERMS = ("", "treated")
"""The term that speaks for an indicator: none outside models, the clustered treatment effect in them."""


@dataclass(frozen=True)
class Estimate:
    """One row of PublishedEstimates, as far as a report reads it."""

    estimate: str
    indicator: str
    quantity: str
    round: str
    arm: str
    by: str
    group: str
    term: str
    method: str
    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    n: int | None
    n_comparison: int | None
    observations: int | None
    clusters: int | None
    clusters_comparison: int | None
    df: float | None
    p_value: float | None
    q_value: float | None
    family: str | None
    family_size: int | None
    smallest_detectable: float | None
    response: float | None
    attrition_overall: float | None
    attrition_differential: float | None
    weights: str
    kish_deff: float | None
    letter: str | None
    sign: str | None
    cap: str | None
    pre_rounds: int | None
    pre_trend_p: float | None
    visibility: str
    bound: float | None
    no_interval: str | None

    @property
    def is_contrast(self) -> bool:
        """Whether it compares: a change or an effect, which is written with its sign."""
        return self.quantity in ("change", "effect")

    @property
    def is_coded(self) -> bool:
        """Whether only a bound of the share is shown."""
        return self.visibility in ("bottom_coded", "top_coded")

    @property
    def is_drawn(self) -> bool:
        """Whether a chart may show it: the value and both ends of its interval are public."""
        return self.visibility == "shown" and None not in (self.value, self.low, self.high)

    @property
    def is_without_interval(self) -> bool:
        """Whether it stands alone because the groups are too few for an interval."""
        return self.no_interval is not None

    @property
    def is_tested(self) -> bool:
        """Whether it may be told: drawn, and a contrast only where there were groups enough to test it."""
        return self.is_drawn and not (self.is_contrast and self.p_value is None)

    @property
    def is_main(self) -> bool:
        """Whether it speaks for its indicator, not for another term of its model."""
        return self.term in MAIN_TERMS


def read(published: pl.DataFrame) -> tuple[Estimate, ...]:
    """The rows of a frame of PublishedEstimates."""
    names = [field.name for field in fields(Estimate)]
    return tuple(Estimate(**row) for row in published.select(names).to_dicts())


def select(estimates: Iterable[Estimate], **wanted: object) -> Iterator[Estimate]:
    """The estimates whose fields have the wanted values."""
    return (each for each in estimates if all(getattr(each, name) == value for name, value in wanted.items()))
