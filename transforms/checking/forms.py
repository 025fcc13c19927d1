"""Mistakes in forms.toml that need more than one field to be seen."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from transforms import tables
from transforms.checking.repeats import repeat_mistakes
from transforms.errors import nearest
from transforms.normalise.years import BUDDHIST
from transforms.programme import Choice, Form, Programme, Question

ALWAYS_IDENTITY = ("participant_id", "enterprise_id")
"""These become pseudonyms, so their answers stay in the vault."""

CHOSEN = ("choice", "choices")
"""The types whose answers are among the question's choices."""

ENGINE_COLUMNS = frozenset({*tables.Responses.column_names(), *tables.Enrolments.column_names()}) - {"registered_on"}
"""Columns that the engine itself makes: no question may take their names."""


def form_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    """What is wrong with the forms, their questions, and the names of derived columns."""
    registrations = [name for name, form in programme.forms.items() if form.kind == "registration"]
    if len(registrations) != 1:
        yield (
            f'{path}: kind = "registration" is declared by {len(registrations)} forms '
            f"({', '.join(registrations) or 'none'}). Make exactly one form the registration."
        )
    for name, form in programme.forms.items():
        where = f"{path}: form '{name}'"
        yield from _key_mistakes(where, form)
        yield from _heading_mistakes(where, form)
        yield from repeat_mistakes(where, form)
        for question_name, question in form.questions.items():
            yield from _question_mistakes(f"{where}, question '{question_name}'", question_name, question, form)
    yield from _changes(path, programme)
    yield from _disagreements(path, programme)
    yield from _derived_names(path, programme)


def _changes(path: Path, programme: Programme) -> Iterator[str]:
    rounds = [each.id for each in programme.rounds[1:]]
    for name, form in programme.forms.items():
        for question_name, question in form.questions.items():
            for each in question.changed_in:
                if each not in rounds:
                    where = f"{path}: form '{name}', question '{question_name}'"
                    yield f"{where}: changed_in: '{each}' is no follow-up round. {nearest(each, rounds)}"


def _key_mistakes(where: str, form: Form) -> Iterator[str]:
    needed = ["participant_id", *(["registered_on"] if form.kind == "registration" else [])]
    for question in needed:
        if question not in form.questions:
            yield f"{where}: the question '{question}' is missing. Every {form.kind} form needs it; add it."
    if not form.key:
        yield f'{where}: key is empty. Name the questions that tell submissions apart, such as ["participant_id"].'
    for key in form.key:
        if key not in form.questions:
            yield f"{where}: key uses '{key}', which is no question of it. {nearest(key, form.questions)}"


def _heading_mistakes(where: str, form: Form) -> Iterator[str]:
    headings: dict[str, str] = {}
    for name, question in form.questions.items():
        if not question.paths or not all(question.paths):
            yield f"{where}, question '{name}': path is empty. Write the column's heading as it arrives."
        for path in question.paths:
            shared = path in headings and question.combine and form.questions[headings[path]].combine
            if path in headings and not shared:
                yield (
                    f"{where}, question '{name}': path = \"{path}\" is already the path of "
                    f"'{headings[path]}'. Give each question its own heading."
                )
            headings[path] = name


