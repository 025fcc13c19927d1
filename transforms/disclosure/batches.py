"""Which people's changes a release takes in, so that no difference between releases tells of a few.

Every figure of a release is computed on one data set. It follows the rows that are known in batches: people who
joined, left or were corrected wait until, in every cell that is published, as many of them as the publication floor
change at once, or none. All figures being of one data set, whatever is added and subtracted over cells and nights is
then a sum over cells' changes, each of nobody or of enough people.

The largest such batch is unique: of the people who wait, all go back who are among too few in some cell, and again,
until none is (the core of a hypergraph; Seidman 1983). A cell that is not shown counts together with all others that
are not, since the total less what is shown tells of them together.

What cannot wait, because the rows are gone for good (an erasure), may leave a cell with too few changes. The item then
stands: all its figures stay those of its last release, until enough has changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from transforms.disclosure.contributions import GROUP
from transforms.tables import EVERYONE

PERSON = "participant"
FIGURES = ["item", "period"]
"""What is released anew, or stands, as a whole."""
REST = "·"
"""The group of all who are in no shown group of a breakdown."""


@dataclass(frozen=True)
class Published:
    """What earlier releases showed, and what has changed since.

    `shown`: one row per cell that the last release showed: `item, period, arm, by, group`; of items with parts the
    whole group too. `released`: one row per item, period and version in which its figures were made anew. `log`: one
    row per change taken in, as `changes` makes them, with the `version` from which on it counts.
    """

    shown: pl.DataFrame
    released: pl.DataFrame
    log: pl.DataFrame

    @property
    def next_version(self) -> int:
        """The number of the release to come."""
        last = self.released["version"].max()
        return 1 if last is None else int(str(last)) + 1


@dataclass(frozen=True)
class Batch:
    """Whose changes a release takes in, and whose wait, in order.

    `standing`: the items and periods whose figures stay as they are. `young`: one row per cell (as in `shown`) that was
    not shown, and in which too few have changed since for the step to being shown.
    """

    taken: pl.Series
    waiting: pl.Series
    standing: pl.DataFrame
    young: pl.DataFrame


def changes(before: tuple[pl.DataFrame, pl.DataFrame], now: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """One row per person, item, part and place whose state differs: these, `period, arm, by...`, `before`, `after`.

    `before`, `now`: `places` and `contributions` of the same people, then and now. Who moved from one place to another
    left the one (`after` is null) and joined the other.
    """
    placed = [states.join(places, on=PERSON, how="inner") for places, states in (before, now)]
    old, new = (each.rename({"state": name}) for each, name in zip(placed, ("before", "after"), strict=True))
    key = [name for name in old.columns if name != "before"]
    both = old.join(new, on=key, how="full", coalesce=True, nulls_equal=True)
    return both.filter(pl.col("before").ne_missing(pl.col("after"))).select(*key, "before", "after").sort(key)


def batch(
    pending: pl.DataFrame, published: Published, cannot_wait: pl.Series, nested: dict[str, str], floor: int
) -> Batch:
    """The largest batch of those with pending changes, and what must stand.

    `pending`: by `changes`, against the data set of the last release. `cannot_wait`: people whose changes count at
    once. `nested`: by the name of a breakdown, the one within whose groups its own lie.
    """
    people = pending[PERSON].unique().sort()
    every = pl.concat(
        [published.log, pending.with_columns(version=pl.lit(published.next_version, dtype=pl.Int64))],
        how="diagonal_relaxed",
    )
    since = published.released.group_by(FIGURES).agg(since=pl.col("version").max())
    if_taken, if_not = net(_after(every, since)), net(_after(published.log, since))
    cells = _Cells(published.shown, nested, floor)
    taken, standing = people, since.select(FIGURES).clear()
    while True:
        waits = _among(people) & ~_among(taken)
        changed = pl.concat([if_taken.filter(~waits), if_not.filter(waits)])
        few = cells.too_few(changed.join(standing, on=FIGURES, how="anti"))
        if few.is_empty():
            break
        stuck = few.filter(~_among(taken) | _among(cannot_wait))
        if stuck.is_empty():
            taken = taken.filter(~taken.is_in(few[PERSON].implode()))
        else:  # whoever else is in such a cell: it would still be too few
            standing = pl.concat([standing, stuck.select(FIGURES).unique()])
    counted = every.filter(~waits | (pl.col("version") < published.next_version))
    standing = pl.concat([standing, _told_by_earlier(counted, published, cells)]).unique().sort(FIGURES)
    return Batch(taken, people.filter(~people.is_in(taken.implode())), standing, cells.young(changed))


def net(rows: pl.DataFrame) -> pl.DataFrame:
    """What has changed from before the first to after the last of several versions, for each person, item and place."""
    key = [name for name in rows.columns if name not in ("before", "after", "version")]
    ends = rows.sort("version").group_by(key, maintain_order=True).agg(pl.col("before").first(), pl.col("after").last())
    return ends.filter(pl.col("before").ne_missing(pl.col("after")))


def _after(rows: pl.DataFrame, since: pl.DataFrame) -> pl.DataFrame:
    """The changes since each item was last made anew; none of items that never were."""
    return rows.join(since, on=FIGURES).filter(pl.col("version") > pl.col("since")).drop("since")


def _among(people: pl.Series) -> pl.Expr:
    return pl.col(PERSON).is_in(people.implode())


def _told_by_earlier(rows: pl.DataFrame, published: Published, cells: "_Cells") -> pl.DataFrame:
    """The items and periods in which the difference from some release before the last would be of too few.

    Only where somebody changed more than once: else the difference is that of all releases since, each of enough.
    """
    again = rows.group_by(PERSON, *FIGURES).agg(times=pl.col("version").n_unique()).filter(pl.col("times") > 1)
    theirs = rows.join(again, on=FIGURES, how="semi")
    earlier = published.released.join(again, on=FIGURES, how="semi")
    found = [again.select(FIGURES).clear()]
    for version in earlier["version"].unique().sort():
        known = earlier.filter(pl.col("version") == version)
        few = cells.too_few(net(theirs.filter(pl.col("version") > version).join(known, on=FIGURES, how="semi")))
        found.append(few.select(FIGURES).unique())
    return pl.concat(found)


@dataclass(frozen=True)
class _Cells:
    """The cells in which changes are counted. `shown`, `nested`, `floor`: as for `batch`."""

    shown: pl.DataFrame
    nested: dict[str, str]
    floor: int

    def too_few(self, changed: pl.DataFrame) -> pl.DataFrame:
        """One row per person and cell with fewer changes than the floor: `participant`, and the columns of `shown`."""
        found = [self._fewer(placed) for each in _placed(changed) for placed in self._counted(each)]
        return pl.concat([_nobody(self.shown), *found])

    def young(self, changed: pl.DataFrame) -> pl.DataFrame:
        """The cells that were not shown though their total was, and in which fewer than the floor have changed."""
        found = [self._fewer(self._hidden(each)) for each in _placed(changed)]
        few = pl.concat([_nobody(self.shown), *found])
        return few.select(self.shown.columns).unique().sort(self.shown.columns)

    def _fewer(self, placed: pl.DataFrame) -> pl.DataFrame:
        cell = self.shown.columns
        counted = placed.group_by(cell).agg(people=pl.col(PERSON).n_unique())
        few = counted.filter(pl.col("people") < self.floor)
        return placed.select(PERSON, *cell).join(few, on=cell, how="semi")

    def _counted(self, placed: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """People by the cells shown; those in cells that are not, together, and together within what they lie in."""
        hidden = self._hidden(placed)
        yield placed.join(self.shown, on=self.shown.columns, how="semi")
        yield hidden.with_columns(group=pl.lit(REST))
        for child, parent in self.nested.items():
            within = hidden.filter(pl.col("by") == child).with_columns(group=f"{GROUP}{parent}")
            known = self.shown.filter(pl.col("by") == parent).drop("by")
            inside = within.join(known, on=known.columns, how="semi")
            yield inside.with_columns(group=pl.lit(REST) + pl.col("group"))

    def _hidden(self, placed: pl.DataFrame) -> pl.DataFrame:
        """Those in cells that are not shown, where the total is."""
        totals = self.shown.filter(pl.col("by") == "programme").drop("by", "group")
        missing = placed.join(self.shown, on=self.shown.columns, how="anti")
        return missing.join(totals, on=totals.columns, how="semi")


def part_of(part: pl.Expr) -> pl.Expr:
    """What a part adds to the name of a group; nothing where there are no parts."""
    return (pl.lit("›") + part).fill_null("")


def _nobody(shown: pl.DataFrame) -> pl.DataFrame:
    return shown.clear().select(pl.lit("").alias(PERSON), pl.all())


def _placed(changed: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """By breakdown, in their arm and among all: everybody who changed, with the cell as `by` and `group` too."""
    groups = [name for name in changed.columns if name.startswith(GROUP)]
    for name in groups:
        group = pl.concat_str(name, part_of(pl.col("part")))
        own = changed.with_columns(by=pl.lit(name.removeprefix(GROUP)), group=group).drop_nulls("group")
        yield own
        yield own.with_columns(arm=pl.lit(EVERYONE))
