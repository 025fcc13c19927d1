"""The catalogue and its tests name the same cases, and a test must show what the catalogue says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.words import words_in
from tests.bad_input.catalogue import PAGE, cases, number_in, proven

pytest_plugins = ["pytester"]


def named_after_cases() -> Iterator[str]:
    """Every test in this folder that is named after a case."""
    for path in Path(__file__).parent.glob("test_*.py"):
        yield from re.findall(r"^def (test_case_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_cases_are_numbered_without_a_gap():
    assert list(cases()) == list(range(1, len(cases()) + 1))
    assert len(cases()) == len(re.findall(r"^\| \d", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_case_has_its_test_and_every_test_its_case():
    assert sorted({number_in(name) for name in named_after_cases()}) == sorted(cases())


def test_every_case_has_a_verdict():
    assert [case.number for case in cases().values() if not case.verdicts] == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_reason_has_its_words(language):
    families = {"F": ("reason",), "Q": ("rule",), "W": ("rule", "check")}
    words = words_in(language)
    for case in cases().values():
        for letter, code in case.verdicts - {("A", "")}:
            assert any(words.has(f"{family}.{code}") for family in families[letter]), (case.number, code)


def test_only_what_passed_and_did_not_fail_counts_as_proven():
    assert proven(
        ["x.py::test_case_01_a", "x.py::test_case_02_b", "x.py::test_other"], ["x.py::test_case_02_b[2]"]
    ) == (f"bad input: 1 of {len(cases())}")
    assert proven(["x.py::test_other"], []) == ""


def test_a_test_that_shows_another_verdict_than_its_case_fails(pytester):
    """The control of all the others."""
    here = Path(__file__).parent
    pytester.makeconftest((here / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(
        test_wrong="""
        def test_case_33_showing_nothing(case): pass
        def test_case_34_showing_another(case): case.shown.add(("Q", "out_of_range"))
        def test_case_42_showing_it(case): case.shown.add(("A", ""))
        """
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1, failed=2)
