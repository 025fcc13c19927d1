"""The known truth of `practices` and `households`: all of it by formula."""

from collections.abc import Iterator

import numpy as np
from scipy.special import erf, ndtr
from scipy.stats import multivariate_normal

from transforms.synthetic import model
from transforms.synthetic.model import ByArm
from transforms.synthetic.outcomes import thresholds
from transforms.synthetic.practices import shares

ARMS = ("treated", "comparison")
NO_COMPANY = 1 - model.LEGAL_FORMS["company"]
SINCE_REGISTRATION = ("certificate_gained", "formalised", "green_industry_raised", "new_products", "new_business")
"""What is nothing at the registration by definition."""

Levels = dict[str, list[float]]


def arms(parameter: ByArm, closing: float = 0.0, times: float = 1.0) -> Levels:
    """By arm the levels at the rounds; `closing` is the part of units that may close and then count as zero."""
    of_arms = zip(
        ARMS, (parameter.trained, parameter.waiting), (model.CLOSED.trained, model.CLOSED.waiting), strict=True
    )
    return {
        arm: [times * each * (1 - closing * gone) for each, gone in zip(levels, closed, strict=True)]
        for arm, levels, closed in of_arms
    }


def with_changes() -> dict[str, Levels]:
    """The indicators with levels, changes and effects, by name."""
    recycled = model.MATERIAL_MEDIAN_KG * np.exp((model.MATERIAL_UNIT**2 + model.MATERIAL_NOISE**2) / 2)
    wasted = model.WASTE_MEDIAN_KG * np.exp((model.WASTE_UNIT**2 + model.WASTE_NOISE**2) / 2)
    return {
        "business_practices": _of_items(tuple(model.PRACTICES), 1.0, 1 / len(model.PRACTICES)),
        "finance_applied": arms(model.LOAN_APPLIED, 1.0),
        "system_certified": arms(model.SYSTEM_CERTIFIED, 1.0),
        "tourism_sales": arms(model.TOURISM),
        "recycled_weight": arms(model.RECYCLED, 1.0, float(recycled)),
        "waste_avoided": arms(_exponential(model.WASTE_GROWTH), 1.0, float(wasted)),
        "dye_and_effluent": _of_items(tuple(model.DYE_STEPS), 0.0, 1.0),
        "green_industry_level": _green(sum(model.GREEN_LEVELS)),
        "certificate_gained": _gained(),
        "formalised": arms(model.MOVED_UP, 1.0, NO_COMPANY),
        "green_industry_raised": _green(0.0),
        "new_products": arms(model.NEW_PRODUCTS, 1.0),
        "new_business": arms(model.STARTED),
    }


def of_follow_ups() -> dict[str, Levels]:
    """The indicators that are asked in the follow-ups alone, and those of which only levels are told."""
    return {
        "local_motif": arms(model.LOCAL_MOTIF),
        "income_change": arms(model.INCOME_ROSE),
        "finance_approved": arms(model.LOAN_APPROVED),
        "finance_amount": dict.fromkeys(ARMS, [model.LOAN_MEDIAN_THB] * len(model.ROUNDS)),
        "certificate_renewed": _kept(),
        "certificate_lapsed": {arm: [1 - each for each in levels] for arm, levels in _kept().items()},
        "recommendation_score": {"treated": [100 * (model.RECOMMENDS - model.DISCOURAGES)] * len(model.ROUNDS)},
    }


def household_income() -> Iterator[tuple[str, str, str, str, float]]:
    """Medians, median relative changes, and the ratio of the arms' ratios of means, of log-normal incomes."""
    grown = arms(model.INCOME_GROWTH)
    means = {arm: _mean_incomes(arm) for arm in ARMS}
    for number, each in enumerate(model.ROUNDS):
        for arm in ARMS:
            level = model.INCOME_MEDIAN_THB * np.exp(grown[arm][number])
            yield ("household_income", "level", each, arm, float(level))
            if number:  # what draws incomes together moves half of them up and half down
                yield ("household_income", "change", each, arm, float(np.exp(grown[arm][number]) - 1))
        if number:
            growth = {arm: means[arm][number] / means[arm][0] for arm in ARMS}
            yield ("household_income", "effect", each, "both", growth["treated"] / growth["comparison"] - 1)


