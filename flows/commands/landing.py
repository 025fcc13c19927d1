"""What was received, and the people in it: landing verify."""

import sys

from cyclopts import App

from flows.commands.app import ProgrammeName, app
from flows.settings import chosen_programmes

landing = App(name="landing", help="What was received, as received: prove it, and take people out of it.")
app.command(landing)


@landing.command
def verify(*programme: ProgrammeName) -> None:
    """Is everything that was landed as it was written? Recomputes every hash; one line a source.

    Ends with code 1 when something is missing, changed or unknown, and names the file and what to do.

    Example: `impact landing verify community_economy`
    """
    from flows.verifying import verify as verify_landing

    found = [(name, each) for name in chosen_programmes(programme) for each in verify_landing(name)]
    for name, each in found:
        print(f"{name}: {each}")
    if any(each.wrong for _, each in found):
        sys.exit(1)
