"""The primary indicators, stated in advance: freeze."""

from flows.commands.app import ProgrammeName, app


@app.command
def freeze(programme: ProgrammeName, *, again: bool = False, reason: str | None = None) -> None:
    """Writes down, with date and hash, by which primary indicators the programme is to be judged: frozen.toml.

    Says of each whether that was before the first answers it rests on. A second freeze must be asked for, with a
    reason, and keeps the first.

    Example: `impact freeze community_economy`

    Parameters
    ----------
    again
        Freeze once more, as the indicators are now.
    reason
        Why they are frozen again; it stands in the file.
    """
    from flows.freezing import freeze as frozen

    print("\n".join(frozen(programme, again=again, reason=reason)))
