"""Regression models of one indicator for the whole programme, a period at a time: classical errors and clustered.

Rows with the term's plain name are clustered and decide; `TERM|classical` repeats the textbook.
"""

import polars as pl

from transforms.estimators import difference_in_differences, student
from transforms.estimators.cohort import NEVER, Cohort
from transforms.estimators.panel import Panel, two_way
from transforms.programme import Indicator, Programme
from transforms.regression.errors import Errors

CLASSICAL = "|classical"


def panel_effects(cohort: Cohort, name: str, indicator: Indicator, programme: Programme) -> list[pl.DataFrame]:
    """The two-way fixed-effects model of an indicator: one row per period, term and kind of error.

    Terms: `treated`, its lags `treated_lag_1` and on, and the rounds' dummies; false before the baseline.
    """
    long = _long(cohort, name, indicator, programme)
    terms = ["treated", *(f"treated_lag_{lag}" for lag in range(1, indicator.lags + 1))]
    made = []
    for (period,), part in long.sort("position", "unit").group_by("period", maintain_order=True):
        fitted = two_way(part, terms)
        if fitted is None:
            continue
        used = part.drop_nulls("value").filter(pl.len().over("unit") > 1)
        base = _base(used.with_columns(ever=pl.any_horizontal(pl.col(term) > 0 for term in terms)), part)
        rows = pl.concat(
            [
                _terms(fitted, fitted.cr2, "", "two_way_fixed_effects_cr2"),
                _terms(fitted, fitted.classical, CLASSICAL, "two_way_fixed_effects_classical"),
            ]
        )
        model = {"period": str(period), "round": programme.rounds[-1].id, "observations": fitted.observations}
        made.append(rows.with_columns(*_literals(model | base)))
    return made


def _long(cohort: Cohort, name: str, indicator: Indicator, programme: Programme) -> pl.DataFrame:
    """One row per participant and round: the value, the treatment now and before, and who was asked."""
    people = _units(cohort)
    frames = list(cohort.rounds.values())
    blocks = []
    for position, (each, frame) in enumerate(zip(programme.rounds, frames, strict=True)):
        lags = {
            f"treated_lag_{lag}": (
                frames[position - lag]["treated"].cast(pl.Float64)
                if position >= lag
                else pl.repeat(0.0, people.height, eager=True)
            )
            for lag in range(1, indicator.lags + 1)
        }
        block = people.with_columns(
            frame["treated"].cast(pl.Float64).alias("treated"),
            frame[name].alias("value"),
            frame[f"{name}__asked"].alias("asked"),
            *(frame["due", "told"] if position else frame["due", "told"].clear(people.height)),
            *(column.alias(lag) for lag, column in lags.items()),
            round=pl.lit(each.id),
            position=pl.lit(position),
        )
        blocks.append(block)
    return pl.concat(blocks)


def _units(cohort: Cohort) -> pl.DataFrame:
    """One row a participant: `period, unit, cluster`, `entered`; without clusters everyone is one."""
    people = cohort.people.select("period", "cluster", "entered").with_row_index("unit")
    if cohort.has_clusters:
        return people.with_columns(cluster=pl.col("cluster").rank("dense"))
    return people.with_columns(cluster=pl.col("unit"))


def _base(used: pl.DataFrame, asked: pl.DataFrame) -> dict[str, float]:
    """How many units and clusters a model rests on, with and without treatment."""
    units = used.group_by("unit").agg(pl.col("ever").any(), pl.col("cluster").first())
    treated, others = units.filter("ever"), units.filter(~pl.col("ever"))
    population = asked.filter("asked")["unit"].n_unique()
    return {
        "n": treated.height,
        "n_comparison": others.height,
        "clusters": treated["cluster"].n_unique(),
        "clusters_comparison": others["cluster"].n_unique(),
        "population": population,
        "missing": population - units.height,
        "response": _share(asked),
    }


def _share(asked: pl.DataFrame) -> float:
    """Follow-ups that were answered, of those due."""
    share = asked.select(pl.col("told").sum() / pl.col("due").sum()).item()
    return float("nan") if share is None else float(share)


def _terms(fitted: Panel, errors: Errors, suffix: str, method: str) -> pl.DataFrame:
    return student.with_inference(
        pl.DataFrame(
            {
                "term": [f"{term}{suffix}" for term in fitted.terms],
                "value": fitted.slopes,
                "standard_error": errors.standard_errors,
                "df": errors.df,
            }
        )
    ).with_columns(method=pl.lit(method))


def first_differences(cohort: Cohort, name: str, indicator: Indicator, programme: Programme) -> list[pl.DataFrame]:
    """The change from the baseline to one round, treated at that round against not: one row per period and term.

    The round is the first follow-up among the indicator's rounds. Clustered as `difference_in_differences`.
    """
    follow_ups = [each.id for each in programme.rounds[1:]]
    chosen = next((each for each in follow_ups if not indicator.rounds or each in indicator.rounds), None)
    if chosen is None:
        return []
    before, after = cohort.rounds[programme.baseline.id], cohort.rounds[chosen]
    everyone = _units(cohort).with_columns(
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
        shared = {"period": str(period), "round": chosen, "observations": used.height} | _base(used, part)
        made.append(_difference(used).with_columns(*_literals(shared)))
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


def _literals(values: dict[str, object]) -> list[pl.Expr]:
    return [pl.lit(value).alias(name) for name, value in values.items()]


MODELS = {"panel_effect": panel_effects, "first_difference": first_differences}
"""The model of each statistic that is one."""
