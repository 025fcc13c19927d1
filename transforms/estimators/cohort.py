"""The people of a programme side by side: one row a participant, the same row in every round's frame.

Pairs over rounds then need no join, and every sum is a sum over rows.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.programme import Programme
from transforms.tables import EVERYONE

PROGRAMME = "programme"
UNWEIGHTED = "none"
"""The name of no weights."""
NEVER = 127
"""`entered` of who was never under treatment."""


@dataclass(frozen=True)
class Cohort:
    """People, and what was measured of them.

    `people`: one row a participant: `period, cluster, arm, entered` (the number of the round of entry under
    treatment), the breakdowns' columns as text, and `stratum`, which numbers the combinations of the first four.
    `strata`: one row a stratum, in order. `rounds`: by id one frame a round, row for row with `people`: the
    measurements, `due`, `told` (answered or known to be closed), `treated`, and `@weight` where answers are weighted;
    `weights` names these rounds' weights.
    """

    people: pl.DataFrame
    strata: pl.DataFrame
    rounds: dict[str, pl.DataFrame]
    has_clusters: bool
    weights: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Grouping:
    """A breakdown as rows to sum over: a row is a stratum, or a stratum's part in one group.

    `keys`: one row a row, in order, with `period, cluster, arm, entered, group`, and the `stratum`. `codes`: each
    participant's row, or -1 for who belongs to no group. `clustered`:
    errors go together by cluster. `alone`: there are clusters, but each of these groups lies in one.
    """

    by: str
    keys: pl.DataFrame
    codes: pl.Series
    clustered: bool
    alone: bool

    @cached_property
    def row_of_person(self) -> NDArray[np.int64]:
        """`codes` as an array."""
        return self.codes.to_numpy()


@dataclass(frozen=True)
class Stack:
    """Breakdowns whose errors are found alike, one's rows behind the other's: all are told of at once."""

    groupings: tuple[Grouping, ...]

    @cached_property
    def keys(self) -> pl.DataFrame:
        """The keys of each with its `by`. One row a row."""
        return pl.concat(each.keys.select(pl.lit(each.by).alias("by"), pl.all()) for each in self.groupings)

    @property
    def clustered(self) -> bool:
        """Whether errors go together by cluster."""
        return self.groupings[0].clustered

    @property
    def alone(self) -> bool:
        """Whether there are clusters, but each group lies in one."""
        return self.groupings[0].alone


def cohort(responses: pl.DataFrame, measurements: pl.DataFrame, programme: Programme) -> Cohort:
    """The people with a baseline row in `responses`; `measurements` has the same rows (any order)."""
    order = [each.id for each in programme.rounds]
    # Series by series: a select would copy the texts, at a million people a gigabyte.
    told = pl.DataFrame(
        [
            *(responses[name] for name in ("participant", "round", "due", "treated", "exposed")),
            (responses["answered"] | responses["closed"]).alias("told"),
        ]
    )
    baseline = of_round(responses, order[0])
    blocks = {each: _aligned(_block(told, measurements, each), baseline["participant"]) for each in order}
    people, strata, has_clusters = _people(baseline, list(blocks.values()), programme)
    rounds = {each: block.drop("participant", "round", "exposed") for each, block in blocks.items()}
    return Cohort(people, strata, rounds, has_clusters)


def _block(told: pl.DataFrame, measurements: pl.DataFrame, round_id: str) -> pl.DataFrame:
    """One round's rows with what was measured of them. They are compared by rounds: comparing all would copy all."""
    now, measured = of_round(told, round_id), of_round(measurements, round_id).drop("round")
    if measured["participant"].equals(now["participant"]):
        return pl.concat([now, measured.drop("participant")], how="horizontal")
    return now.join(measured, on="participant", how="left", maintain_order="left")


def of_round(frame: pl.DataFrame, round_id: str) -> pl.DataFrame:
    """The rows of one round, without a copy where they stand together."""
    rows = (frame["round"] == round_id).arg_true()
    if rows.len() == 0:
        return frame.clear()
    first, last = int(rows[0]), int(rows[-1])
    return frame.slice(first, rows.len()) if last - first + 1 == rows.len() else frame[rows]


