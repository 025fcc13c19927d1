"""All submissions, page after page, until all came that the server counts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.sources import headings
from flows.sources.kobotoolbox.project import Row, check_repeats, columns_of, explained, path_of, server_of, survey_of
from flows.sources.kobotoolbox.records import key_of, moment_of, records
from flows.sources.probes import Probe
from flows.sources.stamp import doubts_about
from flows.sources.sudden_loss import refuse_lost_rows
from flows.sources.web import Server
from flows.stores.landing import Landing, Pulled
from flows.stores.manifests import Pull
from flows.stores.revisions import Draft
from transforms.errors import SourceError
from transforms.programme import Form, KoboToolbox

PAGE = 1000
"""Submissions asked for at once; a server cuts a larger number without a word, and may allow fewer."""
READS = 5
PAUSE_SECONDS = 2.0
"""Between two readings of the whole, when the first was not whole."""


@dataclass
class _Reading:
    """One reading of all pages: what came so far, and what the server counts."""

    draft: Draft
    ids: set[int] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    count: int = 0
    shifted: bool = False

    @property
    def whole(self) -> bool:
        """Whether everything came that the server counts."""
        return not self.shifted and len(self.ids) == self.count


def pull(source: KoboToolbox, form: Form, folder: Path, landing: Landing) -> Pulled:
    """Lands the submissions that are new or have changed, and a line for each that is gone.

    Raises SourceError when not all came that the server counts: then nothing is landed and nothing taken for gone.
    """
    with landing.pulling() as work, server_of(source) as server:
        survey = survey_of(server, source)
        check_repeats(survey, form, server.where)
        unknown = headings.check_columns(columns_of(survey, form), form, server.where)
        moment = Pull.now()
        reading = _read_whole(server, source, landing, work, moment)
        refuse_lost_rows(landing, reading.count)
        reading.draft.bury(reading.draft.vanished())
        came, doubts = len(reading.ids), doubts_about(reading.count, unknown)
        received = reading.draft.settle(source.asset, reading.count, came, doubts, reading.versions)
        return Pulled(landing.append(received, source.form, moment), reading.count)


def probe(source: KoboToolbox, folder: Path) -> Probe:
    """How many submissions the server counts, and when the newest came. Raises SourceError as a pull does."""
    with server_of(source) as server:
        try:
            page = server.get(f"{path_of(source)}/data.json", _is_page, limit=1, sort='{"_id":-1}')
        except SourceError as error:
            raise explained(error, server, source) from None
        return Probe(page["count"], *(moment_of(row, server.where) for row in page["results"]))


def _read_whole(server: Server, source: KoboToolbox, landing: Landing, work: Path, moment: Pull) -> _Reading:
    for attempt in range(READS):
        time.sleep(PAUSE_SECONDS if attempt else 0)
        reading = _Reading(Draft(landing, work, moment))
        _read(server, source, reading)
        if reading.whole:
            return reading
    why = "submissions were deleted meanwhile" if reading.shifted else f"{len(reading.ids)} came"
    raise SourceError(
        "incomplete",
        f"{server.where}: the server counts {reading.count} submissions, but {why}; so it was {READS} times in a row. "
        "The next run tries again.",
    )


def _read(server: Server, source: KoboToolbox, reading: _Reading) -> None:
    """Reads page after page. Each begins with the last submission of the page before.

    Pages are cut by position: a submission deleted meanwhile moves all later ones up, and one of them would be on no
    page. Then the page does not begin with the one expected, whatever the count says.
    """
    start, expected = 0, None
    while True:
        page = server.get(f"{path_of(source)}/data.json", _is_page, limit=PAGE, start=start, sort='{"_id":1}')
        rows: list[Row] = page["results"]
        reading.count = page["count"]
        new = [row for row in rows if row["_id"] not in reading.ids]
        moved = expected is not None and (not rows or rows[0]["_id"] != expected)
        more = page["next"] is not None  # where it leads is no matter: links may name another host
        if moved or (more and not new):
            reading.shifted = True
            return
        _add(new, reading, server.where)
        if not more:
            return
        start += max(len(rows) - 1, 1)
        expected = rows[-1]["_id"] if len(rows) > 1 else None


def _is_page(answer: Any) -> bool:
    """Whether an answer is a whole page: a cut one may still be JSON."""
    if not isinstance(answer, dict) or "next" not in answer or not isinstance(answer.get("results"), list):
        return False
    rows = answer["results"]
    return isinstance(answer.get("count"), int) and all(
        isinstance(row, dict) and isinstance(row.get("_id"), int) for row in rows
    )


def _add(rows: Sequence[Row], reading: _Reading, where: str) -> None:
    if not rows:
        return
    keys = [key_of(row, reading.keys) for row in rows]
    reading.ids.update(row["_id"] for row in rows)
    reading.versions.update(row["__version__"] for row in rows if row.get("__version__"))
    reading.draft.add(records(rows, keys, where))
