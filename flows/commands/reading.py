"""What the current warehouse says: results, rejects."""

import sys

from flows.commands.app import Format, ProgrammeName, app


@app.command
def results(programme: ProgrammeName, *, format: Format = "json") -> None:
    """The numbers that may be published, for a machine.

    Example: `impact results michigan_training --format json`

    Parameters
    ----------
    format
        How they are written.
    """
    from flows.results import results as current_results

    sys.stdout.write(current_results(programme, format))


@app.command
def rejects(programme: ProgrammeName) -> None:
    """What was set aside: one line a reason, with source, submission and question, for whoever mends it.

    A submission is called by its server's key, or FILE#ROW. corrections.csv takes it as it stands here.

    Example: `impact rejects community_economy`
    """
    from flows.results import rejected_rows

    sys.stdout.write(rejected_rows(programme))