def _aligned(block: pl.DataFrame, participants: pl.Series) -> pl.DataFrame:
    """The block's rows in the participants' order; who has no row was not due and is unknown."""
    if block["participant"].equals(participants):
        return block
    joined = participants.to_frame().join(block, on="participant", how="left", maintain_order="left")
    false = [name for name, dtype in joined.schema.items() if dtype == pl.Boolean]
    return joined.with_columns(pl.col(false).fill_null(False))


def _people(
    baseline: pl.DataFrame, blocks: list[pl.DataFrame], programme: Programme
) -> tuple[pl.DataFrame, pl.DataFrame, bool]:
    by = [each.by for each in programme.breakdowns]
    has_clusters = baseline.select(pl.struct("period", "cluster").n_unique()).item() < baseline.height
    arm = pl.col("arm").cast(pl.String) if programme.design.treatment is not None else pl.lit(EVERYONE)
    people = baseline.select(
        "period",
        *(pl.col(name).cast(pl.String).alias(f"by.{name}") for name in by),
        pl.lit(EVERYONE).alias(f"by.{PROGRAMME}"),
        cluster=pl.col("cluster") if has_clusters else pl.lit(""),
        arm=arm,
        entered=_entered(blocks),
    )
    key = ["period", "cluster", "arm", "entered"]
    strata = people.select(key).unique().sort(key).with_row_index("stratum")
    return people.join(strata, on=key, how="left", maintain_order="left"), strata, has_clusters


def _entered(blocks: list[pl.DataFrame]) -> pl.Series:
    """The number of the first round at which each was exposed to the treatment; `NEVER` for the others."""
    exposed = pl.DataFrame([block["exposed"].alias(str(number)) for number, block in enumerate(blocks)])
    at = [pl.when(pl.col(str(number))).then(pl.lit(number, dtype=pl.Int8)) for number in range(len(blocks))]
    return exposed.select(entered=pl.coalesce(*at, pl.lit(NEVER, dtype=pl.Int8)))["entered"]


def groupings(cohort: Cohort, programme: Programme) -> list[Grouping]:
    """The whole programme and every breakdown. A course session holds one cluster: its units stand alone."""
    kinds = {PROGRAMME: PROGRAMME} | {each.by: each.kind for each in programme.breakdowns}
    return [_grouping(by, kind, cohort) for by, kind in kinds.items()]


def stacks(groups: list[Grouping]) -> list[Stack]:
    """The breakdowns in as few stacks as do."""
    kinds = dict.fromkeys((each.clustered, each.alone) for each in groups)
    return [Stack(tuple(each for each in groups if (each.clustered, each.alone) == kind)) for kind in kinds]


def _grouping(by: str, kind: str, cohort: Cohort) -> Grouping:
    pairs = cohort.people.select("stratum", group=f"by.{by}")
    listed = pairs.unique().drop_nulls("group").sort("stratum", "group").with_row_index("row")
    codes = pairs["stratum"]
    if pairs["group"].null_count() or listed.height > cohort.strata.height:  # else a stratum lies in one group
        codes = pairs.join(listed, on=["stratum", "group"], how="left", maintain_order="left")["row"]
    keys = listed.join(cohort.strata, on="stratum", how="left", maintain_order="left").drop("row")
    alone = cohort.has_clusters and kind == "session"
    return Grouping(
        by=by,
        keys=keys,
        codes=codes.cast(pl.Int64).fill_null(-1),
        clustered=cohort.has_clusters and not alone,
        alone=alone,
    )


@dataclass(frozen=True)
class Parts:
    """The people in parts, each inside one row of every breakdown: people are summed once, then parts are.

    `codes`: each participant's part. `rows`: by breakdown the row of each part, in order; -1 for none.
    """

    codes: pl.Series
    rows: dict[str, pl.Series]


def parts(groups: list[Grouping]) -> Parts:
    """The coarsest parts that lie inside one row of every breakdown."""
    codes = pl.DataFrame([each.codes.alias(each.by) for each in groups])
    different = codes.unique().sort(pl.all()).with_row_index("part")
    part = codes.join(different, on=codes.columns, how="left", maintain_order="left")["part"]
    return Parts(part.cast(pl.Int64), {each.by: different[each.by] for each in groups})
