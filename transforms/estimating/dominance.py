"""Which changes and effects in money one or two units make up."""

import polars as pl

from transforms.dominance import dominated, never_dominated
from transforms.estimating.work import Work
from transforms.estimators.between_arms import SIDES, side
from transforms.estimators.sums import BEFORE, held, with_baseline

CELL = ["period", "quantity", "arm"]


def dominated_changes(work: Work, number: int) -> pl.DataFrame:
    """One row each, `indicator, period, quantity, arm`, of the indicators that have limits."""
    both = with_baseline(work.cohort, work.programme.rounds[number].id, work.programme.baseline.id)
    people = both.select(_change(name, limits) for name, limits in work.limits.items())
    people = people.with_columns(work.cohort.people["stratum"])
    cells = _cells(work.cohort.strata.with_columns(side=side(pl.col("entered"), number)))
    # Most sums are of so many units that no two of them matter: only of the others are the two looked for.
    doubtful = [name for name in work.limits if _may_be(people, cells, name)]
    if not doubtful:
        return pl.DataFrame(schema=dict.fromkeys(("indicator", *CELL), pl.String))
    rows = people.select("stratum", *doubtful).join(cells, on="stratum")
    sides = rows.group_by(*CELL, "side").agg(dominated(pl.col(name)) for name in doubtful)
    found = sides.group_by(CELL).agg(pl.col(doubtful).any())
    return found.unpivot(index=CELL, variable_name="indicator").filter("value").drop("value")


def _cells(strata: pl.DataFrame) -> pl.DataFrame:
    """The cells that each stratum's people are in: an arm's changes and, on one side of it, the effect."""
    changes = strata.select("stratum", "period", "arm", quantity=pl.lit("change"), side=pl.lit(""))
    effects = strata.filter(pl.col("side").is_in(SIDES)).select(
        "stratum", "period", "side", arm=pl.lit("both"), quantity=pl.lit("effect")
    )
    return pl.concat([changes, effects], how="diagonal")


def _may_be(people: pl.DataFrame, cells: pl.DataFrame, name: str) -> bool:
    sizes = people.group_by("stratum").agg(largest=pl.col(name).abs().max(), total=pl.col(name).abs().sum())
    of_cells = cells.join(sizes, on="stratum").group_by(*CELL, "side")
    summed = of_cells.agg(pl.col("largest").max(), pl.col("total").sum())
    return not summed.select(never_dominated(pl.col("largest"), pl.col("total")).all()).item()


def _change(name: str, limits: dict[str, tuple[float, float]]) -> pl.Expr:
    """The change of each unit inside the limits."""
    after, before = held(pl.col(name), limits), held(pl.col(f"{name}{BEFORE}"), limits)
    return (after - before).alias(name)
