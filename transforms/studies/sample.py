"""The rows and columns of one regression: what is known of them, and what was left out for which reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from transforms.errors import UserError
from transforms.regression.errors import CLUSTERED
from transforms.regression.matrix import without_singletons
from transforms.studies.result import Dropped
from transforms.studies.spec import Columns, Estimate, cluster_of, errors_of, weight_of
from transforms.studies.table import as_text, numbers

BY = " x "
"""Between the two columns of which a term is the product."""


@dataclass(frozen=True)
class Sample:
    """A regression to run: its rows, and the names of the columns that it needs.

    `of_interest`: the terms whose tests count. `unnamed`: what may be left out without a word, as others determine it
    by design. `placebos`: the terms before any treatment, which are tested jointly.
    """

    rows: pl.DataFrame
    outcome: str
    of_interest: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    absorb: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    unnamed: tuple[str, ...] = ()
    placebos: tuple[str, ...] = ()


def complete(sample: Sample, asked: Estimate, columns: Columns) -> Sample:
    """The same with numbers only, and without rows that lack something or tell nothing."""
    made = _numeric(_interacted(_numeric(_split(sample), asked), asked), asked)
    if asked.missing_covariates == "indicator":
        made = _with_indicators(made)
    weight = weight_of(asked, columns)
    arm = columns.arm if asked.arms else None
    needed = [each for each in (made.outcome, arm, weight, used_cluster(asked, columns)) if each is not None]
    needed += [*made.absorb, *made.covariates, *made.categorical, *made.of_interest]
    rows, dropped = made.rows, list(made.dropped)
    for name in dict.fromkeys(needed):
        rows = _kept(rows, pl.col(name).is_not_null(), "unknown", name, dropped)
    if weight is not None:
        rows = _weighted(rows, weight, asked, dropped)
    if asked.method == "poisson":
        rows = _told_by_zeros(rows, made, asked, dropped)
    if asked.singletons == "drop" and made.absorb:
        left = without_singletons(rows, made.absorb)
        if left.height < rows.height:
            dropped.append(Dropped("alone_in_group", ", ".join(made.absorb), rows.height - left.height))
        rows = left
    if rows.is_empty():
        said = "; ".join(f"{each.why}, {each.column}: {each.rows}" for each in dropped)
        raise UserError(
            f"estimate '{asked.name}', {made.outcome}: no row has all that is needed. Rows left out: {said}."
        )
    return replace(made, rows=rows, dropped=tuple(dropped))


def _split(sample: Sample) -> Sample:
    """Texts among the covariates become categories."""
    schema = sample.rows.schema
    texts = [each for each in sample.covariates if not (schema[each].is_numeric() or schema[each] == pl.Boolean)]
    categorical = tuple(dict.fromkeys([*texts, *sample.categorical]))
    covariates = tuple(each for each in dict.fromkeys(sample.covariates) if each not in categorical)
    return replace(sample, covariates=covariates, categorical=categorical)


def _numeric(sample: Sample, asked: Estimate) -> Sample:
    said = f"estimate '{asked.name}'"
    names = dict.fromkeys([sample.outcome, *sample.of_interest, *sample.covariates])
    return replace(sample, rows=sample.rows.with_columns(numbers(sample.rows, name, said) for name in names))


def _interacted(sample: Sample, asked: Estimate) -> Sample:
    """The same with the products of the terms of interest and each column of `interact`, and these columns alone."""
    products: dict[str, pl.Expr] = {}
    plain, categories = [], []
    for name in asked.interact:
        column = sample.rows[name]
        factors = {name: pl.col(name).cast(pl.Float64)}
        if column.dtype.is_numeric() or column.dtype == pl.Boolean:
            plain.append(name)
        else:
            categories.append(name)
            values = column.drop_nulls().unique().sort().to_list()[1:]
            factors = {f"{name}={value}": (pl.col(name) == value).cast(pl.Float64) for value in values}
        products |= {
            f"{term}{BY}{said}": pl.col(term) * factor
            for term in sample.of_interest
            for said, factor in factors.items()
        }
    return replace(
        sample,
        rows=sample.rows.with_columns(**products),
        of_interest=(*sample.of_interest, *products),
        covariates=tuple(
            dict.fromkeys([*(each for each in plain if each not in sample.of_interest), *sample.covariates])
        ),
        categorical=tuple(dict.fromkeys([*categories, *sample.categorical])),
    )


def _with_indicators(sample: Sample) -> Sample:
    """Unknown covariates become 0, each with a column that says so (Jones 1996; unbiased where arms are random)."""
    lacking = [name for name in sample.covariates if sample.rows[name].has_nulls()]
    named = {f"{name} unknown": pl.col(name).is_null().cast(pl.Float64) for name in lacking}
    texts = [name for name in sample.categorical if sample.rows[name].has_nulls()]
    rows = sample.rows.with_columns(**named).with_columns(pl.col(lacking).fill_null(0))
    rows = rows.with_columns(as_text(rows[name]).fill_null("unknown") for name in texts)
    return replace(sample, rows=rows, covariates=(*sample.covariates, *named))


def _kept(rows: pl.DataFrame, condition: pl.Expr, why: str, column: str, dropped: list[Dropped]) -> pl.DataFrame:
    left = rows.filter(condition)
    if left.height < rows.height:
        dropped.append(Dropped(why, column, rows.height - left.height))
    return left


def _weighted(rows: pl.DataFrame, weight: str, asked: Estimate, dropped: list[Dropped]) -> pl.DataFrame:
    values = numbers(rows, weight, f"estimate '{asked.name}', weight")
    if (values < 0).any():
        raise UserError(
            f"estimate '{asked.name}': {int((values < 0).sum())} weights in {weight} are negative. A weight says how "
            "many a row stands for: mend the column, or leave these rows out with where."
        )
    return _kept(rows, pl.col(weight).cast(pl.Float64) > 0, "weight_of_zero", weight, dropped)


def _told_by_zeros(rows: pl.DataFrame, sample: Sample, asked: Estimate, dropped: list[Dropped]) -> pl.DataFrame:
    """Without groups whose outcome is always 0: their effect would be minus infinity (Correia and others 2019)."""
    if (rows[sample.outcome] < 0).any():
        raise UserError(f"estimate '{asked.name}': {sample.outcome} has values below 0; poisson takes none.")
    before = rows.height + 1
    while rows.height < before:
        before = rows.height
        for effect in sample.absorb:
            rows = _kept(rows, pl.col(sample.outcome).max().over(effect) > 0, "only_zeros_in_group", effect, dropped)
    return rows


def used_cluster(asked: Estimate, columns: Columns) -> str | None:
    """The column of clusters; none for errors that know none."""
    return cluster_of(asked, columns) if errors_of(asked) in CLUSTERED else None


def levels(column: pl.Series) -> Sequence[str]:
    """The known values as texts, in the order of the values."""
    return as_text(column.drop_nulls().unique().sort()).to_list()


def by_value(rows: pl.DataFrame, name: str) -> Iterator[tuple[str, pl.Series]]:
    """Every value of a column as text, with the rows that have it."""
    texts = as_text(rows[name])
    for each in levels(rows[name]):
        yield each, (texts == each).fill_null(False)
