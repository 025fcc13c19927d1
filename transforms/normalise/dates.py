"""Dates as people write them: Buddhist or Christian years, names of months, Excel's day numbers."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import polars as pl

from transforms.normalise.reading import Reading, Rules, reading
from transforms.normalise.text import with_arabic_digits
from transforms.normalise.years import BUDDHIST, christian
from transforms.programme import Question

EARLIEST = date(1901, 1, 1)
"""1900 is what spreadsheets make of nothing."""

_EPOCH = date(1899, 12, 30)
_DECADES = timedelta(days=365 * 50)

# [0-9], since \d means the digits of every script.
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_SEPARATOR = r"\s*[/\-. ]\s*"
_YEAR_FIRST = rf"^([0-9]{{4}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}})$"
_YEAR_LAST = rf"^([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{4}})$"
_YEAR_IN_SHORT = rf"^([0-9]{{1,2}}{_SEPARATOR}(?:[0-9]{{1,2}}|[a-zก-์.]+){_SEPARATOR})([0-9]{{2}})$"
_DAY_MONTH_NAME = r"^([0-9]{1,2})(?:st|nd|rd|th)?[\s\-/]*([a-zก-์][a-zก-์.]*)[\s\-/,]*([0-9]{4})$"
_MONTH_NAME_DAY = r"^([a-z]+)\.?\s*([0-9]{1,2})(?:st|nd|rd|th)?\s*,?\s*([0-9]{4})$"
_SERIAL = r"^([0-9]{5,6})(?:\.[0-9]+)?$"
_TIME = r"[t\s,]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.][0-9]{2}(?:\.[0-9]+)?)?\s*(?:น\.?)?\s*(z|[+-][0-9]{2}:?[0-9]{2})?$"

_THAI_MONTHS = (
    ("มกราคม", "มค"),
    ("กุมภาพันธ์", "กพ"),
    ("มีนาคม", "มีค"),
    ("เมษายน", "เมย"),
    ("พฤษภาคม", "พค"),
    ("มิถุนายน", "มิย"),
    ("กรกฎาคม", "กค"),
    ("สิงหาคม", "สค"),
    ("กันยายน", "กย"),
    ("ตุลาคม", "ตค"),
    ("พฤศจิกายน", "พย"),
    ("ธันวาคม", "ธค"),
)
_ENGLISH_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTHS = {
    **{name: month for month, names in enumerate(_THAI_MONTHS, start=1) for name in names},
    **{name: month for month, full in enumerate(_ENGLISH_MONTHS, start=1) for name in (full, full[:3])},
    "sept": 9,
}


@dataclass(frozen=True)
class Calendar:
    """Which days an answer may name, and the zone in which an instant is a day.

    A day after `today` is one of a wrong clock up to `latest`, and beyond it out of range. Where the future may be
    meant, `today` is no bound.
    """

    earliest: date
    today: date
    latest: date
    zone: str

    @classmethod
    def of(cls, question: Question, today: date, zone: str) -> "Calendar":
        """The calendar of a question's answers."""
        if question.may_be_future:
            return cls(EARLIEST, today + _DECADES, today + _DECADES, zone)
        return cls(EARLIEST, today, today + timedelta(days=1), zone)


def day(question: Question, calendar: Calendar) -> Rules:
    """A day. The year comes first, has four digits, or is short as declared; the rest is in the question's order."""

    def fast(text: pl.Expr) -> pl.Expr:
        # Bare to_date would take a sign before the year.
        value = pl.when(text.str.contains(_ISO)).then(text).str.to_date("%Y-%m-%d", strict=False)
        return pl.when(value.is_between(calendar.earliest, calendar.today)).then(value)

    return Rules(
        pl.Date(), fast, partial(_read_day, order=question.date_order, calendar=calendar, century=question.short_year)
    )


