"""Where the data come from: sources, acknowledge."""

from typing import Annotated

from cyclopts import Parameter

from flows.commands.app import ProgrammeName, app


@app.command
def sources(programme: ProgrammeName) -> None:
    """How each source stands: is it reachable, what is there, what is landed, how new, is it too old?

    Example: `impact sources community_economy`
    """
    from flows.commands.tables import print_table
    from flows.probing import COLUMNS, stands

    print_table(COLUMNS, stands(programme))


@app.command
def acknowledge(programme: ProgrammeName, source: str, *, reason: Annotated[str, Parameter(required=True)]) -> None:
    """Say of a source what a gate holds back that it is right: far fewer rows, an empty file, too many set aside.

    Who said so, when and why is kept for good and printed in the report. It stands for what is held back now;
    a further loss needs a word of its own.

    Example: `impact acknowledge community_economy registrations --reason "The south has left the programme."`

    Parameters
    ----------
    source
        The source's id, as in programme.toml.
    reason
        Why it is right. Name nobody: the words are printed.
    """
    from flows.standing import acknowledge as acknowledge_source

    for said in acknowledge_source(programme, source, reason):
        rows = f"{said.held.rows} of {said.held.rows_before} rows"
        print(f"{programme}: {source}: {said.held.gate} ({rows}) acknowledged by {said.by}.")
    print(f"The next run takes it: impact run {programme}")
