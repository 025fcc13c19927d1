"""Years as people write them: Buddhist or Christian, with or without the letters that say which."""

import polars as pl

from transforms.normalise.reading import Reading, Rules, reading
from transforms.normalise.text import with_arabic_digits

BUDDHIST = (2400, 2600)
"""Years of the Buddhist era; 543 less is the Christian year."""

_CHRISTIAN = (1000, BUDDHIST[0] - 1)
_PLAIN = r"^[0-9]{4}$"
_YEAR = r"^([0-9]{4})(?:\.0+)?$"  # spreadsheets write 1990.0
_NUMBER = r"^[+-]?[0-9][0-9,]*(?:\.[0-9]*)?$"
_ERA = r"^(?:ปี)?\s*(?:พ\.?ศ\.?|ค\.?ศ\.?|b\.?e\.?|a\.?d\.?|c\.?e\.?)?\s*|\s*(?:b\.?e\.?|a\.?d\.?|c\.?e\.?)$"


def christian(year: pl.Expr) -> pl.Expr:
    """The Christian year of a year in either calendar."""
    return pl.when(year.is_between(*BUDDHIST)).then(year - 543).otherwise(year)


def year() -> Rules:
    """A Christian year; a Buddhist one loses 543, once, and is noted."""

    def fast(text: pl.Expr) -> pl.Expr:
        value = pl.when(text.str.contains(_PLAIN)).then(text).cast(pl.Int64, strict=False)
        return pl.when(value.is_between(*_CHRISTIAN)).then(value)

    return Rules(pl.Int64(), fast, _read_year)


def _read_year(text: pl.Expr) -> Reading:
    written = with_arabic_digits(text).str.to_lowercase().str.replace_all(_ERA, "")
    as_written = written.str.extract(_YEAR).cast(pl.Int64, strict=False)
    possible = as_written.is_between(_CHRISTIAN[0], BUDDHIST[1])
    refused = (
        pl.when(written.str.contains(r"^[0-9]{2}$"))
        .then(pl.lit("two_digit_year"))
        .when(written.str.contains(_NUMBER))
        .then(pl.lit("out_of_range"))
        .otherwise(pl.lit("not_a_number"))
    )
    noted = pl.when(as_written.is_between(*BUDDHIST)).then(pl.lit("buddhist_year"))
    return reading(pl.when(possible).then(christian(as_written)), refused, noted)
