"""Words in SQL expressions that a column never holds: such a comparison is silently never true."""

import re
from collections.abc import Iterator

import polars as pl

from transforms.errors import nearest
from transforms.programme import Programme

_COMPARED = re.compile(r"""(?<![\w"'.])(\w+)\s*(?:==?|<>|!=)\s*'([^']*)'""")
_IN_A_LIST = re.compile(r"""(?<![\w"'.])(\w+)\s+(?:not\s+)?in\s*\(([^()]*)\)""", re.IGNORECASE)


def literal_mistakes(said: str, text: str, frame: pl.DataFrame, programme: Programme) -> Iterator[str]:
    """One sentence for each word that an expression compares with a column of other words; `said` begins it."""
    known = _words(programme)
    for column, word in dict.fromkeys(_comparisons(text)):
        if column in known and word not in known[column]:
            yield f"{said} compares '{column}' with '{word}', which it never is. {nearest(word, known[column])}"
        elif frame.schema.get(column) == pl.Boolean:
            yield f"{said} compares '{column}' with text, but it is true or false. Write {column}, or not {column}."


def _comparisons(text: str) -> Iterator[tuple[str, str]]:
    yield from _COMPARED.findall(text)
    for column, words in _IN_A_LIST.findall(text):
        yield from ((column, word) for word in re.findall(r"'([^']*)'", words))


def _words(programme: Programme) -> dict[str, list[str]]:
    """The columns that hold one of a few words, and those words."""
    asked = {name: question.choices for name, question in programme.questions.items()}
    choices = asked | {name: column.choices for name, column in programme.derived.items()}
    words = {name: [each.value for each in allowed] for name, allowed in choices.items() if allowed}
    if programme.size_rule is not None:
        words[programme.size_rule.column] = [each.value for each in programme.size_rule.sizes]
    return words | {"round": [each.id for each in programme.rounds]}
