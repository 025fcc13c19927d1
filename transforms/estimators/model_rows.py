"""What models of one indicator share: their rows over people and rounds, and what they rest on."""

import polars as pl

from transforms.estimators import student
from transforms.estimators.cohort import Cohort
from transforms.programme import Programme
from transforms.regression.errors import Errors

CLASSICAL = "|classical"


def long(cohort: Cohort, name: str, lags: int, programme: Programme) -> pl.DataFrame:
    """One row per participant and round: the value, the treatment now and `lags` rounds before, and who was asked."""
    people = units(cohort)
    frames = list(cohort.rounds.values())
    blocks = []
    for position, (each, frame) in enumerate(zip(programme.rounds, frames, strict=True)):
        before = {
            f"treated_lag_{lag}": (
                frames[position - lag]["treated"].cast(pl.Float64)
                if position >= lag
                else pl.repeat(0.0, people.height, eager=True)
            )
            for lag in range(1, lags + 1)
        }
        block = people.with_columns(
            frame["treated"].cast(pl.Float64).alias("treated"),
            frame[name].cast(pl.Float64).alias("value"),
            frame[f"{name}__asked"].alias("asked"),
            *(frame["due", "told"] if position else frame["due", "told"].clear(people.height)),
            *(column.alias(lag) for lag, column in before.items()),
            round=pl.lit(each.id),
            position=pl.lit(position),
        )
        blocks.append(block)
    return pl.concat(blocks)


def units(cohort: Cohort) -> pl.DataFrame:
    """One row a participant: `period, unit, cluster`, `entered`; without clusters everyone is one."""
    people = cohort.people.select("period", "cluster", "entered").with_row_index("unit")
    if cohort.has_clusters:
        return people.with_columns(cluster=pl.col("cluster").rank("dense"))
    return people.with_columns(cluster=pl.col("unit"))


def base(used: pl.DataFrame, asked: pl.DataFrame) -> dict[str, object]:
    """How many units and clusters a model rests on, with and without treatment (`ever`)."""
    each = used.group_by("unit").agg(pl.col("ever").any(), pl.col("cluster").first())
    treated, others = each.filter("ever"), each.filter(~pl.col("ever"))
    population = asked.filter("asked")["unit"].n_unique()
    return {
        "n": treated.height,
        "n_comparison": others.height,
        "clusters": treated["cluster"].n_unique(),
        "clusters_comparison": others["cluster"].n_unique(),
        "population": population,
        "missing": population - each.height,
        "response": _share(asked),
    }


def _share(asked: pl.DataFrame) -> float:
    """Follow-ups that were answered, of those due."""
    share = asked.select(pl.col("told").sum() / pl.col("due").sum()).item()
    return float("nan") if share is None else float(share)


def terms(names: tuple[str, ...], errors: Errors, method: str, suffix: str = "") -> pl.DataFrame:
    """One row a term, with its interval."""
    return student.with_inference(
        pl.DataFrame(
            {
                "term": [f"{name}{suffix}" for name in names],
                "value": errors.values,
                "standard_error": errors.standard_errors,
                "df": errors.df,
            }
        )
    ).with_columns(method=pl.lit(method))


def literals(values: dict[str, object]) -> list[pl.Expr]:
    """Columns of one value each."""
    return [pl.lit(value).alias(name) for name, value in values.items()]
