"""The equations between contributions that all figures ever published of an item make.

A row is a figure, less the one of the same cell before it: what those add to it who came, left or were corrected in
between. Those who never changed are one unknown in each cell; of a whole it is the sum of its parts'. Contributions
that are in the same figures are one kind: only their sum can be known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import polars as pl
from scipy.sparse import csc_array, csr_array

from transforms.disclosure.changed import CELL, FIGURES, PART, PERSON, PROGRAMME, Published, placed
from transforms.tables import EVERYONE

MANY = 100
"""A sum of so many contributions tells of nobody, whatever the floor is."""
MOST_CHANGED = 500
"""How many people of one item may have changed since the oldest release that is looked at."""


@dataclass(frozen=True)
class System:
    """The equations of one item's figures.

    `equations`: figures, then sums of parts (rows) by kinds of contributions (columns): how they enter. `people`: how
    many are of each kind. `tonight`: of each row the place of its cell among those to be made anew, or -1.
    """

    equations: csr_array
    people: np.ndarray
    tonight: np.ndarray

    @property
    def key(self) -> bytes:
        """Equal for equal systems: those of questions that the same people answered on the same nights are."""
        parts = (self.equations.indptr, self.equations.indices, self.equations.data, self.people, self.tonight)
        return b"|".join(each.tobytes() for each in parts)

    def without(self, cells: np.ndarray) -> "System":
        """The equations when these of tonight's cells stand."""
        kept = ~np.isin(self.tonight, cells)
        return replace(self, equations=self.equations[kept], tonight=self.tonight[kept])

    @cached_property
    def different(self) -> tuple[csr_array, list[np.ndarray]]:
        """The equations, each once, as far as they say anything; and in which rows each is."""
        left = self.equations
        while (fixed := _fixed(left, self.people)).any():  # a sum over many that nobody else is in: it can't be another
            left = csr_array(left * ~fixed)
            left.eliminate_zeros()
        alike: dict[bytes, list[int]] = {}
        for row, (begin, end) in enumerate(pairwise(left.indptr)):
            if begin < end:
                told = left.indices[begin:end].tobytes() + left.data[begin:end].tobytes()
                alike.setdefault(told, []).append(row)
        rows = [np.array(each) for each in alike.values()]
        return left[[each[0] for each in rows]], rows


def _fixed(equations: csr_array, people: np.ndarray) -> np.ndarray:
    """The kinds of many people that some equation gives alone."""
    alone = equations.indices[equations.indptr[:-1][np.diff(equations.indptr) == 1]]
    fixed = np.zeros(len(people), dtype=bool)
    fixed[alone] = people[alone] >= MANY
    return fixed


def systems(
    anew: pl.DataFrame, published: Published, numbers: pl.DataFrame, lies_in: pl.DataFrame
) -> Iterator[tuple[pl.DataFrame, System]]:
    """Of each item of which anything new is told tonight its cells to be made anew, and the equations."""
    since = _looked_at(published.log)
    log = published.log.join(since, on="item").filter(pl.col("version") >= pl.col("since")).drop("since")
    tonight = anew.select(*CELL, version=pl.lit(published.version, dtype=pl.Int64))
    releases = _releases(pl.concat([published.cells.select(tonight.columns), tonight]), since)
    changes = placed(_contributed(log), "contribution", "sign")
    figures = _figures(releases, changes)
    told = (figures, _of_figures(figures, changes), _unchanged(numbers, changes), anew.sort(CELL))
    shares = [each.partition_by(FIGURES, as_dict=True) for each in told]
    for item, its_figures in shares[0].items():
        if (its_figures["version"] == published.version).any() and all(item in each for each in shares):
            _, its_changes, unchanged, cells = (each[item] for each in shares)
            yield cells, _system(its_figures, its_changes, unchanged, cells, lies_in, published.version)


