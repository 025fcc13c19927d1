import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from flows.stores.gates import Gate
from reports.context import Context
from reports.numbers import Numbers, Place
from reports.scope import Scope
from reports.words import words_in
from transforms import grade
from transforms.programme import DesignKind, Statistic
from transforms.verdicts import RULES

ROOT = Path(__file__).parents[2]
THAI_LETTERS = re.compile("[\u0e01-\u0e5b]")
LATIN_WORD = re.compile(r"[A-Za-z]+")
ALLOWED_IN_THAI = {
    *("n", "p", "q", "df", "exp", "A", "E"),
    *("CR", "Wilson", "Clopper", "Pearson", "Korn", "Graubard", "Satterthwaite", "Taylor", "Woodruff", "Welch", "t"),
    *("Benjamini", "Hochberg", "Lee", "Stuart", "Maxwell", "Agresti", "Min"),
    *("IRIS", "GIIN", "SDG", "SQL"),
}
"""Symbols, grade letters, and the names of statisticians and catalogues that have no settled Thai spelling."""


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


CODE = re.compile(r"[a-z]+[0-9]*(_[a-z0-9]+)*")


def codes_in(node: ast.AST) -> Iterator[str]:
    """The codes among the texts below a node, such as both ends of a condition."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and CODE.fullmatch(each.value):
            yield each.value


def given(node: ast.Call, place: int) -> ast.AST:
    """What a call is given at a place; nothing, when it is given less."""
    return node.args[place] if len(node.args) > place else ast.Pass()


def calls(folder: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in the code of a folder, by the name that is called."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""), node


def source_codes() -> set[str]:
    """Every reason for which a source fails, found in the code that raises it."""
    raised = [
        code
        for folder in ("flows", "transforms")
        for name, node in calls(folder)
        if name == "SourceError"
        for code in codes_in(given(node, 0))
    ]
    answered = re.findall(
        r'"error": "(\w+)"( if .* else "(\w+)")?',
        (ROOT / "flows/sources/workbook_child.py").read_text(encoding="utf-8"),
    )
    kept = re.findall(
        r'^DAMAGED = "(\w+)"', (ROOT / "flows/stores/manifests.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    return {
        *raised,
        *kept,
        *get_args(Gate),
        *(code for first, _, second in answered for code in (first, second) if code),
    } - {"error"}


SEXES = ("female", "male")
"""What a title says of its bearer; names are compared by it, and no row is set aside for it."""


def row_codes() -> set[str]:
    """Every reason for which a row is set aside and every doubt, found in the code that says it."""
    codes = {"Finding": 1, "Doubt": 0, "reading": 1, "_looked_up": 2}
    found = {
        code
        for folder in ("flows/sources", "transforms")
        for name, node in calls(folder)
        if name in codes
        for code in codes_in(given(node, codes[name]))
    }
    found |= {code for name, node in calls("transforms/normalise") if name == "lit" for code in codes_in(node)}
    found |= set(RULES.values())
    for file, pattern in {
        "transforms/clean.py": r'WHOLE_ROW, "(\w+)"',
        "transforms/link.py": r'rule=pl.lit\("(\w+)"',
        "flows/sources/delimited.py": r'return "([a-z]+_[a-z]+)"',
        "transforms/repeats.py": r'UNREADABLE = "(\w+)"',
    }.items():
        found |= set(re.findall(pattern, (ROOT / file).read_text(encoding="utf-8")))
    return found - {"field", "refused", "noted", *SEXES}


def methods() -> set[str]:
    """Every way in which a number is made: docs/methods.md names them, and is held against the warehouses."""
    page = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
    first_cells = re.findall(r"^\| (`[^|]*`) \|", page, re.MULTILINE)
    names = [name for cell in first_cells for name in re.findall(r"`([a-z_0-9]+…?)`", cell)]
    ends = ("cr2", "cr1", "welch", "classical")
    return {name.removesuffix("…") + end for name in names for end in (ends if name.endswith("…") else ("",))}


def test_the_codes_are_found_where_they_are_said() -> None:
    """The control of the tests below: one code of each way of saying it."""
    assert {"broken_quotes", "no_sheet", "landing_damaged", "no_files", "date1904", "mojibake"} <= source_codes()
    assert {
        *("negative_revenue", "out_of_range", "impossible_date", "orphan_followup", "wave_conflict", "outside_periods"),
        *(
            "mojibake",
            "ragged_row",
            "nul_byte",
            "buddhist_year",
            "changed_submission",
            "hidden_sheet",
            "unknown_choice",
        ),
    } <= row_codes()
    assert {"mean_cr2", "ratio_of_ratios_cr1", "median_change_order_statistic", "count_distinct"} <= methods()


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(
    ("family", "codes"), [("reason", source_codes()), ("gate", get_args(Gate)), ("rule", row_codes())]
)
def test_every_code_that_sources_and_rows_can_get_has_words(language, family, codes) -> None:
    assert [code for code in sorted(codes) if not words_in(language).has(f"{family}.{code}")] == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_method_has_words_for_its_estimator_and_its_errors(language, programme, facts) -> None:
    words = words_in(language)
    context = Context(facts, programme, Scope("fy2568"), words, Numbers(words))
    told = {code: context.method(code) for end in ("", "_within_session") for code in (m + end for m in methods())}
    assert [code for code, names in told.items() if CODE.fullmatch(names[0]) and "_" in names[0]] == []
    alone = [code for code, names in told.items() if names[1] == words("methods.no_interval")]
    assert {each.removesuffix("_within_session") for each in alone} == {
        "count_distinct",
        "cost_of_count",
        "standardised_difference",
        "stuart_maxwell",
    }


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
