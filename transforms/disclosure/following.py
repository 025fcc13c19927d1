"""What has changed from one release's rows to the next, and who went for good."""

from collections.abc import Callable

import polars as pl

from transforms.disclosure.changed import PERSON, changes
from transforms.disclosure.contributions import GROUP, Rows, contributions, places
from transforms.programme import Programme

Mark = Callable[[pl.Series], pl.Series]
"""Makes marks of states: equal ones of equal states, from which nothing can be read."""

_AT_ONCE = 50_000
_NO_ANSWERS = ("period", "arm", "due", "answered", "closed", "exposed")


def pending(before: Rows, now: Rows, programme: Programme, mark: Mark) -> pl.DataFrame:
    """The changes, by `batches.changes`, from one data set to another, states marked."""
    people = differing(before, now, programme)
    told = [
        (places(each.responses, programme), contributions(each, programme))
        for each in (before.of(people), now.of(people))
    ]
    found = changes(told[0], told[1])
    return found.with_columns(mark(found["before"]).alias("before"), mark(found["after"]).alias("after"))


def differing(before: Rows, now: Rows, programme: Programme) -> pl.Series:
    """Who is in one of the two only, or has anything else in them, in order."""
    carried = (*_NO_ANSWERS, *(each.by for each in programme.breakdowns))
    pairs = [
        (before.responses.select(PERSON, "round", *carried), now.responses.select(PERSON, "round", *carried)),
        (before.measurements, now.measurements),
        (before.enrolments, now.enrolments),
    ]
    found = [_differing(*pair) for pair in pairs]
    return pl.concat(found).unique().sort()


def _differing(before: pl.DataFrame, now: pl.DataFrame) -> pl.Series:
    """The people whose rows are not the same, in any order, as far as both have the columns."""
    shared = [pl.col(name).cast(dtype) for name, dtype in now.schema.items() if name in before.columns]
    sums = [_hashed(each.select(shared)) for each in (before, now)]
    both = sums[0].join(sums[1], on=PERSON, how="full", coalesce=True, suffix="_now")
    return both.filter(pl.col("rows").ne_missing(pl.col("rows_now")))[PERSON]


def _hashed(frame: pl.DataFrame) -> pl.DataFrame:
    # Halved, so that a person's sum stays within 64 bits; hashes are compared in this process only.
    hashed = (frame.hash_rows() // 1024).alias("rows")
    return pl.DataFrame([frame[PERSON], hashed]).group_by(PERSON).agg(pl.col("rows").sum())


def departures(rows: Rows, programme: Programme, mark: Mark, alias: Mark) -> pl.DataFrame:
    """The changes by which people go for good: who they were, and that it was the same ones elsewhere, stays unknown.

    One row per cell and person, under another `alias` in each breakdown but for those that lie within each other; of
    many people in a cell only as many as the publication floor: more tell no more.
    """
    floor, found = programme.disclosure.floor, list[pl.DataFrame]()
    people, inside = rows.responses[PERSON].unique().sort(), nested(places(rows.responses, programme))
    for start in range(0, max(1, people.len()), _AT_ONCE):
        there = rows.of(people.slice(start, _AT_ONCE))
        nobody = there.of(people.clear())
        gone = pending(there, nobody, programme, mark)
        found.append(_enough([*found[-1:], *_apart(gone, inside, alias)], floor))
    return found[-1]


def _apart(gone: pl.DataFrame, inside: dict[str, list[str]], alias: Mark) -> list[pl.DataFrame]:
    """The rows by breakdown; together with the whole those of which the groups lie within each other."""
    groups = [name for name in gone.columns if name.startswith(GROUP)]
    chained = {f"{GROUP}{name}" for child, parents in inside.items() for name in (child, *parents)}
    chain = [name for name in groups if name in chained or name == f"{GROUP}programme"]
    return [
        gone.with_columns(
            alias(each[0] + gone[PERSON]).alias(PERSON),
            *(pl.lit(None, dtype=pl.String).alias(other) for other in groups if other not in each),
        )
        for each in (chain, *([name] for name in groups if name not in chain))
    ]


def _enough(parts: list[pl.DataFrame], floor: int) -> pl.DataFrame:
    rows = pl.concat(parts)
    cell = [name for name in rows.columns if name not in (PERSON, "before", "after")]
    return rows.sort(PERSON).group_by(cell, maintain_order=True).head(floor).select(rows.columns)


def nested(placed: pl.DataFrame) -> dict[str, list[str]]:
    """By the name of a breakdown all those, of fewer groups, within whose groups its own lie."""
    names = [name for name in placed.columns if name.startswith(GROUP) and name != f"{GROUP}programme"]
    groups = {name: placed[name].drop_nulls().n_unique() for name in names}
    found = {
        child: [each for each in names if groups[each] < groups[child] and _lies_within(placed, child, each)]
        for child in names
    }
    return {
        child.removeprefix(GROUP): [each.removeprefix(GROUP) for each in parents]
        for child, parents in found.items()
        if parents
    }


def _lies_within(placed: pl.DataFrame, child: str, parent: str) -> bool:
    pairs = placed.select(child, parent).drop_nulls(child).unique()
    return pairs.height == pairs[child].n_unique() and pairs[parent].null_count() == 0
