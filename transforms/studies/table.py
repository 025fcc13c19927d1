"""A study's table made ready: columns computed, rows chosen, what is no finite number unknown."""

import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import NDArray

from transforms.errors import UserError, nearest
from transforms.studies.spec import Computed, Study, several


def prepared(table: pl.DataFrame, study: Study) -> pl.DataFrame:
    """The rows that the study is about, with its computed columns; NaN and infinities are null."""
    rows = _finite(table)
    for name, declared in study.compute.items():
        made = (
            expression(declared, rows, f"compute: {name}")
            if isinstance(declared, str)
            else _computed(declared, rows, f"compute: {name}")
        )
        rows = _finite(rows.with_columns(made.alias(name)))
    return chosen(rows, study.where, "where")


def chosen(rows: pl.DataFrame, where: str | None, said: str) -> pl.DataFrame:
    """The rows of which a condition holds. Raises UserError where none is left."""
    if where is not None:
        condition = expression(where, rows, said)
        if rows.clear().select(condition).dtypes[0] != pl.Boolean:
            raise UserError(f'{said} = "{where}" is no condition. Compare with something, such as "age >= 18".')
        rows = rows.filter(condition)
    if rows.is_empty():
        raise UserError(f"{said}: no row is left. Loosen the condition, or check how the table writes its values.")
    return rows


def expression(text: str, rows: pl.DataFrame, said: str) -> pl.Expr:
    """What an SQL expression over the columns computes. Raises UserError where it computes nothing."""
    try:
        found = pl.sql_expr(text)
        unknown = [name for name in found.meta.root_names() if name not in rows.columns]
        if not unknown:
            rows.clear().select(found)
            return found
    except Exception as error:  # polars raises several kinds, all of them about the text
        reason = str(error).splitlines()[0].rstrip(".")
        raise UserError(f'{said} = "{text}" is no SQL expression over the columns: {reason}.') from None
    raise UserError(f'{said} = "{text}" uses {unknown[0]}, which is no column. {nearest(unknown[0], rows.columns)}')


def numbers(rows: pl.DataFrame, name: str, said: str) -> pl.Series:
    """A column as floats. Raises UserError where it holds text."""
    column = rows[name]
    if not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)):
        raise UserError(f"{said}: {name} is no column of numbers: {_texts(column)}.")
    return column.cast(pl.Float64)


def as_text(column: pl.Series) -> pl.Series:
    """Values as a specification writes them: whole numbers without a decimal point."""
    if column.dtype.is_float() and bool((column.drop_nulls() % 1 == 0).all()):
        column = column.cast(pl.Int64)
    return column.cast(pl.String)


def _texts(column: pl.Series) -> str:
    """How many values are no numbers; never the values."""
    if column.dtype != pl.String:
        return f"it holds {column.dtype}"
    wrong = column.is_not_null() & column.str.strip_chars().cast(pl.Float64, strict=False).is_null()
    if not wrong.any():
        return 'its numbers are quoted text. Cast it under [compute], such as "cast(x as double)"'
    first = int(wrong.arg_true()[0]) + 1
    return (
        f"{int(wrong.sum())} of its values are text, the first in row {first} of the rows used. If they stand for no "
        "answer, name them in missing; if they are categories, make a number of them under [compute]"
    )


def _finite(rows: pl.DataFrame) -> pl.DataFrame:
    floats = cs.float()
    return rows.with_columns(pl.when(floats.is_finite()).then(floats))


def _computed(declared: Computed, rows: pl.DataFrame, said: str) -> pl.Series:
    kinds = [each for each in (declared.winsorise, declared.standardise) if each is not None]
    if len(kinds) != 1:
        raise UserError(f"{said}: declare an SQL expression, or one of winsorise and standardise.")
    for name in (*several(declared.winsorise), *several(declared.standardise), *declared.by):
        if name not in rows.columns:
            raise UserError(f"{said}: there is no column {name}. {nearest(name, rows.columns)}")
    return _winsorised(declared, rows, said) if declared.winsorise else _standardised(declared, rows, said)


def _winsorised(declared: Computed, rows: pl.DataFrame, said: str) -> pl.Series:
    values = numbers(rows, declared.winsorise or "", said)
    made = np.full(rows.height, np.nan)
    for places in _groups(rows, declared.by):
        group = values.gather(places).to_numpy()
        known = group[~np.isnan(group)]
        if len(known):
            low, high = (_quantile(known, share, declared) for share in (declared.lower, declared.upper))
            made[places] = np.clip(group, low, high)
    return pl.Series(made).fill_nan(None)


def _quantile(known: NDArray[np.float64], share: float, declared: Computed) -> float:
    method = "linear" if declared.quantile == "interpolated" else "averaged_inverted_cdf"
    return float(np.quantile(known, share, method=method))  # type: ignore[call-overload]


def _standardised(declared: Computed, rows: pl.DataFrame, said: str) -> pl.Series:
    inside = pl.repeat(True, rows.height, dtype=pl.Boolean, eager=True)
    if declared.reference is not None:
        inside = rows.select(expression(declared.reference, rows, f"{said}, reference")).to_series().fill_null(False)
    made = []
    for name in several(declared.standardise):
        values, scores = numbers(rows, name, said).to_numpy(), np.full(rows.height, np.nan)
        for places in _groups(rows, declared.by):
            reference = values[places][inside.gather(places).to_numpy()]
            reference = reference[~np.isnan(reference)]
            if len(reference) > 1 and np.std(reference) > 0:
                scores[places] = (values[places] - reference.mean()) / np.std(reference, ddof=1)
        made.append(pl.Series(name, scores).fill_nan(None))
    return pl.DataFrame(made).mean_horizontal()


def _groups(rows: pl.DataFrame, by: tuple[str, ...]) -> list[NDArray[np.int64]]:
    if not by:
        return [np.arange(rows.height)]
    numbered = rows.select(by).with_row_index("_row").group_by(by, maintain_order=True).agg("_row")
    return [each.cast(pl.Int64).to_numpy() for each in numbered["_row"]]
