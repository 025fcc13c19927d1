"""One round as breakdowns see it."""

from dataclasses import dataclass

import polars as pl

from transforms.estimating.asked import Asked, Samples
from transforms.estimators.cohort import Stack


@dataclass(frozen=True)
class Seen:
    """What breakdowns's estimates at one round are made from.

    `people`: one row a participant, with the baseline beside the round. `rows`: the sums of `asked`, one row per row
    of `stack`.
    """

    asked: Asked
    people: pl.DataFrame
    samples: Samples
    stack: Stack
    rows: pl.DataFrame