def _read_day(text: pl.Expr, order: str, calendar: Calendar, century: int | None) -> Reading:
    written = with_arabic_digits(text).str.to_lowercase().str.replace_all(r"(?:พ\.?ศ\.?|ค\.?ศ\.?|วันที่)\s*", "")
    day_part = written.str.replace(_TIME, "")
    if century is not None:
        day_part = day_part.str.replace(_YEAR_IN_SHORT, f"${{1}}{century // 100}${{2}}")
    declared, another = _numeric(day_part, order)
    years, days = _found(day_part, declared)
    value = pl.coalesce(_in_zone(days, written, calendar.zone), days)
    possible = value.is_between(calendar.earliest, calendar.latest)
    refused = (
        pl.when(~possible)
        .then(pl.lit("date_out_of_range"))
        .when(day_part.str.contains(_YEAR_IN_SHORT))
        .then(pl.lit("two_digit_year"))
        .when(another.is_not_null())
        .then(pl.lit("date_order"))
        .when(day_part.str.contains("|".join((_YEAR_FIRST, _YEAR_LAST, _DAY_MONTH_NAME, _MONTH_NAME_DAY))))
        .then(pl.lit("impossible_date"))
        .otherwise(pl.lit("not_a_date"))
    )
    noted = (
        pl.when(value > calendar.today)
        .then(pl.lit("clock_skew"))
        .when(years.is_between(*BUDDHIST))
        .then(pl.lit("buddhist_year"))
    )
    return reading(pl.when(possible).then(value), refused, noted)


def _found(text: pl.Expr, declared: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The year as written, and the day: whichever way of writing it the text follows."""
    first, last = text.str.extract_groups(_YEAR_FIRST), text.str.extract_groups(_YEAR_LAST)
    named, english = text.str.extract_groups(_DAY_MONTH_NAME), text.str.extract_groups(_MONTH_NAME_DAY)
    serial = pl.lit(_EPOCH) + pl.duration(days=text.str.extract(_SERIAL).cast(pl.Int64, strict=False))
    year = pl.coalesce(
        first.struct.field("1"), last.struct.field("3"), named.struct.field("3"), english.struct.field("3")
    )
    days = pl.coalesce(
        _built(first.struct.field("1"), first.struct.field("2"), first.struct.field("3")),
        declared,
        _built(named.struct.field("3"), _month(named.struct.field("2")), named.struct.field("1")),
        _built(english.struct.field("3"), _month(english.struct.field("1")), english.struct.field("2")),
        _built(serial.dt.year(), serial.dt.month(), serial.dt.day()),
    )
    return pl.coalesce(year.cast(pl.Int64, strict=False), serial.dt.year().cast(pl.Int64)), days


def _numeric(text: pl.Expr, order: str) -> tuple[pl.Expr, pl.Expr]:
    """The day of a text whose year comes last, in the declared order and in another one."""
    groups = text.str.extract_groups(_YEAR_LAST)
    one, two, year = (groups.struct.field(place) for place in "123")
    day_month, month_day = _built(year, two, one), _built(year, one, two)
    match order:
        case "day_month_year":
            return day_month, month_day
        case "month_day_year":
            return month_day, day_month
        case _:
            return pl.lit(None, dtype=pl.Date), pl.coalesce(day_month, month_day)


def _built(year: pl.Expr, month: pl.Expr, day_of_month: pl.Expr) -> pl.Expr:
    """The date, or null for none. A Buddhist year loses 543 first: its 29 February exists only so."""
    written = year.cast(pl.Int64, strict=False)
    # Not pl.date: for a date that is none it raises, and its message quotes the value.
    parts = (christian(written).cast(pl.String).str.zfill(4), _two_digits(month), _two_digits(day_of_month))
    return pl.concat_str(parts, separator="-").str.to_date("%Y-%m-%d", strict=False)


def _two_digits(part: pl.Expr) -> pl.Expr:
    return part.cast(pl.String).str.zfill(2)


def _month(name: pl.Expr) -> pl.Expr:
    bare = name.str.replace_all(".", "", literal=True)
    return bare.replace_strict(_MONTHS, default=None, return_dtype=pl.Int64)


def _in_zone(days: pl.Expr, written: pl.Expr, zone: str) -> pl.Expr:
    """The day in the programme's time zone of an instant that names its offset; null for all else."""
    time = written.str.extract_groups(_TIME)
    hour, minute = (time.struct.field(place).cast(pl.Int64, strict=False) for place in "12")
    offset = time.struct.field("3").str.replace("z", "+0000", literal=True).str.replace_all(":", "", literal=True)
    ahead = offset.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + offset.str.slice(3, 2).cast(
        pl.Int64, strict=False
    )
    signed = pl.when(offset.str.starts_with("-")).then(-ahead).otherwise(ahead)
    moment = days.cast(pl.Datetime("us", "UTC")) + pl.duration(minutes=hour * 60 + minute - signed)
    return moment.dt.convert_time_zone(zone).dt.date()
