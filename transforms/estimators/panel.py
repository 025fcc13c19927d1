"""Least squares with unit and round effects on unbalanced panels (two-way fixed effects).

Units are demeaned and rounds are regressors, which is exact for any pattern of gaps. The errors are those of
`transforms.regression.errors`: classical on N - units - slopes degrees of freedom (Wooldridge 2010, 10.5), and CR1 and
CR2, in which unit effects that are nested in clusters do not count.
"""

from dataclasses import dataclass

import polars as pl

from transforms.regression.absorbing import Floats
from transforms.regression.errors import Errors, errors
from transforms.regression.least_squares import fit
from transforms.regression.matrix import matrix


@dataclass(frozen=True)
class Panel:
    """A fitted panel: K slopes in the order of `terms`. `observations` are unit-rounds with a value."""

    terms: tuple[str, ...]
    slopes: Floats
    classical: Errors
    cr1: Errors
    cr2: Errors
    within_r2: float
    observations: int
    units: int
    clusters: int


def two_way(panel: pl.DataFrame, terms: list[str]) -> Panel | None:
    """The fit of `value` on `terms` and dummies of `round` within `unit`; null values are left out, and
    so are units seen once, which tell nothing.

    `panel`: one row per unit and round with `unit`, `round`, `cluster`, `value` and the terms as floats. The
    first round with a value is the base; the others' dummies are the terms `round.ROUND`, in order of
    appearance. None when the terms are not told apart (too few rows, or collinear ones).
    """
    known = panel.drop_nulls(["value", *terms]).filter(pl.len().over("unit") > 1)
    if known.is_empty():
        return None
    later = known["round"].unique(maintain_order=True).to_list()[1:]
    dummies = {f"round.{each}": (pl.col("round") == each).cast(pl.Float64) for each in later}
    fitted = fit(matrix(known.with_columns(**dummies), "value", [*terms, *dummies], absorb=["unit"], cluster="cluster"))
    if fitted is None or fitted.dropped:
        return None
    return Panel(
        terms=fitted.names,
        slopes=fitted.slopes,
        classical=errors(fitted, "classical"),
        cr1=errors(fitted, "cr1"),
        cr2=errors(fitted, "cr2"),
        within_r2=fitted.within,
        observations=known.height,
        units=int(fitted.of.by[0].max()) + 1,
        clusters=fitted.of.n_clusters,
    )