def _looked_at(log: pl.DataFrame) -> pl.DataFrame:
    """By item `since` which version its releases are looked at: as long ago as not too many changed since."""
    changed = log.group_by("item", "version").agg(people=pl.col(PERSON).n_unique()).sort("version", descending=True)
    total = changed.with_columns(total=pl.col("people").cum_sum().over("item"))
    return total.filter(pl.col("total") <= MOST_CHANGED).group_by("item").agg(since=pl.col("version").min())


def _releases(releases: pl.DataFrame, since: pl.DataFrame) -> pl.DataFrame:
    """The releases of each cell that are looked at; of the older ones the last, which the others are held against."""
    known = releases.join(since, on="item")
    older = pl.col("version") < pl.col("since")
    last = pl.col("version") == pl.col("version").filter(older).max().over(CELL)
    return known.filter(~older | last).select(releases.columns)


def _contributed(log: pl.DataFrame) -> pl.DataFrame:
    """The log by what each change adds to the sums of its cells: `contribution`, whose and which, and its `sign`.

    Contributions are told against the first known: of who joined the state itself, of who left the same less, of who
    was corrected the difference.
    """
    person = [name for name in log.columns if name not in ("before", "after", "version")]
    states = log.sort("version").with_columns(first=pl.col("before").first().over(person))
    first, both = pl.col("first"), pl.col("first").is_not_null() & pl.col("now").is_not_null()
    named = pl.concat_str(
        PERSON, pl.coalesce("first", "now"), pl.when(both).then("now").otherwise(pl.lit("")), separator="\t"
    )
    ends = [states.with_columns(now="after", adds=pl.lit(1)), states.with_columns(now="before", adds=pl.lit(-1))]
    told = pl.concat(ends).filter(pl.col("now").ne_missing(first))
    gone = pl.col("now").is_null()
    return told.with_columns(contribution=named, sign=pl.when(gone).then(-pl.col("adds")).otherwise("adds"))


