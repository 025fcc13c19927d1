"""Draws what happens to units over the rounds. Arrays are (rounds, units), rounds as in `model.ROUNDS`."""

import zlib
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from scipy.special import ndtri as _ndtri

from transforms.synthetic import model
from transforms.synthetic.model import Booleans, ByArm, Floats, Integers

ROUND_COUNT = len(model.ROUNDS)


@dataclass(frozen=True)
class Units:
    """Who is drawn for: the session of each unit, and whether that session is trained."""

    session: Integers
    trained: Booleans

    @property
    def count(self) -> int:
        """How many units."""
        return self.session.size

    @property
    def sessions(self) -> int:
        """How many sessions."""
        return int(np.max(self.session)) + 1


def thresholds(share: Floats) -> Floats:
    """The normal quantile of each share: below it lies that share of standard normal deviates."""
    quantiles: Floats = _ndtri(share)
    return quantiles


def stream(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one named part: a new part never changes those of another."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def latent(units: Units, rng: np.random.Generator) -> Floats:
    """Standard normal deviates, partly shared within a session and over a unit's rounds."""
    spread = model.PROBIT
    session = rng.standard_normal(units.sessions) * spread.session**0.5
    session_round = rng.standard_normal((ROUND_COUNT, units.sessions)) * spread.session_round**0.5
    drawn: Floats = rng.standard_normal((ROUND_COUNT, units.count)) * spread.noise**0.5
    drawn += (session + session_round)[:, units.session]
    drawn += rng.standard_normal(units.count) * spread.unit**0.5
    return drawn


def happens(units: Units, share: ByArm, rng: np.random.Generator) -> Booleans:
    """Whether a yes/no outcome holds, with exactly the declared share in each arm and round."""
    return latent(units, rng) < thresholds(share.of(units.trained))


def fraction(units: Units, mean: ByArm, rng: np.random.Generator) -> Floats:
    """A share between 0 and 1 of each unit, with exactly the declared mean."""
    scale = np.sqrt(1 + model.SHARE_SPREAD**2)
    drawn: Floats = ndtr(thresholds(mean.of(units.trained)) * scale + model.SHARE_SPREAD * latent(units, rng))
    return drawn


def closed(units: Units, rng: np.random.Generator) -> Booleans:
    """Whether a business has closed by each round; what is closed stays closed."""
    session = rng.standard_normal(units.sessions)[units.session] * model.CLOSING_SESSION**0.5
    own = rng.standard_normal(units.count) * (1 - model.CLOSING_SESSION) ** 0.5
    gone: Booleans = (session + own)[None, :] < thresholds(model.CLOSED.of(units.trained))
    return gone


def sales(units: Units, rng: np.random.Generator) -> Floats:
    """Sales of the last month while open, THB."""
    session = rng.standard_normal(units.sessions)[units.session] * model.SALES.session**0.5
    session_round = rng.standard_normal((ROUND_COUNT, units.sessions)) * model.SALES.session_round**0.5
    change = rng.standard_normal((ROUND_COUNT, units.count)) * model.SALES.noise**0.5
    change += session_round[:, units.session]
    change[0] = 0
    own = session + rng.standard_normal(units.count) * model.SALES.unit**0.5
    return _stepped(model.SALES_MEDIAN_THB * np.exp(own + change + model.SALES_GROWTH.of(units.trained)))


def profit(units: Units, sold: Floats, rng: np.random.Generator) -> Floats:
    """Net profit of the last month while open, THB; it may be a loss."""
    margin = model.MARGIN + model.MARGIN_GAIN.of(units.trained)
    margin += rng.standard_normal(units.count) * model.MARGIN_UNIT
    margin += rng.standard_normal(sold.shape) * model.MARGIN_NOISE
    return _stepped(sold * margin - model.FIXED_COST_THB)


def paid_hours(units: Units, rng: np.random.Generator) -> Floats:
    """Hours of paid workers in a week while open."""
    employs = rng.random(units.count) < model.EMPLOYERS
    before = employs * model.HOURS_MEDIAN * np.exp(rng.standard_normal(units.count) * model.HOURS_UNIT**0.5)
    change = rng.standard_normal((ROUND_COUNT, units.count)) * model.HOURS_NOISE**0.5 - model.HOURS_NOISE / 2
    change[0] = 0
    growth = (1 + model.HOURS_GROWTH.of(units.trained)) * np.exp(change)
    hired = model.HIRED_HOURS * happens(units, model.HIRES, rng)
    hours: Floats = np.rint(before * growth + hired)
    return hours


def inputs(sold: Floats, rng: np.random.Generator) -> Floats:
    """Inputs bought in the last month, THB."""
    return _stepped(model.INPUTS_OF_SALES * sold * np.exp(rng.standard_normal(sold.shape) * model.INPUTS_SPREAD))


def material(units: Units, rng: np.random.Generator) -> Floats:
    """Material used in the last month, kg to one decimal."""
    deviation = rng.standard_normal((ROUND_COUNT, units.count)) * model.MATERIAL_NOISE
    deviation += rng.standard_normal(units.count) * model.MATERIAL_UNIT
    return np.round(model.MATERIAL_MEDIAN_KG * np.exp(deviation), 1)


def digital_tools(units: Units, rng: np.random.Generator) -> tuple[Booleans, Booleans, Booleans]:
    """Online sales, electronic payment, digital books: two or more with exactly the declared share."""
    two = model.TWO_DIGITAL_TOOLS.of(units.trained)
    deviation = latent(units, rng)
    count = sum((deviation < thresholds(share)).astype(np.int64) for share in (two + 0.3, two, 0.3 * two))
    # The order in which a business takes the tools up: its place of online sales, payment, books.
    orders = np.array([[1, 0, 2], [0, 1, 2], [2, 0, 1]])
    places = orders[rng.choice(3, size=units.count, p=[0.6, 0.3, 0.1])]
    online, payment, books = (places[:, tool] < count for tool in range(3))
    return online, payment, books


def _stepped(amounts: Floats) -> Floats:
    return np.rint(amounts / model.MONEY_STEP_THB) * model.MONEY_STEP_THB
