"""What the made-up programme is like: every number of the known truth stands here, and nowhere else."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Booleans: TypeAlias = npt.NDArray[np.bool_]

ROUNDS = ("registration", "m3", "m6", "m12")
"""The baseline and the follow-ups; every parameter by round is in this order."""

DAYS_AFTER = (0, 91, 182, 365)
"""Days from a session's start to the first follow-up calls of each round."""


@dataclass(frozen=True)
class Spec:
    """How much is made up, and from which seed. Sessions go round the eight provinces in turn."""

    seed: int = 1
    participants: int = 700
    trained_sessions: int = 16
    waiting_sessions: int = 8
    faults: bool = True

    def __post_init__(self) -> None:
        if self.trained_sessions < 2 or self.waiting_sessions < 1:
            raise ValueError("at least two trained sessions and one waiting session are needed")
        if self.participants < 5 * self.sessions:
            raise ValueError(f"{self.sessions} sessions need at least {5 * self.sessions} participants")

    @property
    def sessions(self) -> int:
        """All sessions, those on the waiting list included."""
        return self.trained_sessions + self.waiting_sessions


@dataclass(frozen=True)
class ByArm:
    """One parameter at each round, for units in trained and in waiting-list sessions."""

    trained: tuple[float, float, float, float]
    waiting: tuple[float, float, float, float]

    def of(self, trained: Booleans) -> Floats:
        """The parameter of each unit: shape (rounds, units)."""
        return np.where(trained, np.array(self.trained)[:, None], np.array(self.waiting)[:, None])


ROLES = {"owner": 0.62, "member": 0.18, "employee": 0.08, "none": 0.12}
SECTORS = {"manufacturing": 0.55, "trade": 0.30, "services": 0.15}
LEGAL_FORMS = {"sole_owner": 0.80, "community_enterprise": 0.13, "ordinary_partnership": 0.04, "company": 0.03}
CERTIFICATES = {
    "community_product": 0.70,
    "halal": 0.15,
    "geographical_indication": 0.10,
    "industrial_product": 0.05,
}
REFUSALS = {"not_reached": 0.60, "refused": 0.25, "moved": 0.13, "deceased": 0.02}
CLOSING_REASONS = {"low_sales": 0.45, "lack_of_funds": 0.25, "other_work": 0.20, "family_or_health": 0.10}
WOMEN = 0.68
DISABLED = 0.03
CONSENTS = 0.97
COMPLETES = 0.88
"""Share of those in trained sessions who attend at least four fifths of the hours."""

ANSWERS = ByArm((1, 0.90, 0.88, 0.87), (1, 0.88, 0.86, 0.84))
"""Share who answer; given the arm it depends on no outcome, so what is missing is missing at random."""
PARTIAL = 0.08
"""Share of answers that leave out inputs and materials."""
BLANK = 0.015
"""Share of single answers left out."""
CLOSED = ByArm((0, 0.02, 0.04, 0.07), (0, 0.025, 0.06, 0.10))
"""Share of owners' businesses closed by each round."""

# Shares among units whose business, if they own one, is open.
TECHNIQUE_USED = ByArm((0.12, 0.62, 0.60, 0.575), (0.12, 0.13, 0.14, 0.155))
TWO_DIGITAL_TOOLS = ByArm((0.28, 0.38, 0.42, 0.45), (0.28, 0.29, 0.30, 0.31))
FORMAL_LOAN = ByArm((0.22, 0.24, 0.28, 0.31), (0.22, 0.22, 0.23, 0.24))
CERTIFIED = ByArm((0.10, 0.11, 0.15, 0.19), (0.10, 0.10, 0.11, 0.12))
LOCAL_INPUTS = ByArm((0.55, 0.59, 0.62, 0.65), (0.55, 0.55, 0.555, 0.56))
RECYCLED = ByArm((0.08, 0.12, 0.14, 0.16), (0.08, 0.08, 0.085, 0.09))
EXPIRED = 0.05
"""Share of those without a valid certificate who hold one that has ended."""


@dataclass(frozen=True)
class Spread:
    """Variance on the log or probit scale, by where it comes from."""

    session: float
    session_round: float
    unit: float
    noise: float

    @property
    def total(self) -> float:
        """Variance of one follow-up answer."""
        return self.session + self.session_round + self.unit + self.noise


PROBIT = Spread(session=0.03, session_round=0.02, unit=0.62, noise=0.33)
"""Sums to one, so a share's threshold is the normal quantile of the share."""
SHARE_SPREAD = 0.6
"""Standard deviation, on the probit scale, of the shares of local and of recycled input."""
CLOSING_SESSION = 0.05

SALES_MEDIAN_THB = 55_000.0
SALES = Spread(session=0.0225, session_round=0.001, unit=0.40, noise=0.08)
"""Log of monthly sales; at the baseline only the session's and the unit's own part."""
SALES_GROWTH = ByArm((0, 0.09, 0.03, 0.192), (0, 0.05, -0.06, 0.079))
"""Mean change of log sales since the baseline, of businesses still open: season, growth and the courses' effect."""
MONTHS_SPREAD = 0.10
MARGIN = 0.27
MARGIN_UNIT = 0.07
MARGIN_NOISE = 0.05
MARGIN_GAIN = ByArm((0, 0, 0.01, 0.015), (0, 0, 0, 0))
FIXED_COST_THB = 4_000.0
MONEY_STEP_THB = 10

