"""Weights with which a round's answers stand for everybody who registered and was due.

Within each reporting period, round and arm: reports are about one period; what keeps people from answering changes
from round to round; and those who were trained answer for other reasons than those who wait. So every arm keeps its
own size, and no answer of one arm stands for a silence of the other.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from transforms.estimating.covariates import UNKNOWN, Covariates, covariates, patterns
from transforms.estimators import propensity
from transforms.estimators.cohort import Cohort
from transforms.estimators.propensity import Floats
from transforms.estimators.raking import raked
from transforms.estimators.sums import WEIGHT
from transforms.programme import Programme, Weights

CELL = ["period", "arm"]


def weighted(cohort: Cohort, baseline: pl.DataFrame, programme: Programme) -> Cohort:
    """The cohort with its rounds' weights. `baseline`: the responses at the baseline, row for row with the people."""
    declared = programme.weights
    if declared is None:
        return cohort
    known = covariates(baseline, declared.covariates)
    drawn = _base(baseline, declared)
    margins = covariates(baseline, tuple(each.by for each in declared.margins))
    rounds, names = dict(cohort.rounds), {}
    for each in programme.rounds:
        name = weights_at(programme, each.id)
        if name is None:
            continue
        told = cohort.rounds[each.id]
        found = _of_round(cohort.people, told, drawn, known, margins, declared, told_all=each == programme.baseline)
        rounds[each.id] = told.with_columns(found)
        names[each.id] = name
    return replace(cohort, rounds=rounds, weights=names)


def weights_at(programme: Programme, round_id: str) -> str | None:
    """The name of a round's weights, what they are made of joined by +; None where its answers are not weighted."""
    declared = programme.weights
    if declared is None:
        return None
    follow_up = round_id != programme.baseline.id
    fitted = [each for each in declared.margins if follow_up or each.totals is not None]
    parts = {
        "base": declared.base is not None,
        "propensity_strata": declared.nonresponse == "propensity_strata" and follow_up,
        "post_stratified": len(fitted) == 1,
        "raked": len(fitted) > 1,
    }
    return "+".join(name for name, given in parts.items() if given) or None


def _base(baseline: pl.DataFrame, declared: Weights) -> Floats:
    if declared.base is None:
        return np.ones(baseline.height)
    return baseline[declared.base].cast(pl.Float64).to_numpy()


def _of_round(
    people: pl.DataFrame,
    told: pl.DataFrame,
    drawn: Floats,
    known: Covariates,
    margins: Covariates,
    declared: Weights,
    *,
    told_all: bool,
) -> pl.Series:
    """Each participant's weight at a round; null for who did not answer. At the baseline everybody did."""
    due = (told["due"] | told["told"]).to_numpy()
    answered = due if told_all else told["told"].to_numpy()
    weights = np.full(people.height, np.nan)
    for rows in _cells(people, due):
        of_rows = drawn[rows]
        found = np.where(answered[rows], of_rows, np.nan)
        if declared.nonresponse == "propensity_strata" and not told_all:
            found = for_nonresponse(known.frame[rows], answered[rows], of_rows, declared)
        wanted = [each for each in declared.margins if not told_all or each.totals is not None]
        weights[rows] = _to_margins(found, of_rows, [(margins.frame[each.by][rows], each.totals) for each in wanted])
    return pl.Series(WEIGHT, weights).fill_nan(None)


def _cells(people: pl.DataFrame, due: np.typing.NDArray[np.bool_]) -> Iterator[np.typing.NDArray[np.int64]]:
    """The rows of those who were due, by period and arm."""
    rows = people.select(*CELL, row=pl.int_range(pl.len())).filter(pl.Series(due))
    for _, part in rows.group_by(CELL, maintain_order=True):
        yield part["row"].cast(pl.Int64).to_numpy()


def for_nonresponse(
    known: pl.DataFrame, answered: np.typing.NDArray[np.bool_], drawn: Floats, declared: Weights
) -> Floats:
    """What each who answered stands for; NaN for who did not. All arrays are of the people due in one cell.

    The inverse of the weighted response of the person's stratum, cut at the quantile `cap`, and scaled so that those
    who answered weigh as much as all who were due.
    """
    terms, of_person = patterns(known)
    rows = pl.DataFrame({"pattern": of_person, "answered": answered}).group_by("pattern", maintain_order=True)
    counted = rows.agg(people=pl.len().cast(pl.Float64), told=pl.col("answered").sum().cast(pl.Float64)).sort("pattern")
    people, told = counted["people"].to_numpy(), counted["told"].to_numpy()
    found = np.full(len(drawn), np.nan)
    if not answered.any():
        return found
    odds = propensity.logit(terms, told, people)
    stratum = propensity.strata(odds, told, people, declared.strata)[of_person.to_numpy()]
    rates = propensity.inverse_rates(stratum, np.where(answered, drawn, 0.0), drawn)
    held = propensity.capped((drawn * rates)[answered], declared.cap)
    found[answered] = held * (drawn.sum() / held.sum())
    return found


def _to_margins(weights: Floats, drawn: Floats, margins: list[tuple[pl.Series, dict[str, float] | None]]) -> Floats:
    """The weights fitted to margins: of everybody due in the cell, or declared, which then are scaled to the cell.

    Groups in which nobody answered are left out, and so are declared ones for who is of no known group. Margins that
    cannot be met together leave the weights as they are.
    """
    answered = ~np.isnan(weights)
    if not margins or not answered.any():
        return weights
    cells, totals = [], []
    for values, declared in margins:
        codes, wanted = _margin(values.fill_null(UNKNOWN), drawn, answered, declared)
        cells.append(codes)
        totals.append(wanted * (weights[answered].sum() / wanted.sum()))
    found = weights.copy()
    try:
        found[answered] = raked(weights[answered], cells, totals)
    except ArithmeticError:
        return weights
    return found


def _margin(
    values: pl.Series, drawn: Floats, answered: np.typing.NDArray[np.bool_], declared: dict[str, float] | None
) -> tuple[np.typing.NDArray[np.int64], Floats]:
    """Of each who answered the group (0, 1, ...), and the groups' totals."""
    told = values.filter(pl.Series(answered))
    groups = told.unique().sort()
    frame = pl.DataFrame({"group": values, "drawn": drawn}).group_by("group").agg(pl.col("drawn").sum())
    of_frame = dict(frame.iter_rows())
    wanted = np.array([of_frame[group] for group in groups])
    if declared is not None:
        given = np.array([declared.get(group, np.nan) for group in groups])
        stated = ~np.isnan(given)
        if stated.any():
            wanted[stated] = given[stated] * (wanted[stated].sum() / given[stated].sum())
    codes = told.replace_strict(groups, pl.int_range(groups.len(), eager=True), return_dtype=pl.Int64)
    return codes.to_numpy(), wanted
