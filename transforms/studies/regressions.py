"""A study's regressions: from a specification and its rows to terms, tests and arms."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from scipy.special import fdtrc

from transforms.errors import UserError, nearest
from transforms.estimators.propensity import kish
from transforms.regression.absorbing import Floats
from transforms.regression.errors import CLUSTERED, LEVERAGED, Errors, errors, is_nested
from transforms.regression.least_squares import Fit, fit
from transforms.regression.matrix import CONSTANT, Absorbed, Matrix, matrix
from transforms.regression.poisson import poisson
from transforms.studies.designs import designed
from transforms.studies.result import Arm, Joint, Result, Term
from transforms.studies.sample import Sample, by_value, complete, used_cluster
from transforms.studies.spec import Columns, Estimate, errors_of, weight_of

MOST_CELLS = 100_000_000
"""The largest matrix of effects as columns: 0.8 GB."""


def regression(rows: pl.DataFrame, outcome: str, asked: Estimate, columns: Columns) -> Result:
    """The estimates of one outcome. Raises UserError where the rows tell nothing."""
    sample = complete(designed(rows, outcome, asked, columns), asked, columns)
    found = _fitted(sample, asked, columns)
    return Result(
        outcome=outcome,
        rows=sample.rows.height,
        units=_count(sample.rows, columns.unit),
        clusters=_count(sample.rows, used_cluster(asked, columns)),
        dropped=sample.dropped,
        left_out=tuple(each for each in found.dropped if each not in sample.unnamed),
        r2=found.r2,
        within=found.within,
        kish_deff=_kish(sample.rows, asked, columns),
        terms=tuple(_terms(found, sample, asked)),
        tests=tuple(_joint(found, sample, asked)),
        arms=tuple(_arms(sample, asked, columns)),
    )


def _fitted(sample: Sample, asked: Estimate, columns: Columns) -> Fit:
    said = f"estimate '{asked.name}', {sample.outcome}"
    made = _matrix(sample, asked, columns, "all")
    if errors_of(asked) in LEVERAGED:
        absorbed: Absorbed = "none" if errors_of(asked) == "cr2" and _must_be_columns(made) else "largest"
        _check_size(made, absorbed, said)
        made = _matrix(sample, asked, columns, absorbed)
    try:
        found = poisson(made) if asked.method == "poisson" else fit(made)
    except ArithmeticError:
        raise UserError(f"{said}: the iterations do not end. A term may tell where the outcome is always 0.") from None
    if found is None:
        raise UserError(
            f"{said}: {sample.rows.height} rows are too few to tell {len(made.names)} terms and the effects apart, or"
            "  the effects determine every term. Take terms or effects out."
        )
    return found


def _must_be_columns(of: Matrix) -> bool:
    """CR2 on demeaned columns is exact only for effects nested in clusters and without weights."""
    return bool(of.by) and (not is_nested(of.by[0], of.clusters) or bool(np.ptp(of.weights) > 0))


def _check_size(of: Matrix, absorbed: Absorbed, said: str) -> None:
    """Raises UserError where the effects that become columns are too many."""
    many = sum(int(each.max()) + 1 for each in of.by[1 if absorbed == "largest" else 0 :])
    if many * len(of.y) > MOST_CELLS:
        raise UserError(
            f"{said}: these errors need a column for each of {many} absorbed effects, which is too many (cr2 of the "
            "largest effect too, where rows are weighted or the effect lies in several clusters). Take errors = "
            '"cr1", or weighted = false.'
        )


def _matrix(sample: Sample, asked: Estimate, columns: Columns, absorbed: Absorbed) -> Matrix:
    return matrix(
        sample.rows,
        sample.outcome,
        (*sample.of_interest, *sample.covariates),
        sample.categorical,
        sample.absorb,
        used_cluster(asked, columns),
        weight_of(asked, columns),
        absorbed=absorbed,
    )


def _errors(found: Fit, asked: Estimate, combinations: Floats | None = None) -> Errors:
    return errors(found, errors_of(asked), combinations=combinations, correction=asked.correction)


def _terms(found: Fit, sample: Sample, asked: Estimate) -> Iterator[Term]:
    wanted = _errors(found, asked)
    of_interest = sample.of_interest or (CONSTANT,)
    for name, value, error, df in zip(found.terms, wanted.values, wanted.standard_errors, wanted.df, strict=True):
        yield Term(name, float(value), float(error), float(df), name in of_interest)
    if asked.combinations:
        columns = np.column_stack([_column(found, each, asked) for each in asked.combinations.values()])
        made = _errors(found, asked, columns)
        for name, value, error, df in zip(asked.combinations, made.values, made.standard_errors, made.df, strict=True):
            yield Term(name, float(value), float(error), float(df))


def _column(found: Fit, combination: dict[str, float], asked: Estimate) -> Floats:
    column = np.zeros(len(found.names))
    for name, factor in combination.items():
        column[_place(found, name, asked)] = factor
    return column


def _place(found: Fit, name: str, asked: Estimate) -> int:
    if name not in found.terms:
        left_out = " It was left out, because others determine it." if name in found.dropped else ""
        raise UserError(
            f"estimate '{asked.name}': there is no term '{name}' to combine or test.{left_out} "
            f"{nearest(name, found.terms)}"
        )
    return found.names.index(name)


def _joint(found: Fit, sample: Sample, asked: Estimate) -> Iterator[Joint]:
    wanted = dict(asked.joint)
    placebos = tuple(each for each in sample.placebos if each in found.terms)
    if placebos:
        wanted["before"] = placebos
    for name, terms in wanted.items():
        columns = np.zeros((len(found.names), len(terms)))
        for place, term in enumerate(terms):
            columns[_place(found, term, asked), place] = 1
        made = _errors(found, asked, columns)
        left = found.of.n_clusters - 1 if errors_of(asked) in CLUSTERED else found.left
        yield _wald(name, terms, made, float("inf") if asked.distribution == "normal" else float(left))


def _wald(name: str, terms: Sequence[str], made: Errors, left: float) -> Joint:
    inverse = np.linalg.pinv(made.covariance, hermitian=True)
    many = int(np.linalg.matrix_rank(made.covariance, hermitian=True))
    statistic = float(made.values @ inverse @ made.values) / many if many else float("nan")
    # Beyond a billion degrees of freedom F is chi-square / df to every printed digit.
    return Joint(name, tuple(terms), statistic, many, left, float(fdtrc(many, min(left, 1e9), statistic)))


def _count(rows: pl.DataFrame, name: str | None) -> int | None:
    return rows[name].n_unique() if name else None


def _kish(rows: pl.DataFrame, asked: Estimate, columns: Columns) -> float | None:
    weight = weight_of(asked, columns)
    return kish(rows[weight].cast(pl.Float64).to_numpy()) if weight else None


def _arms(sample: Sample, asked: Estimate, columns: Columns) -> Iterator[Arm]:
    """The arms as they are among the rows used; none where the study declares none."""
    if columns.arm is None:
        return
    weight = weight_of(asked, columns)
    for name, inside in by_value(sample.rows, columns.arm):
        rows = sample.rows.filter(inside)
        y = rows[sample.outcome].to_numpy()
        w = rows[weight].cast(pl.Float64).to_numpy() if weight else np.ones(len(y))
        mean = float(np.average(y, weights=w))
        # With the n of unweighted data, as Stata's summarize with aweights.
        spread = float(w @ (y - mean) ** 2) / float(w.sum()) * len(y) / (len(y) - 1) if len(y) > 1 else float("nan")
        units, clusters = (_count(rows, each) for each in (columns.unit, used_cluster(asked, columns)))
        yield Arm(name, rows.height, units, clusters, mean, spread**0.5)
