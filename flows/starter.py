"""Starts a programme's folder from a commented example."""

import re
from importlib.resources import files
from pathlib import Path

from transforms.errors import UserError
from transforms.loading import FILES

STARTER_ID = 'id = "starter"'


def write_starter(folder: Path, name: str) -> None:
    """Writes a small example that passes its check into the new folder `folder`, under the id `name`.

    Raises UserError when the name is none, or the folder is there already: nothing is ever overwritten.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
        raise UserError(
            f'"{name}" is no name for a programme. Names are lower-case letters, digits and _, and start with a '
            "letter, such as weaving_2025."
        )
    if folder.exists():
        raise UserError(f"{folder}: it is there already. Choose another name, or edit that folder.")
    (folder / "inbox").mkdir(parents=True)
    for file in FILES:
        text = files("flows").joinpath("starter_files", file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace(STARTER_ID, f'id = "{name}"'), encoding="utf-8")
