"""The form's submissions as the server pages them out."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

import polars as pl

from flows.sources.odk_central.account import Account
from flows.sources.odk_central.answers import SUBMISSIONS, SYSTEM, Row, is_counted, is_page, moment_of
from flows.sources.odk_central.fields import Fields
from flows.stores.manifests import Doubt, Pull
from flows.stores.revisions import RECORD, Draft, content_of
from transforms.errors import SourceError

PAGE_ROWS = 1_000
OVERLAP = timedelta(minutes=30)
"""How far before the newest date a pull begins again: submissions can show up later than their dates say."""
ROUNDS = 4
"""How often a pull looks again while the server's submissions change under it."""


class Feed:
    """The form's submissions as the server pages them out, into a draft."""

    def __init__(self, account: Account, fields: Fields, draft: Draft) -> None:
        self.account, self.draft = account, draft
        self.rows = self.fetched = 0
        self.seen: set[str] = set()
        self.versions: set[str] = set()
        self._fields = fields
        self._encrypted: set[str] = set()
        self._newest: datetime | None = None

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Submissions whose answers the server itself cannot read."""
        return (Doubt("encrypted", "", len(self._encrypted)),) if self._encrypted else ()

    def since(self, moment: Pull, before: datetime) -> datetime:
        """A little before the newest date seen; never later than now, or a clock once wrong would hide what comes."""
        return max(min(self._newest, moment.at) - OVERLAP, before) if self._newest else before

    def count(self) -> int:
        """How many submissions the server has now."""
        page = self.account.get(SUBMISSIONS, is_counted, **{"$top": "1", "$count": "true"})
        self.rows = page["@odata.count"]
        return self.rows

    def read(self, condition: str | None = None) -> set[str]:
        """Drafts every submission, or those that meet a condition; the ids of the listing that was whole."""
        return self._pages(condition, self._draft)

    def read_deleted(self, condition: str) -> None:
        """Drafts that submissions are gone."""
        self._pages(condition, lambda rows: self.draft.bury([row["__id"] for row in rows]))

    def read_again(self, keys: set[str]) -> None:
        """Drafts single submissions anew; one that is gone by now is left to the next pull."""
        for key in sorted(keys):
            try:
                page = self.account.get(f"{SUBMISSIONS}('{quote(key, safe='')}')", is_page, **{"$expand": "*"})
            except SourceError as error:
                if error.code != "not_found":
                    raise
            else:
                self._draft(page["value"])

    def _pages(self, condition: str | None, take: Callable[[list[Row]], None]) -> set[str]:
        """Takes every page of a listing; all over again while fewer came than the first page counted."""
        for _ in range(ROUNDS):
            counted, came = 0, set[str]()
            for page in self._listing(condition):
                counted = counted or page["@odata.count"]
                came.update(row["__id"] for row in page["value"])
                take(page["value"])
            if len(came) >= counted:
                return came
        raise SourceError(
            "incomplete",
            f"{self.account.where}: the server counts {counted} submissions but gives out {len(came)}, {ROUNDS} times "
            "in a row. The next run tries again.",
        )

    def _listing(self, condition: str | None) -> Iterator[Row]:
        asked: dict[str, str | int] = {"$top": PAGE_ROWS, "$count": "true", "$expand": "*"}
        if condition:
            asked["$filter"] = condition
        page = self.account.get(SUBMISSIONS, is_counted, **asked)
        yield page
        followed: set[str] = set()
        while link := page.get("@odata.nextLink"):
            if link in followed:
                raise SourceError("paging_stuck", f"{self.account.where}: the server's pages lead back to themselves.")
            followed.add(link)
            page = self.account.follow(link, is_page)
            yield page

    def _draft(self, rows: list[Row]) -> None:
        if not rows:
            return
        self.fetched += len(rows)
        for row in rows:
            self._note(row)
        self.draft.add(_records(rows, self._fields.answers_of(rows)))

    def _note(self, row: Row) -> None:
        system = row[SYSTEM]
        self.seen.add(row["__id"])
        dates = [moment_of(system.get(name)) for name in ("submissionDate", "updatedAt")]
        self._newest = max((date for date in (*dates, self._newest) if date), default=None)
        if version := system.get("formVersion"):
            self.versions.add(version)
        if row.keys() <= {"__id", SYSTEM}:
            self._encrypted.add(row["__id"])


def _records(rows: Sequence[Row], answers: pl.DataFrame) -> pl.DataFrame:
    """A landing's records; a change of the review or of the photos that came is a revision too."""
    systems = [row[SYSTEM] for row in rows]
    reviews = [each.get("reviewState") for each in systems]
    known = {
        "_key": [row["__id"] for row in rows],
        "_revision": content_of(answers),
        "_deleted": [review == "rejected" for review in reviews],
        "_submitted_at": [moment_of(each.get("submissionDate")) for each in systems],
        "_updated_at": [moment_of(each.get("updatedAt")) for each in systems],
        "_review": reviews,
        "_form_version": [each.get("formVersion") for each in systems],
    }
    return pl.DataFrame(known, schema=RECORD).hstack(answers.drop("__id"))
