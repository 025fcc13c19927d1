"""Which figures a release makes anew, so that no difference between releases tells of a few.

A figure rests on a cell: on what the people of one place contribute to one item. It is made anew when as many of them
as the publication floor have changed since it was last, or none; else it stands as it is, with its date. An unchanged
number of people is not enough: one may leave and another come.

That holds for what can be worked out, too. The total less the parts that were made anew tells of all other parts
together, tonight as the time before: so in all parts together that stand, are hidden, or were either the time before,
nobody may have changed or at least the floor. Where it is fewer, the part with the fewest changes that was to be made
anew stands as well; where there is none, the total does.

A difference from a release before the last is the sum of those in between, unless somebody changed twice, and perhaps
back. Where that is so, the figure is held against all its earlier releases.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from transforms.disclosure.contributions import GROUP
from transforms.tables import EVERYONE

PERSON = "participant"
FIGURES = ["item", "period"]
CELL = [*FIGURES, "arm", "by", "group"]
PROGRAMME = "programme"
REST = "·"
"""Stands for all groups of a breakdown that are not made anew, together."""
_WHOLE = [*FIGURES, "whole_arm", "whole_by", "whole_group"]
_PLACE = ("arm", "by", "group")
_SUM = [*_WHOLE, "kind", "by"]
"""What tells the parts of a whole, added up, from others."""
_OTHER = ["arm", "group"]


@dataclass(frozen=True)
class Published:
    """What was released until now.

    `cells`: one row per cell and release in which it was made anew: `item, period, arm, by, group, version`. `log`: one
    row per change, as `changes` makes them, with the `version` of the release that first knew it. `version`: tonight's.
    """

    cells: pl.DataFrame
    log: pl.DataFrame
    version: int


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


def net(log: pl.DataFrame) -> pl.DataFrame:
    """What has changed from before the first to after the last of several versions, for each person, item and place."""
    key = [name for name in log.columns if name not in ("before", "after", "version")]
    ends = log.sort("version").group_by(key, maintain_order=True).agg(pl.col("before").first(), pl.col("after").last())
    return ends.filter(pl.col("before").ne_missing(pl.col("after")))


def made_anew(wanted: pl.DataFrame, published: Published, nested: dict[str, list[str]], floor: int) -> pl.DataFrame:
    """Of the cells that could be shown tonight (`wanted`: the columns of a cell) those that may be made anew.

    `same` says in which nobody has changed since they last were. `nested`: by the name of a breakdown those within
    whose groups its own lie.
    """
    newest = published.cells.group_by(FIGURES).agg(newest=pl.col("version").max())
    seen = published.cells.group_by(CELL).agg(seen=pl.col("version").max())
    changed = _placed(net(_after(published.log, newest)))
    since = _since_seen(seen, published.log)
    ever = _placed(published.log)
    cells = _but(_cells(wanted, seen, newest, changed, since, floor), _told_by_earlier(published, floor))
    while True:
        tonight = cells.select(CELL, moves="anew")
        both_times = cells.select(CELL, moves=pl.col("continued") & pl.col("anew"))
        stand = pl.concat(
            [
                _must_stand_too(both_times, changed, nested, floor),  # what all others were the time before is known
                _must_stand_too(tonight, since, nested, floor),  # and what each of them was when it was last made anew
                _told_since(cells, published, ever, nested, floor),
                _told_by_wholes(cells.filter("anew").select(CELL), published, ever, nested, floor),
            ]
        )
        if stand.is_empty():
            return cells.filter("anew").select(*CELL, "same").sort(CELL)
        cells = _but(cells, stand)


def _after(log: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    """The changes since any figure of an item was last made anew; none of items that never were."""
    return log.join(newest, on=FIGURES).filter(pl.col("version") > pl.col("newest")).drop("newest")


def _cells(
    wanted: pl.DataFrame,
    seen: pl.DataFrame,
    newest: pl.DataFrame,
    changed: pl.DataFrame,
    since: pl.DataFrame,
    floor: int,
) -> pl.DataFrame:
    """One row per cell that is wanted or was ever shown.

    `continued`: it was made anew the last time that any figure of its item was. `anew`: it may be, as far as it alone
    goes.
    """
    cells = (
        wanted.select(CELL, wanted=pl.lit(True))
        .join(seen, on=CELL, how="full", coalesce=True)
        .join(newest, on=FIGURES, how="left")
        .join(_people(changed).rename({"people": "step"}), on=CELL, how="left")
        .join(_people(since).rename({"people": "since"}), on=CELL, how="left")
        .with_columns(pl.col("wanted").fill_null(False), pl.col("step", "since").fill_null(0))
    )
    count = pl.when(pl.col("seen").is_null()).then("step").otherwise("since")
    enough = pl.col("newest").is_null() | (count == 0) | (count >= floor)
    continued = (pl.col("seen") == pl.col("newest")).fill_null(False)
    same = pl.col("seen").is_not_null() & (pl.col("since") == 0)
    return cells.select(*CELL, continued=continued, anew=pl.col("wanted") & enough, same=same)


def _since_seen(seen: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    """By `_placed`, who changed in each cell since it was last made anew."""
    found = [_placed(net(log.clear()))]
    for (version,), cells in seen.group_by("seen"):
        later = _placed(net(log.filter(pl.col("version") > version).join(cells, on=FIGURES, how="semi")))
        found.append(later.join(cells, on=CELL, how="semi"))
    return pl.concat(found)


def _told_by_earlier(published: Published, floor: int) -> pl.DataFrame:
    """The cells of which the difference from some earlier release would be of too few: where somebody changed twice."""
    person = [PERSON, *FIGURES]
    again = published.log.group_by(person).agg(times=pl.col("version").n_unique()).filter(pl.col("times") > 1)
    theirs = published.log.join(again, on=FIGURES, how="semi")
    touched = _placed(published.log.join(again, on=person, how="semi")).select(CELL).unique()
    suspects = published.cells.join(touched, on=CELL, how="semi")
    found = [touched.clear()]
    for (version,), cells in suspects.group_by("version"):
        counted = _people(_placed(net(theirs.filter(pl.col("version") > version))))
        few = counted.filter(pl.col("people") < floor).join(cells, on=CELL, how="semi")
        found.append(few.select(CELL))
    return pl.concat(found).unique()


def _told_since(
    cells: pl.DataFrame, published: Published, ever: pl.DataFrame, nested: dict[str, list[str]], floor: int
) -> pl.DataFrame:
    """Of the cells to be made anew those with which a whole of tonight, less what it was, would tell of too few.

    Of a part that is made anew tonight, and of which it is known what it was when the whole was last so, it is known
    what changed. In all other parts together nobody may have changed since that release of the whole, or at least
    `floor`. `ever`: the log, by `_placed`.
    """
    anew = cells.filter("anew").select(CELL)
    tonight = anew.with_columns(version=pl.lit(published.version, dtype=pl.Int64))
    releases = pl.concat([published.cells.select(tonight.columns), tonight])
    companions, wholes = [anew.clear()], [anew.clear()]
    for (moment,), then in published.cells.join(anew, on=CELL, how="semi").group_by("version", maintain_order=True):
        since = published.log.filter(pl.col("version") > moment).join(then, on=FIGURES, how="semi")
        changed = _placed(net(since))
        moments = then.select(FIGURES).unique().with_columns(moment=pl.lit(moment, dtype=pl.Int64))
        known = _between(releases, moments, ever).filter(pl.col("people") == 0).join(anew, on=CELL, how="semi")
        moving = known.select(*CELL, moves=pl.lit(True))
        released = then.select(*FIGURES, *(pl.col(name).alias(f"whole_{name}") for name in _PLACE))
        for parts in _parts(changed, nested):
            told = parts.join(released, on=_WHOLE, how="semi").join(moving, on=CELL, how="left")
            told = told.with_columns(pl.col("moves").fill_null(False))
            still = told.filter(~pl.col("moves")).group_by(_SUM).agg(people=pl.col(PERSON).n_unique())
            few = still.filter(pl.col("people") < floor).drop("people")
            companions.append(_companions(told, few))
            wholes.append(_wholes(told, few, cells.select(*CELL, moves="anew")))
    among = pl.concat(companions).unique()
    return pl.concat([among, pl.concat(wholes).unique().join(among, on=FIGURES, how="anti")])


def _told_by_wholes(
    anew: pl.DataFrame, published: Published, ever: pl.DataFrame, nested: dict[str, list[str]], floor: int
) -> pl.DataFrame:
    """Of the cells to be made anew those with which some whole of an earlier release would tell of too few.

    A part that stood then tells, once it is made anew, what it was: as many people are then between the whole and its
    parts as changed in each part from the whole's release to the part's nearest one. `ever`: the log, by `_placed`.
    """
    seen = published.cells.group_by(CELL).agg(seen=pl.col("version").max())
    after = anew.join(seen, on=CELL)  # those that stood for a time
    moments = (
        published.cells.select(*FIGURES, moment="version").unique().join(after.select(FIGURES).unique(), on=FIGURES)
    )
    moments = moments.join(after.group_by(FIGURES).agg(pl.col("seen").min()), on=FIGURES)
    moments = moments.filter(pl.col("moment") > pl.col("seen")).drop("seen")
    if moments.is_empty():
        return anew.clear()
    releases = pl.concat([published.cells, anew.with_columns(version=pl.lit(published.version, dtype=pl.Int64))])
    between = _between(releases, moments, ever)
    found = [anew.clear()]
    for parts in _parts(ever, nested):
        wholes = published.cells.rename({name: f"whole_{name}" for name in _PLACE} | {"version": "moment"})
        told = (
            parts.select(*dict.fromkeys([*CELL, *_SUM]))
            .unique()
            .join(between, on=CELL)
            .join(wholes, on=[*_WHOLE, "moment"])
        )
        summed = told.group_by(*_SUM, "moment").agg(pl.col("people").sum())
        few = told.join(summed.filter(pl.col("people").is_between(1, floor - 1)), on=[*_SUM, "moment"], how="semi")
        found.append(few.join(after, on=CELL).filter(pl.col("seen") < pl.col("moment")).select(CELL))
    return pl.concat(found).unique()


def _between(releases: pl.DataFrame, moments: pl.DataFrame, ever: pl.DataFrame) -> pl.DataFrame:
    """How many changed in each cell between a moment and the nearest release in which it was made anew.

    One row per cell and moment: the cell, `moment`, `people`. None for cells that were never shown.
    """
    near = (
        releases.join(moments, on=FIGURES)
        .group_by(*CELL, "moment")
        .agg(
            before=pl.col("version").filter(pl.col("version") <= pl.col("moment")).max(),
            after=pl.col("version").filter(pl.col("version") > pl.col("moment")).min(),
        )
    )
    changed = ever.select(PERSON, *CELL, "version").join(near, on=CELL)
    until = pl.col("version").is_between(pl.col("before"), pl.col("moment"), closed="right")
    from_then = pl.col("version").is_between(pl.col("moment"), pl.col("after"), closed="right")
    counted = changed.group_by(*CELL, "moment").agg(
        earlier=pl.when(pl.col("before").first().is_not_null()).then(pl.col(PERSON).filter(until).n_unique()),
        later=pl.when(pl.col("after").first().is_not_null()).then(pl.col(PERSON).filter(from_then).n_unique()),
    )
    return counted.select(*CELL, "moment", people=pl.min_horizontal("earlier", "later"))


def _placed(changed: pl.DataFrame) -> pl.DataFrame:
    """One row per person who changed and cell, in their arm and in all; with the person's group in every breakdown.

    Where an item has parts: a row for the part of the group, and one for the whole of it.
    """
    groups = [name for name in changed.columns if name.startswith(GROUP)]
    rows = []
    for name in groups:
        here = changed.drop_nulls(name).with_columns(by=pl.lit(name.removeprefix(GROUP)), within=pl.col(name))
        rows.append(here.with_columns(group=pl.col(name)))
        rows.append(here.drop_nulls("part").with_columns(group=pl.concat_str(name, part_of(pl.col("part")))))
    columns = [PERSON, *CELL, "within", *groups]
    own = pl.concat([changed.with_columns(by=None, group=None, within=None).clear(), *rows], how="diagonal_relaxed")
    version = [pl.col("version")] if "version" in own.columns else []
    own = own.select(pl.col(columns).cast(pl.String), *version)
    return pl.concat([own, own.with_columns(arm=pl.lit(EVERYONE))]).unique()


def part_of(part: pl.Expr) -> pl.Expr:
    """What a part adds to the name of a group; nothing where there are no parts."""
    return (pl.lit("›") + part).fill_null("")


def _people(placed: pl.DataFrame) -> pl.DataFrame:
    """How many different people each cell has: the cell and `people`."""
    return placed.group_by(CELL).agg(people=pl.col(PERSON).n_unique())


def _but(cells: pl.DataFrame, stand: pl.DataFrame) -> pl.DataFrame:
    """The cells, of which these are not made anew."""
    stands = stand.select(CELL).unique().with_columns(stands=pl.lit(True))
    joined = cells.join(stands, on=CELL, how="left", maintain_order="left")
    return joined.with_columns(anew=pl.col("anew") & pl.col("stands").is_null()).drop("stands")


def _must_stand_too(
    cells: pl.DataFrame, changed: pl.DataFrame, nested: dict[str, list[str]], floor: int
) -> pl.DataFrame:
    """Cells that must not be made anew, because in those parts of a whole that do not move too few changed together.

    `cells`: the cell and `moves`. `changed`: by `_placed`.
    """
    whole_moves = cells.rename({name: f"whole_{name}" for name in _PLACE} | {"moves": "whole_moves"})
    everybody = cells.filter(by=PROGRAMME, group=EVERYONE).select(*FIGURES, whole_arm="arm", all_moves="moves")
    empty = cells.select(CELL).clear()
    companions, wholes = [empty], [empty]
    for parts in _parts(changed, nested):
        told = parts.join(cells, on=CELL, how="left").join(whole_moves, on=_WHOLE, how="left")
        told = told.join(everybody, on=[*FIGURES, "whole_arm"], how="left")
        told = told.with_columns(pl.col("moves", "whole_moves", "all_moves").fill_null(False))
        # Of areas that do not move themselves it is known what they are together, where everybody's figure moves.
        together = (pl.col("kind") == "nested") & pl.col("all_moves")
        told = told.filter(pl.col("whole_moves") | together).with_columns(
            whole_group=pl.when("whole_moves").then("whole_group").otherwise(pl.lit(REST))
        )
        still = told.filter(~pl.col("moves")).group_by(_SUM).agg(people=pl.col(PERSON).n_unique())
        few = still.filter(pl.col("people") < floor).drop("people")
        companions.append(_companions(told, few))
        wholes.append(_wholes(told, few, cells))
    among = pl.concat(companions).unique()
    # A part that stands as well may be all that a whole of which no part moves lacked: that is looked at afterwards.
    return pl.concat([among, pl.concat(wholes).unique().join(among, on=FIGURES, how="anti")])


def _companions(told: pl.DataFrame, few: pl.DataFrame) -> pl.DataFrame:
    """Of each such whole the part that would be made anew in which the fewest changed."""
    among = told.filter("moves").join(few, on=_SUM, how="semi").group_by(*_SUM, *_OTHER).agg(pl.col(PERSON).n_unique())
    fewest = among.sort(PERSON, *_OTHER).unique(_SUM, keep="first", maintain_order=True)
    return fewest.select(CELL)


def _wholes(told: pl.DataFrame, few: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The wholes of which no part would be made anew; where that are several together, all of their item and arm."""
    alone = few.join(told.filter("moves"), on=_SUM, how="anti")
    single = alone.filter(pl.col("whole_group") != REST).select(
        *FIGURES, arm="whole_arm", by="whole_by", group="whole_group"
    )
    several = alone.filter(pl.col("whole_group") == REST).select(*FIGURES, arm="whole_arm").unique()
    return pl.concat([single, cells.filter("moves").join(several, on=several.columns, how="semi").select(CELL)])


