"""`impact demo`: both example programmes from their inboxes to PDFs, recorded by a Prefect server of its own."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

from flows import examples
from flows.recording import logger
from flows.serving import HOST, QUIET, running_server
from flows.settings import programme_names, settings
from transforms.errors import UserError, listed

EXAMPLES: dict[str, Callable[[Path], object]] = {
    "community_economy": examples.prepare_community_economy,
    "michigan_training": examples.prepare_michigan_training,
}
"""What fills each example's inbox."""


def demo() -> list[Path]:
    """The paths of the example programmes' reports, in both languages. Raises UserError where they are not."""
    _check_they_are_here()
    _fill_inboxes()
    # The demo leaves the user's own Prefect as it was: its server's database is kept with the demo's state.
    home = settings().state / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {**QUIET, "PREFECT_HOME": str(home.resolve()), "PREFECT_LOGGING_LEVEL": "WARNING"}
    with running_server(_free_port()) as address:
        logger().info("Recorded by a Prefect server of the demo's own: %s", address)
        os.environ["PREFECT_API_URL"] = f"{address}/api"
        from flows.nightly import nightly  # only now: Prefect reads its address when it is imported

        return nightly(list(EXAMPLES))


def _check_they_are_here() -> None:
    missing = [name for name in EXAMPLES if name not in programme_names()]
    if missing:
        raise UserError(
            f"{settings().programmes.absolute()}: the example programmes ({listed(missing)}) are not in this folder. "
            "Run impact demo in the project's folder, or set IMPACT_PROGRAMMES to its folder programmes."
        )


def _fill_inboxes() -> None:
    """Puts each example's files where staff would drop them, unless they are there."""
    for programme, prepare in EXAMPLES.items():
        inbox = settings().inbox(programme)
        if not inbox.is_dir():
            prepare(inbox)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port
