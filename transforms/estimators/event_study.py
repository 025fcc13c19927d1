"""Effects round by round against the last round before entry, and whether the arms were on one path before it.

y_it = a_i + d_t + sum_k b_k 1(t = k) ever_i + e_it, k over all rounds but the base (Freyaldenhoven, Hansen and
Shapiro 2019), errors CR2. Units that entered at the programme's first entry against those that never did: for several
entries there is `staggered_entry`. The pre-trend test is Wald's that b_k = 0 for all k before the base, F on (their
number, clusters - 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import fdtrc

from transforms.estimators.cohort import NEVER, Cohort
from transforms.estimators.model_rows import base, literals, long, terms
from transforms.estimators.panel import two_way
from transforms.programme import Indicator, Programme
from transforms.regression.errors import Errors

BEFORE = "before"


@dataclass(frozen=True)
class Events:
    """Of one period: the rows of the rounds after entry (`treated`) and before the base (`before`), and the p-value of
    the latter all being 0 (NaN where there is none)."""

    period: str
    rows: pl.DataFrame
    pre_trend_p: float


def event_studies(cohort: Cohort, name: str, indicator: Indicator, programme: Programme) -> list[pl.DataFrame]:
    """One row per period and round but the base."""
    return [each.rows for each in events(cohort, name, programme)]


def first_entry(cohort: Cohort) -> int | None:
    """The number of the first round, after the baseline, at which anybody entered."""
    return min(_entries(cohort), default=None)


def last_entry(cohort: Cohort) -> int | None:
    """The number of the last such round."""
    return max(_entries(cohort), default=None)


def _entries(cohort: Cohort) -> list[int]:
    entered = cohort.strata["entered"].unique()
    return [int(each) for each in entered if each > 0 and each != NEVER]


def events(cohort: Cohort, name: str, programme: Programme) -> list[Events]:
    """The event study of each period; none where the terms are not told apart."""
    first = first_entry(cohort)
    if first is None:
        return []
    compared = long(cohort, name, 0, programme).filter(pl.col("entered").is_in([first, NEVER]))
    with_events = compared.with_columns(ever=pl.col("entered") == first)
    made = []
    for (period,), part in with_events.sort("position", "unit").group_by("period", maintain_order=True):
        found = of_period(part, first, [each.id for each in programme.rounds])
        if found is not None:
            rows, p = found
            made.append(Events(str(period), rows.with_columns(*literals({"period": str(period)})), p))
    return made


def of_period(part: pl.DataFrame, first: int, rounds: Sequence[str]) -> tuple[pl.DataFrame, float] | None:
    """The rows of one period's rounds and the pre-trend test's p-value. `part`: by `model_rows.long`, with `ever`."""
    measured = part.drop_nulls("value")["round"].unique()
    numbers = [number for number, each in enumerate(rounds) if number != first - 1 and each in measured]
    names = {
        f"event.{number}": (pl.col("ever") & (pl.col("position") == number)).cast(pl.Float64) for number in numbers
    }
    fitted = two_way(part.with_columns(**names), list(names)) if names else None
    if fitted is None:
        return None
    used = part.drop_nulls("value").filter(pl.len().over("unit") > 1)
    events = pl.DataFrame(
        {
            "term": list(names),
            "round": [rounds[number] for number in numbers],
            "told": [BEFORE if number < first else "treated" for number in numbers],
        }
    )
    rows = terms(fitted.terms, fitted.cr2, "event_study_cr2").join(events, on="term", maintain_order="left")
    shared = base(used, part) | {"observations": fitted.observations}
    before = [place for place, number in enumerate(numbers) if number < first]
    p = joint_p(fitted.cr2, before, fitted.clusters - 1)
    return rows.with_columns(term=pl.col("told")).drop("told").with_columns(*literals(shared)), p


def joint_p(errors: Errors, places: list[int], left: float) -> float:
    """The p-value of Wald's test that the values at these places are all 0; NaN where there is none."""
    if not places:
        return float("nan")
    values, covariance = errors.values[places], errors.covariance[np.ix_(places, places)]
    many = int(np.linalg.matrix_rank(covariance, hermitian=True))
    statistic = float(values @ np.linalg.pinv(covariance, hermitian=True) @ values) / many if many else float("nan")
    return float(fdtrc(many, left, statistic))
