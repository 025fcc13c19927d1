"""Codes, national and juristic numbers, telephone numbers: text that must be exactly right to join anything."""

import polars as pl

from transforms.normalise.reading import Reading, Rules, reading
from transforms.normalise.text import UNUSUAL, is_words, with_arabic_digits

_SCIENTIFIC = r"^[0-9](?:\.[0-9]+)?[eE]\+[0-9]+$"
_UNUSUAL_CODE = f"{UNUSUAL}|[๐-๙]|\\s\\s|\\n|{_SCIENTIFIC}"
_WEIGHTS = range(13, 1, -1)
_SEPARATORS = r"[\s\-.()]"


def free_text() -> Rules:
    """Any words, in one form."""
    return Rules(
        pl.String(),
        lambda text: pl.when(~text.str.contains(UNUSUAL)).then(text),
        lambda text: reading(pl.when(is_words(text)).then(text), "not_text"),
    )


def code() -> Rules:
    """Codes: Arabic digits, single spaces. A spreadsheet's rounded `1.1017E+12` is no code any more."""
    return Rules(pl.String(), lambda text: pl.when(~text.str.contains(_UNUSUAL_CODE)).then(text), _read_code)


def _read_code(text: pl.Expr) -> Reading:
    plain = with_arabic_digits(text).str.replace_all(r"\s+", " ")
    whole = ~plain.str.contains(_SCIENTIFIC)
    return reading(pl.when(is_words(text) & whole).then(plain), "scientific_notation_id")


def national_id() -> Rules:
    """Thirteen digits whose last one checks the others; or a firm's number, or a passport's."""
    usual = r"^[1-8][0-9]{12}$"
    return Rules(
        pl.String(),
        lambda text: pl.when(text.str.contains(usual) & _checks(text)).then(text),
        _read_national_id,
    )


def _read_national_id(text: pl.Expr) -> Reading:
    plain = with_arabic_digits(text).str.to_uppercase()
    digits = plain.str.replace_all(r"[\s\-]", "").str.replace(r"^([0-9]{13})\.0$", "$1")
    numeric = digits.str.contains(r"^[0-9]+$")
    thirteen = digits.str.contains(r"^[0-9]{13}$")
    known = thirteen & ~digits.str.starts_with("9") & _checks(digits)
    other = digits.str.contains(r"^[A-Z]{1,2}[0-9]{6,9}$")
    refused = (
        pl.when(plain.str.contains(_SCIENTIFIC))
        .then(pl.lit("scientific_notation_id"))
        .when(thirteen)
        .then(pl.lit("id_checksum"))
        .when(numeric)
        .then(pl.lit("id_length"))
        .otherwise(pl.lit("not_an_id"))
    )
    noted = (
        pl.when(other).then(pl.lit("other_id")).when(thirteen & digits.str.starts_with("0")).then(pl.lit("juristic_id"))
    )
    return reading(pl.when(known | other).then(digits), refused, noted)


def _checks(digits: pl.Expr) -> pl.Expr:
    """Whether the 13th digit is (11 - (the sum of digit i times 14 - i, over the first twelve) mod 11) mod 10."""
    number = digits.cast(pl.Int64, strict=False)
    places = [number // 10**power % 10 for power in range(12, -1, -1)]
    total = pl.sum_horizontal(place * weight for place, weight in zip(places, _WEIGHTS, strict=False))
    return ((11 - total % 11) % 10).eq(places[12])


def phone() -> Rules:
    """A Thai telephone number, as +66 and eight or nine digits."""
    return Rules(pl.String(), lambda text: _international(text), _read_phone)


def _read_phone(text: pl.Expr) -> Reading:
    dialled = with_arabic_digits(text).str.replace_all(_SEPARATORS, "")
    national = dialled.str.replace(r"^(?:\+|00)?66([0-9]{8,9})$", "0$1")
    return reading(_international(national), "not_a_phone")


def _international(national: pl.Expr) -> pl.Expr:
    """Mobiles are 0, then 6, 8 or 9, then eight digits; land lines 0, then 2 to 5 or 7, then seven digits."""
    known = national.str.contains(r"^0(?:[689][0-9]{8}|[2-57][0-9]{7})$")
    return pl.when(known).then(pl.concat_str(pl.lit("+66"), national.str.slice(1)))