def inequality() -> Iterator[tuple[str, str, str, str, float]]:
    """Gini's coefficients of log-normal incomes, and the gain of the lowest two fifths over everybody's.

    A coefficient is erf(s / 2) of the logs' deviation s. The lowest have a mean of M Phi(z - c / s_before), where M is
    everybody's mean, z the quantile of 0.4 and c the covariance of the logs with those before.
    """
    own = model.INCOME.session + model.INCOME.unit
    drawn = arms(model.INCOME_DRAWN_TOGETHER)
    before = np.sqrt(own + model.INCOME.noise)
    for arm in ARMS:
        means, deviations = _mean_incomes(arm), _income_deviations(arm)
        for number, each in enumerate(model.ROUNDS):
            yield ("income_gini", "level", each, arm, float(erf(deviations[number] / 2)))
            if number == 0:
                continue
            yield ("income_gini", "change", each, arm, float(erf(deviations[number] / 2) - erf(deviations[0] / 2)))
            z, shared = float(thresholds(np.array(0.4))), own * (1 - drawn[arm][number])
            lowest = [means[0] * ndtr(z - before) / 0.4, means[number] * ndtr(z - shared / before) / 0.4]
            gain = (lowest[1] - lowest[0]) / (means[number] - means[0])
            yield ("bottom_40_gain", "level", each, arm, float(gain))


def _income_deviations(arm: str) -> list[float]:
    own = model.INCOME.session + model.INCOME.unit
    return [
        float(np.sqrt((1 - together) ** 2 * own + model.INCOME.noise))
        for together in arms(model.INCOME_DRAWN_TOGETHER)[arm]
    ]


def _mean_incomes(arm: str) -> list[float]:
    grown, drawn = arms(model.INCOME_GROWTH)[arm], arms(model.INCOME_DRAWN_TOGETHER)[arm]
    own = model.INCOME.session + model.INCOME.unit
    return [
        float(model.INCOME_MEDIAN_THB * np.exp(more + ((1 - together) ** 2 * own + model.INCOME.noise) / 2))
        for more, together in zip(grown, drawn, strict=True)
    ]


def _of_items(names: tuple[str, ...], closing: float, times: float) -> Levels:
    of_items = [arms(shares()[name], closing, times) for name in names]
    return {arm: [sum(each) for each in zip(*(item[arm] for item in of_items), strict=True)] for arm in ARMS}


def _green(base: float) -> Levels:
    """Nobody rises by two levels, so the mean rises by the share who rise."""
    raised = arms(model.GREEN_EFFECT, 0.0, sum(model.GREEN_GAINS))
    return {arm: [base + each for each in levels] for arm, levels in raised.items()}


def _exponential(logs: ByArm) -> ByArm:
    trained, waiting = (np.exp(each).tolist() for each in (logs.trained, logs.waiting))
    return ByArm(tuple(trained), tuple(waiting))


def _gained() -> Levels:
    """Valid now, of those without at the baseline; a closed business counts as without."""
    now = arms(model.CERTIFIED)
    gained = {
        arm: [(share - _both(levels[0], share)) / (1 - levels[0]) for share in levels] for arm, levels in now.items()
    }
    gone = arms(model.CLOSED)
    return {
        arm: [0.0, *(each * (1 - away) for each, away in zip(gained[arm][1:], gone[arm][1:], strict=True))]
        for arm in ARMS
    }


def _kept() -> Levels:
    """Valid now, of those with a valid certificate at the baseline."""
    return {
        arm: [_both(levels[0], share) / levels[0] for share in levels] for arm, levels in arms(model.CERTIFIED).items()
    }


def _both(one: float, other: float) -> float:
    """The share for whom both yes/no outcomes of two rounds hold."""
    shared = model.PROBIT.session + model.PROBIT.unit
    low = thresholds(np.array([one, other]))
    return float(multivariate_normal.cdf(low, mean=[0, 0], cov=[[1, shared], [shared, 1]]))
