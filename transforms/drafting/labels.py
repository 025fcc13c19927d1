"""The words of an XLSForm in both languages of the reports, and its lists of choices."""

import re
from collections.abc import Iterator, Mapping, Sequence

from transforms.drafting.names import Names, is_thai, name_for
from transforms.drafting.writing import DraftChoice, Words
from transforms.normalise.words import NO, YES

Row = Mapping[str, str]
"""A line of a sheet: its cells by heading, empty ones left out."""

_SPOKEN = {
    **dict.fromkeys(("th", "tha", "thai", "ไทย", "ภาษาไทย"), "th"),
    **dict.fromkeys(("en", "eng", "english", "อังกฤษ", "ภาษาอังกฤษ"), "en"),
}


def plain(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def words_of(row: Row, otherwise: str) -> Words:
    """What `label`, `label::Thai (th)`, `label::English` and their like say."""
    found: dict[str, str] = {}
    for heading, text in row.items():
        name, _, language = heading.partition(":")
        if name.strip().lower() == "label" and plain(text):
            spoken = _language(language.strip(": "), text)
            if spoken:
                found.setdefault(spoken, plain(text))
    return Words.of(found.get("th"), found.get("en"), otherwise)


def _language(said: str, text: str) -> str | None:
    """th or en; where the heading names no language, by the letters of the text; None for another language."""
    if not said:
        return "th" if is_thai(text) else "en"
    code = re.search(r"\((\w+)[^)]*\)\s*$", said)
    name = said.partition("(")[0].strip()
    return _SPOKEN.get(code[1].lower()) if code else _SPOKEN.get(name.lower())


def title_of(text: str) -> Words:
    """One text as a title, in the language of its letters."""
    return Words.of(text, None, text) if is_thai(text) else Words.of(None, text, text)


def choices_of(rows: Sequence[Row]) -> dict[str, tuple[DraftChoice, ...]]:
    """Each list's choices; a name stands in it once."""
    lists: dict[str, dict[str, Row]] = {}
    for row in rows:
        listed, name = (row.get("list_name") or row.get("list name") or "").strip(), plain(row.get("name", ""))
        if listed and name:
            lists.setdefault(listed, {}).setdefault(name, row)
    return {listed: tuple(_choices(named)) for listed, named in lists.items()}


def _choices(named: Mapping[str, Row]) -> Iterator[DraftChoice]:
    ours = {name for name in named if name_for(name, "answer") == name}
    taken = Names(ours)
    for name, row in named.items():
        value = name if name in ours else taken.take(name_for(name, "answer"))
        yield DraftChoice(value, words_of(row, name), () if value == name else (name,))


def is_yes_no(choices: Sequence[DraftChoice]) -> bool:
    """Whether a list is yes and no, as any question of type boolean is read."""
    said = [(choice.accepts or (choice.value,))[0].lower() for choice in choices]
    return len(said) == 2 and sum(each in YES for each in said) == 1 and sum(each in NO for each in said) == 1
