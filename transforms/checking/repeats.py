"""Mistakes in questions whose answer is made of a repeated group's rows."""

from collections.abc import Iterator, Mapping

from transforms.programme import Combination, Form, Question, QuestionType

TYPES: Mapping[Combination, tuple[QuestionType, ...]] = {
    "count": ("integer", "number"),
    "sum": ("integer", "number", "money"),
    "mean": ("number", "money"),
    "minimum": ("integer", "number", "money", "year"),
    "maximum": ("integer", "number", "money", "year"),
    "list": ("text", "code"),
}
"""What each way to combine answers can give."""


def repeat_mistakes(where: str, form: Form) -> Iterator[str]:
    """What is wrong with `each`, `combine`, and paths that lead into a repeated group."""
    for name, question in form.questions.items():
        here = f"{where}, question '{name}'"
        if question.combine is None:
            if question.each is not None:
                yield f"{here}: each goes with combine. Add combine = {_words(TYPES)}."
        else:
            yield from _combination_mistakes(here, question, question.combine)
            if name in form.key:
                yield f"{here}: it is in the form's key, and no key is made of several answers. Take it out of key."
        yield from _inner_paths(here, question, form)


def _combination_mistakes(here: str, question: Question, combine: Combination) -> Iterator[str]:
    if question.type not in TYPES[combine]:
        allowed = _words(TYPES[combine])
        yield f'{here}: combine = "{combine}" does not give a {question.type}. Change the type to {allowed}.'
    if question.each is None:
        if combine != "count":
            yield f'{here}: combine = "{combine}" needs each. Name the question inside the group, such as each = "age".'
        return
    for path in question.paths:
        if question.each.startswith(f"{path}/"):
            inside = question.each.removeprefix(f"{path}/")
            yield f'{here}: each begins with path. Write it as it stands inside the group: each = "{inside}".'
            return
    if not all(question.each.split("/")):
        yield f'{here}: each = "{question.each}" is no path. Name the question inside the group, such as each = "age".'


def _inner_paths(here: str, question: Question, form: Form) -> Iterator[str]:
    """Paths that begin in a group which another question declares to be repeated."""
    groups = {path for other in form.questions.values() if other.combine for path in other.paths}
    for path in question.paths:
        for group in sorted(groups):
            if not path.startswith(f"{group}/"):
                continue
            if question.combine:
                yield (
                    f'{here}: path = "{path}" is a repeated group within the repeated group "{group}". '
                    "One level is read: count or combine the outer group's own questions."
                )
            else:
                inside = path.removeprefix(f"{group}/")
                yield (
                    f'{here}: path = "{path}" is asked in the repeated group "{group}", so it has many answers. '
                    f'Write path = "{group}", each = "{inside}" and combine = {_words(TYPES)}.'
                )


def _words(words: Mapping[Combination, object] | tuple[QuestionType, ...]) -> str:
    *first, last = (f'"{word}"' for word in words)
    return f"{', '.join(first)} or {last}"
