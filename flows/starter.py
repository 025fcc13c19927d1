"""Starts a programme's folder from a commented example with a made-up sample in its inbox."""

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from transforms.errors import UserError

STARTER_ID = 'id = "starter"'


def write_starter(folder: Path, name: str) -> None:
    """Writes a small example that passes its check into the new folder `folder`, under the id `name`.

    Raises UserError when the name is none, or the folder is there already: nothing is ever overwritten.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
        raise UserError(
            f'"{name}" is no name for a programme. Names are lower-case letters, digits and _, start with a letter '
            "and have 60 letters at most, such as weaving_2025."
        )
    if folder.exists():
        raise UserError(f"{folder}: it is there already. Choose another name, or edit that folder.")
    for path, file in _files(files("flows").joinpath("starter_files")):
        written = folder / path
        written.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8").replace(STARTER_ID, f'id = "{name}"')
        written.write_text(text, encoding="utf-8")


def _files(folder: Traversable) -> Iterator[tuple[Path, Traversable]]:
    """Every file below a folder of the package, with its path there."""
    for each in folder.iterdir():
        if each.is_dir():
            yield from ((Path(each.name) / path, file) for path, file in _files(each))
        else:
            yield Path(each.name), each
