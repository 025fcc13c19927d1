"""Reads a programme's frozen.toml, which `impact freeze` writes, and finds what a hand has spoilt in it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from transforms.errors import ProgrammeError
from transforms.programme.freezing import Freeze

NAME = "frozen.toml"
_FREEZES: TypeAdapter[tuple[Freeze, ...]] = TypeAdapter(tuple[Freeze, ...])


def with_freezes(folder: Path, declared: Mapping[str, Any]) -> dict[str, Any]:
    """What programme.toml declares, with the freezes of frozen.toml, oldest first. Raises ProgrammeError."""
    if "freezes" in declared:
        said = f"{folder / 'programme.toml'}: freezes cannot be declared here: only `impact freeze` writes them, into "
        raise ProgrammeError([f"{said}{NAME}. Take it out."])
    path = folder / NAME
    return {**declared, "freezes": _read(path)} if path.is_file() else dict(declared)


def _read(path: Path) -> tuple[Freeze, ...]:
    remedy = "Only `impact freeze` writes this file: take it back as it was from your version control."
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        found = _FREEZES.validate_python(raw.get("freezes", ()))
    except OSError as error:
        raise ProgrammeError([f"{path}: it cannot be read: {error.strerror}. Give yourself the right to it."]) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise ProgrammeError([f"{path}: this is not valid TOML. {remedy}"]) from None
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ProgrammeError([f"{path}: freezes.{where} is missing or not what was written. {remedy}"]) from None
    if set(raw) != {"freezes"} or not found:
        raise ProgrammeError([f"{path}: it must hold [[freezes]] and nothing else. {remedy}"])
    if [each.frozen_at for each in found] != sorted(each.frozen_at for each in found):
        raise ProgrammeError([f"{path}: its freezes are not in the order of frozen_at. {remedy}"])
    return found
