"""What is new, changed or gone since the last pull, and until when a pull has read."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.sources import headings
from flows.sources.odk_central.account import logged_in
from flows.sources.odk_central.answers import EXPECTED, PRESENT, SUBMISSIONS, SYSTEM, is_counted, moment_of
from flows.sources.odk_central.feed import ROUNDS, Feed
from flows.sources.odk_central.fields import Fields
from flows.sources.probes import Probe
from flows.sources.stamp import doubts_about
from flows.sources.sudden_loss import refuse_lost_rows
from flows.stores.landing import Landing, Pulled
from flows.stores.manifests import Pull
from flows.stores.revisions import Draft, waiting
from transforms.errors import SourceError
from transforms.programme import Form, OdkCentral

MOST_WAITING = 100
"""Submissions without all their photos that are asked for one by one, the newest; reconciling reads the others."""
_EVER = datetime.fromtimestamp(0, UTC)
_OWN = re.compile(rf"(__id|{SYSTEM}/.*|meta/.*|start|end|today|deviceid|username|email|phonenumber|audit)$")
"""Columns that every form may have beside its questions: new ones are no news."""


def pull(source: OdkCentral, form: Form, folder: Path, landing: Landing) -> Pulled:
    """Lands the submissions that are new or have changed. Raises SourceError when the server counts more or fewer."""
    with landing.pulling() as work, logged_in(source) as account:
        fields = Fields.of(account)
        headings.check_repeats(fields.repeats, form, account.where)
        unknown = [name for name in headings.check_columns(fields.columns, form, account.where) if not _OWN.match(name)]
        moment = Pull.now()
        feed = Feed(account, fields, Draft(landing, work, moment))
        mark = _bring(feed, _Mark.last(source, landing), source, moment)
        feed.read_again(waiting(landing, PRESENT, EXPECTED, MOST_WAITING) - feed.seen)
        refuse_lost_rows(landing, feed.rows)
        received = feed.draft.settle(
            f"{source.project}/{source.form_id}",
            feed.rows,
            feed.fetched,
            (*doubts_about(feed.rows, unknown), *feed.doubts),
            feed.versions,
        )
        return Pulled(landing.append(received, source.form, moment), feed.rows, mark.as_cursor())


def probe(source: OdkCentral, folder: Path) -> Probe:
    """How many submissions the server counts, and when the newest came. Raises SourceError as a pull does."""
    with logged_in(source) as account:
        page = account.get(SUBMISSIONS, is_counted, **{"$top": "1", "$count": "true"})
        newest = [moment_of(row[SYSTEM].get("submissionDate")) for row in page["value"]]
        return Probe(page["@odata.count"], *newest)


def watermark_of(cursor: str) -> str:
    """What a person may read of the mark that the last pull left: from when on the next one asks for news."""
    return str(json.loads(cursor)["since"])


@dataclass(frozen=True)
class _Mark:
    """Where the next pull begins: the form it was read from, the date, and when all of it was last read."""

    form: str
    since: datetime
    reconciled: datetime

    @classmethod
    def last(cls, source: OdkCentral, landing: Landing) -> "_Mark | None":
        """The mark that the last pull left; None when there is none for this very form."""
        attempt = landing.attempt()
        if attempt is None or attempt.cursor is None:
            return None
        said = json.loads(attempt.cursor)
        mark = cls(said["form"], datetime.fromisoformat(said["since"]), datetime.fromisoformat(said["reconciled"]))
        return mark if mark.form == _form_of(source) else None

    def as_cursor(self) -> str:
        """The text that the landing keeps."""
        dates = {"since": self.since.isoformat(), "reconciled": self.reconciled.isoformat()}
        return json.dumps({"form": self.form, **dates})


def _form_of(source: OdkCentral) -> str:
    return f"{source.project}/{source.form_id}"


def _bring(feed: "Feed", last: _Mark | None, source: OdkCentral, moment: Pull) -> _Mark:
    """Drafts what the server has that the landing does not; the mark from which the next pull goes on."""
    due = last is None or moment.at - last.reconciled >= timedelta(days=source.reconcile_days)
    if last is None or due or not _settled(feed, last.since):
        there = feed.read()
        feed.draft.bury([*feed.draft.vanished(), *sorted(feed.seen - there)])
        last = _Mark(_form_of(source), feed.since(moment, _EVER), moment.at)
        if not _settled(feed, last.since):
            raise SourceError(
                "incomplete",
                f"{feed.account.where}: the server has {feed.rows} submissions, {feed.draft.live} came. "
                "The next run tries again.",
            )
    return _Mark(last.form, feed.since(moment, last.since), last.reconciled)


def _settled(feed: "Feed", since: datetime) -> bool:
    """Whether, with what came and went since a moment, as many submissions are known as the server has."""
    for _ in range(ROUNDS):
        feed.read(f"__system/submissionDate ge {_time(since)} or __system/updatedAt ge {_time(since)}")
        feed.read_deleted(f"__system/deletedAt ge {_time(since)}")
        if feed.count() == feed.draft.live:
            return True
    return False


def _time(moment: datetime) -> str:
    """A moment as a filter takes it: without its zone it would be refused."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
