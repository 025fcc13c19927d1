"""The median of weighted values of many cells at once, with Woodruff's (1952) interval.

The median is where half of the weight lies below; where a value ends on that half exactly, the middle of it and the
next (with equal weights: the usual median). Without clusters every unit counts for itself, on Kish's effective number.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from transforms.estimators import student
from transforms.estimators.at_once import at_once
from transforms.estimators.cluster_robust import one_sample
from transforms.estimators.mean import linearised
from transforms.estimators.samples import Floats, Integers, Ordered, by_sample, one_behind_another

CLOSE = 1e-9
"""Of a cell's weight; sums of weights end on a half but for their last bits."""


def medians(samples: Sequence[Ordered], *, clustered: bool) -> pl.DataFrame:
    """One row per sample and cell, in order: the columns of `quantile.medians`, and `kish_deff`."""
    cells = at_once(_Cells, samples)
    medians = [each.median() for each in cells]
    below = [each.below(value) for each, value in zip(cells, medians, strict=True)]
    share = _row_means(cells, below, clustered)
    signs = _row_means(cells, [np.sign(each.sample.values) for each in cells], clustered)
    df = _array(share, "y.df")
    upper = student.quantile(student.TAIL, df)
    reach = upper * np.sqrt(_array(share, "y.variance"))
    of_cells = list(zip(cells, by_sample(np.where(reach > 0, reach, np.nan), samples), strict=True))
    low, high = (np.concatenate([each.at(0.5 + side * part) for each, part in of_cells]) for side in (-1, 1))
    error = np.sqrt(_array(signs, "y.variance"))
    p = student.p_value(_array(signs, "y.value") / np.where(error > 0, error, np.nan), _array(signs, "y.df"))
    columns = {"value": np.concatenate(medians), "low": low, "high": high, "standard_error": (high - low) / (2 * upper)}
    kish = np.concatenate([each.kish() for each in cells])
    frame = pl.DataFrame(columns | {"df": df, "p_value": p, "kish_deff": kish}).with_columns(pl.all().fill_nan(None))
    return frame.with_columns(
        n=np.concatenate([each.sample.counts for each in cells]),
        clusters=np.concatenate([each.clusters() for each in cells]),
    )


def _row_means(cells: "Sequence[_Cells]", scores: Sequence[Floats], clustered: bool) -> pl.DataFrame:
    """The cells' weighted mean scores: `y.value, y.variance, y.df`, one row per sample and cell."""
    rows = one_behind_another([each.sample.layout for each in cells])
    sums = [each.sums(score) for each, score in zip(cells, scores, strict=True)]
    columns = {f"y.{name}": np.concatenate([each[name] for each in sums]) for name in sums[0]}
    parts = pl.DataFrame(columns).with_columns(cell=pl.Series(rows.cells))
    found = one_sample(parts, "cell", {"y": linearised("y", weighted=True)}, clustered=clustered)
    return pl.DataFrame({"cell": np.arange(rows.n_cells)}).join(found, on="cell", how="left", maintain_order="left")


class _Cells:
    """Values sorted within cells, with the weight up to each."""

    def __init__(self, sample: Ordered) -> None:
        weights = np.ones(sample.values.shape) if sample.weights is None else sample.weights
        self.sample, self.weights, self.layout = sample, weights, sample.layout
        self.up_to = np.cumsum(weights[sample.places])
        self.total = self._per_cell(weights)
        self.before = np.concatenate(([0.0], self.up_to))[sample.starts]

    def _per_cell(self, amounts: Floats) -> Floats:
        return np.bincount(self.sample.cells, weights=amounts, minlength=self.layout.n_cells).astype(np.float64)

    def _rank(self, probability: Floats) -> Integers:
        """The place of the first value of each cell at which its weight reaches a share."""
        wanted = self.before + (np.nan_to_num(probability, nan=0.5) - CLOSE) * self.total
        last = np.maximum(self.sample.starts + self.sample.counts - 1, 0)
        found = np.searchsorted(self.up_to, wanted, side="left").astype(np.int64)
        clipped: Integers = np.clip(found, self.sample.starts, last)
        return clipped

    def _value_at(self, rank: Integers) -> Floats:
        """The values at these places of the order by cell and value."""
        found: Floats = self.sample.values[self.sample.places[rank]]
        return found

    def at(self, probability: Floats) -> Floats:
        """The smallest value with at least this share of the weight at or below it; NaN outside (0, 1)."""
        inside = (probability > 0) & (probability < 1) & (self.sample.counts > 0)
        found = np.full(probability.shape, np.nan)
        found[inside] = self._value_at(self._rank(probability)[inside])
        return found

    def median(self) -> Floats:
        """Each cell's median."""
        some = self.sample.counts > 0
        rank = self._rank(np.full(self.layout.n_cells, 0.5))[some]
        reached = self.up_to[rank] - self.before[some]
        is_half = np.abs(reached - self.total[some] / 2) <= CLOSE * self.total[some]
        last = (self.sample.starts + self.sample.counts - 1)[some]
        following = np.minimum(np.where(is_half, rank + 1, rank), last)
        found = np.full(self.layout.n_cells, np.nan)
        found[some] = (self._value_at(rank) + self._value_at(following)) / 2
        return found

    def below(self, value: Floats) -> Floats:
        """1 for each value that is at or below its cell's."""
        return (self.sample.values <= value[self.sample.cells]).astype(np.float64)

    def sums(self, scores: Floats) -> dict[str, Floats]:
        """By row, the sums that the mean of weighted scores needs."""
        w, rows = self.weights, self.layout.cells.size
        parts = {"n": np.ones(w.shape), "w": w, "w.w": w**2, "sum": w * scores}
        parts |= {"squares": (w * scores) ** 2, "sum.w": w**2 * scores}
        return {
            name: np.bincount(self.sample.rows, weights=each, minlength=rows).astype(np.float64)
            for name, each in parts.items()
        }

    def kish(self) -> Floats:
        """Kish's design effect in each cell."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = self.sample.counts * self._per_cell(self.weights**2) / self.total**2
        return found

    def clusters(self) -> Integers:
        """How many clusters have a value in each cell."""
        seen = np.bincount(self.sample.rows, minlength=self.layout.cells.size) > 0
        return np.bincount(self.layout.cells[seen], minlength=self.layout.n_cells).astype(np.int64)


def _array(frame: pl.DataFrame, name: str) -> Floats:
    return frame[name].fill_null(float("nan")).to_numpy()
