"""Which indicators are told of at a round, and the sums and values that they need."""

from dataclasses import dataclass

import polars as pl

from transforms.estimating.work import Work
from transforms.estimators import medians, sums
from transforms.estimators.at_once import at_once
from transforms.estimators.change import relative
from transforms.estimators.cohort import UNWEIGHTED
from transforms.estimators.samples import Sample
from transforms.programme import Indicator

Samples = dict[str, dict[str, Sample]]
"""By quantity and money indicator, the values of which medians are taken."""


@dataclass(frozen=True)
class Asked:
    """What is estimated at one round: the indicators of each quantity, and the name of the answers' weights."""

    round_id: str
    round_number: int
    levels: dict[str, Indicator]
    changes: dict[str, Indicator]
    effects: dict[str, Indicator]
    weights: str

    def terms(self, work: Work) -> list[pl.Expr]:
        """The terms of the sums that these need; an effect without a baseline needs the level's."""
        levels = self.levels | {name: each for name, each in self.effects.items() if name in work.post_only}
        changes = self.changes | {name: each for name, each in self.effects.items() if name not in work.post_only}
        weighted = self.is_weighted
        made = sums.level_terms(levels, weighted=weighted) + sums.change_terms(changes, work.limits, weighted=weighted)
        if not self.round_number:
            return made
        without_baseline = [
            name for name, each in levels.items() if name in work.post_only or each.statistic == "survival"
        ]
        return made + sums.eligible_terms(changes.items(), without_baseline)

    @property
    def is_weighted(self) -> bool:
        """Whether the round's answers are weighted."""
        return self.weights != UNWEIGHTED


def asked(work: Work, round_number: int) -> Asked:
    """What is estimated at the round of this number; changes and effects from the second on."""
    round_id = work.programme.rounds[round_number].id
    later = round_number > 0
    return Asked(
        round_id=round_id,
        round_number=round_number,
        levels=work.told("level", round_id),
        changes=work.told("change", round_id) if later else {},
        effects=work.told("effect", round_id) if later else {},
        weights=work.cohort.weights.get(round_id, UNWEIGHTED),
    )


def samples(people: pl.DataFrame, wanted: Asked) -> Samples:
    """The values of money indicators over the people, sorted once for all breakdowns."""
    weights = people[sums.WEIGHT] if wanted.is_weighted else None
    levels = {name: pl.col(name) for name, each in wanted.levels.items() if each.statistic == "money"}
    changes = {name: _change(name, each) for name, each in wanted.changes.items() if each.statistic == "money"}

    def sample(value: pl.Expr) -> Sample:
        return medians.sample(people.select(value=value)["value"], weights)

    return {
        quantity: dict(zip(values, at_once(sample, values.values()), strict=True))
        for quantity, values in (("level", levels), ("change", changes))
    }


def _change(name: str, indicator: Indicator) -> pl.Expr:
    before, after = pl.col(f"{name}{sums.BEFORE}"), pl.col(name)
    return relative(before, after) if sums.grows(indicator) else after - before