def _parts(changed: pl.DataFrame, nested: dict[str, list[str]]) -> Iterator[pl.DataFrame]:
    """People by the cells that are parts of a whole: groups of everybody, of an area; arms of all; parts of groups."""
    plain = changed.filter(pl.col("group") == pl.col("within"))
    whole = {"whole_arm": pl.col("arm"), "whole_by": pl.lit(PROGRAMME), "whole_group": pl.lit(EVERYONE)}
    yield plain.filter(pl.col("by") != PROGRAMME).with_columns(**whole, kind=pl.lit("groups"))
    for child, parents in nested.items():
        for parent in parents:
            within = {"whole_by": pl.lit(parent), "whole_group": pl.col(f"{GROUP}{parent}")}
            inside = plain.filter(pl.col("by") == child).with_columns(**whole | within, kind=pl.lit("nested"))
            yield inside.drop_nulls("whole_group")
    arms = {"whole_arm": pl.lit(EVERYONE), "whole_by": pl.col("by"), "whole_group": pl.col("group")}
    yield plain.filter(pl.col("arm") != EVERYONE).with_columns(**arms, kind=pl.lit("arms"))
    itself = {"whole_arm": pl.col("arm"), "whole_by": pl.col("by"), "whole_group": pl.col("within")}
    yield changed.filter(pl.col("group") != pl.col("within")).with_columns(**itself, kind=pl.lit("parts"))
