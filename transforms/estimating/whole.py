"""What is told of the whole programme at once: counts, by every breakdown, and models."""

from collections.abc import Iterator

import polars as pl

from transforms import tables
from transforms.estimating.ancova import ancovas
from transforms.estimating.distribution import distributions
from transforms.estimating.matched import matched
from transforms.estimating.work import Work
from transforms.estimators.cohort import PROGRAMME
from transforms.estimators.counting import counts
from transforms.estimators.models import MODELS


def of_whole(work: Work) -> Iterator[pl.DataFrame]:
    """Frames with the columns of Estimates that each statistic knows."""
    for told in TOLD:
        yield from told(work)


def _counts(work: Work) -> Iterator[pl.DataFrame]:
    programme = work.programme
    for name, indicator in programme.indicators.items():
        if indicator.statistic != "count":
            continue
        if indicator.rows == "enrolments":
            counted = counts(work.enrolments, name, indicator, programme, programme.baseline.id)
        else:
            wanted = pl.col("answered")
            if indicator.rounds:
                wanted = wanted & pl.col("round").is_in(indicator.rounds)
            counted = counts(work.responses.filter(wanted), name, indicator, programme)
        yield counted.with_columns(quantity=pl.lit("count"))


def _models(work: Work) -> Iterator[pl.DataFrame]:
    for name, indicator in work.programme.indicators.items():
        if indicator.statistic not in MODELS or work.programme.design.treatment is None:
            continue
        for rows in MODELS[indicator.statistic](work.cohort, name, indicator, work.programme):
            yield _of_programme(rows, name)


def _matched(work: Work) -> Iterator[pl.DataFrame]:
    for name, indicator in work.programme.indicators.items():
        if indicator.statistic == "matched" and work.programme.design.treatment is not None:
            for rows in matched(work, name, indicator):
                yield _of_programme(rows, name)


def _ancovas(work: Work) -> Iterator[pl.DataFrame]:
    for name, indicator in work.programme.indicators.items():
        if indicator.statistic == "ancova" and work.programme.design.treatment is not None:
            for rows in ancovas(work, name, indicator):
                yield _of_programme(rows, name)


def _of_programme(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Effects for the whole programme."""
    return rows.with_columns(
        indicator=pl.lit(name),
        quantity=pl.lit("effect"),
        arm=pl.lit("both"),
        by=pl.lit(PROGRAMME),
        group=pl.lit(tables.EVERYONE),
    )


TOLD = (_counts, _models, _ancovas, _matched, distributions)
"""What is told of the whole programme."""
