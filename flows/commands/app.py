"""The application that every command joins, and the options that several of them have."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from flows.settings import programme_names
from transforms.errors import UserError
from transforms.programme import Language


def _offered_names() -> tuple[str, ...]:
    """This machine's programmes; none while the settings are wrong, which the command itself then says."""
    try:
        return programme_names()
    except UserError:
        return ()


app = App(
    name="impact",
    help="Turns a programme's registrations and follow-up surveys into impact reports.",
    help_epilogue="Example: impact run michigan_training. Each command shows its own: impact report --help.",
    version=version("programme-impact"),
    help_format="markdown",
    default_parameter=Parameter(negative=()),
)
app.register_install_completion_command()

# A Literal, so that help, completion and the nearest match in an error all know this machine's programmes.
_names = _offered_names()
_Name: Any = Literal[_names] if _names else str
ProgrammeName: Any = Annotated[_Name, Parameter(help="A programme: a folder below programmes/.")]
Languages = Annotated[
    tuple[Language, ...], Parameter(name="--language", consume_multiple=True, help="Which languages.")
]
Format = Literal["json", "csv"]


def print_paths(paths: Sequence[Path]) -> None:
    """One path a line, for a person to read and a script to take."""
    for path in paths:
        print(path)
