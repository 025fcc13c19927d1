"""What became of people's submissions between two versions: came, went, say something else now."""

import polars as pl

from transforms.comparing.version import Version

PERSON = "participant"
ROW = [PERSON, "round"]
_PLACE = ["source", "submission"]
_BY_HAND = [*_PLACE, "field", "action", "old", "new", "corrected_by", "corrected_on"]


def fates(before: Version, after: Version) -> pl.DataFrame:
    """One row per person and round with a submission in either: `relation`, and how else it differs.

    `relation`: same, came, gone, grown (further ones beside), shrunk or changed. `by_hand`: a correction was written or
    withdrawn; `was_aside`, `is_aside`: set aside then, or now; `other_source`: its source is declared in one only.
    """
    said = [_said(each) for each in (before, after)]
    both = said[0].join(said[1], on=ROW, how="full", coalesce=True, suffix="_now")
    lost = pl.col("said").list.set_difference("said_now").list.len()
    new = pl.col("said_now").list.set_difference("said").list.len()
    relation = (
        pl.when(pl.col("said").is_null())
        .then(pl.lit("came"))
        .when(pl.col("said_now").is_null())
        .then(pl.lit("gone"))
        .when((lost == 0) & (new == 0))
        .then(pl.lit("same"))
        .when(lost == 0)
        .then(pl.lit("grown"))
        .when(new == 0)
        .then(pl.lit("shrunk"))
        .otherwise(pl.lit("changed"))
    )
    marks = {
        "by_hand": _with(pl.concat([before.origins, after.origins]), _changed_by_hand(before, after)),
        "was_aside": _with(after.origins, before.rejects),
        "is_aside": _with(before.origins, after.rejects),
        "other_source": _of_other_sources(before, after),
    }
    found = both.select(*ROW, relation=relation)
    for name, rows in marks.items():
        found = found.join(rows.with_columns(pl.lit(True).alias(name)), on=ROW, how="left")
    return found.with_columns(pl.col(list(marks)).fill_null(False))


def _said(version: Version) -> pl.DataFrame:
    known = version.origins.drop_nulls(PERSON)
    return known.group_by(ROW).agg(pl.col("said").unique().sort())


def _with(origins: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """The people and rounds of submissions that are named."""
    return origins.drop_nulls(PERSON).join(named.select(_PLACE).unique(), on=_PLACE, how="semi").select(ROW).unique()


def _changed_by_hand(before: Version, after: Version) -> pl.DataFrame:
    """The submissions with a correction in one version only."""
    then, now = before.corrections.select(_BY_HAND), after.corrections.select(_BY_HAND)
    return pl.concat(
        [
            then.join(now, on=_BY_HAND, how="anti", nulls_equal=True),
            now.join(then, on=_BY_HAND, how="anti", nulls_equal=True),
        ]
    ).select(_PLACE)


def _of_other_sources(before: Version, after: Version) -> pl.DataFrame:
    """The people and rounds of submissions whose source only one of the versions declares."""
    then, now = ({each.id for each in version.programme.sources} for version in (before, after))
    other = pl.col("source").is_in(list(then ^ now))
    rows = pl.concat([before.origins, after.origins]).drop_nulls(PERSON)
    return rows.filter(other).select(ROW).unique()
