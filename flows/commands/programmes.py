"""Programme folders: check, new."""

from rich.console import Console

from flows.commands.app import ProgrammeName, app
from flows.settings import chosen_programmes, settings


@app.command
def check(*programme: ProgrammeName) -> None:
    """Is every programme folder sound, its corrections too? Each mistake is a line: file, field, what is allowed.

    Example: `impact check community_economy`
    """
    from flows.corrections import corrections_of
    from transforms.errors import ProgrammeError
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
