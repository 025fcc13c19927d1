"""What a study declares: the columns that say who, when, in which arm and with what weight, and what to estimate.

Names of columns are those of the table, or of `[compute]`, whose columns are made in their order from those before.
"""

from typing import Annotated, Literal

from pydantic import Field

from transforms.programme import Declared
from transforms.regression.errors import Correction, Kind
from transforms.studies.adjusted import Adjustment

REGRESSIONS = ("regression", "poisson", "difference_in_differences", "event_study")
SURVEYS = ("mean", "total", "ratio")
Method = Literal[
    "regression",
    "poisson",
    "difference_in_differences",
    "event_study",
    "staggered",
    "mean",
    "total",
    "ratio",
]
QValues = Literal["benjamini_hochberg", "sharpened"]
Names = str | tuple[str, ...] | None
Value = str | int
Share = Annotated[float, Field(ge=0, le=1)]


def several(declared: Names) -> tuple[str, ...]:
    """One name or several, as several."""
    if declared is None:
        return ()
    return (declared,) if isinstance(declared, str) else declared


class Columns(Declared):
    """Which column says what.

    `rounds`: the values of `round` in their order, where they are texts. `control`: the value of `arm` with which the
    others are compared. `cluster`, `stratum` and `population` (how many clusters the row's stratum has, for the finite
    correction) are one column, or one for each stage of drawing, the first stage first; regressions use the first.
    """

    unit: str | None = None
    round: str | None = None
    rounds: tuple[Value, ...] = ()
    arm: str | None = None
    control: Value | None = None
    cluster: Names = None
    weight: str | None = None
    stratum: Names = None
    population: Names = None


class Computed(Declared):
    """A column that SQL says badly; one of `winsorise` and `standardise`.

    - `winsorise`: values below the quantile `lower` or above `upper` are drawn in to it, within groups of `by`.
      `quantile`: interpolated (R's type 7), or averaged where two values qualify (R's type 2, Stata).
    - `standardise`: less the mean and over the standard deviation of the rows in which `reference` holds; of several
      columns the mean of those known (Kling, Liebman and Katz 2007).
    """

    winsorise: str | None = None
    lower: Share = 0.0
    upper: Share = 1.0
    quantile: Literal["interpolated", "averaged"] = "interpolated"
    standardise: Names = None
    reference: str | None = None
    by: tuple[str, ...] = ()


class Margin(Declared):
    """A column's totals in the population, by its value as text."""

    by: str
    totals: dict[str, float]


class Estimate(Declared):
    """One specification, estimated for each of its outcomes. docs/estimate.md explains every field."""

    name: str
    method: Method = "regression"
    outcomes: Annotated[tuple[str, ...], Field(min_length=1)]
    where: str | None = None
    over: str | None = None

    arms: bool = True
    control: Value | None = None
    terms: tuple[str, ...] = ()
    interact: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    absorb: tuple[str, ...] | None = None
    baseline: str | None = None
    baseline_round: Value | tuple[Value, ...] | None = None
    missing_covariates: Literal["drop", "indicator"] = "drop"
    singletons: Literal["keep", "drop"] = "keep"

    treated: str | None = None
    post: str | None = None
    reference_round: Value | None = None
    entered: str | None = None
    reference_exposure: int = -1
    exposures: tuple[int, int] | None = None

    comparison: Literal["not_yet_treated", "never_treated"] = "not_yet_treated"
    base_period: Literal["varying", "universal"] = "varying"
    anticipation: Annotated[int, Field(ge=0)] = 0
    gaps: Literal["pairs", "drop_units"] = "pairs"
    adjustment: Adjustment = "doubly_robust"

    per: str | None = None
    margins: tuple[Margin, ...] = ()

    errors: Kind | None = None
    correction: Correction = "nested_effects_as_one"
    distribution: Literal["t", "normal"] = "t"
    cluster: str | None = None
    weight: str | None = None
    weighted: bool = True
    combinations: dict[str, dict[str, float]] = Field(default_factory=dict)
    joint: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    family: str | None = None
    family_of: Literal["all_terms", "each_term"] = "all_terms"
    q_values: QValues = "benjamini_hochberg"


class Study(Declared):
    """A study whole. `missing`: what stands for no answer in a CSV file. `where`: the rows it is about."""

    title: str = ""
    missing: tuple[str, ...] = ("", "NA", ".")
    columns: Columns = Columns()
    compute: dict[str, str | Computed] = Field(default_factory=dict)
    where: str | None = None
    estimates: Annotated[tuple[Estimate, ...], Field(min_length=1)]


def errors_of(asked: Estimate) -> Kind:
    """The kind of errors: as declared, else CR2, which is not defined for Poisson regression."""
    return asked.errors or ("cr1" if asked.method == "poisson" else "cr2")


def weight_of(asked: Estimate, columns: Columns) -> str | None:
    """The column of weights; none where rows count alike."""
    return (asked.weight or columns.weight) if asked.weighted else None


def cluster_of(asked: Estimate, columns: Columns) -> str | None:
    """The column whose rows go together: the declared one, else the unit."""
    return asked.cluster or next(iter(several(columns.cluster)), columns.unit)
