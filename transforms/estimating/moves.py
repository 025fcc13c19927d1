"""The table Transitions: from every class at the baseline to every class at each later round."""

import polars as pl

from transforms import tables
from transforms.estimating.work import Work
from transforms.estimators import transition


def transitions(work: Work) -> pl.DataFrame:
    """Transitions of every breakdown, sorted by their key."""
    empty: pl.DataFrame = tables.Transitions.create_empty()
    made = [empty]
    programme, rounds = work.programme, work.cohort.rounds
    for name, indicator in programme.indicators.items():
        if indicator.statistic != "transition":
            continue
        for each in programme.rounds[1:]:
            if indicator.rounds and each.id not in indicator.rounds:
                continue
            units = transition.units(name, rounds[programme.baseline.id], rounds[each.id])
            moved = [transition.of_grouping(units, work.cohort, grouping) for grouping in work.groups]
            names = {"indicator": pl.lit(name), "round": pl.lit(each.id)}
            made += [frame.with_columns(**names).select(empty.columns).cast(empty.schema) for frame in moved]
    return tables.Transitions.validate(pl.concat(made).sort(tables.Transitions.primary_key()), cast=True)
