"""Many tests at once: how often a report would call something found where there is nothing."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.simulation import draws
from benchmarks.simulation.finding import Finding, around
from transforms import tables
from transforms.estimators import mean, student
from transforms.estimators.finishing import Finishing
from transforms.grade import grade
from transforms.loading import load_programme

FOLDER = Path(__file__).resolve().parents[2] / "programmes" / "community_economy"
FAMILY = 25
CELLS_A_REPLICATION = 10
"""20,000 cells at 2,000 replications."""
INDICATOR = "employment"


def signs(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Areas in families of 25, none with an effect: q-values and signs as they are shipped."""
    graded = _graded(noise, CELLS_A_REPLICATION * replications)
    found = pl.col("sign").is_in(["+", "-"]).any()
    alone = (pl.col("p_value") <= 0.05).any()
    families = graded.group_by("period").agg(found=found, alone=alone)
    data = f"{graded.height:,} areas without an effect, in families of {FAMILY}"
    upper = around(0.05, families.height)[1]
    what, shares = "families with + or -", families.select(pl.col("found", "alone").mean()).row(0)
    yield Finding("q-value and sign", data, what, shares[0], 0.0, upper, families.height)
    yield Finding("p-value alone", data, "families with p <= .05", shares[1], 0.0, upper, families.height, control=True)


def _graded(noise: np.random.Generator, cells: int) -> pl.DataFrame:
    """The table GradedEstimates of so many null effects of 6+6 clusters; a period is a family."""
    units = draws.clustered(noise, cells, 12, 4, between=0.1)
    found = student.with_inference(draws.two_arms(units, _terms, mean.linearised))
    rows = found.with_columns(
        pl.lit(INDICATOR).alias("indicator"),
        period=(pl.col("cell") // FAMILY).cast(pl.String),
        group=(pl.col("cell") % FAMILY).cast(pl.String),
        by=pl.lit("province"),
        quantity=pl.lit("effect"),
        round=pl.lit("m12"),
        arm=pl.lit("both"),
        method=pl.lit("difference_in_differences_cr2"),
        clusters_comparison="clusters",
        population=pl.col("n") + pl.col("n_comparison"),
        response=pl.lit(1.0),
    )
    programme = load_programme(FOLDER)
    # No smallest effect that matters: nothing may be called 0, which would only lower the share.
    indicators = {INDICATOR: programme.indicators[INDICATOR].model_copy(update={"smallest_effect": None})}
    programme = programme.model_copy(update={"indicators": indicators})
    unknown = pl.DataFrame(
        schema={"period": pl.String, "indicator": pl.String, "spread": pl.Float64, "relative": pl.Float64}
    )
    finished = Finishing(programme, unknown).finished([rows])
    return grade(tables.Estimates.validate(finished, cast=True), programme)


def _terms(side: str, inside: pl.Expr) -> list[pl.Expr]:
    return mean.terms(side, pl.when(inside).then(pl.col("noise")))


SIMULATIONS = (signs,)
