"""Whom a matched effect compares: the stratum of each person whom it rests on."""

import numpy as np
import polars as pl

from transforms.estimating.covariates import covariates, patterns
from transforms.estimating.work import Work
from transforms.estimators.between_arms import TREATED, side
from transforms.estimators.cohort import of_round
from transforms.estimators.matching import LEFT_OUT, matched_strata
from transforms.estimators.propensity import Floats, Integers, logit
from transforms.programme import Indicator


def similar(work: Work, name: str, indicator: Indicator, number: int) -> pl.Series:
    """The `stratum` of each participant at a round; null for who has no value, no side or nobody alike."""
    round_id = work.programme.rounds[number].id
    known = covariates(of_round(work.responses, work.programme.baseline.id), indicator.covariates).frame
    sides = work.cohort.people.select(side=side(pl.col("entered"), number))["side"]
    analysed = sides.is_not_null() & work.cohort.rounds[round_id][name].is_not_null()
    treated = (sides == TREATED).fill_null(False).cast(pl.Float64).to_numpy()
    found = np.full(len(treated), LEFT_OUT, dtype=np.int64)
    for period in work.cohort.people["period"].unique():
        here = (analysed & (work.cohort.people["period"] == period)).to_numpy()
        if here.any():
            found[here] = strata_of(known.filter(here), treated[here])
    return pl.Series("stratum", found).replace(LEFT_OUT, None)


def strata_of(known: pl.DataFrame, treated: Floats) -> Integers:
    """The stratum of each person, by the logit of treatment on what was known. Rows of `known`: people."""
    terms, pattern = patterns(known)
    places = pattern.to_numpy()
    of_pattern = [np.bincount(places, each, len(terms)).astype(np.float64) for each in (treated, np.ones(len(treated)))]
    odds = logit(terms, *of_pattern)
    return matched_strata(odds[places], treated)
