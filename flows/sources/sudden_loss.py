"""The gate that every pull passes before it lands anything: has the source suddenly lost many of its rows?"""

from flows.stores.gates import Gates, Held
from flows.stores.landing import Landing
from transforms.errors import SourceError
from transforms.gates import is_sudden_loss


def refuse_lost_rows(landing: Landing, rows: int) -> None:
    """Raises SourceError `rows_down` where a server has far fewer rows than at the last good pull."""
    last = landing.attempt()
    if last is None or last.server_rows is None or last.succeeded_at is None:
        return
    refuse_loss(landing, f"source '{landing.source}'", Held("rows_down", last.succeeded_at, last.server_rows, rows))


def refuse_loss(landing: Landing, where: str, found: Held) -> None:
    """Raises SourceError where far fewer rows are left, or a file has none, unless a person has acknowledged it."""
    suspect = found.gate == "no_rows" or is_sudden_loss(found.rows_before, found.rows)
    if suspect and not Gates(landing).lets_pass(found):
        raise SourceError(found.gate, f"{where}: {_what(found)} {_remedy(landing)}")


def _what(found: Held) -> str:
    if found.gate == "no_rows":
        return "it has headings but no rows, and there were rows before. Nothing is taken. Send it again, or delete it."
    return (
        f"it has {found.rows} rows and had {found.rows_before} before: over 20 % are gone at once, as when rights were "
        "taken away or half a file was sent. Nothing of it is taken."
    )


def _remedy(landing: Landing) -> str:
    return f'Or, if that is right: impact acknowledge {landing.folder.parent.name} {landing.source} --reason "..."'
