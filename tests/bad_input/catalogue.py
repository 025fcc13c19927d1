"""The cases of the bad-input catalogue, as docs/bad-input.md declares them, and how many of them are proven."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from flows.settings import ROOT

PAGE = ROOT / "docs" / "bad-input.md"
Verdict = tuple[str, str]
"""A letter and, where there is one, the reason code."""

_ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \|.*\|$", re.MULTILINE)
_VERDICT = re.compile(r"\b([AWQF])\b(?: `(\w+)`)?")
_TEST = re.compile(r"test_case_(\d+)_")


@dataclass(frozen=True)
class Case:
    """One kind of bad input and every verdict that its variants get."""

    number: int
    name: str
    verdicts: frozenset[Verdict]


@cache
def cases() -> dict[int, Case]:
    """Every case by its number."""
    found = [
        Case(int(number), name, frozenset(_VERDICT.findall(verdicts)))
        for number, name, verdicts in _ROW.findall(PAGE.read_text(encoding="utf-8"))
    ]
    return {case.number: case for case in found}


def number_in(test: str) -> int | None:
    """The number of the case that a test is named after."""
    named = _TEST.search(test)
    return int(named[1]) if named else None


def proven(passed: Iterable[str], failed: Iterable[str]) -> str:
    """How many cases have passed of all that are declared; nothing when no case was tried."""
    good, bad = ({number_in(test) for test in tests} - {None} for tests in (passed, failed))
    if not good | bad:
        return ""
    return f"bad input: {len((good - bad) & cases().keys())} of {len(cases())}"
