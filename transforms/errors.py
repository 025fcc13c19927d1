"""Errors for people: what is wrong, where, what is allowed, what to do."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Self


class UserError(Exception):
    """A mistake a person can mend; shown without a traceback. Never holds a participant's data."""


class ProgrammeError(UserError):
    """A programme folder that cannot be used; the message lists every mistake found, one a line."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[str, ...]]]:
        """As it was made, for a process that gets it from another."""
        return type(self), (self.mistakes,)


class SourceError(UserError):
    """A source that cannot be trusted this time. `code` is the reason code of the bad-input catalogue."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """As it was made, for a process that gets it from another."""
        return type(self), (self.code, str(self))


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The sentence that names the closest allowed words, or all of them when none is close."""
    words = {each.casefold(): each for each in sorted(allowed)}
    close = get_close_matches(word.casefold(), words, n=3, cutoff=0.5)
    if close:
        return f"Names that come close: {', '.join(words[each] for each in close)}."
    return f"Allowed: {listed(words.values())}." if words else "There are none."


def visible(name: str) -> str:
    """A name that others chose, without what breaks a line or cannot be written: such letters as their codes."""
    return "".join(
        each.encode("unicode_escape").decode() if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") else each
        for each in name
    )


def numbered(count: int, thing: str) -> str:
    """How many there are of a thing, whose name is that of one: "1 file", "2 files"."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def listed(words: Iterable[str], most: int = 25) -> str:
    """The words with commas between them; of very many the first ones, and how many more there are."""
    shown = list(words)
    more = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {more} more" if more > 0 else "")
