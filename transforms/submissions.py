"""Submissions by question instead of heading, and which of several submissions of one thing counts."""

import re
import unicodedata
from dataclasses import dataclass

import polars as pl

from transforms.programme import Form

RECEIVED = ("_source", "_pull", "_file", "_row", "_pulled_at")
"""Where a submission came from."""

FLAW = "_flaw"
"""The reason code of a row that the pull could not take apart into cells; null, or no such column, for all others."""

_UNREAD = "_unread"
KEY = "_key"
"""The server's own key of a submission; null for files."""

SUBMITTED = "_submitted_at"
"""When the server says that it was sent; null for files."""

SAID = "_said"
"""A keyed mark of all that a submission says, with what a person has put in its place; null where none was made."""

_RECORD = {KEY: pl.String(), "_deleted": pl.Boolean(), SUBMITTED: pl.Datetime("us", "UTC"), SAID: pl.UInt64()}
_LATEST = (SUBMITTED, "_pulled_at", "_file", "_row")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")


@dataclass(frozen=True)
class Chosen:
    """The submissions that count, and how many do not, by why."""

    submissions: pl.DataFrame
    duplicates: int
    superseded: int
    deleted: int

    def then(self, chosen: "Chosen") -> "Chosen":
        """What a further choice among these leaves, and all that neither counts."""
        return Chosen(
            chosen.submissions,
            self.duplicates + chosen.duplicates,
            self.superseded + chosen.superseded,
            self.deleted + chosen.deleted,
        )


def reference() -> pl.Expr:
    """What a submission is called wherever people meet it: the server's key, or FILE#ROW. To be copied, so one line."""
    # Not pl.format: in Polars 2.1 it panics where both columns came in different pieces.
    place = pl.col("_file") + "#" + pl.col("_row").cast(pl.String)
    return pl.coalesce(pl.col(KEY).str.replace_all(r"[\x00-\x1f]", "|"), place).alias("submission")


def by_question(submissions: pl.DataFrame, form: Form) -> pl.DataFrame:
    """One text column a question, after where each row came from; null where its file has no such heading.

    Files of one source may use different headings for a question, so the first that holds an answer is taken.
    """
    headings = {canonical(name): name for name in submissions.columns}
    columns = {
        name: [headings[path] for path in map(canonical, question.paths) if path in headings]
        for name, question in form.questions.items()
    }
    nothing = pl.lit(None, dtype=pl.String)
    asked = {name: pl.coalesce(pl.col(found).cast(pl.String)) if found else nothing for name, found in columns.items()}
    flaws = {name: pl.col(name) if name in submissions.columns else nothing for name in (FLAW, _UNREAD)}
    record = {
        name: pl.col(name) if name in submissions.columns else pl.lit(None, dtype=kind)
        for name, kind in _RECORD.items()
    }
    return submissions.select(*RECEIVED, **flaws, **record, **asked)


def newest_revisions(asked: pl.DataFrame) -> Chosen:
    """Of every server's record what it says now. A file's rows are no records: all of them stay."""
    if asked[KEY].null_count() == asked.height:
        return Chosen(asked, 0, 0, 0)
    rows = asked.select(KEY, "_deleted").with_row_index("_place")  # as landed: later pulls stand below
    newest = rows.unique(KEY, keep="last", maintain_order=True)
    there = newest.filter(~pl.col("_deleted"))["_place"]
    return Chosen(asked[there], 0, asked.height - newest.height, newest.height - there.len())


def canonical(heading: str) -> str:
    """A heading without what a person cannot see."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", heading)).split())


def that_count(asked: pl.DataFrame, keys: pl.DataFrame, replace: bool) -> Chosen:
    """The latest submission of each key; of those that say the same, one.

    `keys` are the key questions' values, row by row. A submission without a whole key supersedes nothing. With
    `replace` the newest file is the whole truth: what only older files hold has been deleted at the source.
    """
    rows = pl.concat([asked.select(*_LATEST, FLAW), keys], how="horizontal").with_row_index("_place")
    deleted = _deleted(rows, keys.columns) if replace else rows.clear()
    present = rows if deleted.is_empty() else rows.join(deleted, on="_place", how="anti", maintain_order="left")
    # Few keys come twice: only their rows are compared in full.
    several = present.filter(present.select(keys.columns).is_duplicated())
    said = pl.concat(
        [several, asked.drop(*RECEIVED, FLAW, *_RECORD)[several["_place"]].rename("said_{}".format)], how="horizontal"
    )
    newest_first = said.sort(_LATEST, descending=True)
    answers = [name for name in newest_first.columns if name.startswith("said_")]
    different = newest_first.unique([FLAW, *answers], keep="first", maintain_order=True)
    whole = pl.all_horizontal(pl.col(keys.columns).is_not_null())
    versions = different.filter(whole)
    kept = versions.unique(keys.columns, keep="first", maintain_order=True)
    duplicates, superseded = len(said) - len(different), len(versions) - len(kept)
    if not duplicates + superseded + len(deleted):
        return Chosen(asked, 0, 0, 0)
    single = present.join(several, on="_place", how="anti")["_place"]
    chosen = pl.concat([single, kept["_place"], different.filter(~whole)["_place"]]).sort()
    return Chosen(asked[chosen], duplicates, superseded, len(deleted))


def _deleted(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The rows of older files whose key the newest file does not hold."""
    newest = rows.select("_pulled_at", "_file").unique().sort("_pulled_at", "_file").tail(1)
    inside = rows.join(newest, on=("_pulled_at", "_file"), how="semi")
    older = rows.join(newest, on=("_pulled_at", "_file"), how="anti")
    return older.join(inside, on=keys, how="anti")
