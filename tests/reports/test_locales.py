import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from reports.numbers import Place
from reports.words import words_in
from transforms import grade
from transforms.programme import DesignKind, Statistic

ROOT = Path(__file__).parents[2]
THAI_LETTERS = re.compile("[\u0e01-\u0e5b]")
LATIN_WORD = re.compile(r"[A-Za-z]+")
ALLOWED_IN_THAI = {
    *("n", "p", "q", "df", "exp", "A", "E"),
    *("CR", "Wilson", "Clopper", "Pearson", "Korn", "Graubard", "Satterthwaite", "Taylor", "Woodruff", "Welch", "t"),
    *("Benjamini", "Hochberg"),
}
"""Symbols, grade letters, and the names of statisticians that have no settled Thai spelling."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def without_placeholders(text: str) -> str:
    return re.sub(r"\{\w*\}", "", text)


def test_both_languages_have_the_same_keys() -> None:
    assert words_in("th").texts.keys() ^ words_in("en").texts.keys() == set()


@pytest.mark.parametrize("key", words_in("en").texts)
def test_placeholders_agree(key: str) -> None:
    assert placeholders(words_in("th").texts[key]) == placeholders(words_in("en").texts[key])


def test_english_has_no_thai_letter() -> None:
    assert not [key for key, text in words_in("en").texts.items() if THAI_LETTERS.search(text)]


def test_thai_has_no_english_word() -> None:
    foreign = {
        key: words
        for key, text in words_in("th").texts.items()
        if (words := set(LATIN_WORD.findall(without_placeholders(text))) - ALLOWED_IN_THAI)
    }
    assert foreign == {}


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(
    ("family", "codes"),
    [
        ("design", DesignKind.__args__),
        ("statistic", Statistic.__args__),
        ("cap", [cap.code for cap in grade.CAPS]),
        ("letter", grade.LETTERS),
        ("letter_short", grade.LETTERS),
    ],
)
def test_every_code_of_the_engine_has_words(language, family, codes) -> None:
    assert [code for code in codes if not words_in(language).has(f"{family}.{code}")] == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_reason_for_setting_a_row_aside_has_words(language) -> None:
    """The rules that the stages name in their code, found there."""
    rules = {
        "negative_revenue",
        "impossible_date",
        "orphan_followup",
        "wave_conflict",
        "outside_periods",
        "mojibake",
        "ragged_row",
        "ambiguous_separators",
        "two_digit_year",
        "date_out_of_range",
        "scientific_notation_id",
        "id_checksum",
        "unit_slip",
        "formula_without_value",
    }
    assert [rule for rule in sorted(rules) if not words_in(language).has(f"rule.{rule}")] == []


def test_an_unknown_code_stands_for_itself() -> None:
    assert words_in("en").of_code("rule", "never_heard_of") == "never_heard_of"


def test_an_unknown_text_is_an_error() -> None:
    with pytest.raises(KeyError):
        words_in("en")("no.such.text")


def test_every_text_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "reports").rglob("*.py"))
    code += "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "reports" / "templates").iterdir())
    families = {*re.findall(r'of_code\(\s*"(\w+)"', code), *get_args(Place), "errors"}
    patterns = [re.sub(r"\{[^}]*\}", r"[\\w.]*", each) for each in re.findall(r'f"(\w+\.[\w.]*\{[^"]*)"', code)]
    patterns += [f"{re.escape(each)}[.].*" for each in re.findall(r'f"(finding\.\w+)"', code)]
    unused = [
        key
        for key in words_in("en").texts
        if f'"{key}"' not in code
        and key.split(".")[0] not in families
        and not any(re.fullmatch(pattern, key) for pattern in patterns)
    ]
    assert unused == []
