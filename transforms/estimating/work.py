"""What every breakdown's estimates are made from."""

from dataclasses import dataclass

import polars as pl

from transforms.estimating.weighting import weighted
from transforms.estimators import sums
from transforms.estimators.cohort import Cohort, Grouping, Parts, Stack, cohort, groupings, of_round, parts, stacks
from transforms.estimators.models import MODELS
from transforms.programme import DISTRIBUTIONS, Indicator, Programme, Quantity

NOT_OF_CELLS = ("count", "transition", "cost", "ancova", "matched", *DISTRIBUTIONS, *MODELS)
"""The statistics that are no number of every breakdown at every round."""


@dataclass(frozen=True)
class Work:
    """A programme's people and what is estimated of them.

    `indicators`: those that are a number of every breakdown. `post_only`: of these, never measured at the baseline.
    """

    programme: Programme
    responses: pl.DataFrame
    enrolments: pl.DataFrame
    cohort: Cohort
    groups: list[Grouping]
    stacks: list[Stack]
    parts: Parts
    indicators: dict[str, Indicator]
    post_only: set[str]
    limits: sums.Limits

    def told(self, quantity: Quantity, round_id: str) -> dict[str, Indicator]:
        """The indicators of which a quantity is estimated at a round."""
        measured = self.cohort.rounds[round_id]
        at_baseline = round_id == self.programme.baseline.id
        return {
            name: each
            for name, each in self.indicators.items()
            if quantity in quantities(each, self.programme)
            and measured[f"{name}__asked"].any()
            and not (name in self.post_only and (quantity == "change" or at_baseline))
            and not (each.statistic == "survival" and at_baseline)  # whoever is asked still operates there
        }


def quantities(indicator: Indicator, programme: Programme) -> tuple[Quantity, ...]:
    """The declared quantities of an indicator, else all that its statistic has; no effect without a treatment."""
    usual: tuple[Quantity, ...] = ("level", "change", "effect")
    if indicator.statistic == "survival":
        usual = ("level", "effect")
    wanted = indicator.quantities or usual
    return tuple(each for each in wanted if each != "effect" or programme.design.treatment is not None)


def work(responses: pl.DataFrame, measurements: pl.DataFrame, enrolments: pl.DataFrame, programme: Programme) -> Work:
    """The work of one programme."""
    at_baseline = of_round(responses, programme.baseline.id)
    everybody = weighted(cohort(responses, measurements, programme), at_baseline, programme)
    indicators = {name: each for name, each in programme.indicators.items() if each.statistic not in NOT_OF_CELLS}
    baseline = programme.baseline.id
    before = everybody.rounds[baseline]
    groups = groupings(everybody, programme)
    return Work(
        programme=programme,
        responses=responses,
        enrolments=enrolments,
        cohort=everybody,
        groups=groups,
        stacks=stacks(groups),
        parts=parts(groups),
        indicators=indicators,
        post_only={name for name in indicators if before[name].null_count() == before.height},
        limits=sums.winsor_limits(everybody, baseline, indicators),
    )
