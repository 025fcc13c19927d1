"""What becomes of people and their households: income, a business of one's own, what they say of the programme."""

import numpy as np
import polars as pl

from transforms.synthetic import model, outcomes
from transforms.synthetic.model import Booleans, Floats, Integers
from transforms.synthetic.outcomes import Units
from transforms.synthetic.practices import by_round

INCOME_CHANGES = ("much_lower", "lower", "same", "higher", "much_higher")
"""The five answers, from the worst up."""


def draw(units: Units, seed: int) -> dict[str, Floats | Booleans]:
    """By question, what everybody would say at every round; of `income_change` and the score the places."""
    return {
        "household_income_thb": income(units, outcomes.stream(seed, "household_income")),
        "started_business": by_round(units, model.STARTED, outcomes.stream(seed, "started_business")),
        "income_change": income_change(units, outcomes.stream(seed, "income_change")).astype(np.float64),
        "recommendation": recommendation(units, outcomes.stream(seed, "recommendation")).astype(np.float64),
    }


def income(units: Units, rng: np.random.Generator) -> Floats:
    """The household's income of the last month, THB."""
    session = rng.standard_normal(units.sessions)[units.session] * model.INCOME.session**0.5
    own = session + rng.standard_normal(units.count) * model.INCOME.unit**0.5
    noise = rng.standard_normal((outcomes.ROUND_COUNT, units.count)) * model.INCOME.noise**0.5
    kept = 1 - model.INCOME_DRAWN_TOGETHER.of(units.trained)
    grown = model.INCOME_GROWTH.of(units.trained)
    amounts: Floats = np.rint(model.INCOME_MEDIAN_THB * np.exp(own * kept + noise + grown) / 10) * 10
    return amounts


def income_change(units: Units, rng: np.random.Generator) -> Integers:
    """The place of the five-way answer: two in ten of those whose income rose say much, one in ten of the rest."""
    rose = outcomes.happens(units, model.INCOME_ROSE, rng)
    how = rng.random(rose.shape)
    higher = np.where(how < 0.2, 4, 3)
    otherwise = np.where(how < 0.6, 2, np.where(how < 0.9, 1, 0))
    return np.where(rose, higher, otherwise).astype(np.int64)


def recommendation(units: Units, rng: np.random.Generator) -> Integers:
    """The score from 0 to 10."""
    shape = (outcomes.ROUND_COUNT, units.count)
    kind, within = rng.random(shape), rng.random(shape)
    high, low = 9 + (within * 2).astype(np.int64), (within * 7).astype(np.int64)
    middle = 7 + (within * 2).astype(np.int64)
    return np.where(kind < model.RECOMMENDS, high, np.where(kind > 1 - model.DISCOURAGES, low, middle))


def worded(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the five-way answer in place of its place."""
    names = dict(enumerate(INCOME_CHANGES))
    return frame.with_columns(pl.col("income_change").cast(pl.Int64).replace_strict(names, return_dtype=pl.String))
