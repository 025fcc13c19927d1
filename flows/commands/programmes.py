"""Programme folders: check, new, draft-forms."""

import sys
from pathlib import Path
from typing import Literal

from rich.console import Console

from flows.commands.app import ProgrammeName, app
from flows.settings import chosen_programmes, settings
from transforms.errors import UserError


@app.command
def check(*programme: ProgrammeName) -> None:
    """Is every programme folder sound, its corrections too? Each mistake is a line: file, field, what is allowed.

    Example: `impact check community_economy`
    """
    from flows.corrections import corrections_of
    from transforms.errors import ProgrammeError
    from transforms.freezing import differences
    from transforms.loading import load_programme

    mistakes: list[str] = []
    for name in chosen_programmes(programme):
        try:
            loaded = load_programme(settings().programme_folder(name))
            corrections_of(loaded)
        except ProgrammeError as error:
            mistakes += error.mistakes
        else:
            asked, measured = len(loaded.questions), len(loaded.indicators)
            Console().print(f"{name}: sound. {asked} questions, {measured} indicators, {len(loaded.rounds)} rounds.")
            for each in differences(loaded):
                Console().print(f"{name}: warning: frozen.toml: {each}. See: impact freeze {name}")
    if mistakes:
        raise ProgrammeError(mistakes)


@app.command
def new(name: str) -> None:
    """A commented starter folder for a new programme, with a made-up sample that can be run at once.

    Example: `impact new village_weaving`

    Parameters
    ----------
    name
        The programme's id: lower-case letters, digits and _.
    """
    from flows.starter import write_starter

    folder = settings().programme_folder(name)
    write_starter(folder, name)
    print(
        f"{folder} is ready, with a made-up sample in its inbox.\n"
        f"  See a report at once:   impact run {name}\n"
        f"  Make it yours:          edit its three .toml files, then: impact check {name}\n"
        f"  Before real data come:  delete {folder}/inbox/*_sample.csv, the line `synthetic = true` of programme.toml\n"
        f"                          and what was made of the sample: rm -r {settings().state}/*/{name}"
    )


@app.command
def draft_forms(
    file: Path,
    *,
    kind: Literal["registration", "follow_up"] | None = None,
    sheet: str | None = None,
    output: Path | None = None,
) -> None:
    """A first forms.toml from an XLSForm, or from the headings and first rows of a CSV or Excel file.

    It is a draft: what a person must decide is a comment in it. No answer of the file is printed.

    Example: `impact draft-forms follow_up.xlsx --output forms.toml`

    Parameters
    ----------
    file
        An XLSForm (.xlsx), or a .csv or .xlsx with a row of headings.
    kind
        What the form is; by the form's title or the file's name when not given.
    sheet
        Which sheet of an Excel file holds the table, when there are several.
    output
        Where the draft is written; a file that is there already is left alone.
    """
    from flows.draft_forms import draft_forms as drafted

    text = drafted(file, kind, sheet)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        with output.open("x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError:
        raise UserError(f"{output}: it is there already. Name another file, or move that one.") from None
    print(f"{output} is drafted. Read every line of it, then: impact check")
