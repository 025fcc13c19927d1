"""How alike the arms of each effect were at the registration, among the very people whom it rests on.

Of an amount Hedges' g: J (m_T - m_C) / pooled standard deviation, J = 1 - 3 / (4 N - 9) (Hedges 1981). Of a share Cox's
index: J (logit p_T - logit p_C) / 1.65 (What Works Clearinghouse, Procedures Handbook 5.0); where a share is 0 or 1
both arms' counts are taken a half larger. People are not weighted.
"""

from collections.abc import Iterator

import polars as pl

from transforms import tables
from transforms.estimating.covariates import UNKNOWN, covariates
from transforms.estimating.similar import similar
from transforms.estimating.work import Work, quantities
from transforms.estimators.between_arms import COMPARISON, TREATED, side
from transforms.estimators.cohort import of_round
from transforms.programme import DISTRIBUTIONS, Indicator

NOT_COMPARED = ("count", "transition", "cost", *DISTRIBUTIONS)
"""The statistics without an outcome of every unit to compare."""
OUTCOME = "@baseline"
"""The covariate that is the outcome itself at the baseline."""
Places = dict[str, tuple[str, str, bool]]
"""Of each column: the covariate, the category and whether it is a share."""
COMMON = 0.1
"""A category that fewer people of the sample are in, of more than two, tells more of chance than of the arms."""


def arms_balance(work: Work) -> pl.DataFrame:
    """The table ArmsBalance."""
    frames = list(_of_effects(work))
    return tables.ArmsBalance.validate(
        pl.concat([tables.ArmsBalance.create_empty(), *frames], how="diagonal"), cast=True
    )


def compared(work: Work) -> dict[str, Indicator]:
    """The indicators of which an effect is estimated."""
    return {
        name: each
        for name, each in work.programme.indicators.items()
        if each.statistic not in NOT_COMPARED and "effect" in quantities(each, work.programme)
    }


def _of_effects(work: Work) -> Iterator[pl.DataFrame]:
    for name, indicator in compared(work).items():
        yield from balances(work, name, indicator)


def balances(work: Work, name: str, indicator: Indicator) -> Iterator[pl.DataFrame]:
    """The rows of ArmsBalance of one indicator, a round at a time. A matched one is not about its own baseline."""
    baseline = work.programme.baseline.id
    before = work.cohort.rounds[baseline]
    is_matched = indicator.statistic == "matched"
    declared = work.programme.weights.covariates if work.programme.weights and not is_matched else ()
    names = tuple(dict.fromkeys((*declared, *indicator.covariates)))
    columns, places = _columns(of_round(work.responses, baseline), names)
    if before[name].null_count() < before.height and indicator.per is None and not is_matched:
        columns.append(before[name].alias(OUTCOME))
        places[OUTCOME] = (OUTCOME, "", before[name].dtype == pl.Boolean)
    for number, each in enumerate(work.programme.rounds):
        if number == 0 or not places or (indicator.rounds and each.id not in indicator.rounds):
            continue
        known = work.cohort.rounds[each.id][name].is_not_null()
        if OUTCOME in places:
            known = known & before[name].is_not_null()
        sides = work.cohort.people.select(side=side(pl.col("entered"), number))["side"]
        stratum = similar(work, name, indicator, number) if is_matched else sides.is_null().alias("stratum")
        people = pl.DataFrame([work.cohort.people["period"], sides, stratum, *columns])
        people = people.filter(known & sides.is_not_null())
        rows = _compared(people, places)
        if is_matched:
            rows = rows.join(_after(people, places), on=["period", "covariate", "category"], how="left")
        yield rows.with_columns(indicator=pl.lit(name), round=pl.lit(each.id))


def _after(people: pl.DataFrame, places: Places) -> pl.DataFrame:
    """By period, covariate and category the arms as matched: the comparison as its strata's treated are many."""
    kept = people.drop_nulls("stratum")
    treated = pl.col("side") == TREATED
    of_stratum = ["period", "stratum"]
    weight = pl.when(treated).then(1.0).otherwise(treated.sum().over(of_stratum) / (~treated).sum().over(of_stratum))
    rows = _compared(kept.with_columns(weight=weight), places, spread=people)
    named = {name: f"{name}_matched" for name in ("treated", "comparison", "difference")}
    return rows.select("period", "covariate", "category", *named).rename(named)


