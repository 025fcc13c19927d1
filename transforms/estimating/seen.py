"""One round as one breakdown sees it."""

from dataclasses import dataclass

import polars as pl

from transforms.estimating.asked import Asked, Samples
from transforms.estimators.cohort import Grouping


@dataclass(frozen=True)
class Seen:
    """What a breakdown's estimates at one round are made from.

    `people`: one row a participant, with the baseline beside the round. `rows`: the sums of `asked`, one row per row
    of `grouping`.
    """

    asked: Asked
    people: pl.DataFrame
    samples: Samples
    grouping: Grouping
    rows: pl.DataFrame
