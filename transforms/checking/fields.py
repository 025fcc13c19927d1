"""Mistakes in single fields: unknown, missing, of the wrong kind. Says in our words what pydantic found."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from transforms.errors import nearest
from transforms.programme import FileDrop, KoboToolbox, OdkCentral, Postgres, Programme

KINDS = {
    "string_type": 'text in quotes, such as "words"',
    "bool_type": "true or false, without quotes",
    "bool_parsing": "true or false, without quotes",
    "int_type": "a whole number, without quotes",
    "int_parsing": "a whole number, without quotes",
    "int_from_float": "a whole number",
    "float_type": "a number, without quotes",
    "float_parsing": "a number, without quotes",
    "date_type": "a date, such as 2024-10-01",
    "date_parsing": "a date, such as 2024-10-01",
    "date_from_datetime_parsing": "a date, such as 2024-10-01",
    "date_from_datetime_inexact": "a date without a time, such as 2024-10-01",
    "tuple_type": 'a list in square brackets, such as ["one", "two"]',
    "dict_type": "a table, under a heading in square brackets",
    "model_type": "a table: fields in curly brackets, such as { th = ..., en = ... }, or a heading in square ones",
}
"""What a field must be, by pydantic's name of the error."""

SOURCES: dict[str, type[BaseModel]] = {
    each.model_fields["kind"].annotation.__args__[0]: each  # type: ignore[union-attr]
    for each in (FileDrop, Postgres, OdkCentral, KoboToolbox)
}
"""The kinds of source: pydantic names them in a field's place, no file does."""

BRANCHES = ("constrained-str", "tuple[")
"""A field that may be one text or several is reported once for each: these parts are in no file."""


def field_mistakes(folder: Path, error: ValidationError) -> list[str]:
    """One sentence a field."""
    sentences: dict[tuple[str, ...], str] = {}
    details = error.errors()
    for detail in details:
        if detail["type"] == "too_short" and detail["input"]:
            continue  # the list has entries, but none is sound: each says so itself
        if detail["type"] == "missing" and _is_misspelt(detail["loc"], details):
            continue  # the unknown field beside it says so
        location = tuple(part for part in map(str, detail["loc"]) if not part.startswith(BRANCHES))
        sentences.setdefault(location, _sentence(folder, list(location), detail))
    return list(sentences.values())


def _is_misspelt(missing: tuple[int | str, ...], details: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a field stands beside the missing one under a name that comes close."""
    beside = (each["loc"] for each in details if each["type"] == "extra_forbidden")
    unknown = [str(place[-1]) for place in beside if place[:-1] == missing[:-1]]
    return bool(get_close_matches(str(missing[-1]), unknown, n=1))


def _sentence(folder: Path, location: list[str], detail: Mapping[str, Any]) -> str:
    return sentence(_where(folder, location), location, detail, _fields_beside(location))


def sentence(where: str, location: Sequence[str], detail: Mapping[str, Any], beside: Sequence[str]) -> str:
    """What is wrong with the field at a location; `beside`: the fields that may stand there."""
    field = _named(location[-1])
    given, context = detail.get("input"), detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            example = ' Add it, such as en = "words".' if field in ("th", "en") else " Add it."
            return f"{where}: the field '{field}' is missing.{example}"
        case "extra_forbidden":
            return f"{where}: unknown field '{field}'. {nearest(field, beside)}"
        case "literal_error":
            return f"{where}: {field} = {_shown(given)} is not allowed. {nearest(str(given), _quoted(context))}"
        case "union_tag_invalid":
            return f'{where}, {_named(field)}: kind = "{context["tag"]}" is not allowed. {_kinds(context["tag"])}'
        case "union_tag_not_found":
            return f"{where}, {_named(field)}: the field 'kind' is missing. {_kinds('')}"
        case "string_pattern_mismatch":
            return (
                f"{where}: {_shown(given)} is no name. Names are lower-case letters, digits and _; a letter is first."
            )
        case "string_too_long":
            return f"{where}: {_shown(given)} is too long a name. Names have {context['max_length']} letters at most."
        case "string_too_short":
            return f"{where}: {field} is empty. Write its words."
        case "too_short":
            return f"{where}: {field} is empty. Declare at least {context['min_length']}."
        case "greater_than_equal":
            return f"{where}: {field} = {_shown(given)} is too low. It is {context['ge']} at the least."
        case "greater_than":
            return f"{where}: {field} = {_shown(given)} is too low. It is above {context['gt']}."
        case "less_than_equal":
            return f"{where}: {field} = {_shown(given)} is too high. It is {context['le']} at the most."
        case kind if kind in KINDS:
            return f"{where}: {field} = {_shown(given)} is of the wrong kind. It is {KINDS[kind]}."
        case _:
            return f"{where}: {field} = {_shown(given)} cannot be used: {detail['msg']}."


def _shown(given: object) -> str:
    match given:
        case bool():
            return str(given).lower()
        case str():
            return f'"{given}"'
        case dict():
            return "{ ... }"
        case list() | tuple():
            return "[ ... ]"
        case _:
            return str(given)


def _quoted(context: Mapping[str, Any]) -> list[str]:
    return [word.strip().strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(",")]


def _kinds(word: str) -> str:
    return nearest(word, SOURCES)


def _where(folder: Path, location: list[str]) -> str:
    match location:
        case ["indicators", name, *rest]:
            return f"{folder / 'indicators.toml'}: indicator '{name}'" + _inside(rest[:-1])
        case ["forms", form, "questions", name, *rest]:
            return f"{folder / 'forms.toml'}: form '{form}', question '{name}'" + _inside(rest[:-1])
        case ["forms", name, *rest]:
            return f"{folder / 'forms.toml'}: form '{name}'" + _inside(rest[:-1])
        case ["derived", name, *rest]:
            return f"{folder / 'forms.toml'}: derived column '{name}'" + _inside(rest[:-1])
        case ["forms" | "derived" as table]:
            return f"{folder / 'forms.toml'}: {table}"
        case ["indicators"]:
            return f"{folder / 'indicators.toml'}"
        case _:
            return f"{folder / 'programme.toml'}" + _inside(
                [part for part in location[:-1] if part not in SOURCES], joint=": "
            )


def _inside(parts: Iterable[str], joint: str = ", ") -> str:
    """The path to a field; entries of a list are counted from 1, as a reader counts them."""
    named = [_named(part) for part in parts if part != "[key]"]
    return f"{joint}{', '.join(named)}" if named else ""


def _named(part: str) -> str:
    return f"number {int(part) + 1}" if part.isdigit() else part


def _fields_beside(location: list[str]) -> list[str]:
    """The fields that the model at `location` allows."""
    model = model_at(Programme, location)
    return [
        name for name in model.model_fields if model is not Programme or name not in ("forms", "derived", "indicators")
    ]


def model_at(model: type[BaseModel], location: Sequence[str]) -> type[BaseModel]:
    """The model that holds the field at a location: follows the annotations from `model` down."""
    for part in location[:-1]:
        if part in SOURCES:
            model = SOURCES[part]
        elif part in model.model_fields:
            found = _models_in(model.model_fields[part].annotation)
            if found:
                model = found[0]
    return model


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]
