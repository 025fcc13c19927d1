"""Text as people typed it, made the same for the same words; and the words that mean there is no answer."""

import polars as pl

_INVISIBLE = "[\u200b-\u200d\u2060\ufeff\u00ad\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
_CONSONANT, _TONE, _VOWEL_SIGN = "[\u0e01-\u0e2e]", "[\u0e48-\u0e4b]", "[\u0e31\u0e34-\u0e3a]"
_NIKHAHIT, _SARA_AA, _SARA_AM = "\u0e4d", "\u0e32", "\u0e33"

_THAI_DIGITS = {thai: str(digit) for digit, thai in enumerate("๐๑๒๓๔๕๖๗๘๙")}

_SILENCE = "n/a|n\\.a\\.|[-–—]+|\\.+|ไม่มี|ไม่มีข้อมูล|ไม่ระบุ|ไม่ทราบ|ไม่ตอบ|ไม่ประสงค์(?:จะ)?(?:ตอบ|ให้ข้อมูล)"
_NO_TEXT = f"^(?i:{_SILENCE})$"
# Nobody means an amount or a date by these, but there are people called Na and Null.
_MISSING = f"^(?i:{_SILENCE}|na|nan|null|none|nil)$"
_EXCEL_ERROR = "^#(?:N/A|REF!|VALUE!|DIV/0!|NAME\\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!)$"

FORMULA = "#FORMULA!"
"""What stands for a spreadsheet's formula that was never computed."""

# UTF-8 read as Latin-1 and encoded again: every Thai letter begins so.
_MOJIBAKE = "\u00e0[\u00b8\u00b9]"

UNUSUAL = (
    f"^$|^\\s|\\s$|^[-–—.#]|^[Nn][/.]|^ไม่|[^\n -~\u0e01-\u0e5b]|เเ|{_NIKHAHIT}{_TONE}?{_SARA_AA}"
    f"|{_TONE}{_VOWEL_SIGN}|[\u0e38\u0e39]\u0e3a"
)
"""A pattern that every text matches which `repaired` changes, or which may be no answer."""


def repaired(text: pl.Expr) -> pl.Expr:
    """The text in one form: NFC and the repairs that Thai needs beyond it.

    Unicode's own normalisation does not unify a nikhahit and a sara aa with a sara am, a double sara e with a sara
    ae, nor a tone typed before its vowel sign. NFKC would take sara am apart.
    """
    return (
        text.str.replace_all(_INVISIBLE, "")
        .str.replace_all("\u00a0", " ", literal=True)
        .str.normalize("NFC")
        .str.replace_all("เเ", "แ", literal=True)
        .str.replace_all(f"{_NIKHAHIT}({_TONE}?){_SARA_AA}", f"${{1}}{_SARA_AM}")
        .str.replace_all(f"({_CONSONANT})({_TONE})({_VOWEL_SIGN})", "${1}${3}${2}")
        .str.normalize("NFC")
        .str.strip_chars()
    )


def with_arabic_digits(text: pl.Expr) -> pl.Expr:
    """The text with ๐-๙ as 0-9."""
    return text.str.replace_many(list(_THAI_DIGITS), list(_THAI_DIGITS.values()))


def is_missing_word(text: pl.Expr) -> pl.Expr:
    """Whether a repaired text says that there is no answer."""
    return text.str.contains(_MISSING)


def is_words(text: pl.Expr) -> pl.Expr:
    """Whether a repaired text says something, where any words may be the answer."""
    return (text != "") & ~text.str.contains(_NO_TEXT) & ~is_excel_error(text) & ~is_formula(text) & ~is_mojibake(text)


def is_excel_error(text: pl.Expr) -> pl.Expr:
    """Whether a repaired text is what Excel shows for a formula that failed."""
    return text.str.contains(_EXCEL_ERROR)


def is_formula(text: pl.Expr) -> pl.Expr:
    """Whether a repaired text stands for a formula that was never computed."""
    return text == FORMULA


def is_mojibake(text: pl.Expr) -> pl.Expr:
    """Whether a repaired text was decoded wrongly once on its way."""
    return text.str.contains(_MOJIBAKE)
