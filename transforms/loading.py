"""Reads a programme's folder and checks it whole: every mistake is found here, before any work."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from transforms.checking.checks import check_mistakes
from transforms.checking.deflators import with_index
from transforms.checking.expressions import expression_mistakes
from transforms.checking.fields import field_mistakes
from transforms.checking.forms import form_mistakes
from transforms.checking.freezes import with_freezes
from transforms.checking.programme import programme_mistakes
from transforms.errors import ProgrammeError, nearest
from transforms.programme import Programme

FILES = ("programme.toml", "forms.toml", "indicators.toml")
TABLES = {"forms.toml": ("forms", "derived"), "indicators.toml": ("indicators",)}
"""What the other files declare; everything else stands in programme.toml."""


def load_programme(folder: Path) -> Programme:
    """The programme that a folder declares. Raises ProgrammeError with every mistake found."""
    if not folder.is_dir():
        raise ProgrammeError([f"{folder}: there is no such programme folder. Make one: impact new {folder.name}"])
    raw = {name: _read(folder / name) for name in FILES}
    misplaced = list(_misplaced(folder, raw))
    if misplaced:
        raise ProgrammeError(misplaced)
    declared = {table: raw[file].get(table, {}) for file, tables in TABLES.items() for table in tables}
    with_prices = with_index(folder, with_freezes(folder, raw["programme.toml"]))
    try:
        programme = Programme.model_validate({**with_prices, **declared})
    except ValidationError as error:
        raise ProgrammeError(field_mistakes(folder, error)) from None
    mistakes = list(_mistakes(folder, programme))
    if mistakes:
        raise ProgrammeError(mistakes)
    return programme


def _mistakes(folder: Path, programme: Programme) -> Iterator[str]:
    """Mistakes that need more than one field to be seen."""
    wrong_forms = list(form_mistakes(folder / "forms.toml", programme))
    yield from wrong_forms
    if sum(form.kind == "registration" for form in programme.forms.values()) == 1:
        yield from programme_mistakes(folder / "programme.toml", programme)
        yield from check_mistakes(folder, programme)
        if not wrong_forms:  # what the columns are follows from the forms
            yield from expression_mistakes(folder, programme)


def _misplaced(folder: Path, raw: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Tables in a file that does not declare them."""
    home = {table: file for file, tables in TABLES.items() for table in tables}
    for table in raw["programme.toml"]:
        if table in home:
            yield f"{folder / 'programme.toml'}: the table '{table}' belongs in {home[table]}. Move it there."
    for file, tables in TABLES.items():
        for table in raw[file]:
            if table not in tables:
                yield f"{folder / file}: unknown table '{table}'. {nearest(table, tables)}"


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ProgrammeError(
            [f"{path}: the file is missing. A programme folder holds {', '.join(FILES)}; see: impact new"]
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProgrammeError([f"{path}: it cannot be read: {error.strerror}. Give yourself the right to it."]) from None
    except UnicodeDecodeError:
        raise ProgrammeError([f"{path}: the file is not UTF-8 text. Save it as UTF-8."]) from None
    except tomllib.TOMLDecodeError as error:
        hint = " Tables of which there are several have double brackets: [[rounds]]." if "twice" in str(error) else ""
        raise ProgrammeError([f"{path}: this is not valid TOML: {error}. Mend that line.{hint}"]) from None
