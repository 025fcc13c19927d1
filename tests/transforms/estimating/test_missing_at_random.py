"""Answers missing at random: who is likelier to answer also gains more, and what tells so was asked of everybody.

Repeated with a known truth: the plain mean is off by many Monte-Carlo errors, the weighted one by none that shows.
"""

import numpy as np
import polars as pl
import pytest

from transforms.estimating.weighting import for_nonresponse
from transforms.estimators.propensity import Floats
from transforms.programme import Weights

PEOPLE = 400
REPLICATIONS = 300
DECLARED = Weights(covariates=("skill", "sex"))
TRUTH = 1.0
"""Half have the skill and gain 2, half have not and gain 0."""


def drawn(noise: np.random.Generator, *, depends: bool) -> tuple[Floats, Floats]:
    """One draw's plain and weighted mean gain."""
    skilled, woman = noise.random(PEOPLE) < 0.5, noise.random(PEOPLE) < 0.6
    gain = 2.0 * skilled + noise.normal(0, 1, PEOPLE)
    answered = noise.random(PEOPLE) < (0.4 + 0.4 * skilled + 0.1 * woman if depends else 0.6)
    known = pl.DataFrame({"skill": skilled, "sex": woman}).cast(pl.String)
    weights = for_nonresponse(known, answered, np.ones(PEOPLE), DECLARED)
    return gain[answered].mean(), np.average(gain[answered], weights=weights[answered])


def off(means: Floats) -> float:
    """How many Monte-Carlo standard errors the mean over the draws lies from the truth."""
    return float((means.mean() - TRUTH) / (means.std(ddof=1) / np.sqrt(len(means))))


@pytest.mark.parametrize("seed", [1, 2])
def test_weights_take_away_what_answering_brought_in(seed: int) -> None:
    noise = np.random.default_rng(seed)
    plain, weighted = np.array([drawn(noise, depends=True) for _ in range(REPLICATIONS)]).T

    assert off(plain) > 20
    assert abs(off(weighted)) < 3


def test_weights_do_no_harm_where_answering_is_by_chance() -> None:
    noise = np.random.default_rng(3)
    plain, weighted = np.array([drawn(noise, depends=False) for _ in range(REPLICATIONS)]).T

    assert abs(off(plain)) < 3
    assert abs(off(weighted)) < 3
    assert weighted.std() < 1.1 * plain.std()


def test_five_strata_take_away_nine_tenths_of_what_an_amount_brings_in() -> None:
    """Cochran (1968): so much, not all; the logit of an amount orders people, and strata hold some of each."""
    noise = np.random.default_rng(4)
    gaps = []
    for _ in range(60):
        amount = noise.normal(0, 1, 2000)
        answered = noise.random(2000) < 1 / (1 + np.exp(-amount))
        weights = for_nonresponse(pl.DataFrame({"amount": amount}), answered, np.ones(2000), Weights(cap=1))
        gain = amount + noise.normal(0, 0.1, 2000)
        gaps.append((gain[answered].mean(), np.average(gain[answered], weights=weights[answered])))
    plain, weighted = np.array(gaps).mean(axis=0)
    assert 0 < weighted < 0.12 * plain
