"""What comes of one specification and outcome."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One estimate with its error. `of_interest`: its test counts in the family; a covariate's does not.

    `df` is infinite for the normal distribution.
    """

    name: str
    value: float
    standard_error: float
    df: float
    of_interest: bool = True


@dataclass(frozen=True)
class Joint:
    """A test that several terms are all 0: F on `df` and `df_left` degrees of freedom (infinite: chi-square / df)."""

    name: str
    terms: tuple[str, ...]
    statistic: float
    df: int
    df_left: float
    p_value: float


@dataclass(frozen=True)
class Arm:
    """The rows of an arm that were used, and the outcome's weighted mean and standard deviation among them."""

    name: str
    rows: int
    units: int | None
    clusters: int | None
    mean: float
    standard_deviation: float


@dataclass(frozen=True)
class Dropped:
    """Rows that were left out. `why`: unknown (no number), weight_of_zero, alone_in_group, only_zeros_in_group,
    baseline (a row of a baseline round), incomplete_unit."""

    why: str
    column: str
    rows: int


@dataclass(frozen=True)
class Result:
    """The terms of one outcome, and what they rest on.

    `left_out`: terms and covariates that others determine. `r2`: of the variance around the mean; `within`: of what
    absorbed effects leave of it.
    """

    outcome: str
    rows: int
    terms: tuple[Term, ...]
    units: int | None = None
    clusters: int | None = None
    dropped: tuple[Dropped, ...] = ()
    left_out: tuple[str, ...] = ()
    tests: tuple[Joint, ...] = ()
    arms: tuple[Arm, ...] = ()
    r2: float | None = None
    within: float | None = None
    kish_deff: float | None = None
    domain: str | None = None