EMPLOYERS = 0.65
HOURS_MEDIAN = 40.0
HOURS_UNIT = 0.49
HOURS_NOISE = 0.0225
HOURS_GROWTH = ByArm((0, 0.03, 0.06, 0.10), (0, 0, 0.01, 0.02))
HIRES = ByArm((0, 0.20, 0.35, 0.48), (0, 0.02, 0.04, 0.06))
"""Share of owners who employ one more part-time worker than at the baseline."""
HIRED_HOURS = 24.0

INPUTS_OF_SALES = 0.4
INPUTS_SPREAD = 0.2
MATERIAL_MEDIAN_KG = 55.0
MATERIAL_UNIT = 0.6
MATERIAL_NOISE = 0.3

# Finance, standards and form of the enterprise.
LOAN_APPLIED = ByArm((0.12, 0.15, 0.19, 0.20), (0.12, 0.12, 0.125, 0.13))
LOAN_APPROVED = ByArm((0.55, 0.58, 0.62, 0.65), (0.55, 0.55, 0.56, 0.56))
"""Share of those who applied."""
LOAN_MEDIAN_THB = 80_000.0
LOAN_SPREAD = 0.6
SYSTEM_CERTIFIED = ByArm((0.07, 0.08, 0.10, 0.13), (0.07, 0.07, 0.075, 0.08))
SYSTEM_CERTIFICATES = {"fda": 0.60, "gmp": 0.30, "iso": 0.10}
COMMERCIALLY_REGISTERED = 0.35
"""Share of the owners of other than companies, at the baseline."""
MOVED_UP = ByArm((0, 0.04, 0.08, 0.12), (0, 0.01, 0.02, 0.03))
"""Share who have taken one more step of formalisation by each round, of those who are no company yet."""

PRACTICES = {
    "separates_money": 0.55,
    "keeps_accounts": 0.45,
    "calculates_costs": 0.40,
    "plans_sales": 0.25,
    "checks_stock": 0.50,
    "compares_suppliers": 0.48,
    "asks_customers": 0.42,
    "watches_competitors": 0.38,
    "promotes_products": 0.35,
    "trains_workers": 0.22,
}
"""Business practices and the share who keep them at the baseline."""
PRACTICES_GAIN = ByArm((0, 0.08, 0.10, 0.12), (0, 0.01, 0.01, 0.02))
"""What is added to each practice's share."""

NEW_PRODUCTS = ByArm((0, 0.7, 1.2, 1.8), (0, 0.2, 0.35, 0.5))
"""Mean number of product lines launched since the baseline."""
LOCAL_MOTIF = ByArm((0, 0.55, 0.60, 0.62), (0, 0.40, 0.40, 0.41))
"""Share of them with a local motif."""
TOURISM = ByArm((0.20, 0.225, 0.245, 0.27), (0.20, 0.20, 0.205, 0.21))
"""Share of sales."""

DYE_STEPS = {
    "weighs_dyes": 0.55,
    "uses_certified_dyes": 0.40,
    "protects_workers": 0.45,
    "reuses_dye_bath": 0.25,
    "treats_effluent": 0.15,
}
"""Steps of good practice with dyes and the share who take them at the baseline."""
DYE_GAIN = ByArm((0, 0.10, 0.14, 0.18), (0, 0.01, 0.01, 0.02))
GREEN_LEVELS = (0.40, 0.22, 0.10, 0.04, 0.01)
"""Share who have reached Green Industry levels 1 to 5 at the baseline."""
GREEN_GAINS = (0.10, 0.08, 0.05, 0.02, 0.005)
"""What a full effect adds to them: less than the step to the level below, so that nobody rises by two."""
GREEN_EFFECT = ByArm((0, 0.4, 0.7, 1.0), (0, 0.05, 0.10, 0.15))
WASTE_MEDIAN_KG = 6.0
WASTE_UNIT = 0.6
WASTE_NOISE = 0.3
WASTE_GROWTH = ByArm((0, 0.20, 0.35, 0.45), (0, 0.02, 0.03, 0.04))
"""Mean change of the log of the weight of waste that is used again."""

# The household and the person.
RECOMMENDS = 0.55
DISCOURAGES = 0.10
"""Shares of those trained who give 9 or 10, and 0 to 6, at every round."""
STARTED = ByArm((0, 0.06, 0.10, 0.15), (0, 0.02, 0.035, 0.05))
"""Share of those without a business who have started one by each round."""
INCOME_ROSE = ByArm((0.5, 0.28, 0.34, 0.40), (0.5, 0.18, 0.20, 0.22))
INCOME_MEDIAN_THB = 18_000.0
INCOME = Spread(session=0.01, session_round=0.0, unit=0.26, noise=0.05)
"""Log of the household's monthly income; the noise is in every round's answer, the baseline's too."""
INCOME_GROWTH = ByArm((0, 0.03, 0.05, 0.09), (0, 0.01, 0.015, 0.03))
INCOME_DRAWN_TOGETHER = ByArm((0, 0.04, 0.07, 0.10), (0, 0, 0, 0.01))
"""By how much log incomes draw together: poorer households gain more."""
ATTENDED_BEFORE = 0.18
FOUNDED_BY_WOMAN = {"female": 0.85, "male": 0.12}
"""Share of businesses that a woman founded, by the owner's sex."""
