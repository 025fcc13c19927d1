"""Turns measurements into estimates: value, interval, n, clusters, df, p and q, for every area and subgroup."""

from dataclasses import dataclass

import polars as pl
import polars.selectors as cs

from transforms import tables
from transforms.estimating.beside_money import beside_money
from transforms.estimating.beside_moves import beside_moves
from transforms.estimating.bounding import bounds
from transforms.estimating.comparability import comparability
from transforms.estimating.costs import costs
from transforms.estimating.likeness import arms_balance
from transforms.estimating.moves import transitions
from transforms.estimating.rounds import of_round
from transforms.estimating.seasons import seasons
from transforms.estimating.silence import nonresponse
from transforms.estimating.whole import of_whole
from transforms.estimating.work import Work, work
from transforms.estimators.cohort import PROGRAMME
from transforms.estimators.finishing import Finishing
from transforms.estimators.spread import spreads
from transforms.programme import Programme

SIGNIFICANT_DIGITS = 12


@dataclass(frozen=True)
class Estimated:
    """What estimating makes: the tables of these names."""

    estimates: pl.DataFrame
    transitions: pl.DataFrame
    bounds: pl.DataFrame
    nonresponse: pl.DataFrame
    arms_balance: pl.DataFrame
    comparability: pl.DataFrame
    seasons: pl.DataFrame


def estimate(
    responses: pl.DataFrame, measurements: pl.DataFrame, enrolments: pl.DataFrame, programme: Programme
) -> Estimated:
    """Every estimate of one programme, for the whole of it and every breakdown, and what they can be held to."""
    of_programme = work(responses, measurements, enrolments, programme)
    estimates = _estimates(of_programme)
    balance = arms_balance(of_programme)
    return Estimated(
        estimates=estimates,
        transitions=transitions(of_programme),
        bounds=bounds(of_programme, estimates),
        nonresponse=nonresponse(of_programme),
        arms_balance=balance,
        comparability=comparability(of_programme, balance),
        seasons=seasons(of_programme),
    )


def _estimates(work: Work) -> pl.DataFrame:
    finish = Finishing(work.programme, spreads(work.cohort, work.programme))
    whole = [tables.Estimates.create_empty(), *of_whole(work)]
    finished = []
    for round_number in range(len(work.programme.rounds)):
        found = list(of_round(work, round_number))
        # Families of the whole programme's effects include the models', those of a breakdown are of one round.
        whole += [each.filter(by=PROGRAMME) for each in found]
        finished.append(finish.finished([each.filter(pl.col("by") != PROGRAMME) for each in found]))
    whole += costs(work, whole)
    beside = finish.beside([*beside_money(work), *beside_moves(work)])
    estimates = pl.concat([finish.finished(whole), beside, *finished], rechunk=False)
    # Sums over threads differ in their last bits from run to run; the same input gives the same estimates.
    rounded = estimates.with_columns(cs.float().round_sig_figs(SIGNIFICANT_DIGITS))
    return tables.Estimates.validate(rounded, cast=True)
