"""Values that are sorted once, and where those of every cell stand among them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.estimators import radix

Floats = NDArray[np.float64]
Integers = NDArray[np.integer]


@dataclass(frozen=True)
class Sample:
    """A sample's known values, ascending.

    `units` numbers the unit that each is of; `weights` is what each stands for, where answers are weighted.
    """

    values: Floats
    units: Integers
    weights: Floats | None = None


@dataclass(frozen=True)
class Rows:
    """The clusters of the cells: `cells[r]` is the cell of row r; there are `n_cells` cells."""

    cells: Integers
    n_cells: int


def one_behind_another(layouts: Sequence[Rows]) -> Rows:
    """The rows and cells of many samples as those of one."""
    first = np.cumsum([0, *(each.n_cells for each in layouts)])
    return Rows(np.concatenate([each.cells + at for each, at in zip(layouts, first, strict=False)]), int(first[-1]))


@dataclass(frozen=True)
class Ordered:
    """Ascending values, and where each cell's stand: cell k's are at `places[starts[k]:starts[k] + counts[k]]`.

    `rows` numbers the row (a cell's cluster) and `cells` the cell of each value; `weights` weigh it, where there are
    any.
    """

    layout: Rows
    values: Floats
    rows: Integers
    cells: Integers
    places: Integers
    starts: Integers
    counts: Integers
    weights: Floats | None = None

    def pick(self, ranks: Integers) -> Floats:
        """The value of rank 1, 2, ... in each cell; NaN where there is no such rank."""
        inside = (ranks >= 1) & (ranks <= self.counts)
        if self.values.size == 0:
            return np.full(ranks.shape, np.nan)
        found = self.values[self.places[np.where(inside, self.starts + ranks - 1, 0)]]
        return np.where(inside, found, np.nan)


def ascending(values: Floats, weights: Floats | None = None) -> Sample:
    """The sample of `values`, one a unit; NaN is unknown."""
    units = radix.order(values)
    return Sample(values[units], units.astype(np.int32), None if weights is None else weights[units])


def ordered(sample: Sample, rows: Integers, layout: Rows) -> Ordered:
    """Where each cell's values stand. `rows`: each unit's row, -1 for none."""
    values, weights, of_value = sample.values, sample.weights, rows[sample.units]
    inside = of_value >= 0
    if not inside.all():
        values, of_value = values[inside], of_value[inside]
        weights = None if weights is None else weights[inside]
    cells = layout.cells.astype(np.min_scalar_type(max(layout.n_cells - 1, 0)))[of_value]
    counts = np.bincount(cells, minlength=layout.n_cells).astype(np.int64)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64)
    # The sort is stable, so each cell's values stay ascending.
    return Ordered(layout, values, of_value, cells, np.argsort(cells, kind="stable"), starts, counts, weights)


def by_sample(numbers: Floats, samples: Sequence[Ordered]) -> list[Floats]:
    """One number a cell of each sample in turn, taken apart by sample."""
    return np.split(numbers, np.cumsum([each.layout.n_cells for each in samples])[:-1])
