"""Analysis of covariance: the outcome at a round on treatment, the own baseline and declared covariates.

y_i1 = a + b treated_i + c y_i0 + d'x_i + e_i (Frison and Pocock 1992; McKenzie 2012), least squares with CR2 errors.
Where the baseline did not ask, c y_i0 is left out. Covariates enter as for weights: a category has a dummy a value, an
amount its rank among these people (0 to 1); unknown has a dummy too.
"""

from collections.abc import Iterator

import polars as pl

from transforms.estimating.covariates import UNKNOWN, covariates
from transforms.estimating.work import Work
from transforms.estimators.between_arms import TREATED, side
from transforms.estimators.cohort import of_round
from transforms.estimators.model_rows import base, literals, terms, units
from transforms.programme import Indicator
from transforms.regression.errors import errors
from transforms.regression.least_squares import fit
from transforms.regression.matrix import matrix

TERM = "treated"


def ancovas(work: Work, name: str, indicator: Indicator) -> Iterator[pl.DataFrame]:
    """One row a period and follow-up round."""
    known = known_before(work, indicator.covariates)
    for number, each in enumerate(work.programme.rounds):
        if number == 0 or (indicator.rounds and each.id not in indicator.rounds):
            continue
        people = pl.concat([people_at(work, name, number), known], how="horizontal").drop_nulls("side")
        for (period,), part in people.sort("unit").group_by("period", maintain_order=True):
            made = adjusted(part, known.columns)
            if made is not None:
                yield made.with_columns(*literals({"period": str(period), "round": each.id}))


def people_at(work: Work, name: str, number: int) -> pl.DataFrame:
    """One row a participant: its side at the round, the outcome then and at the baseline."""
    after, before = (work.cohort.rounds[work.programme.rounds[place].id] for place in (number, 0))
    return units(work.cohort).with_columns(
        after[name].cast(pl.Float64).alias("value"),
        before[name].cast(pl.Float64).alias("baseline"),
        after[f"{name}__asked"].alias("asked"),
        *after["due", "told"],
        eligible=after["due"] & before[f"{name}__asked"],
        side=side(pl.col("entered"), number),
    )


def known_before(work: Work, names: tuple[str, ...]) -> pl.DataFrame:
    """One row a participant: ranks of amounts, texts of categories."""
    at_baseline = of_round(work.responses, work.programme.baseline.id)
    known = covariates(at_baseline, names).frame
    if not names:
        return pl.DataFrame(height=work.cohort.people.height)
    return known.select(
        pl.col(pl.Float64).name.prefix("amount."),
        pl.col(pl.String).fill_null(UNKNOWN).name.prefix("category."),
        pl.col(pl.Float64).is_null().cast(pl.String).name.prefix("category.unknown "),
    )


def losses(used: pl.DataFrame, people: pl.DataFrame) -> dict[str, object]:
    """Of the `eligible` people the share that the analysis lacks, and the treated's less the others'."""
    might = people.filter("eligible")
    sizes = {
        each: (used.filter(pl.col("ever") == each).height, might.filter(pl.col("ever") == each).height)
        for each in (True, False)
    }
    if any(eligible == 0 for _, eligible in sizes.values()):
        return {}
    treated, others = (max(0.0, 1 - analysed / eligible) for analysed, eligible in sizes.values())
    kept = sum(min(each) for each in sizes.values())
    return {"attrition_overall": 1 - kept / might.height, "attrition_differential": treated - others}


def expanded(used: pl.DataFrame, names: list[str]) -> tuple[pl.DataFrame, list[str]]:
    """The rows with a regression's columns of these covariates (as of `known_before`), and what those are called."""
    amounts = [name for name in names if name.startswith("amount.")]
    categories = [name for name in names if name.startswith("category.")]
    ranked = used.with_columns((pl.col(amounts).rank("average") / pl.len()).fill_null(0.5))
    dummies = ranked.select(categories).to_dummies(drop_first=True) if categories else pl.DataFrame()
    columns = pl.concat([ranked, dummies], how="horizontal") if dummies.width else ranked
    return columns, [*amounts, *dummies.columns]


def adjusted(part: pl.DataFrame, names: list[str]) -> pl.DataFrame | None:
    """The effect of one period and round; none where an arm is too small or the covariates tell the arms apart."""
    treated = (pl.col("side") == TREATED).alias("ever")
    part = part.with_columns(treated)
    used = part.drop_nulls("value")
    has_baseline = used["baseline"].null_count() < used.height
    used = used.drop_nulls("baseline") if has_baseline else used
    eligible = part.filter(pl.col("baseline").is_not_null() | pl.lit(not has_baseline))
    if used.group_by("ever").len().filter(pl.col("len") > 1).height < 2:
        return None
    columns, covariates = expanded(used.with_columns(pl.col("ever").cast(pl.Float64).alias(TERM)), names)
    # Treatment stands last, so that it is the one left out where covariates determine it.
    wanted = [*(["baseline"] if has_baseline else []), *covariates, TERM]
    fitted = fit(matrix(columns, "value", wanted, cluster="cluster"))
    if fitted is None or TERM in fitted.dropped:
        return None
    only = pl.Series(fitted.names).eq(TERM).cast(pl.Float64).to_numpy()[:, None]
    method = "ancova_cr2" if has_baseline else "post_only_regression_cr2"
    found = terms((TERM,), errors(fitted, "cr2", combinations=only), method)
    return found.with_columns(*literals(base(used, part) | losses(used, eligible) | {"observations": used.height}))
