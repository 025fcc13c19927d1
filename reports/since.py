"""What the last report on the same scope said, and what has changed since: for the chapter on changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl


@dataclass(frozen=True)
class Since:
    """The figures of the last report and the causes known since. All of it is published, or of enough people.

    `estimates`: PublishedEstimates of the scope as that report had them. `defined_anew`: the indicators that are
    declared otherwise now. `computed_anew`: the code is another one. `kinds`: by estimate the kinds of change in
    people's answers.
    """

    made_at: datetime
    estimates: pl.DataFrame
    defined_anew: frozenset[str]
    computed_anew: bool
    kinds: Mapping[str, tuple[str, ...]]