def _columns(at_registration: pl.DataFrame, names: tuple[str, ...]) -> tuple[list[pl.Series], Places]:
    """A column an amount and one a common category, and what each is: covariate, category, whether a share."""
    known = covariates(at_registration, names)
    columns, places = [], {}
    for name in known.amounts:
        columns.append(known.frame[name])
        places[name] = (name, "", False)
    for name in known.categories:
        values = known.frame[name].fill_null(UNKNOWN)
        sizes = values.value_counts().sort(["count", name], descending=[True, False])
        many = sizes.height > 2
        told = sizes if many else sizes[:1]
        for category, size in told.iter_rows():
            if many and size < COMMON * values.len():
                continue
            columns.append((values == category).alias(f"{name}={category}"))
            places[f"{name}={category}"] = (name, category, True)
    return columns, places


def _compared(people: pl.DataFrame, places: Places, spread: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row a period and column: each arm's mean or share, and the standardised difference.

    Means are weighted where people have a `weight`; `spread`: whose spread they are held against, these people's else.
    """
    weight = pl.col("weight") if "weight" in people.columns else pl.lit(1.0)
    by = ["period", "side"]
    means = people.group_by(by).agg(
        *(_mean(pl.col(column).cast(pl.Float64), weight).alias(f"mean|{column}") for column in places),
        *(pl.col(column).count().cast(pl.Float64).alias(f"n|{column}") for column in places),
    )
    of_spread = (people if spread is None else spread).group_by(by)
    variances = of_spread.agg(pl.col(column).cast(pl.Float64).var().alias(f"var|{column}") for column in places)
    statistics = means.join(variances, on=by)
    arms = [statistics.filter(pl.col("side") == each).drop("side") for each in (TREATED, COMPARISON)]
    pair = arms[0].join(arms[1], on="period", suffix="|c").sort("period")
    return pl.concat([_difference(pair, column, *place) for column, place in places.items()])


def _mean(values: pl.Expr, weight: pl.Expr) -> pl.Expr:
    return ((values * weight).sum() / (values.is_not_null() * weight).sum()).fill_nan(None)  # of nobody none


def _difference(pair: pl.DataFrame, column: str, covariate: str, category: str, is_share: bool) -> pl.DataFrame:
    treated, comparison = (pl.col(f"mean|{column}{suffix}") for suffix in ("", "|c"))
    n, n_c = (pl.col(f"n|{column}{suffix}") for suffix in ("", "|c"))
    small = 1 - 3 / (4 * (n + n_c) - 9)
    if is_share:
        at_an_end = pl.any_horizontal(each.is_in([0.0, 1.0]) for each in (treated, comparison))
        odds = [
            pl.when(at_an_end).then((share * many + 0.5) / (many - share * many + 0.5)).otherwise(share / (1 - share))
            for share, many in ((treated, n), (comparison, n_c))
        ]
        gap = (odds[0].log() - odds[1].log()) / 1.65
    else:
        squares = (n - 1) * pl.col(f"var|{column}") + (n_c - 1) * pl.col(f"var|{column}|c")
        gap = (treated - comparison) / (squares / (n + n_c - 2)).sqrt()
    difference = pl.when(treated == comparison).then(0.0).otherwise(small * gap)
    return pair.select(
        "period",
        pl.lit("").alias("indicator"),
        pl.lit("").alias("round"),
        pl.lit(covariate).alias("covariate"),
        pl.lit(category).alias("category"),
        n.cast(pl.Int64).alias("n"),
        n_c.cast(pl.Int64).alias("n_comparison"),
        treated.alias("treated"),
        comparison.alias("comparison"),
        pl.when(difference.is_finite()).then(difference).alias("difference"),
    )
