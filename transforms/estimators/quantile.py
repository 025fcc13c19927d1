"""The median of many cells at once, with intervals that need no distribution.

The median averages the two middle values; an interval's ends are observed values (the inverse of the empirical
distribution). Without clusters the ends are order statistics with binomial ranks (Conover 1999, 3.2); with
clusters they are Woodruff's (1952): 0.5 -+ t x the CR2 standard error of the share of values at or below the
median, read back as quantiles. The standard error is the interval's width over 2t.
The test against 0 is a sign test: exact binomial without clusters, else the CR2 mean of the signs.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrik  # scipy.stats, which has them too, takes a second to load

from transforms.estimators import student
from transforms.estimators.cluster_robust import one_sample
from transforms.estimators.mean import linearised

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Ordered:
    """Values sorted within cells: cell k's are `values[starts[k]:starts[k] + counts[k]]`, of rows `rows`.

    `rows` numbers the row (a cell's cluster) of each value, in the same order; `weights` weigh it, where there are any.
    """

    values: Floats
    rows: Integers
    cells: Integers
    starts: Integers
    counts: Integers
    weights: Floats | None = None


@dataclass(frozen=True)
class Rows:
    """The clusters of the cells: `cells[r]` is the cell of row r; there are `n_cells` cells."""

    cells: Integers
    n_cells: int


def ordered(values: Floats, rows: Integers, layout: Rows, order: Integers, weights: Floats | None = None) -> Ordered:
    """Sorts values within cells. `rows`: each value's row, -1 for none. `order`: an order that sorts `values`.

    The order by value is made once for all breakdowns; the stable sort by cell keeps it.
    """
    if (rows < 0).any():
        order = order[rows[order] >= 0]
    sorted_rows = rows[order]
    cells = layout.cells[sorted_rows]
    small = cells.astype(np.uint16) if layout.n_cells <= np.iinfo(np.uint16).max else cells  # radix sort up to 16 bits
    by_cell = np.argsort(small, kind="stable")
    counts = np.bincount(cells, minlength=layout.n_cells).astype(np.int64)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64)
    of_cell = np.repeat(np.arange(layout.n_cells), counts)
    weighing = None if weights is None else weights[order][by_cell]
    return Ordered(values[order][by_cell], sorted_rows[by_cell], of_cell, starts, counts, weighing)


def medians(sample: Ordered, layout: Rows, *, clustered: bool) -> pl.DataFrame:
    """One row per cell, in order: `n, value, low, high, standard_error, df, p_value, clusters`."""
    value = _middle(sample)
    clusters = _clusters_per_cell(sample, layout)
    if clustered:
        scores = {"share": (sample.values <= value[sample.cells]).astype(np.float64), "sign": np.sign(sample.values)}
        means = _row_means(sample, scores, layout)
        low, high, df, width = _woodruff(sample, means)
        p = _cluster_sign_test(means)
    else:
        low, high, df, width = _order_statistics(sample)
        p = _sign_test(sample)
    columns = {"value": value, "low": low, "high": high, "standard_error": (high - low) / (2 * width)}
    frame = pl.DataFrame(columns | {"df": df, "p_value": p}).with_columns(pl.all().fill_nan(None))
    return frame.with_columns(n=pl.Series(sample.counts), clusters=pl.Series(clusters))


def _pick(sample: Ordered, ranks: Integers) -> Floats:
    """The value of rank 1, 2, ... in each cell; NaN where there is no such rank."""
    inside = (ranks >= 1) & (ranks <= sample.counts)
    if sample.values.size == 0:
        return np.full(ranks.shape, np.nan)
    found = sample.values[np.where(inside, sample.starts + ranks - 1, 0)]
    return np.where(inside, found, np.nan)


def _middle(sample: Ordered) -> Floats:
    lower, upper = (sample.counts + 1) // 2, sample.counts // 2 + 1
    return (_pick(sample, lower) + _pick(sample, upper)) / 2


def _order_statistics(sample: Ordered) -> tuple[Floats, Floats, Floats, Floats]:
    """Ranks k and n+1-k with the largest k that leaves at most 2.5 % below; none for n under 6."""
    sizes, where = np.unique(sample.counts, return_inverse=True)
    rank = _binomial_quantile(1 - student.TAIL, np.maximum(sizes, 1))[where]
    low, high = _pick(sample, rank), _pick(sample, np.where(rank >= 1, sample.counts + 1 - rank, 0))
    df = sample.counts.astype(np.float64) - 1
    return low, high, df, np.full(low.shape, student.NORMAL_QUANTILE)


def _binomial_quantile(share: float, trials: Integers) -> Integers:
    """The fewest heads of so many coins that are not exceeded with a probability of `share` or more."""
    above = np.ceil(bdtrik(share, trials, 0.5))
    below = np.maximum(above - 1, 0)  # bdtrik is continuous, and may end up one too high
    found: Integers = np.where(bdtr(below, trials, 0.5) >= share, below, above).astype(np.int64)
    return found


def _row_means(sample: Ordered, scores: dict[str, Floats], layout: Rows) -> pl.DataFrame:
    """The cells' mean scores with CR2 variance and degrees of freedom: `NAME.value, .variance, .df` of each."""
    n_rows = layout.cells.size
    rows: dict[str, Floats | Integers] = {"cell": layout.cells}
    units = np.bincount(sample.rows, minlength=n_rows).astype(np.float64)
    for name, each in scores.items():
        summed = np.bincount(sample.rows, weights=each, minlength=n_rows)
        rows |= {f"{name}.n": units, f"{name}.sum": summed, f"{name}.squares": summed}
    found = one_sample(pl.DataFrame(rows), "cell", {name: linearised(name) for name in scores}, clustered=True)
    return pl.DataFrame({"cell": np.arange(layout.n_cells)}).join(found, on="cell", how="left", maintain_order="left")


def _woodruff(sample: Ordered, means: pl.DataFrame) -> tuple[Floats, Floats, Floats, Floats]:
    """Ends, degrees of freedom and t from the means of `share`."""
    df = _array(means, "share.df")
    upper = student.quantile(student.TAIL, df)
    reach = upper * np.sqrt(_array(means, "share.variance"))
    reach = np.where(reach > 0, reach, np.nan)
    low, high = (_inverse(sample, 0.5 + side * reach) for side in (-1, 1))
    return low, high, df, upper


def _inverse(sample: Ordered, probability: Floats) -> Floats:
    """The smallest value with at least this share at or below it; NaN outside (0, 1)."""
    inside = (probability > 0) & (probability < 1)
    # The small number keeps ceil() from stepping up on the last bit of a product.
    ranks = np.ceil(np.where(inside, probability, 0) * sample.counts - 1e-9).astype(np.int64)
    return np.where(inside, _pick(sample, np.maximum(ranks, 1)), np.nan)


def _clusters_per_cell(sample: Ordered, layout: Rows) -> Integers:
    seen = np.bincount(sample.rows, minlength=layout.cells.size) > 0
    return np.bincount(layout.cells[seen], minlength=layout.n_cells).astype(np.int64)


def _sign_test(sample: Ordered) -> Floats:
    n_cells = sample.counts.size
    above = np.bincount(sample.cells, weights=sample.values > 0, minlength=n_cells)
    below = np.bincount(sample.cells, weights=sample.values < 0, minlength=n_cells)
    trials = above + below
    tail = bdtr(np.minimum(above, below), np.maximum(trials, 1).astype(np.int64), 0.5)
    return np.where(trials > 0, np.minimum(2 * tail, 1), np.nan)


def _cluster_sign_test(means: pl.DataFrame) -> Floats:
    error = np.sqrt(_array(means, "sign.variance"))
    error = np.where(error > 0, error, np.nan)
    return student.p_value(_array(means, "sign.value") / error, _array(means, "sign.df"))


def _array(frame: pl.DataFrame, name: str) -> Floats:
    return frame[name].fill_null(float("nan")).to_numpy()


def median(values: pl.Series, clusters: pl.Series | None = None) -> student.Inference:
    """The median of one sample (one entry a unit), clustered when `clusters` is given."""
    known = pl.DataFrame({"y": values.cast(pl.Float64), "c": values if clusters is None else clusters})
    known = known.filter(pl.col("y").is_not_null())
    rows = known["c"].rank("dense").cast(pl.Int64).to_numpy() - 1
    layout = Rows(np.zeros(int(rows.max()) + 1, dtype=np.int64), 1)
    numbers = known["y"].to_numpy()
    sample = ordered(numbers, rows, layout, np.argsort(numbers, kind="stable"))
    found = medians(sample, layout, clustered=clusters is not None)
    names = ("value", "standard_error", "df", "low", "high", "p_value")
    return student.Inference(*(float("nan") if number is None else number for number in found.select(names).row(0)))
