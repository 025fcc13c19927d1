"""The command line `impact`. Its commands are in `flows/commands/`; here is how a run of one begins and ends."""

import logging
import sys
from collections.abc import Sequence

from rich.console import Console

from flows.commands import estimating, freezing, landing, offering, programmes, reading, running, sources
from flows.commands.app import app
from flows.machine import refused_by_the_machine
from flows.recording import StageError
from transforms.errors import UserError

__all__ = ["COMMANDS", "app", "main"]

COMMANDS = (running, reading, estimating, sources, landing, programmes, freezing, offering)
"""The modules whose commands the application has; to be imported is all that they need."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command. A user's mistake ends with one message and code 1, never a traceback."""
    _log_to_stderr()
    try:
        app(arguments)
    except (UserError, StageError) as error:
        _say(error)
        sys.exit(getattr(error, "exit_code", 1))
    except OSError as error:
        refused = refused_by_the_machine(error)
        if refused is None:
            raise
        _say(refused)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _say(mistake: Exception) -> None:
    Console(stderr=True, soft_wrap=True).print(str(mistake), style="red", markup=False, highlight=False)


def _log_to_stderr() -> None:
    """Quiet lines: the time and what happened. A terminal needs no times."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s" if sys.stderr.isatty() else "%(asctime)s %(message)s"))
    log = logging.getLogger("impact")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


if __name__ == "__main__":
    main()
