"""Reads a programme's folder and checks it whole: every mistake is found here, before any work."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ValidationError

from transforms import tables
from transforms.errors import ProgrammeError, nearest
from transforms.programme import Form, Indicator, Programme

FILES = ("programme.toml", "forms.toml", "indicators.toml")


def load_programme(folder: Path) -> Programme:
    """The programme that a folder declares. Raises ProgrammeError with every mistake found."""
    if not folder.is_dir():
        raise ProgrammeError([f"{folder}: there is no such programme folder. Make one: impact new {folder.name}"])
    raw = {name: _read(folder / name) for name in FILES}
    declared = {
        **raw["programme.toml"],
        "forms": raw["forms.toml"].get("forms", {}),
        "derived": raw["forms.toml"].get("derived", {}),
        "indicators": raw["indicators.toml"].get("indicators", {}),
    }
    unknown = [
        f"{folder / file}: unknown table '{key}'. {nearest(key, allowed)}"
        for file, allowed in (("forms.toml", ("forms", "derived")), ("indicators.toml", ("indicators",)))
        for key in raw[file]
        if key not in allowed
    ]
    if unknown:
        raise ProgrammeError(unknown)
    try:
        programme = Programme.model_validate(declared)
    except ValidationError as error:
        raise ProgrammeError(_sentences(folder, error)) from None
    mistakes = list(_mistakes(folder, programme))
    if mistakes:
        raise ProgrammeError(mistakes)
    return programme


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ProgrammeError(
            [f"{path}: the file is missing. A programme folder holds {', '.join(FILES)}; see: impact new"]
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ProgrammeError([f"{path}: the file is not UTF-8 text. Save it as UTF-8."]) from None
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeError([f"{path}: this is not valid TOML: {error}. Mend that line."]) from None


def _sentences(folder: Path, error: ValidationError) -> list[str]:
    return [_sentence(folder, detail) for detail in error.errors()]


def _sentence(folder: Path, detail: Mapping[str, Any]) -> str:
    location = [str(part) for part in detail["loc"]]
    where = _where(folder, location)
    field = location[-1]
    given = detail.get("input")
    match detail["type"]:
        case "missing":
            return f"{where}: the field '{field}' is missing. Add it."
        case "extra_forbidden":
            return f"{where}: unknown field '{field}'. {nearest(field, _fields_beside(location))}"
        case "literal_error":
            allowed = _quoted(str(detail["ctx"]["expected"]))
            return f"{where}: {field} = {given!r} is not allowed. {nearest(str(given), allowed)}"
        case "string_pattern_mismatch":
            return (
                f"{where}: {given!r} is no name. Names are lower-case letters, digits and _, and start with a letter."
            )
        case _:
            return f"{where}: {field} = {given!r}: {str(detail['msg']).lower()}."


def _quoted(expected: str) -> list[str]:
    return [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",")]


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
        case _:
            return f"{folder / 'programme.toml'}" + _inside(location[:-1], joint=": ")


def _inside(parts: Iterable[str], joint: str = ", ") -> str:
    inside = ".".join(part for part in parts if part != "[key]")
    return f"{joint}{inside}" if inside else ""


def _fields_beside(location: list[str]) -> list[str]:
    """The fields the model at `location` allows: follows the annotations from Programme down."""
    model: type[BaseModel] = Programme
    for part in location[:-1]:
        if part in model.model_fields:
            found = _models_in(model.model_fields[part].annotation)
            if found:
                model = found[0]
    return list(model.model_fields)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


def _mistakes(folder: Path, programme: Programme) -> Iterator[str]:
    """Mistakes that need more than one field to be seen."""
    yield from _form_mistakes(folder / "forms.toml", programme)
    yield from _programme_mistakes(folder / "programme.toml", programme)
    derived = list(_derived_mistakes(folder / "forms.toml", programme))
    yield from derived
    if not derived:  # the columns are known only once every derived column computes
        yield from _indicator_mistakes(folder / "indicators.toml", programme)


def _form_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    registrations = [name for name, form in programme.forms.items() if form.kind == "registration"]
    if len(registrations) != 1:
        yield (
            f"{path}: kind = 'registration' is declared by {len(registrations)} forms "
            f"({', '.join(registrations) or 'none'}); exactly one form is the registration."
        )
    for name, form in programme.forms.items():
        where = f"{path}: form '{name}'"
        needed = ["participant_id", *(["registered_on"] if form.kind == "registration" else [])]
        for question in needed:
            if question not in form.questions:
                yield f"{where}: the question '{question}' is missing; every {form.kind} form needs it."
        for key in form.key:
            if key not in form.questions:
                yield f"{where}: key uses '{key}', which is no question of it. {nearest(key, form.questions)}"
        yield from _question_mistakes(where, form)


def _question_mistakes(where: str, form: Form) -> Iterator[str]:
    headings: dict[str, str] = {}
    for name, question in form.questions.items():
        if question.type == "choice" and not question.choices:
            yield f"{where}, question '{name}': type = 'choice' needs choices. Add choices = [...]."
        low, high = question.minimum, question.maximum
        if low is not None and high is not None and low > high:
            yield f"{where}, question '{name}': minimum = {low:g} is above maximum = {high:g}. Swap them."
        for path in question.paths:
            if path in headings:
                yield (
                    f"{where}, question '{name}': path = '{path}' is already the path of "
                    f"'{headings[path]}'. Give each question its own heading."
                )
            headings[path] = name
        if question.district_of is not None and question.district_of not in form.questions:
            yield (
                f"{where}, question '{name}': district_of = '{question.district_of}' is no question of the "
                f"form. {nearest(question.district_of, form.questions)}"
            )


def _programme_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    rounds = [each.id for each in programme.rounds]
    lists = {
        "rounds": rounds,
        "periods": [each.id for each in programme.periods],
        "sources": [each.id for each in programme.sources],
    }
    for list_name, names in lists.items():
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{path}: {list_name}: the id '{name}' is given twice. Ids are unique."
    for period in programme.periods:
        if period.start > period.end:
            yield f"{path}: period '{period.id}': start is after end. Swap them."
    yield from _source_mistakes(path, programme, rounds)
    profile = programme.profile
    for breakdown in programme.breakdowns:
        used = {"by": breakdown.by} | ({"label": breakdown.label} if breakdown.label else {})
        for field, name in used.items():
            if name not in profile:
                yield (
                    f"{path}: breakdowns: {field} = '{name}' is not a profile column (a question or derived "
                    f"column with profile = true). {nearest(name, profile)}"
                )
    cluster = programme.design.cluster
    if cluster is not None and cluster not in (*profile, "enterprise", "participant"):
        yield f"{path}: design: cluster = '{cluster}' is not a profile column. {nearest(cluster, profile)}"
    if programme.design.treatment is not None and programme.design.arms is None:
        yield f"{path}: design: a treatment needs arms, the words for treated and comparison units. Add arms."
    yield from _contact_mistakes(path, programme)
    yield from _size_mistakes(path, programme)


def _source_mistakes(path: Path, programme: Programme, rounds: list[str]) -> Iterator[str]:
    for source in programme.sources:
        where = f"{path}: source '{source.id}'"
        if source.form not in programme.forms:
            yield f"{where}: form = '{source.form}' is not in forms.toml. {nearest(source.form, programme.forms)}"
        elif programme.forms[source.form].kind == "follow_up":
            if source.round is None:
                yield f"{where}: a follow-up source needs its round. {nearest('', rounds[1:])}"
            elif source.round not in rounds[1:]:
                yield f"{where}: round = '{source.round}' is no follow-up. {nearest(source.round, rounds[1:])}"
        elif source.round is not None:
            yield f"{where}: round = '{source.round}' does not go with a registration. Take it out."
        if Path(source.files).is_absolute() or ".." in Path(source.files).parts:
            yield f"{where}: files = '{source.files}' leaves the inbox. Name files below it, such as '*.csv'."


def _contact_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    asked = programme.questions.get("contact_result")
    if programme.contact is None:
        return
    if asked is None:
        yield f"{path}: contact: no form asks 'contact_result'. Add the question, or take contact out."
        return
    allowed = [choice.value for choice in asked.choices]
    for value in (*programme.contact.answered, *programme.contact.closed):
        if value not in allowed:
            yield f"{path}: contact: '{value}' is no choice of contact_result. {nearest(value, allowed)}"


def _size_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    rule = programme.size_rule
    if rule is None:
        return
    for field in ("revenue", "workers", "sector"):
        name = getattr(rule, field)
        if name not in programme.questions and name not in programme.derived:
            yield f"{path}: size_rule: {field} = '{name}' is no question. {nearest(name, programme.questions)}"
    sizes = [choice.value for choice in rule.sizes]
    for limit in rule.limits:
        if limit.size not in sizes:
            yield f"{path}: size_rule: limits: size = '{limit.size}' is not in sizes. {nearest(limit.size, sizes)}"


def _derived_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    plain = programme.model_copy(update={"derived": {}})
    frame: pl.DataFrame = tables.responses(plain).create_empty()
    for name, derived in programme.derived.items():
        where = f"{path}: derived column '{name}'"
        mistake = _expression_mistake(where, "value", derived.value, frame, "responses")
        if mistake:
            yield mistake
            frame = frame.with_columns(pl.lit(None).alias(name))
        else:
            frame = frame.with_columns(pl.sql_expr(derived.value).alias(name))


def _indicator_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    frames = {
        "responses": tables.responses(programme).create_empty(),
        "enrolments": tables.enrolments(programme).create_empty(),
    }
    rounds = [each.id for each in programme.rounds]
    for name, indicator in programme.indicators.items():
        where = f"{path}: indicator '{name}'"
        frame = frames[indicator.rows]
        for field in ("value", "per", "population"):
            expression = getattr(indicator, field)
            if expression is None:
                continue
            mistake = _expression_mistake(where, field, expression, frame, indicator.rows)
            if mistake:
                yield mistake
            else:
                yield from _type_mistakes(where, field, expression, frame, indicator)
        for each in indicator.rounds:
            if each not in rounds:
                yield f"{where}: rounds: '{each}' is no round. {nearest(each, rounds)}"
        yield from _shape_mistakes(where, indicator, programme)
    if programme.design.treatment is not None:
        programme_path = path.with_name("programme.toml")
        mistake = _expression_mistake(
            f"{programme_path}: design",
            "treatment",
            programme.design.treatment,
            frames["responses"],
            "responses",
        )
        if mistake:
            yield mistake


def _shape_mistakes(where: str, indicator: Indicator, programme: Programme) -> Iterator[str]:
    if (indicator.statistic == "ratio") != (indicator.per is not None):
        remedy = "Add per, its denominator." if indicator.per is None else "Take per out."
        yield f"{where}: statistic = '{indicator.statistic}': only a ratio has per, and needs it. {remedy}"
    if indicator.statistic in ("panel_effect", "first_difference") and programme.design.treatment is None:
        yield f"{where}: statistic = '{indicator.statistic}' needs a treatment in programme.toml, design."
    if indicator.headline is not None and indicator.quantities and indicator.headline not in indicator.quantities:
        yield (
            f"{where}: headline = '{indicator.headline}' is not among its quantities. "
            f"{nearest(indicator.headline, indicator.quantities)}"
        )
    if indicator.statistic == "transition" and programme.size_rule is None:
        yield f"{where}: statistic = 'transition' needs a size_rule in programme.toml."


def _expression_mistake(where: str, field: str, text: str, frame: pl.DataFrame, table: str) -> str | None:
    try:
        expression = pl.sql_expr(text)
    except Exception as error:  # polars raises several kinds, all of them about the text
        reason = str(error).splitlines()[0]
        return f'{where}: {field} = "{text}" is no SQL expression that can be read: {reason}.'
    for column in expression.meta.root_names():
        if column not in frame.columns:
            return (
                f"{where}: {field} = \"{text}\" uses '{column}', which {table} does not have. "
                f"{nearest(column, frame.columns)}"
            )
    try:
        frame.lazy().select(expression).collect_schema()
    except Exception as error:
        reason = str(error).splitlines()[0]
        return f'{where}: {field} = "{text}" does not fit the types of its columns: {reason}.'
    return None


def _type_mistakes(where: str, field: str, text: str, frame: pl.DataFrame, indicator: Indicator) -> Iterator[str]:
    dtype = frame.lazy().select(pl.sql_expr(text).alias("it")).collect_schema()["it"]
    boolean = field == "population" or (field == "value" and indicator.statistic in ("proportion", "survival"))
    if boolean and dtype != pl.Boolean:
        yield f'{where}: {field} = "{text}" is {dtype}; it must be true or false. Compare it with something.'
    text_allowed = indicator.statistic in ("count", "transition")
    if field in ("value", "per") and not boolean and not text_allowed and not dtype.is_numeric():
        yield f'{where}: {field} = "{text}" is {dtype}; it must be a number.'
