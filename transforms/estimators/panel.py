"""Least squares with unit and round effects on unbalanced panels (two-way fixed effects).

Units are demeaned and rounds are regressors, which is exact for any pattern of gaps. Errors:
- classical: residual variance on N - units - slopes degrees of freedom (Wooldridge 2010, 10.5).
- CR1: G/(G-1) * (N-1)/(N-K), K slopes (unit effects are nested in clusters and not counted), t with G - 1 df.
- CR2 with Satterthwaite's degrees of freedom per coefficient (Pustejovsky & Tipton 2018), for unit effects
  nested in clusters. Only X'X and X'e of each cluster are needed: with B = X L, LL' = (X'X)^-1, the adjusted
  scores are (I - B'B)^(-1/2) B'e, so a cluster costs K x K whatever its size.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Errors:
    """Standard errors of the slopes with their degrees of freedom; both of length K."""

    standard_errors: Floats
    df: Floats


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
    rounds = known["round"].unique(maintain_order=True).to_list()
    dummies = [(pl.col("round") == each).cast(pl.Float64).alias(f"round.{each}") for each in rounds[1:]]
    names = [*terms, *(f"round.{each}" for each in rounds[1:])]
    design = known.with_columns(dummies)
    demeaned = design.select(
        "unit", "cluster", *(pl.col(name) - pl.col(name).mean().over("unit") for name in ["value", *names])
    )
    x, y = demeaned.select(names).to_numpy(), demeaned["value"].to_numpy()
    codes = demeaned["cluster"].rank("dense").cast(pl.Int64).to_numpy() - 1
    return _fit(tuple(names), x, y, codes, known["unit"].n_unique())


def _fit(terms: tuple[str, ...], x: Floats, y: Floats, clusters: Integers, units: int) -> Panel | None:
    n, k = x.shape
    left = n - units - k
    if left <= 0 or np.linalg.matrix_rank(x) < k:
        return None
    bread: Floats = np.asarray(np.linalg.inv(x.T @ x), dtype=np.float64)
    slopes = bread @ (x.T @ y)
    residuals = y - x @ slopes
    groups = int(np.max(clusters)) + 1
    squared = float(residuals @ residuals)
    classical = Errors(np.sqrt(np.diag(bread) * squared / left), np.full(k, float(left)))
    return Panel(
        terms=terms,
        slopes=slopes,
        classical=classical,
        cr1=_cr1(x, residuals, clusters, bread, groups),
        cr2=_cr2(x, residuals, clusters, bread, groups),
        within_r2=1 - squared / float(y @ y),
        observations=n,
        units=units,
        clusters=groups,
    )


def _sum_by_cluster(columns: Floats, clusters: Integers, groups: int) -> Floats:
    """Columns (N x M) summed within clusters: G x M."""
    summed = [np.bincount(clusters, weights=column, minlength=groups) for column in columns.T]
    return np.stack(summed, axis=1)


def _cr1(x: Floats, residuals: Floats, clusters: Integers, bread: Floats, groups: int) -> Errors:
    n, k = x.shape
    if groups < 2:
        return Errors(np.full(k, np.nan), np.full(k, np.nan))
    scores = _sum_by_cluster(x * residuals[:, None], clusters, groups)
    variance = bread @ (scores.T @ scores) @ bread * groups / (groups - 1) * (n - 1) / (n - k)
    return Errors(np.sqrt(np.diag(variance)), np.full(k, groups - 1.0))


def _cr2(x: Floats, residuals: Floats, clusters: Integers, bread: Floats, groups: int) -> Errors:
    k = x.shape[1]
    root = np.linalg.cholesky(bread)
    b = x @ root
    products = (b[:, :, None] * b[:, None, :]).reshape(len(b), k * k)
    gram = _sum_by_cluster(products, clusters, groups).reshape(groups, k, k)
    adjust = _inverse_root(gram)
    scores = np.einsum("gij,gj->gi", adjust, _sum_by_cluster(b * residuals[:, None], clusters, groups))
    variance = root @ (scores.T @ scores) @ root.T
    df = np.array([_satterthwaite(gram, adjust, root[slope]) for slope in range(k)])
    return Errors(np.sqrt(np.diag(variance)), df)


def _inverse_root(gram: Floats) -> Floats:
    """(I - B'B)^(-1/2) of every cluster; directions that one cluster determines alone get 0."""
    values, vectors = np.linalg.eigh(np.eye(gram.shape[1]) - gram)
    inverse = np.where(values > 1e-10, 1 / np.sqrt(np.maximum(values, 1e-10)), 0.0)
    return np.asarray(np.einsum("gij,gj,gkj->gik", vectors, inverse, vectors))


def _satterthwaite(gram: Floats, adjust: Floats, direction: Floats) -> float:
    """(sum_c P_cc)^2 / sum_cd P_cd^2, P_cc = g'g - f'f, P_cd = -f_c'f_d, under equal variances."""
    adjusted = adjust @ direction
    f = np.einsum("gij,gj->gi", gram, adjusted)
    own = np.einsum("gi,gi->g", adjusted, f)
    squares = np.einsum("gi,gi->g", f, f)
    diagonal = own - squares
    cross = f.T @ f
    everything = (diagonal**2).sum() + (cross**2).sum() - (squares**2).sum()
    return float(diagonal.sum() ** 2 / everything) if everything > 0 else float("nan")
