"""A study's means, totals and ratios of a sample that was drawn by a design."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.errors import UserError, nearest
from transforms.estimators.propensity import kish
from transforms.estimators.raking import Margins, raked
from transforms.regression.matrix import groups
from transforms.studies.result import Dropped, Result, Term
from transforms.studies.sample import by_value, levels
from transforms.studies.spec import Columns, Estimate, Margin, several, weight_of
from transforms.studies.survey import Design, Floats, Integers, Stage, ratio, total
from transforms.studies.table import as_text, chosen, numbers


def survey(rows: pl.DataFrame, outcome: str, asked: Estimate, columns: Columns) -> Iterator[Result]:
    """The estimates of one outcome, one for each domain. A column of texts is a share for each of its values.

    `where` is a domain too: the rows that it leaves out still say how the sample was drawn.
    """
    design, drawn = _design(rows, asked, columns)
    chosen(drawn, asked.where, f"estimate '{asked.name}', where")
    for domain, inside in _domains(drawn, asked):
        known = inside & drawn[outcome].is_not_null()
        if asked.per:
            known &= drawn[asked.per].is_not_null()
        unknown = int((inside & ~known).sum())
        yield Result(
            outcome=outcome,
            rows=int(known.sum()),
            terms=tuple(_terms(drawn, outcome, asked, design, known.to_numpy())) if known.any() else (),
            units=drawn.filter(known)[columns.unit].n_unique() if columns.unit else None,
            clusters=len(np.unique(design.stages[0].clusters)),
            dropped=(Dropped("unknown", outcome, unknown),) if unknown else (),
            kish_deff=kish(design.weights[known.to_numpy()]),
            domain=domain,
        )


def _domains(rows: pl.DataFrame, asked: Estimate) -> Iterator[tuple[str | None, pl.Series]]:
    inside = pl.repeat(True, rows.height, dtype=pl.Boolean, eager=True)
    if asked.where is not None:
        inside = rows.select(pl.sql_expr(asked.where)).to_series().fill_null(False)
    if asked.over is None:
        yield None, inside
        return
    for value, here in by_value(rows, asked.over):
        yield f"{asked.over}={value}", inside & here


def _terms(
    rows: pl.DataFrame, outcome: str, asked: Estimate, design: Design, inside: NDArray[np.bool_]
) -> Iterator[Term]:
    per = _number(rows, asked.per, asked) if asked.method == "ratio" and asked.per else np.ones(rows.height)
    for name, values in _values(rows, outcome, asked).items():
        made = total(values, design, inside) if asked.method == "total" else ratio(values, per, design, inside)
        df = float(design.df) if asked.distribution == "t" else float("inf")
        yield Term(name, made.value, float(np.sqrt(made.variance)), df, of_interest=False)


def _values(rows: pl.DataFrame, outcome: str, asked: Estimate) -> dict[str, Floats]:
    column = rows[outcome]
    if column.dtype != pl.String:
        return {outcome: _number(rows, outcome, asked)}
    return {
        f"{outcome}={value}": (column == value).cast(pl.Float64).fill_null(0.0).to_numpy() for value in levels(column)
    }


def _number(rows: pl.DataFrame, name: str, asked: Estimate) -> Floats:
    found: Floats = numbers(rows, name, f"estimate '{asked.name}'").fill_null(0.0).to_numpy()
    return found


def _design(rows: pl.DataFrame, asked: Estimate, columns: Columns) -> tuple[Design, pl.DataFrame]:
    """The design, and the rows that it is about: those whose weight and place in the design are known."""
    weight = weight_of(asked, columns)
    named = [each for each in (weight, *several(columns.cluster), *several(columns.stratum)) if each]
    rows = rows.drop_nulls([*named, *several(columns.population)])
    if weight is not None and (numbers(rows, weight, f"estimate '{asked.name}', weight") < 0).any():
        raise UserError(f"estimate '{asked.name}': {weight} has negative weights. A weight says how many a row is for.")
    weights = _number(rows, weight, asked) if weight else np.ones(rows.height)
    design = Design(tuple(_stages(rows, asked, columns)), weights)
    if not asked.margins:
        return design, rows
    cells = tuple(groups(as_text(rows[each.by])) for each in asked.margins)
    totals = [_totals(rows, each, asked) for each in asked.margins]
    try:
        fitted = raked(weights, cells, totals)
    except ArithmeticError:
        raise UserError(
            f"estimate '{asked.name}': no weights meet all margins. Check that their totals agree."
        ) from None
    return Design(design.stages, fitted, Margins(cells, weights)), rows


def _stages(rows: pl.DataFrame, asked: Estimate, columns: Columns) -> Iterator[Stage]:
    strata, populations, clusters = (several(each) for each in (columns.stratum, columns.population, columns.cluster))
    for stage in range(max(len(clusters), len(populations), 1)):
        population = populations[stage] if stage < len(populations) else None
        if stage and population is None:
            return  # without a correction of the first stage, the later ones change nothing
        yield Stage(
            strata=groups(rows[strata[stage]]) if stage < len(strata) else np.zeros(rows.height, dtype=np.int64),
            clusters=_clusters(rows, clusters[stage], strata[stage : stage + 1])
            if stage < len(clusters)
            else np.arange(rows.height),
            population=_number(rows, population, asked) if population else np.full(rows.height, np.inf),
        )


def _clusters(rows: pl.DataFrame, name: str, strata: tuple[str, ...]) -> Integers:
    """Numbers of clusters; those of one name in two strata are two."""
    return groups(rows.select(pl.struct(*strata, name).rank("dense")).to_series())


def _totals(rows: pl.DataFrame, margin: Margin, asked: Estimate) -> Floats:
    values = as_text(rows[margin.by]).unique().sort().to_list()
    for value in values:
        if value is None or value not in margin.totals:
            raise UserError(
                f"estimate '{asked.name}': the margin of {margin.by} has no total for {value or 'unknown values'}. "
                f"{nearest(str(value), margin.totals)}"
            )
    for value in margin.totals:
        if value not in values:
            raise UserError(
                f"estimate '{asked.name}': no row is in {margin.by} = {value}, of which the margin has a total. "
                "Join it with another value."
            )
    return np.array([margin.totals[value] for value in values])
