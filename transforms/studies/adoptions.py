"""A study's staggered adoption: one row a unit and round becomes cohorts, and their effects terms."""

import math
from collections.abc import Sequence

import numpy as np
import polars as pl
import polars.selectors as cs
from scipy.special import chdtrc

from transforms.errors import UserError
from transforms.estimators.propensity import kish
from transforms.regression.matrix import groups, matrix
from transforms.studies.result import Dropped, Joint, Result, Term
from transforms.studies.spec import Columns, Estimate, cluster_of, weight_of
from transforms.studies.staggered import NEVER, Cohorts, Comparison, Effect, Entries, cohorts
from transforms.studies.table import chosen, numbers


def adoption(rows: pl.DataFrame, outcome: str, asked: Estimate, columns: Columns) -> Result:
    """The effects of one outcome: overall, by cohort, by time since entry, by round, and of every cohort and round."""
    said = f"estimate '{asked.name}', {outcome}"
    if columns.unit is None or columns.round is None or asked.entered is None:
        raise UserError(f"{said}: staggered needs entered, and unit and round in [columns].")
    rows = chosen(rows, asked.where, f"estimate '{asked.name}', where")
    entries, dropped = _entries(rows, outcome, asked, columns, said)
    comparison = Comparison(
        asked.comparison == "never_treated",
        asked.base_period == "universal",
        float(asked.anticipation),
        asked.adjustment,
    )
    made = cohorts(entries, comparison)
    if not made.after:
        raise UserError(f"{said}: no cohort has a round before it and somebody to compare it with.")
    tests = _before(made, entries)
    return Result(
        outcome=outcome,
        rows=int((~np.isnan(entries.values)).sum()),
        units=len(entries.values),
        clusters=int(entries.clusters.max()) + 1,
        dropped=dropped,
        left_out=tuple(f"cohort {entry:g} at {at:g}" for entry, at in made.unknown),
        terms=tuple(_terms(made, entries)),
        tests=(tests,) if tests else (),
        kish_deff=kish(entries.weights) if weight_of(asked, columns) else None,
    )


def _terms(made: Cohorts, entries: Entries) -> list[Term]:
    named = [
        ("overall", made.overall()),
        ("mean over cohorts", made.over_cohorts()),
        ("mean over exposure", made.over_exposure()),
        ("mean over rounds", made.over_rounds()),
        *((f"cohort {entry:g}", effect) for entry, effect in made.by_cohort().items()),
        *((f"exposure {length:g}", effect) for length, effect in made.by_exposure().items()),
        *((f"round {at:g}", effect) for at, effect in made.by_round().items()),
        *((f"cohort {entry:g} at {at:g}", effect) for (entry, at), effect in made.effects.items()),
    ]
    return [_term(name, effect, entries) for name, effect in named]


def _term(name: str, effect: Effect, entries: Entries) -> Term:
    return Term(name, effect.value, effect.standard_error(entries.clusters), math.inf, of_interest=name == "overall")


def _before(made: Cohorts, entries: Entries) -> Joint | None:
    """The test that every effect before entry is 0 (chi-square); none where there is none."""
    placebos = {
        f"cohort {entry:g} at {at:g}": effect
        for (entry, at), effect in made.effects.items()
        if at < entry and effect.influence.any()
    }
    if not placebos:
        return None
    values = np.array([each.value for each in placebos.values()])
    summed = np.stack([each.summed(entries.clusters) for each in placebos.values()])
    covariance = summed @ summed.T
    many = int(np.linalg.matrix_rank(covariance, hermitian=True))
    statistic = float(values @ np.linalg.pinv(covariance, hermitian=True) @ values)
    return Joint("before", tuple(placebos), statistic / many, many, math.inf, float(chdtrc(many, statistic)))


def _entries(
    rows: pl.DataFrame, outcome: str, asked: Estimate, columns: Columns, said: str
) -> tuple[Entries, tuple[Dropped, ...]]:
    unit, rounds, entered = str(columns.unit), str(columns.round), str(asked.entered)
    weight, cluster = weight_of(asked, columns), cluster_of(asked, columns) or unit
    dropped = []
    needed = [each for each in (outcome, unit, rounds, weight, cluster, *asked.covariates) if each is not None]
    rows = rows.with_columns(numbers(rows, outcome, said), numbers(rows, entered, said))
    for name in dict.fromkeys(needed):
        known = rows.drop_nulls(name)
        if known.height < rows.height:
            dropped.append(Dropped("unknown", name, rows.height - known.height))
        rows = known
    if rows.is_empty():
        raise UserError(f"{said}: no row has a value in all of {', '.join(needed)}.")
    if not rows[rounds].dtype.is_numeric():
        raise UserError(f"{said}: {rounds} must be numbers, as {entered} says in which of them a unit entered.")
    _check_units(rows, unit, rounds, (entered, cluster, *([weight] if weight else []), *asked.covariates), said)
    if asked.gaps == "drop_units":
        whole = rows.filter(pl.len().over(unit) == rows[rounds].n_unique())
        if whole.height < rows.height:
            dropped.append(Dropped("incomplete_unit", unit, rows.height - whole.height))
        rows = whole
    return _laid_out(rows, outcome, (unit, rounds, entered, cluster, weight), asked.covariates), tuple(dropped)


def _check_units(rows: pl.DataFrame, unit: str, rounds: str, fixed: tuple[str, ...], said: str) -> None:
    if rows.select(unit, rounds).is_duplicated().any():
        raise UserError(f"{said}: a unit has two rows of one round; staggered needs one. Choose with where.")
    for name in set(fixed) - {unit}:
        changing = rows.group_by(unit).agg(many=pl.col(name).n_unique()).filter(pl.col("many") > 1).height
        if changing:
            raise UserError(
                f"{said}: {name} changes between the rounds of {changing} units; it must be one value a unit."
            )


def _laid_out(
    rows: pl.DataFrame, outcome: str, names: tuple[str, str, str, str, str | None], covariates: Sequence[str]
) -> Entries:
    unit, rounds, entered, cluster, weight = names
    people = rows.group_by(unit, maintain_order=True).agg(
        _entered=pl.col(entered).first(),
        _cluster=pl.col(cluster).first(),
        _weight=pl.col(weight).first().cast(pl.Float64) if weight else pl.lit(1.0),
        **{f"_covariate {name}": pl.col(name).first() for name in covariates},
    )
    texts = people.select(cs.starts_with("_covariate ") & (cs.string() | cs.categorical())).columns
    plain = [each for each in people.columns if each.startswith("_covariate ") and each not in texts]
    times = rows[rounds].unique().sort()
    at = groups(rows[rounds])
    place = rows.select(unit).join(people.select(unit).with_row_index("_place"), on=unit, maintain_order="left")
    values = np.full((people.height, len(times)), np.nan)
    values[place["_place"].to_numpy(), at] = rows[outcome].to_numpy()
    said = people["_entered"].fill_null(NEVER).to_numpy()
    return Entries(
        values=values,
        times=times.cast(pl.Float64).to_numpy(),
        entered=np.where(said > 0, said, NEVER),
        weights=people["_weight"].to_numpy(),
        clusters=groups(people["_cluster"]),
        covariates=matrix(people, "_weight", plain, texts).x,
    )
