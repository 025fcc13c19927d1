"""Amounts as people write them: with commas, Thai digits, words for millions, brackets for less than nothing."""

import re
from collections.abc import Iterable
from functools import partial

import polars as pl

from transforms.normalise.reading import Reading, Rules, reading
from transforms.normalise.text import with_arabic_digits
from transforms.programme import Question

_LARGEST_WHOLE = 2**53
"""Up to here a float holds every whole number, so both ways of reading agree."""

# Hundred thousand written with a point as in `1.234`, or one and a quarter: two readings.
_TWO_READINGS = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"

_NUMBER = r"([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_GROUPED = r"^-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$"
_PLAIN = rf"^([+-])?{_NUMBER}(e[+-]?[0-9]{{1,3}})?$"
_MULTIPLES = {"ล้าน|million": 1e6, "แสน": 1e5, "หมื่น": 1e4, "พัน|thousand": 1e3, "ร้อย": 1e2}
_MULTIPLE = "|".join(_MULTIPLES)
_IN_WORDS = "^([+-])?" + r"\s*".join(rf"(?:{_NUMBER}\s*(?:{words}))?" for words in _MULTIPLES) + "$"
_SEPARATED = r"^[+-]?[0-9][0-9.,'\s]*$"

_BAHT = ("บาทถ้วน", "บาท", "baht", "thb", "฿", ".-", ",-", "บ.")
_DOLLAR = ("us dollars", "us dollar", "dollars", "usd", "us$", "$", "ดอลลาร์สหรัฐ", "ดอลลาร์")
_CURRENCIES = {"บาท": _BAHT, "ดอลลาร์": _DOLLAR}


def number(question: Question) -> Rules:
    """A number, whole or not."""
    return Rules(pl.Float64(), _cast, partial(_read_number, question=question), _cast_grouped)


def money(question: Question) -> Rules:
    """An amount of money. `1.234` and `1.234,50` could be read in two ways, so they are not read."""

    def fast(text: pl.Expr) -> pl.Expr:
        return pl.when(~text.str.contains(_TWO_READINGS)).then(_cast(text))

    return Rules(pl.Float64(), fast, partial(_read_money, question=question), _cast_grouped)


def integer(question: Question) -> Rules:
    """A whole number; `12.0`, as spreadsheets write it, is one."""

    def fast(text: pl.Expr) -> pl.Expr:
        value = text.cast(pl.Int64, strict=False)
        return pl.when(value.is_between(-_LARGEST_WHOLE, _LARGEST_WHOLE)).then(value)

    return Rules(pl.Int64(), fast, partial(_read_integer, question=question))


def _cast(text: pl.Expr) -> pl.Expr:
    value = text.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def _cast_grouped(text: pl.Expr) -> pl.Expr:
    return _cast(pl.when(text.str.contains(_GROUPED)).then(text.str.replace_all(",", "", literal=True)))


def _read_money(text: pl.Expr, question: Question) -> Reading:
    found = _read_number(text, question)
    unclear = _amount(text, question).str.contains(_TWO_READINGS)
    return reading(
        pl.when(~unclear).then(found.value),
        pl.when(unclear).then(pl.lit("ambiguous_separators")).otherwise(found.refused),
    )


def _read_integer(text: pl.Expr, question: Question) -> Reading:
    found = _read_number(text, question)
    whole = (found.value == found.value.round(0)) & (found.value.abs() <= _LARGEST_WHOLE)
    reason = (
        pl.when(found.value.is_null())
        .then(found.refused)
        .when(found.value.abs() > _LARGEST_WHOLE)
        .then(pl.lit("out_of_range"))
        .otherwise(pl.lit("not_an_integer"))
    )
    return reading(pl.when(whole).then(found.value).cast(pl.Int64, strict=False), reason)


def _read_number(text: pl.Expr, question: Question) -> Reading:
    amount = _amount(text, question)
    value = pl.coalesce(_plain(amount), _in_words(amount))
    separated = amount.str.contains(_SEPARATED)
    elsewhere = _without(_words_of(_CURRENCIES), text)
    refused = (
        pl.when(separated)
        .then(pl.lit("ambiguous_separators"))
        .when(pl.coalesce(_plain(elsewhere), _in_words(elsewhere)).is_finite())
        .then(pl.lit("unit_slip"))
        .otherwise(pl.lit("not_a_number"))
    )
    return reading(pl.when(value.is_finite()).then(value), refused)


def _amount(text: pl.Expr, question: Question) -> pl.Expr:
    """The bare amount: Arabic digits, one kind of minus, no brackets, no unit but the question's."""
    return _without(_units(question), text)


def _without(units: list[str], text: pl.Expr) -> pl.Expr:
    unit = "|".join(re.escape(word) for word in units)
    bare = with_arabic_digits(text).str.to_lowercase().str.replace("^[−–—]", "-")
    return (
        bare.str.replace(r"^\(\s*([^()+-][^()]*)\s*\)$", "-$1")
        .str.replace(rf"^([+-])?\s*(?:{unit})\s*", "${1}")
        .str.replace(rf"\s*(?:{unit})$", "")
        .str.replace(r"^([+-])\s+", "${1}")
        .str.strip_chars()
    )


def _units(question: Question) -> list[str]:
    """How the question's unit may stand beside an amount, longest first; money without one is in baht."""
    declared = [question.unit.th, question.unit.en] if question.unit else ["บาท"] if question.type == "money" else []
    said = [each for each in declared if not re.search(_MULTIPLE, each, re.IGNORECASE)]
    known = [sign for sign in _CURRENCIES if any(sign in each for each in said) and len(said) == len(declared)]
    words = [*declared, *_words_of(known)]
    return _longest_first(words) if words else ["$^"]  # a pattern that nothing matches


def _words_of(currencies: Iterable[str]) -> list[str]:
    return _longest_first(word for sign in currencies for word in _CURRENCIES[sign])


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted({word.lower() for word in words}, key=lambda word: (-len(word), word))


def _plain(amount: pl.Expr) -> pl.Expr:
    matched = amount.str.extract_groups(_PLAIN)
    digits = matched.struct.field("2").str.replace_all(",", "", literal=True)
    exponent = matched.struct.field("3").fill_null("")
    return _signed(pl.concat_str(digits, exponent).cast(pl.Float64, strict=False), matched)


def _in_words(amount: pl.Expr) -> pl.Expr:
    """The sum of what stands before ล้าน, แสน, หมื่น, พัน and ร้อย, rounded to what decimals can mean."""
    matched = amount.str.extract_groups(_IN_WORDS)
    parts = [
        matched.struct.field(str(place)).str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False) * factor
        for place, factor in enumerate(_MULTIPLES.values(), start=2)
    ]
    total = pl.when(pl.any_horizontal(part.is_not_null() for part in parts)).then(pl.sum_horizontal(parts))
    return _signed(total.round(4), matched)


def _signed(value: pl.Expr, matched: pl.Expr) -> pl.Expr:
    return pl.when(matched.struct.field("1") == "-").then(-value).otherwise(value)
