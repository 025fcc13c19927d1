"""The median of many cells and samples at once, with intervals that need no distribution.

The median averages the two middle values; an interval's ends are observed values (the inverse of the empirical
distribution). Without clusters the ends are order statistics with binomial ranks (Conover 1999, 3.2); with
clusters they are Woodruff's (1952): 0.5 -+ t x the CR2 standard error of the share of values at or below the
median, read back as quantiles. The standard error is the interval's width over 2t.
The test against 0 is a sign test: exact binomial without clusters, else the CR2 mean of the signs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import bdtr, bdtrik  # scipy.stats, which has them too, takes a second to load

from transforms.estimators import student
from transforms.estimators.at_once import at_once
from transforms.estimators.cluster_robust import one_sample
from transforms.estimators.mean import linearised
from transforms.estimators.samples import (
    Floats,
    Integers,
    Ordered,
    Rows,
    ascending,
    by_sample,
    one_behind_another,
    ordered,
)


@dataclass(frozen=True)
class Counted:
    """What tests and intervals count of one sample: by row its values, those up to its cell's median, and signs.

    `median`: of each cell. `signs`: how many more of a row's values are above 0 than below it.
    """

    median: Floats
    units: Integers
    below: Integers
    signs: Integers


def medians(samples: Sequence[Ordered], *, clustered: bool) -> pl.DataFrame:
    """One row per sample and cell, in order: `n, value, low, high, standard_error, df, p_value, clusters`."""
    counted = at_once(_counted, samples)
    value = np.concatenate([each.median for each in counted])
    units = np.concatenate([each.units for each in counted])
    rows = one_behind_another([each.layout for each in samples])
    if clustered:
        means = _row_means(counted, units, rows)
        low, high, df, width = _woodruff(samples, means)
        p = _cluster_sign_test(means)
    else:
        each_sample = [_order_statistics(each) for each in samples]
        low, high, df, width = (np.concatenate(part) for part in zip(*each_sample, strict=True))
        p = np.concatenate([_sign_test(each) for each in samples])
    columns = {"value": value, "low": low, "high": high, "standard_error": (high - low) / (2 * width)}
    frame = pl.DataFrame(columns | {"df": df, "p_value": p}).with_columns(pl.all().fill_nan(None))
    clusters = np.bincount(rows.cells[units > 0], minlength=rows.n_cells).astype(np.int64)
    return frame.with_columns(n=np.concatenate([each.counts for each in samples]), clusters=clusters)


def _counted(sample: Ordered) -> Counted:
    lower, upper = (sample.counts + 1) // 2, sample.counts // 2 + 1
    median = (sample.pick(lower) + sample.pick(upper)) / 2
    rows = sample.layout.cells.size
    # Both counts of a row at once: of its values above the median of their cell, and of the others.
    place = sample.rows.astype(np.int64) * 2 + (sample.values <= median[sample.cells])
    above, below = np.bincount(place, minlength=2 * rows).reshape(rows, 2).T
    units, (first, last) = above + below, _zeros(sample)
    negative, up_to_zero = (np.bincount(sample.rows[:end], minlength=rows) for end in (first, last))
    return Counted(median, units, below, units - up_to_zero - negative)


def _zeros(sample: Ordered) -> tuple[int, int]:
    """Where the zeros begin, and where what is above them does."""
    return int(np.searchsorted(sample.values, 0, "left")), int(np.searchsorted(sample.values, 0, "right"))


def _order_statistics(sample: Ordered) -> tuple[Floats, Floats, Floats, Floats]:
    """Ranks k and n+1-k with the largest k that leaves at most 2.5 % below; none for n under 6."""
    sizes, where = np.unique(sample.counts, return_inverse=True)
    rank = _binomial_quantile(1 - student.TAIL, np.maximum(sizes, 1))[where]
    low, high = sample.pick(rank), sample.pick(np.where(rank >= 1, sample.counts + 1 - rank, 0))
    df = sample.counts.astype(np.float64) - 1
    return low, high, df, np.full(low.shape, student.NORMAL_QUANTILE)


def _binomial_quantile(share: float, trials: Integers) -> Integers:
    """The fewest heads of so many coins that are not exceeded with a probability of `share` or more."""
    above = np.ceil(bdtrik(share, trials, 0.5))
    below = np.maximum(above - 1, 0)  # bdtrik is continuous, and may end up one too high
    found: Integers = np.where(bdtr(below, trials, 0.5) >= share, below, above).astype(np.int64)
    return found


def _row_means(counted: Sequence[Counted], units: Integers, rows: Rows) -> pl.DataFrame:
    """The cells' mean scores with CR2 variance and degrees of freedom: `NAME.value, .variance, .df` of each."""
    parts: dict[str, Integers] = {"cell": rows.cells}
    scores = {"share": [each.below for each in counted], "sign": [each.signs for each in counted]}
    for name, score in scores.items():
        summed = np.concatenate(score)
        parts |= {f"{name}.n": units, f"{name}.sum": summed, f"{name}.squares": summed}
    found = one_sample(pl.DataFrame(parts), "cell", {name: linearised(name) for name in scores}, clustered=True)
    return pl.DataFrame({"cell": np.arange(rows.n_cells)}).join(found, on="cell", how="left", maintain_order="left")


def _woodruff(samples: Sequence[Ordered], means: pl.DataFrame) -> tuple[Floats, Floats, Floats, Floats]:
    """Ends, degrees of freedom and t from the means of `share`."""
    df = _array(means, "share.df")
    upper = student.quantile(student.TAIL, df)
    reach = upper * np.sqrt(_array(means, "share.variance"))
    reach = np.where(reach > 0, reach, np.nan)
    of_samples = list(zip(samples, by_sample(reach, samples), strict=True))
    low, high = (np.concatenate([_inverse(each, 0.5 + side * part) for each, part in of_samples]) for side in (-1, 1))
    return low, high, df, upper


def _inverse(sample: Ordered, probability: Floats) -> Floats:
    """The smallest value with at least this share at or below it; NaN outside (0, 1)."""
    inside = (probability > 0) & (probability < 1)
    # The small number keeps ceil() from stepping up on the last bit of a product.
    ranks = np.ceil(np.where(inside, probability, 0) * sample.counts - 1e-9).astype(np.int64)
    return np.where(inside, sample.pick(np.maximum(ranks, 1)), np.nan)


def _sign_test(sample: Ordered) -> Floats:
    n_cells = sample.counts.size
    first, last = _zeros(sample)
    below, above = (np.bincount(part, minlength=n_cells) for part in (sample.cells[:first], sample.cells[last:]))
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
    sample = ordered(ascending(known["y"].to_numpy()), rows, layout)
    found = medians([sample], clustered=clusters is not None)
    names = ("value", "standard_error", "df", "low", "high", "p_value")
    return student.Inference(*(float("nan") if number is None else number for number in found.select(names).row(0)))
