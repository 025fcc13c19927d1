"""Yes and no, and the choices of a question, however they are spelled."""

from functools import cache, partial

import polars as pl

from transforms.normalise.reading import Reading, Rules, reading
from transforms.normalise.text import repaired, with_arabic_digits
from transforms.programme import Choice

YES = ("ใช่", "มี", "ยินยอม", "เคย", "ได้", "ใช้", "จริง", "yes", "y", "true", "t", "1")
NO = ("ไม่ใช่", "ไม่มี", "ไม่ยินยอม", "ไม่เคย", "ไม่ได้", "ไม่ใช้", "ไม่", "ไม่จริง", "no", "n", "false", "f", "0")

_BETWEEN = r"[,;|\n、]+"
_PART = "\x1f"


@cache
def boolean() -> Rules:
    """Yes or no. "ไม่มี" is an answer here: no."""
    spellings: dict[str, object] = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
    return _looked_up(spellings, pl.Boolean(), "not_a_boolean")


def choice(choices: tuple[Choice, ...]) -> Rules:
    """One of the choices: by our value, its titles, or what else it accepts."""
    spellings: dict[str, object] = {}
    for each in choices:
        for spelling in (each.value, each.title.th, each.title.en, *each.accepts):
            spellings.setdefault(spelling, each.value)
    return _looked_up(spellings, pl.String(), "unknown_choice")


def choices(several: tuple[Choice, ...]) -> Rules:
    """Any of the choices: our values, each once, in the order of the form, with a space between."""
    one = choice(several)

    def read(text: pl.Expr) -> Reading:
        parts = _parts(text).list.eval(_one_of(one, pl.element()))
        all_known = (parts.list.len() > 0) & (parts.list.drop_nulls().list.len() == parts.list.len())
        named = [pl.when(parts.list.contains(each.value)).then(pl.lit(each.value)) for each in several]
        together = pl.concat_str(named, separator=" ", ignore_nulls=True)
        return reading(pl.coalesce(_one_of(one, text), pl.when(all_known).then(together)), "unknown_choice")

    return Rules(pl.String(), one.fast, read)


def _parts(text: pl.Expr) -> pl.Expr:
    """What stands between commas, semicolons and line breaks; without any, between spaces."""
    listed = text.str.contains(_BETWEEN)
    marked = pl.when(listed).then(text.str.replace_all(_BETWEEN, _PART)).otherwise(text.str.replace_all(r"\s+", _PART))
    stripped = marked.str.split(_PART).list.eval(pl.element().str.strip_chars())
    return stripped.list.eval(pl.element().filter(pl.element() != ""))


def _one_of(one: Rules, text: pl.Expr) -> pl.Expr:
    return pl.coalesce(one.fast(text), one.careful(text).value)


def _looked_up(spellings: dict[str, object], dtype: pl.DataType, reason: str) -> Rules:
    """Rules that read the spellings as they stand, and whatever differs from one only in looks."""
    same = _alike(spellings)

    def fast(text: pl.Expr) -> pl.Expr:
        return text.replace_strict(spellings, default=None, return_dtype=dtype)

    return Rules(dtype, fast, partial(_read, same=same, exact=spellings, dtype=dtype, reason=reason))


def _read(text: pl.Expr, same: dict[str, object], exact: dict[str, object], dtype: pl.DataType, reason: str) -> Reading:
    value = pl.coalesce(
        text.replace_strict(exact, default=None, return_dtype=dtype),
        _look(text).replace_strict(same, default=None, return_dtype=dtype),
    )
    return reading(value, reason)


def _look(text: pl.Expr) -> pl.Expr:
    """The text without case and spaces, in Arabic digits, and without the `.0` of a spreadsheet's number."""
    bare = with_arabic_digits(text).str.to_lowercase().str.replace_all(r"\s+", "")
    return bare.str.replace(r"^([0-9]+)\.0+$", "$1")


def _alike(spellings: dict[str, object]) -> dict[str, object]:
    """The look of each spelling with its value; none for a look that two values share."""
    looks = pl.DataFrame({"text": list(spellings)}, schema={"text": pl.String}).select(_look(repaired(pl.col("text"))))
    meant: dict[str, set[object]] = {}
    for look, value in zip(looks["text"], spellings.values(), strict=True):
        meant.setdefault(look, set()).add(value)
    return {look: next(iter(values)) for look, values in meant.items() if len(values) == 1}
