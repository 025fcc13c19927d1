"""The median of weighted values of many cells at once, with Woodruff's (1952) interval.

The median is where half of the weight lies below; where a value ends on that half exactly, the middle of it and the
next (with equal weights: the usual median). Without clusters every unit counts for itself, on Kish's effective number.
"""

import numpy as np
import polars as pl

from transforms.estimators import student
from transforms.estimators.cluster_robust import one_sample
from transforms.estimators.mean import linearised
from transforms.estimators.quantile import Floats, Integers, Ordered, Rows

CLOSE = 1e-9
"""Of a cell's weight; sums of weights end on a half but for their last bits."""


def medians(sample: Ordered, layout: Rows, *, clustered: bool) -> pl.DataFrame:
    """One row per cell, in order: the columns of `quantile.medians`, and `kish_deff`."""
    weights = np.ones(sample.values.shape) if sample.weights is None else sample.weights
    cells = _Cells(sample, weights, layout)
    value = cells.median()
    share = cells.row_means((sample.values <= value[sample.cells]).astype(np.float64), clustered)
    df = _array(share, "y.df")
    upper = student.quantile(student.TAIL, df)
    reach = upper * np.sqrt(_array(share, "y.variance"))
    low, high = (cells.at(0.5 + side * np.where(reach > 0, reach, np.nan)) for side in (-1, 1))
    signs = cells.row_means(np.sign(sample.values), clustered)
    error = np.sqrt(_array(signs, "y.variance"))
    p = student.p_value(_array(signs, "y.value") / np.where(error > 0, error, np.nan), _array(signs, "y.df"))
    columns = {"value": value, "low": low, "high": high, "standard_error": (high - low) / (2 * upper)}
    frame = pl.DataFrame(columns | {"df": df, "p_value": p, "kish_deff": cells.kish()})
    return frame.with_columns(pl.all().fill_nan(None)).with_columns(
        n=pl.Series(sample.counts), clusters=pl.Series(cells.clusters())
    )


class _Cells:
    """Values sorted within cells, with the weight up to each."""

    def __init__(self, sample: Ordered, weights: Floats, layout: Rows) -> None:
        self.sample, self.weights, self.layout = sample, weights, layout
        self.up_to = np.cumsum(weights)
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

    def at(self, probability: Floats) -> Floats:
        """The smallest value with at least this share of the weight at or below it; NaN outside (0, 1)."""
        inside = (probability > 0) & (probability < 1) & (self.sample.counts > 0)
        found = np.full(probability.shape, np.nan)
        found[inside] = self.sample.values[self._rank(probability)[inside]]
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
        found[some] = (self.sample.values[rank] + self.sample.values[following]) / 2
        return found

    def row_means(self, scores: Floats, clustered: bool) -> pl.DataFrame:
        """The cells' weighted mean scores: `y.value, y.variance, y.df`."""
        w = self.weights
        parts = {"n": np.ones(w.shape), "w": w, "w.w": w**2, "sum": w * scores}
        parts |= {"squares": (w * scores) ** 2, "sum.w": w**2 * scores}
        n_rows = self.layout.cells.size
        rows = pl.DataFrame(
            {f"y.{name}": np.bincount(self.sample.rows, weights=part, minlength=n_rows) for name, part in parts.items()}
        ).with_columns(cell=pl.Series(self.layout.cells))
        found = one_sample(rows, "cell", {"y": linearised("y", weighted=True)}, clustered=clustered)
        return pl.DataFrame({"cell": np.arange(self.layout.n_cells)}).join(
            found, on="cell", how="left", maintain_order="left"
        )

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
