"""How alike the arms of each effect were at the registration, among the very people whom it rests on.

People are not weighted. Most effects of a round rest on the same people: these are held together once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from transforms import tables
from transforms.estimating.covariates import UNKNOWN, covariates
from transforms.estimating.similar import similar
from transforms.estimating.standardised import Places, differences
from transforms.estimating.work import Work, quantities
from transforms.estimators.alike import Alike
from transforms.estimators.between_arms import TREATED, side
from transforms.estimators.cohort import of_round
from transforms.programme import DISTRIBUTIONS, Indicator

NOT_COMPARED = ("count", "transition", "cost", *DISTRIBUTIONS)
"""The statistics without an outcome of every unit to compare."""
OUTCOME = "@baseline"
"""The covariate that is the outcome itself at the baseline."""
COMMON = 0.1
"""A category that fewer people of the sample are in, of more than two, tells more of chance than of the arms."""


def arms_balance(work: Work) -> pl.DataFrame:
    """The table ArmsBalance."""
    frames = [
        *(
            each
            for name, indicator in compared(work).items()
            if indicator.statistic == "matched"
            for each in of_matched(work, name, indicator)
        ),
        *_of_others(work),
    ]
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


def of_matched(work: Work, name: str, indicator: Indicator) -> Iterator[pl.DataFrame]:
    """The rows of ArmsBalance of a matched effect, a round at a time: before and after matching."""
    columns, places = _columns(_at_registration(work), indicator.covariates)
    for number, round_id in _rounds(work, indicator):
        sides = _sides(work, number)
        stratum = similar(work, name, indicator, number)
        people = pl.DataFrame([work.cohort.people["period"], sides, stratum, *columns])
        people = people.filter(work.cohort.rounds[round_id][name].is_not_null() & sides.is_not_null())
        if places:
            rows = pl.concat(differences(people, places).values())
            rows = rows.join(_after(people, places), on=["period", "covariate", "category"], how="left")
            yield rows.with_columns(indicator=pl.lit(name), round=pl.lit(round_id))


def _after(people: pl.DataFrame, places: Places) -> pl.DataFrame:
    """By period, covariate and category the arms as matched: the comparison as its strata's treated are many."""
    kept = people.drop_nulls("stratum")
    treated = pl.col("side") == TREATED
    of_stratum = ["period", "stratum"]
    weight = pl.when(treated).then(1.0).otherwise(treated.sum().over(of_stratum) / (~treated).sum().over(of_stratum))
    rows = pl.concat(differences(kept.with_columns(weight=weight), places, spread=people).values())
    named = {name: f"{name}_matched" for name in ("treated", "comparison", "difference")}
    return rows.select("period", "covariate", "category", *named).rename(named)


@dataclass(frozen=True)
class Sample:
    """Effects of one round that rest on the same people, and are held together by the same covariates."""

    analysed: pl.Series
    covariates: tuple[str, ...]
    indicators: list[str]


def _of_others(work: Work) -> Iterator[pl.DataFrame]:
    at_registration = _at_registration(work)
    for number, each in enumerate(work.programme.rounds[1:], start=1):
        sides = _sides(work, number)
        for sample in _samples(work, each.id):
            columns, places = _columns(at_registration, sample.covariates)
            outcomes = [_outcome(work, name) for name in sample.indicators if _has_outcome(work, name)]
            of_outcomes = {column.name: (OUTCOME, "", column.dtype == pl.Boolean) for column in outcomes}
            people = pl.DataFrame([work.cohort.people["period"], sides, *columns, *outcomes])
            found = differences(people.filter(sample.analysed & sides.is_not_null()), places | of_outcomes)
            for name in sample.indicators:
                own = [found[column] for column in (*places, OUTCOME + name) if column in found]
                if own:
                    yield pl.concat(own).with_columns(indicator=pl.lit(name), round=pl.lit(each.id))


def _samples(work: Work, round_id: str) -> list[Sample]:
    """The samples of the effects at one round."""
    now, declared = work.cohort.rounds[round_id], work.programme.weights.covariates if work.programme.weights else ()
    told, samples = Alike(), dict[tuple[str, tuple[str, ...]], Sample]()
    for name, indicator in compared(work).items():
        if indicator.statistic == "matched" or (indicator.rounds and round_id not in indicator.rounds):
            continue
        analysed = now[name].is_not_null()
        if _has_outcome(work, name):
            analysed = analysed & _outcome(work, name).is_not_null()
        covariates = tuple(dict.fromkeys((*declared, *indicator.covariates)))
        key = (told.first(analysed.alias(name)), covariates)
        samples.setdefault(key, Sample(analysed, covariates, [])).indicators.append(name)
    return list(samples.values())


def _has_outcome(work: Work, name: str) -> bool:
    values = _outcome(work, name)
    return values.null_count() < values.len() and work.programme.indicators[name].per is None


def _outcome(work: Work, name: str) -> pl.Series:
    return work.cohort.rounds[work.programme.baseline.id][name].alias(OUTCOME + name)


def _rounds(work: Work, indicator: Indicator) -> list[tuple[int, str]]:
    """The numbers and ids of the rounds at which its effect is told."""
    followed = enumerate(work.programme.rounds[1:], start=1)
    return [(number, each.id) for number, each in followed if not indicator.rounds or each.id in indicator.rounds]


def _sides(work: Work, number: int) -> pl.Series:
    return work.cohort.people.select(side=side(pl.col("entered"), number))["side"]


def _at_registration(work: Work) -> pl.DataFrame:
    return of_round(work.responses, work.programme.baseline.id)


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