def _question_mistakes(where: str, name: str, question: Question, form: Form) -> Iterator[str]:
    if name in ENGINE_COLUMNS:
        yield f"{where}: the engine makes a column of this name itself. Choose another name."
    if name in ALWAYS_IDENTITY and not question.identity:
        yield f"{where}: it tells who somebody is and must stay in the vault. Add identity = true."
    if question.type in ("national_id", "phone") and not question.identity:
        yield f'{where}: type = "{question.type}" is personal and must stay in the vault. Add identity = true.'
    if question.profile and form.kind == "follow_up":
        yield f"{where}: profile = true fixes an answer at registration. Take it out of the follow-up."
    if question.type in CHOSEN and not question.choices:
        yield f'{where}: type = "{question.type}" needs choices. Add choices = [...].'
    if question.choices and question.type not in CHOSEN:
        yield f'{where}: choices go with type = "choice" or "choices", not with "{question.type}". Change the type.'
    if question.type == "choices" and question.profile:
        yield f"{where}: somebody may choose several, so it is no profile. Take profile out."
    if question.missing and question.combine:
        yield f"{where}: missing does not go with combine. Take one of them out."
    if question.short_year and question.type != "date":
        yield f'{where}: short_year goes with dates, not with "{question.type}". Take it out.'
    if question.may_leap and question.type != "money":
        yield f'{where}: may_leap goes with money, not with "{question.type}". Take it out.'
    yield from _choice_mistakes(where, question.choices)
    yield from _limit_mistakes(where, question)
    yield from _area_mistakes(where, question, form)


def _area_mistakes(where: str, question: Question, form: Form) -> Iterator[str]:
    above = {"district_of": ("district", "province"), "subdistrict_of": ("subdistrict", "district")}
    for field, (kind, needed) in above.items():
        named = getattr(question, field)
        if named is None:
            continue
        there = [other for other, asked in form.questions.items() if asked.type == needed]
        if question.type != kind:
            yield f'{where}: {field} goes with type = "{kind}", not with "{question.type}". Take it out.'
        elif named not in there:
            yield (
                f'{where}: {field} = "{named}" is no question of type "{needed}" in the form. {nearest(named, there)}'
            )


def _limit_mistakes(where: str, question: Question) -> Iterator[str]:
    low, high = question.minimum, question.maximum
    if (low is not None or high is not None) and question.type not in ("integer", "number", "money", "year"):
        yield f'{where}: minimum and maximum go with numbers, not with "{question.type}". Take them out.'
    for field, limit in (("minimum", low), ("maximum", high)):
        if question.type == "year" and limit is not None and limit >= BUDDHIST[0]:
            yield f"{where}: {field} = {limit:g} is a Buddhist year. Answers are kept as Christian ones: take 543 off."
    if low is not None and high is not None and low > high:
        yield f"{where}: minimum = {low:g} is above maximum = {high:g}. Swap them."


def _choice_mistakes(where: str, choices: Iterable[Choice]) -> Iterator[str]:
    owner: dict[str, str] = {}
    for choice in choices:
        for spelling in dict.fromkeys((choice.value, *choice.accepts)):
            if spelling in owner:
                yield (
                    f"{where}: choices: \"{spelling}\" is read both as '{owner[spelling]}' and as '{choice.value}'. "
                    "Leave it with one of them."
                )
            owner.setdefault(spelling, choice.value)


def _disagreements(path: Path, programme: Programme) -> Iterator[str]:
    """A question asked in several forms becomes one column, so it must mean the same in each."""
    first: dict[str, tuple[str, Question]] = {}
    for form_name, form in programme.forms.items():
        for name, question in form.questions.items():
            other_form, other = first.setdefault(name, (form_name, question))
            here, there = (_meaning(each) for each in (question, other))
            for field in here:
                if here[field] != there[field]:
                    yield (
                        f"{path}: form '{form_name}', question '{name}': {field} differs from that in form "
                        f"'{other_form}'. One name is one column: make them the same, or rename one."
                    )


def _meaning(question: Question) -> dict[str, object]:
    return {
        "type": question.type,
        "identity": question.identity,
        "choices": {choice.value for choice in question.choices},
    }


def _derived_names(path: Path, programme: Programme) -> Iterator[str]:
    asked = {name for form in programme.forms.values() for name in form.questions}
    for name, derived in programme.derived.items():
        where = f"{path}: derived column '{name}'"
        if name in asked:
            yield f"{where}: a question has this name already. Choose another name."
        if name in ENGINE_COLUMNS:
            yield f"{where}: the engine makes a column of this name itself. Choose another name."
        yield from _choice_mistakes(where, derived.choices)
