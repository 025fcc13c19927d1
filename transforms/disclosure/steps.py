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

from transforms.disclosure.changed import CELL, FIGURES, PERSON, PROGRAMME, Published, net, placed
from transforms.disclosure.combining import told_combined
from transforms.disclosure.contributions import GROUP
from transforms.tables import EVERYONE


@dataclass(frozen=True)
class People:
    """Who is in which cell tonight: `numbers`, of all cells, how many contribute (`number`); `lies_in`, by
    `margins.inside`; `nested`: by the name of a breakdown those within whose groups its own lie."""

    numbers: pl.DataFrame
    lies_in: pl.DataFrame
    nested: dict[str, list[str]]


REST = "·"
"""Stands for all groups of a breakdown that are not made anew, together."""
_WHOLE = [*FIGURES, "whole_arm", "whole_by", "whole_group"]
_PLACE = ("arm", "by", "group")
_SUM = [*_WHOLE, "kind", "by"]
"""What tells the parts of a whole, added up, from others."""
_OTHER = ["arm", "group"]


def made_anew(wanted: pl.DataFrame, published: Published, people: People, floor: int) -> pl.DataFrame:
    """Of the cells that could be shown tonight (`wanted`: the columns of a cell) those that may be made anew.

    `same` says in which nobody has changed since they last were.
    """
    newest = published.cells.group_by(FIGURES).agg(newest=pl.col("version").max())
    seen = published.cells.group_by(CELL).agg(seen=pl.col("version").max())
    changed = placed(net(_after(published.log, newest)))
    since = _since_seen(seen, published.log)
    cells = _cells(wanted, seen, newest, changed, since, floor)
    while True:
        tonight = cells.select(CELL, moves="anew")
        both_times = cells.select(CELL, moves=pl.col("continued") & pl.col("anew"))
        before = _must_stand_too(both_times, changed, people.nested, floor)  # what the others were then is known,
        ever = _must_stand_too(tonight, since, people.nested, floor)  # and what each was when it was last made anew
        stand = pl.concat([before, ever])
        if stand.is_empty():
            anew = cells.filter("anew").select(*CELL, changed="since")
            stand = told_combined(anew, published, people.numbers, people.lies_in, floor)
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
    return cells.select(*CELL, "since", continued=continued, anew=pl.col("wanted") & enough, same=same)


def _since_seen(seen: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    """By `changed.placed`, who changed in each cell since it was last made anew."""
    found = [placed(net(log.clear()))]
    for (version,), cells in seen.group_by("seen"):
        later = placed(net(log.filter(pl.col("version") > version).join(cells, on=FIGURES, how="semi")))
        found.append(later.join(cells, on=CELL, how="semi"))
    return pl.concat(found)


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

    `cells`: the cell and `moves`. `changed`: by `changed.placed`.
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
