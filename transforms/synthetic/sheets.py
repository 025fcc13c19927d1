"""Writes typed answers as staff do: Thai headings, Buddhist-era dates, Thai digits, commas, words for nothing."""

import geothai
import polars as pl

from transforms.programme import Form, Question

THAI_DIGITS = dict(zip("0123456789", "๐๑๒๓๔๕๖๗๘๙", strict=True))
NOTHING = ("", "-", "ไม่ระบุ")
"""What stands in a cell without a number, by who keeps the sheet."""
IN_THAI_DIGITS = ("registered_on", "birth_year", "hours_attended", "sales_last_month_thb", "paid_hours_a_week")
KEEPER = "number"
"""The column by which sheets differ in habit: the session's number."""


def as_written(frame: pl.DataFrame, form: Form) -> pl.DataFrame:
    """One text column for each question of the form, in its order, by our names."""
    columns = [_cell(name, question).alias(name) for name, question in form.questions.items()]
    written = frame.select(KEEPER, *columns).with_columns(
        _habits(name, question).alias(name) for name, question in form.questions.items()
    )
    return written.drop(KEEPER)


def with_headings(frame: pl.DataFrame, form: Form) -> pl.DataFrame:
    """The frame with the form's headings in place of our names."""
    return frame.rename({name: question.paths[0] for name, question in form.questions.items()})


def _cell(name: str, question: Question) -> pl.Expr:
    value = pl.col(name)
    match question.type:
        case "money" | "integer":
            return value.cast(pl.Int64)
        case "year":
            return value.cast(pl.Int64) + 543
        case "date":
            return _buddhist(value, question.date_order)
        case "boolean":
            return pl.when(value).then(pl.lit("ใช่")).when(~value).then(pl.lit("ไม่ใช่"))
        case "choice":
            titles = {choice.value: choice.title.th for choice in question.choices}
            return value.replace_strict(titles, return_dtype=pl.String)
        case "province" | "district":
            return value.replace_strict(_places(question.type), return_dtype=pl.String)
        case _:
            return value.cast(pl.String)


def _buddhist(day: pl.Expr, order: str) -> pl.Expr:
    year = (day.dt.year() + 543).cast(pl.String)
    if order == "day_month_year":
        return pl.format("{}/{}", day.dt.to_string("%d/%m"), year)
    return pl.format("{}-{}", year, day.dt.to_string("%m-%d"))


def _places(kind: str) -> dict[str, str]:
    provinces = {each.code: each.name_th for each in geothai.provinces()}
    if kind == "province":
        return provinces
    return {each.code: each.name_th for code in provinces for each in geothai.districts(code)}


def _habits(name: str, question: Question) -> pl.Expr:
    """The cell as the keeper of the sheet writes it."""
    value, keeper = pl.col(name), pl.col(KEEPER)
    if question.type == "money":
        value = pl.when(keeper % 3 == 2).then(value.cast(pl.String)).otherwise(_with_commas(value))
    elif question.type in ("integer", "number", "year"):
        value = value.cast(pl.String)
    if name in IN_THAI_DIGITS:
        thai = value.str.replace_many(list(THAI_DIGITS), list(THAI_DIGITS.values()))
        value = pl.when(keeper % 5 == 3).then(thai).otherwise(value)
    if question.type in ("money", "integer", "number", "year"):
        nothing = pl.Series([word or None for word in NOTHING])
        words = (keeper % len(NOTHING)).replace_strict(dict(enumerate(nothing)), return_dtype=pl.String)
        value = value.fill_null(words)
    return value


def _with_commas(amount: pl.Expr) -> pl.Expr:
    """A whole amount below a milliard with a comma after each three digits."""
    size = amount.abs()
    low = (size % 1000).cast(pl.String).str.zfill(3)
    middle = size // 1000 % 1000
    grouped = (
        pl.when(size < 1000)
        .then(size.cast(pl.String))
        .when(size < 1_000_000)
        .then(pl.format("{},{}", middle, low))
        .otherwise(pl.format("{},{},{}", size // 1_000_000, middle.cast(pl.String).str.zfill(3), low))
    )
    return pl.when(amount < 0).then("-" + grouped).otherwise(grouped)
