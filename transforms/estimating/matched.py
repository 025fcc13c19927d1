"""Matched, after the programme only: the treated against comparison units alike at the registration.

Within the strata of `similar` the regression

    y_i = sum_s 1(i in s) (a_s + b_s treated_i) + d'x_i + e_i,   effect on the treated = sum_s n_Ts b_s / n_T

(Imbens and Rubin 2015, 17.8: strata, with what is left of the covariates adjusted for), CR2 errors with Satterthwaite's
degrees of freedom, in which the strata are taken as given. The outcome at the baseline plays no part.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from transforms.estimating.ancova import expanded, known_before, losses, people_at
from transforms.estimating.likeness import of_matched
from transforms.estimating.similar import similar
from transforms.estimating.work import Work
from transforms.estimators.between_arms import TREATED
from transforms.estimators.model_rows import base, literals, terms
from transforms.programme import Indicator
from transforms.regression.errors import errors
from transforms.regression.least_squares import fit
from transforms.regression.matrix import matrix

METHOD = "matched_strata_cr2"
BEFORE, AFTER = "before.", "after."
"""What the terms of a covariate's standardised difference begin with."""


def matched(work: Work, name: str, indicator: Indicator) -> Iterator[pl.DataFrame]:
    """A period and follow-up round: the effect, and each covariate's standardised difference before and after."""
    known = known_before(work, indicator.covariates)
    balance = pl.concat(list(of_matched(work, name, indicator)), how="diagonal_relaxed")
    for number, each in enumerate(work.programme.rounds):
        if number == 0 or (indicator.rounds and each.id not in indicator.rounds):
            continue
        stratum = similar(work, name, indicator, number).to_frame()
        people = pl.concat([people_at(work, name, number), known, stratum], how="horizontal").drop_nulls("side")
        for (period,), part in people.sort("unit").group_by("period", maintain_order=True):
            found = effect_on_treated(part.with_columns(ever=pl.col("side") == TREATED), known.columns)
            if found is not None:
                placed: dict[str, object] = {"period": str(period), "round": each.id}
                here = balance.filter(pl.col("period") == period, pl.col("round") == each.id)
                yield found.with_columns(*literals(placed))
                yield _alike(here, found).with_columns(*literals(placed))


def effect_on_treated(part: pl.DataFrame, names: list[str]) -> pl.DataFrame | None:
    """One row: the effect; None where nobody is alike or the covariates tell the arms apart.

    `part`: one row a unit with `value, ever, cluster, stratum`, who was asked, and the covariates `names`.
    """
    used = part.drop_nulls(["value", "stratum"])
    if used.is_empty() or used.select("stratum", "ever").n_unique() < 2 * used["stratum"].n_unique():
        return None
    columns, covariates = expanded(used, names)
    strata = used["stratum"].unique().sort().to_list()
    columns = columns.with_columns(
        *((pl.col("stratum") == each).cast(pl.Float64).alias(f"stratum.{each}") for each in strata),
        *((pl.col("ever") & (pl.col("stratum") == each)).cast(pl.Float64).alias(f"treated.{each}") for each in strata),
    )
    effects = [f"treated.{each}" for each in strata]
    wanted = [*(f"stratum.{each}" for each in strata[1:]), *covariates, *effects]
    fitted = fit(matrix(columns, "value", wanted, cluster="cluster"))
    if fitted is None or not set(effects) <= set(fitted.names):
        return None
    share = {f"treated.{each}": used.filter(pl.col("ever"), stratum=each).height for each in strata}
    weights = np.array([share.get(each, 0) for each in fitted.names]) / sum(share.values())
    found = terms(("treated",), errors(fitted, "cr2", combinations=weights[:, None]), METHOD)
    return found.with_columns(
        *literals(base(used, part) | losses(part.drop_nulls("value"), part) | {"observations": used.height})
    )


def _alike(balance: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """One row a covariate, before and after: the difference of its category that differs most."""
    parts = [
        balance.drop_nulls(column)
        .sort(pl.col(column).abs(), "category", descending=[True, False])
        .group_by("covariate", maintain_order=True)
        .agg(value=pl.col(column).first())
        .select(pl.concat_str(pl.lit(prefix), "covariate").alias("term"), "value")
        for prefix, column in ((BEFORE, "difference"), (AFTER, "difference_matched"))
    ]
    bases = [
        "n",
        "n_comparison",
        "clusters",
        "clusters_comparison",
        "population",
        "missing",
        "response",
        "observations",
    ]
    rests_on = found.select(bases)
    return pl.concat(parts).join(rests_on, how="cross").with_columns(method=pl.lit("standardised_difference"))
