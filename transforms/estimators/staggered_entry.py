"""Effects where units entered at different rounds: each cohort against those not under treatment yet.

Callaway and Sant'Anna (2021) without covariates, as `transforms.studies.staggered` says; rounds are numbered 0, 1, ....
Intervals and p-values by Student's t on (clusters - 1) degrees of freedom.
"""

import numpy as np
import polars as pl
from scipy.special import fdtrc

from transforms.estimators import student
from transforms.estimators.cohort import NEVER, Cohort
from transforms.estimators.model_rows import base, literals, long
from transforms.programme import Indicator, Programme
from transforms.regression.matrix import groups
from transforms.studies import staggered
from transforms.studies.staggered import Cohorts, Comparison, Effect, Entries

METHOD = "callaway_santanna_influence"


def staggered_entries(cohort: Cohort, name: str, indicator: Indicator, programme: Programme) -> list[pl.DataFrame]:
    """One row per period and term: `treated` (overall), `cohort.ROUND` of entry, `exposure.K` rounds since entry."""
    made = []
    rows = long(cohort, name, 0, programme)
    for (period,), part in rows.sort("position", "unit").group_by("period", maintain_order=True):
        found = of_period(part)
        if found is None:
            continue
        entries, effects = found
        ever = part.with_columns(ever=pl.col("entered") != NEVER).filter(pl.col("entered") > 0)
        used = ever.drop_nulls("value").filter(pl.len().over("unit") > 1)
        shared = {"period": str(period), "round": programme.rounds[-1].id, "observations": used.height}
        made.append(_terms(entries, effects, programme).with_columns(*literals(shared | base(used, ever))))
    return made


def of_period(part: pl.DataFrame) -> tuple[Entries, Cohorts] | None:
    """One period's units by rounds and the effects of its cohorts. `part`: by `model_rows.long`, sorted by unit.

    Who was measured once has no change to tell, and no share in a cohort's size.
    """
    part = part.filter(pl.col("value").count().over("unit") > 1)
    measured = part.drop_nulls("value")["position"].unique().sort()
    if measured.len() < 2:
        return None
    people = part.filter(pl.col("position") == part["position"].min()).sort("unit")
    blocks = [part.filter(pl.col("position") == each).sort("unit")["value"] for each in measured]
    entered = people["entered"].cast(pl.Float64).to_numpy()
    entries = Entries(
        values=np.column_stack([block.fill_null(float("nan")).to_numpy() for block in blocks]),
        times=measured.cast(pl.Float64).to_numpy(),
        entered=np.where(entered == NEVER, staggered.NEVER, entered),
        weights=np.ones(people.height),
        clusters=groups(people["cluster"]),
        covariates=np.ones((people.height, 1)),
    )
    effects = staggered.cohorts(entries, Comparison())
    return (entries, effects) if effects.after else None


def pre_trend_p(entries: Entries, effects: Cohorts) -> float:
    """The p-value of all effects before entry being 0, by Hotelling's T2; NaN where there is none or clusters are few.

    Its degrees of freedom are the clusters less the times of entry (never is one): a chi-square, which csdid has,
    rejects far too often with few clusters a cohort.
    """
    placebos = [each for (entry, at), each in effects.effects.items() if at < entry and each.influence.any()]
    if not placebos:
        return float("nan")
    values = np.array([each.value for each in placebos])
    summed = np.stack([each.summed(entries.clusters) for each in placebos])
    groups = int(entries.clusters.max()) + 1
    left = groups - len(np.unique(entries.entered))
    covariance = summed @ summed.T * groups / left if left > 0 else summed @ summed.T
    many = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if left < many:
        return float("nan")
    statistic = values @ np.linalg.pinv(covariance, hermitian=True) @ values
    return float(fdtrc(many, left - many + 1, statistic * (left - many + 1) / (many * left)))


def _terms(entries: Entries, effects: Cohorts, programme: Programme) -> pl.DataFrame:
    named: dict[str, Effect] = {"treated": effects.overall()}
    named |= {f"cohort.{programme.rounds[int(entry)].id}": each for entry, each in effects.by_cohort().items()}
    named |= {f"exposure.{int(length)}": each for length, each in effects.by_exposure().items()}
    rows = {
        "term": list(named),
        "value": [each.value for each in named.values()],
        "standard_error": [each.standard_error(entries.clusters) for each in named.values()],
        "df": [float(entries.clusters.max())] * len(named),
    }
    return student.with_inference(pl.DataFrame(rows)).with_columns(method=pl.lit(METHOD))
