"""How an enterprise is run: practices, standards, its form, finance, new products, waste. Arrays as in `outcomes`."""

import numpy as np

from transforms.synthetic import model, outcomes
from transforms.synthetic.model import Booleans, ByArm, Floats
from transforms.synthetic.outcomes import Units, happens, thresholds

Drawn = dict[str, Floats | Booleans]


def draw(units: Units, seed: int, sold: Floats) -> Drawn:
    """By question, what owners would say at every round; `sold` is a month's sales, THB."""

    def stream(name: str) -> np.random.Generator:
        return outcomes.stream(seed, name)

    launched = stream("new_products").poisson(model.NEW_PRODUCTS.of(units.trained)).astype(np.float64)
    local = stream("local_motif").binomial(launched.astype(np.int64), model.LOCAL_MOTIF.of(units.trained))
    tourism = sold * outcomes.fraction(units, model.TOURISM, stream("tourism"))
    lent = np.exp(stream("loan_amount").standard_normal(sold.shape) * model.LOAN_SPREAD)
    return {
        "loan_applied": happens(units, model.LOAN_APPLIED, stream("loan_applied")),
        "loan_approved": happens(units, model.LOAN_APPROVED, stream("loan_approved")),
        "loan_amount_thb": np.rint(model.LOAN_MEDIAN_THB * lent / 1000) * 1000,
        "system_certified": happens(units, model.SYSTEM_CERTIFIED, stream("system_certified")),
        "moved_up": by_round(units, model.MOVED_UP, stream("moved_up")),
        "new_products": launched,
        "new_products_local": local.astype(np.float64),
        "sales_tourism_thb": np.rint(tourism / 10) * 10,
        "green_industry_level": green_levels(units, stream("green_industry")),
        "waste_avoided_kg": waste_avoided(units, stream("waste_avoided")),
        **{name: happens(units, share, stream(name)) for name, share in shares().items()},
    }


def shares() -> dict[str, ByArm]:
    """The share who keep each business practice and take each step with dyes."""
    practices = {name: raised(share, model.PRACTICES_GAIN) for name, share in model.PRACTICES.items()}
    return practices | {name: raised(share, model.DYE_GAIN) for name, share in model.DYE_STEPS.items()}


def raised(share: float, gain: ByArm) -> ByArm:
    """A share at the baseline and what is added to it at each round."""
    trained, waiting = ([share + more for more in arm] for arm in (gain.trained, gain.waiting))
    return ByArm((trained[0], trained[1], trained[2], trained[3]), (waiting[0], waiting[1], waiting[2], waiting[3]))


def by_round(units: Units, share: ByArm, rng: np.random.Generator) -> Booleans:
    """Whether something has happened by each round; what has happened stays so."""
    done: Booleans = _lasting(units, rng) < thresholds(share.of(units.trained))
    return done


def green_levels(units: Units, rng: np.random.Generator) -> Floats:
    """The Green Industry level, 0 to 5; it never falls."""
    effect, deviation = model.GREEN_EFFECT.of(units.trained), _lasting(units, rng)
    reached = zip(model.GREEN_LEVELS, model.GREEN_GAINS, strict=True)
    levels: Floats = sum(
        ((deviation < thresholds(share + gain * effect)).astype(np.float64) for share, gain in reached),
        np.zeros_like(effect),
    )
    return levels


def waste_avoided(units: Units, rng: np.random.Generator) -> Floats:
    """Waste used again in the last month, kg to one decimal."""
    deviation = rng.standard_normal((outcomes.ROUND_COUNT, units.count)) * model.WASTE_NOISE
    deviation += rng.standard_normal(units.count) * model.WASTE_UNIT
    return np.round(model.WASTE_MEDIAN_KG * np.exp(deviation + model.WASTE_GROWTH.of(units.trained)), 1)


def _lasting(units: Units, rng: np.random.Generator) -> Floats:
    """A standard normal deviate of each unit that stays the same over the rounds: shape (1, units)."""
    session = rng.standard_normal(units.sessions)[units.session] * model.CLOSING_SESSION**0.5
    own = rng.standard_normal(units.count) * (1 - model.CLOSING_SESSION) ** 0.5
    drawn: Floats = (session + own)[None, :]
    return drawn
