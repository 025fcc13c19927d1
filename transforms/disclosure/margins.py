"""Which published counts add up to which others: what subtraction could use.

A cell is one count of people in one table: of a breakdown's group, or of the whole programme. In each table the groups
of a breakdown add up to the group they lie in, or to the whole programme; two arms add up to all. Whoever is in a total
and in none of its parts is a part without a row: a small one is hidden like any other.
"""

import polars as pl

from transforms.tables import EVERYONE

PROGRAMME = "programme"
CELL = ["table", "arm", "by", "group"]
"""What tells cells apart. An empty `arm` takes no part in sums over arms."""
COLUMNS = ["row", *CELL, "number", "hidden", "known"]
"""A cell: the published row it is in (hidden with it), its place, how many people, whether it is hidden, and whether
an earlier release showed it."""
_OF_CELL = ["cell", "row", "place", "number", "hidden", "known"]
_EQUATION = [*(f"whole_{each}" for each in CELL), "split"]


def inside(placed: pl.DataFrame, nested: dict[str, list[str]], prefix: str) -> pl.DataFrame:
    """One row per group that lies in another: `by, group, whole_by, whole_group`; only the smallest it lies in.

    `placed`: the group of each person in each breakdown, in columns named with `prefix`. `nested`: by the name of a
    breakdown those within whose groups its own lie.
    """
    names = ("by", "group", "whole_by", "whole_group")
    found = [pl.DataFrame(schema=dict.fromkeys(names, pl.String))]
    for child, parents in nested.items():
        between = {each for parent in parents for each in nested.get(parent, [])}
        for parent in (each for each in parents if each not in between):
            pairs = placed.select(group=f"{prefix}{child}", whole_group=f"{prefix}{parent}").drop_nulls().unique()
            found.append(pairs.with_columns(by=pl.lit(child), whole_by=pl.lit(parent)).select(names))
    return pl.concat(found)


def memberships(cells: pl.DataFrame, lies_in: pl.DataFrame, floor: int) -> pl.DataFrame:
    """One row per equation and cell in it: `equation`, the cell's columns, and `whole`: the others add up to it.

    `table` is the equation's; `split` says what is split into what, and is the same in every table that has it.

    `cells`: COLUMNS. `lies_in`: by `inside`. People who are in the whole and in no part are a part without a row
    (`row` is null), hidden if they are fewer than the floor; are they more, or are the parts more than their whole
    (somebody is in several of them), it is no equation. Cells are numbered (`cell`) and say where they are (`place`).
    """
    parts = pl.concat([_of_breakdowns(cells, lies_in), _of_arms(cells)])
    named = cells.rename({each: f"whole_{each}" for each in CELL})
    place = [f"whole_{each}" for each in CELL]
    sums = parts.group_by(_EQUATION).agg(parts=pl.col("number").sum())
    wholes = sums.join(named, on=place).filter((pl.col("number") - pl.col("parts")).is_between(0, floor - 1))
    left = wholes.filter(pl.col("number") > pl.col("parts")).with_columns(
        cell=pl.lit(None, dtype=wholes.schema["cell"]),
        row=pl.lit(None, dtype=pl.String),
        number=pl.col("number") - pl.col("parts"),
        hidden=True,
        known=False,
    )
    found = [
        parts.join(wholes, on=_EQUATION, how="semi").with_columns(whole=False),
        wholes.with_columns(whole=True),
        left.with_columns(whole=False),
    ]
    every = pl.concat([each.select(*_EQUATION, *_OF_CELL, "whole") for each in found])
    numbers = every.select(_EQUATION).unique().sort(_EQUATION).with_row_index("equation")
    return every.join(numbers, on=_EQUATION, maintain_order="left").select(
        "equation",
        *_OF_CELL,
        "whole",
        table="whole_table",
        split=pl.concat_str("whole_arm", "whole_by", "whole_group", "split", separator="\t"),
    )


def _of_breakdowns(cells: pl.DataFrame, lies_in: pl.DataFrame) -> pl.DataFrame:
    """Groups as parts of the groups they lie in; of the whole programme where they lie in none."""
    groups = cells.filter(pl.col("by") != PROGRAMME).join(lies_in, on=["by", "group"], how="left")
    return groups.select(
        *_OF_CELL,
        whole_table="table",
        whole_arm="arm",
        whole_by=pl.col("whole_by").fill_null(PROGRAMME),
        whole_group=pl.col("whole_group").fill_null(EVERYONE),
        split="by",
    )


def _of_arms(cells: pl.DataFrame) -> pl.DataFrame:
    """Arms as parts of all, in each group."""
    return cells.filter(~pl.col("arm").is_in(["", EVERYONE])).select(
        *_OF_CELL,
        whole_table="table",
        whole_arm=pl.lit(EVERYONE),
        whole_by="by",
        whole_group="group",
        split=pl.lit("arm"),
    )
