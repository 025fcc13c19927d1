"""The known truth: what the engine's estimators would find if everybody's like were asked, without end.

Exact where a formula exists; profit, whose median change and winsorised difference have none, by drawing
four million units from the same model. No number depends on a sample's seed.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import polars as pl
from scipy.special import ndtri

from transforms.synthetic import catalogue_truth, model, outcomes
from transforms.synthetic.model import ByArm, Floats

ARMS = ("treated", "comparison")
SIMULATED_UNITS = 4_000_000
_BLOCKS = 8
_SESSION_SIZE = 25
_SEED = 20_241_001
_SCHEMA = {
    "indicator": pl.String,
    "quantity": pl.String,
    "round": pl.String,
    "arm": pl.String,
    "value": pl.Float64,
    "derivation": pl.String,
}

Row = tuple[str, str, str, str, float]
Levels = dict[str, list[float]]


@lru_cache(maxsize=1)
def truth() -> pl.DataFrame:
    """One row per indicator, quantity, round and arm (an effect's is `both`), in the engine's units.

    Counts depend on the sample; `MadeUp.planted` holds those.
    """
    exact = [(*row, "exact") for row in _exact()]
    simulated = [(*row, "simulated") for row in _profit()]
    return pl.DataFrame(exact + simulated, schema=_SCHEMA, orient="row")


def _exact() -> Iterator[Row]:
    yield ("completion_rate", "level", model.ROUNDS[0], "treated", model.COMPLETES)
    shares = {
        "skill_in_use": (model.TECHNIQUE_USED, model.ROLES["owner"]),
        "digital_adoption": (model.TWO_DIGITAL_TOOLS, 1.0),
        "access_to_finance": (model.FORMAL_LOAN, 1.0),
        "product_certified": (model.CERTIFIED, 1.0),
        "local_sourcing": (model.LOCAL_INPUTS, 0.0),
        "recycled_input": (model.RECYCLED, 0.0),
    }
    for name, (share, closing) in shares.items():
        yield from _means(name, _open_part(share, closing))
    yield from _means("employment", _jobs())
    for name, levels in catalogue_truth.with_changes().items():
        yield from _means(name, levels)
    for name, levels in catalogue_truth.of_follow_ups().items():
        yield from _levels_alone(name, levels)
    yield from catalogue_truth.household_income()
    yield from catalogue_truth.inequality()
    yield from _survival()
    yield from _sales("sales", 0.0)
    yield from _sales("sales_year", model.MONTHS_SPREAD**2)


def _arms(parameter: ByArm) -> Levels:
    return {"treated": list(parameter.trained), "comparison": list(parameter.waiting)}


def _open_part(share: ByArm, closing: float) -> Levels:
    """The share when closed businesses count as zero; `closing` is the part of units that may close."""
    gone = _arms(model.CLOSED)
    return {
        arm: [each * (1 - closing * away) for each, away in zip(levels, gone[arm], strict=True)]
        for arm, levels in _arms(share).items()
    }


def _jobs() -> Levels:
    before = model.EMPLOYERS * model.HOURS_MEDIAN * np.exp(model.HOURS_UNIT / 2)
    growth, hires, gone = _arms(model.HOURS_GROWTH), _arms(model.HIRES), _arms(model.CLOSED)
    return {
        arm: [
            float((1 - away) * (before * (1 + more) + model.HIRED_HOURS * hired) / 40)
            for more, hired, away in zip(growth[arm], hires[arm], gone[arm], strict=True)
        ]
        for arm in ARMS
    }


def _means(name: str, levels: Levels) -> Iterator[Row]:
    """Levels, changes since the baseline, and the difference of the arms' changes."""
    for number, each in enumerate(model.ROUNDS):
        for arm in ARMS:
            yield (name, "level", each, arm, levels[arm][number])
        if number:
            changes = {arm: levels[arm][number] - levels[arm][0] for arm in ARMS}
            for arm, change in changes.items():
                yield (name, "change", each, arm, change)
            yield (name, "effect", each, "both", changes["treated"] - changes["comparison"])


def _levels_alone(name: str, levels: Levels) -> Iterator[Row]:
    """Levels at the follow-ups, and the difference of the arms there."""
    for number, each in enumerate(model.ROUNDS):
        if number:
            for arm, of_arm in levels.items():
                yield (name, "level", each, arm, of_arm[number])
            if set(levels) == set(ARMS):
                yield (name, "effect", each, "both", levels["treated"][number] - levels["comparison"][number])


def _survival() -> Iterator[Row]:
    gone = _arms(model.CLOSED)
    for number, each in enumerate(model.ROUNDS[1:], start=1):
        for arm in ARMS:
            yield ("survival", "level", each, arm, 1 - gone[arm][number])
        yield ("survival", "effect", each, "both", gone["comparison"][number] - gone["treated"][number])


def _sales(name: str, year: float) -> Iterator[Row]:
    """Medians of a log-normal with a mass of closures below it, and the ratio of the arms' ratios of means.

    `year`: the variance that a year's months add to the log of every round; 0 for the sales of one month.
    """
    median = (12 if year else 1) * model.SALES_MEDIAN_THB
    growth, gone = _arms(model.SALES_GROWTH), _arms(model.CLOSED)
    own = model.SALES.session + model.SALES.unit + year
    for number, each in enumerate(model.ROUNDS):
        moved = model.SALES.session_round + model.SALES.noise if number else 0.0
        for arm in ARMS:
            more, away = growth[arm][number], gone[arm][number]
            middle = float(ndtri((0.5 - away) / (1 - away)))
            yield (name, "level", each, arm, float(median * np.exp(more + middle * np.sqrt(own + moved))))
            if number:
                yield (name, "change", each, arm, float(np.exp(more + middle * np.sqrt(moved + 2 * year)) - 1))
        if number:
            gain = growth["treated"][number] - growth["comparison"][number]
            staying = (1 - gone["treated"][number]) / (1 - gone["comparison"][number])
            yield (name, "effect", each, "both", float(np.exp(gain) * staying - 1))


def _profit() -> Iterator[Row]:
    drawn = {"treated": _drawn_profit(trained=True), "comparison": _drawn_profit(trained=False)}
    low, high = np.quantile(np.concatenate([drawn[arm][0] for arm in ARMS]), [0.01, 0.99])
    for number, each in enumerate(model.ROUNDS):
        for arm in ARMS:
            yield ("profit", "level", each, arm, float(np.median(drawn[arm][number])))
            if number:
                yield ("profit", "change", each, arm, float(np.median(drawn[arm][number] - drawn[arm][0])))
        if number:
            moved = [
                np.mean(np.clip(drawn[arm][number], low, high) - np.clip(drawn[arm][0], low, high)) for arm in ARMS
            ]
            yield ("profit", "effect", each, "both", float(moved[0] - moved[1]))


def _drawn_profit(trained: bool) -> Floats:
    """Profit of half of the simulated units, 0 once closed: shape (rounds, units)."""
    per_block = SIMULATED_UNITS // (2 * _BLOCKS)
    session = np.arange(per_block) // _SESSION_SIZE
    units = outcomes.Units(session, np.full(per_block, trained))
    blocks = []
    for block in range(_BLOCKS):
        seed = _SEED + 2 * block + trained
        sold = outcomes.sales(units, outcomes.stream(seed, "sales"))
        earned = outcomes.profit(units, sold, outcomes.stream(seed, "profit"))
        blocks.append(np.where(outcomes.closed(units, outcomes.stream(seed, "closed")), 0.0, earned))
    return np.concatenate(blocks, axis=1)
