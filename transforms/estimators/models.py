"""Regression models of one indicator for the whole programme, a period at a time: classical errors and clustered.

Rows with the term's plain name are clustered and decide; `TERM|classical` repeats the textbook.
"""

import polars as pl

from transforms.estimators import difference_in_differences, student
from transforms.estimators.cohort import NEVER, Cohort
from transforms.estimators.event_study import event_studies
from transforms.estimators.model_rows import CLASSICAL, base, literals, long, terms, units
from transforms.estimators.panel import two_way
from transforms.estimators.staggered_entry import staggered_entries
from transforms.programme import Indicator, Programme


def panel_effects(cohort: Cohort, name: str, indicator: Indicator, programme: Programme) -> list[pl.DataFrame]:
    """The two-way fixed-effects model of an indicator: one row per period, term and kind of error.

    Terms: `treated`, its lags `treated_lag_1` and on, and the rounds' dummies; false before the baseline.
    """
    rows_of_rounds = long(cohort, name, indicator.lags, programme)
    wanted = ["treated", *(f"treated_lag_{lag}" for lag in range(1, indicator.lags + 1))]
    made = []
    for (period,), part in rows_of_rounds.sort("position", "unit").group_by("period", maintain_order=True):
        fitted = two_way(part, wanted)
        if fitted is None:
            continue
        used = part.drop_nulls("value").filter(pl.len().over("unit") > 1)
        rests_on = base(used.with_columns(ever=pl.any_horizontal(pl.col(term) > 0 for term in wanted)), part)
        rows = pl.concat(
            [
                terms(fitted.terms, fitted.cr2, "two_way_fixed_effects_cr2"),
                terms(fitted.terms, fitted.classical, "two_way_fixed_effects_classical", CLASSICAL),
            ]
        )
        model = {"period": str(period), "round": programme.rounds[-1].id, "observations": fitted.observations}
        made.append(rows.with_columns(*literals(model | rests_on)))
    return made


def first_differences(cohort: Cohort, name: str, indicator: Indicator, programme: Programme) -> list[pl.DataFrame]:
    """The change from the baseline to one round, treated at that round against not: one row per period and term.

    The round is the first follow-up among the indicator's rounds. Clustered as `difference_in_differences`.
    """
    follow_ups = [each.id for each in programme.rounds[1:]]
    chosen = next((each for each in follow_ups if not indicator.rounds or each in indicator.rounds), None)
    if chosen is None:
        return []
    before, after = cohort.rounds[programme.baseline.id], cohort.rounds[chosen]
    everyone = units(cohort).with_columns(
        (after[name] - before[name]).alias("value"),
        after["treated"].alias("ever"),
        (after[f"{name}__asked"] & before[f"{name}__asked"]).alias("asked"),
        *after["due", "told"],
    )
    new = everyone.filter((pl.col("entered") > 0) | (pl.col("entered") == NEVER))
    made = []
    for (period,), part in new.sort("unit").group_by("period", maintain_order=True):
        used = part.drop_nulls("value")
        if used.group_by("ever").len().filter(pl.col("len") > 1).height < 2:
            continue
        shared = {"period": str(period), "round": chosen, "observations": used.height} | base(used, part)
        made.append(_difference(used).with_columns(*literals(shared)))
    return made


def _difference(used: pl.DataFrame) -> pl.DataFrame:
    clustered, form = difference_in_differences.difference(used["value"], used["cluster"], used["ever"])
    constant, effect = difference_in_differences.classical(used["value"], used["ever"])
    named = {
        "treated": (clustered, f"first_difference_{form}"),
        f"treated{CLASSICAL}": (effect, "first_difference_classical"),
        f"constant{CLASSICAL}": (constant, "first_difference_classical"),
    }
    rows = [
        {"term": term, "method": method, "value": each.value, "standard_error": each.standard_error, "df": each.df}
        for term, (each, method) in named.items()
    ]
    return student.with_inference(pl.DataFrame(rows))


MODELS = {
    "panel_effect": panel_effects,
    "first_difference": first_differences,
    "event_study": event_studies,
    "staggered": staggered_entries,
}
"""The model of each statistic that is one."""
