"""Every breakdown at every round."""

from collections.abc import Iterator

import polars as pl

from transforms.estimating.arms import arms
from transforms.estimating.asked import asked, samples
from transforms.estimating.effects import effects
from transforms.estimating.seen import Seen
from transforms.estimating.work import Work
from transforms.estimators import sums
from transforms.estimators.cohort import Grouping

TOLD = (arms, effects)
"""What is told of a breakdown at a round. Each makes frames with the columns of Estimates that it knows."""


def of_round(work: Work, round_number: int) -> Iterator[tuple[Grouping, list[pl.DataFrame]]]:
    """Every breakdown with its estimates at one round."""
    wanted = asked(work, round_number)
    people = sums.with_baseline(work.cohort, wanted.round_id, work.programme.baseline.id)
    sorted_values = samples(people, wanted)
    # One pass over the people serves all breakdowns: each then adds up what its rows hold.
    of_parts = sums.summed(people, work.parts.codes, wanted.sums(work))
    for grouping in work.groups:
        rows = sums.summed(of_parts, work.parts.rows[grouping.by], [pl.all().sum()])
        seen = Seen(wanted, people, sorted_values, grouping, rows)
        yield grouping, [frame for told in TOLD for frame in told(work, seen)]