def _figures(releases: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """The figures that say something else than the cell's before: the cell, `version`, and whether its `first`."""
    steps = changes.select(*CELL, "version", step="version").unique().sort("version")
    shown = releases.unique().sort("version")
    since = shown.join_asof(steps, on="version", by=CELL, strategy="backward", check_sortedness=False)
    others = since.sort("version").unique([*CELL, "step"], keep="first", maintain_order=True)
    first = pl.col("version") == pl.col("version").min().over(CELL)
    return others.select(*CELL, "version", first=first).sort(*CELL, "version").with_row_index("row")


def _of_figures(figures: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """What each figure adds to the cell's one before it: the cell, `row`, `contribution` and `sign`."""
    shown = figures.select("row", *CELL, "version").sort("version")
    known = changes.sort("version").join_asof(shown, on="version", by=CELL, strategy="forward", check_sortedness=False)
    summed = known.drop_nulls("row").group_by(*CELL, "row", "contribution").agg(pl.col("sign").sum())
    return summed.filter(pl.col("sign") != 0)


def _unchanged(numbers: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Of all cells `still`: how many at least have contributed the same as long as anything is known."""
    changed = changes.group_by(CELL).agg(changed=pl.col(PERSON).n_unique().cast(pl.Int64))
    joined = numbers.join(changed, on=CELL, how="left")
    return joined.select(*CELL, still=(pl.col("number") - pl.col("changed").fill_null(0)).clip(0))


def _system(
    figures: pl.DataFrame,
    changes: pl.DataFrame,
    unchanged: pl.DataFrame,
    cells: pl.DataFrame,
    lies_in: pl.DataFrame,
    version: int,
) -> System:
    """The equations: of what changed, and of those who did not, who are an unknown in each cell."""
    places = cells.select(CELL).with_row_index("place").with_columns(version=pl.lit(version, dtype=pl.Int64))
    tonight = figures.join(places, on=[*CELL, "version"], how="left", maintain_order="left")["place"]
    still = unchanged.filter(pl.col("still") > 0)
    firsts = figures.filter("first").join(still, on=CELL).select("row", contribution=_named(), sign=pl.lit(1))
    order = pl.col("row").replace_strict({row: number for number, row in enumerate(figures["row"])})
    sums, rests = _sums(still, lies_in)
    terms = [changes.with_columns(order), firsts.with_columns(order), sums.with_columns(pl.col("row") + figures.height)]
    whole = pl.concat([each.select(pl.col("row", "sign").cast(pl.Int64), "contribution") for each in terms])
    are_sums = np.full(sums["row"].n_unique(), -1)
    of_rows = np.concatenate([tonight.cast(pl.Int64).fill_null(-1).to_numpy(), are_sums])
    people = pl.concat([still.select(contribution=_named(), people="still"), rests])
    return System(*_of_kinds(whole, people, len(of_rows)), of_rows)


def _of_kinds(terms: pl.DataFrame, people: pl.DataFrame, height: int) -> tuple[csr_array, np.ndarray]:
    """The matrix of `terms` (row, contribution, sign) by kinds, and how many people are of each.

    `people`: of contributions that are not one person's.
    """
    columns = terms.sort("contribution", "row").group_by("contribution", maintain_order=True).agg("row", "sign")
    counted = columns.join(people, on="contribution", how="left", maintain_order="left")
    kinds = counted.group_by("row", "sign", maintain_order=True).agg(pl.col("people").fill_null(1).sum())
    ends = np.concatenate([[0], kinds["row"].list.len().to_numpy().cumsum()])
    entries = kinds.select(pl.col("row", "sign").explode())
    matrix = csc_array(
        (entries["sign"].to_numpy().astype(float), entries["row"].to_numpy(), ends), (height, len(ends) - 1)
    )
    return csr_array(matrix), kinds["people"].to_numpy()


def _named() -> pl.Expr:
    """The name of what those of a cell contribute who never changed."""
    return pl.concat_str(pl.lit("="), "arm", "by", "group", separator="\t")


def _sums(still: pl.DataFrame, lies_in: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sums of parts that are their whole: `row`, `contribution` and `sign`; and who is in no part: `people`.

    Parts are groups of a group or of the programme, arms of all, and what an item splits a group into.
    """
    group, part = pl.col("group").str.split(PART), pl.col("group").str.contains(PART, literal=True)
    named = still.with_columns(plain=group.list.first(), part=pl.when(part).then(group.list.last()))
    inside = lies_in.rename({"group": "plain"})
    suffix = (pl.lit(PART) + pl.col("part")).fill_null("")
    groups = named.filter(pl.col("by") != PROGRAMME).join(inside, on=["by", "plain"], how="left")
    whole_group = pl.col("whole_group").fill_null(EVERYONE) + suffix
    found = [
        groups.with_columns(
            pl.col("whole_by").fill_null(PROGRAMME), whole_group=whole_group, whole_arm="arm", split="by"
        ),
        named.filter(pl.col("arm") != EVERYONE).with_columns(
            whole_by="by", whole_group="group", whole_arm=pl.lit(EVERYONE), split=pl.lit("arm")
        ),
        named.filter(pl.col("part").is_not_null()).with_columns(
            whole_by="by", whole_group="plain", whole_arm="arm", split=pl.lit("part")
        ),
    ]
    whole = ["whole_arm", "whole_by", "whole_group"]
    parts = pl.concat([each.select(*whole, "split", "still", contribution=_named()) for each in found])
    wholes = still.select(whole_arm="arm", whole_by="by", whole_group="group", whole_still="still", whole=_named())
    sums = parts.group_by(*whole, "split", maintain_order=True).agg("contribution", pl.col("still").sum())
    sums = sums.join(wholes, on=whole, how="inner", maintain_order="left").with_row_index("row")
    sums = sums.with_columns(rest=(pl.col("whole_still") - pl.col("still")).clip(0))
    left = pl.concat_str(pl.lit("rest"), "row", separator="\t")
    terms = [
        sums.select("row", contribution="whole", sign=pl.lit(1)),
        sums.select("row", "contribution", sign=pl.lit(-1)).explode("contribution"),
        sums.filter(pl.col("rest") > 0).select("row", contribution=left, sign=pl.lit(-1)),
    ]
    return pl.concat(terms), sums.filter(pl.col("rest") > 0).select(contribution=left, people="rest")
