"""The words of the reports, by language, from the locale files. An unknown key is an error, never a blank."""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transforms.programme import Language

LOCALES = Path(__file__).parent / "locales"

_PER_CENT = "ร้อยละ"
_AFTER_A_THAI_WORD = re.compile(r"(?<=[ก-ฺเ-๎])( ?)\{(\w+)\}")
_BEFORE_A_THAI_WORD = re.compile(r"\{(\w+)\}(?=[ก-ฺเ-๎])")
_NOT_THAI = re.compile(r"[0-9A-Za-z+\N{MINUS SIGN}<]")


@dataclass(frozen=True)
class Words:
    """Every text of one language by its dotted key; call it with the text's placeholders."""

    language: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, **placeholders: object) -> str:
        """The text with its placeholders filled in. Raises KeyError for an unknown key or placeholder."""
        # Templates cannot know what they will hold, on which the space after a Thai word depends.
        template = _AFTER_A_THAI_WORD.sub(
            lambda found: f"{_space(found[1], str(placeholders[found[2]]))}{{{found[2]}}}", self.texts[key]
        )
        template = _BEFORE_A_THAI_WORD.sub(
            lambda found: f"{{{found[1]}}}{' ' if _NOT_THAI.search(str(placeholders[found[1]])[-1:]) else ''}", template
        )
        return template.format(**placeholders)

    def of_code(self, family: str, code: str) -> str:
        """The words for a code of the engine, or the code itself where it is not known."""
        return self.texts.get(f"{family}.{code}", code)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self.texts


def _space(declared: str, following: str) -> str:
    """Thai sets none before ร้อยละ, one before a number or a Latin word, and elsewhere what the template has."""
    if following.startswith(_PER_CENT):
        return ""
    return " " if _NOT_THAI.match(following) else declared


@functools.cache
def words_in(language: Language) -> Words:
    """The words of one language."""
    declared = tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))
    return Words(language, dict(_flattened(declared)))


def _flattened(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value
