"""Standard errors of a fit, and the degrees of freedom of Student's t that go with them.

- classical: residual variance on N - K (absorbed effects counted in K).
- hc0: White's (1980); hc1: times N/(N - K); hc2 and hc3: each squared residual over (1 - leverage) and its square
  (MacKinnon and White 1985). N - K df.
- cr0: Liang and Zeger's (1986); cr1: times G/(G-1) * (N-1)/(N-K). G - 1 df. Absorbed effects that are nested in
  clusters count as one in K, as in Stata's xtreg and reghdfe and in fixest (Cameron and Miller 2015, III B), or each,
  as in Stata's areg and with dummies.
- cr2: Bell and McCaffrey's (2002), in `clustered`.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from transforms.regression.absorbing import Floats, Integers
from transforms.regression.clustered import cr2, summed
from transforms.regression.least_squares import Fit, rank

Kind = Literal["classical", "hc0", "hc1", "hc2", "hc3", "cr0", "cr1", "cr2"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CLUSTERED: tuple[Kind, ...] = ("cr0", "cr1", "cr2")
LEVERAGED: tuple[Kind, ...] = ("hc2", "hc3", "cr2")
"""Kinds that rest on the leverage of rows: of the effects at most one may be absorbed."""
Correction = Literal["nested_effects_as_one", "all_effects", "groups_only", "leverage_and_rows"]
"""K of cr1: nested effects count as one, each, or the factor is G/(G-1) alone (Stata's poisson and ppmlhdfe). The last
multiplies hc2 and hc3 by N/(N - K) too, as pyfixest does."""

_NO_SHARE_LEFT = 1e-10


@dataclass(frozen=True)
class Errors:
    """Of C combinations of the slopes: their values, the covariance (C x C) and the degrees of freedom (C)."""

    values: Floats
    covariance: Floats
    df: Floats

    @property
    def standard_errors(self) -> Floats:
        """The roots of the variances."""
        found: Floats = np.sqrt(np.diag(self.covariance))
        return found


def errors(
    fit: Fit, kind: Kind, *, combinations: Floats | None = None, correction: Correction = "nested_effects_as_one"
) -> Errors:
    """The errors of one kind, of the terms, or of the `combinations` (K x C) of all K slopes."""
    wanted = np.eye(len(fit.names))[:, fit.nuisance :] if combinations is None else combinations
    values: Floats = wanted.T @ fit.slopes
    if kind == "cr2":
        return Errors(values, *cr2(fit, wanted))
    covariance, df = (
        _clustered(fit, kind, correction) if kind in CLUSTERED else (_of_rows(fit, kind, correction), fit.left)
    )
    return Errors(values, wanted.T @ covariance @ wanted, np.full(len(values), float(df)))


def _of_rows(fit: Fit, kind: Kind, correction: Correction) -> Floats:
    if kind == "classical":
        estimated = float(fit.weights @ fit.residuals**2) / fit.left
        return fit.bread * (estimated if fit.dispersion is None else fit.dispersion)
    scores = _scores(fit)
    if kind in ("hc2", "hc3"):
        share = 1 - _leverage(fit)
        scores = (
            scores * (np.where(share > _NO_SHARE_LEFT, share, np.inf) ** (-0.5 if kind == "hc2" else -1.0))[:, None]
        )
    is_enlarged = kind == "hc1" or (kind in ("hc2", "hc3") and correction == "leverage_and_rows")
    size = len(scores) / fit.left if is_enlarged else 1.0
    return _sandwich(fit, scores) * size


def _sandwich(fit: Fit, scores: Floats) -> Floats:
    found: Floats = fit.bread @ (scores.T @ scores) @ fit.bread
    return found


def _scores(fit: Fit) -> Floats:
    found: Floats = fit.x * (fit.weights * fit.residuals)[:, None]
    return found


def _leverage(fit: Fit) -> Floats:
    found: Floats = fit.weights * np.einsum("ij,jk,ik->i", fit.x, fit.bread, fit.x, optimize=True)
    if fit.of.absorbed:
        assert fit.of.absorbed == 1, "leverage needs all effects but one as columns"
        totals = np.bincount(fit.of.by[0], weights=fit.weights)
        found = found + fit.weights / totals[fit.of.by[0]]
    return found


def is_nested(groups: Integers, clusters: Integers) -> bool:
    """Whether no group lies in two clusters."""
    first = np.empty(int(groups.max()) + 1, dtype=clusters.dtype)
    first[groups] = clusters
    return bool(np.all(first[groups] == clusters))


def _counted(fit: Fit) -> int:
    """K: the slopes and the effects that are not nested in clusters, with a constant."""
    crossing = tuple(each for each in fit.of.by if not is_nested(each, fit.of.clusters))
    if len(crossing) == len(fit.of.by):
        return len(fit.residuals) - fit.left
    return len(fit.terms) + rank(crossing)


def _clustered(fit: Fit, kind: Kind, correction: Correction) -> tuple[Floats, float]:
    groups, n = fit.of.n_clusters, len(fit.residuals)
    if groups < 2:
        return np.full_like(fit.bread, np.nan), float("nan")
    sums = summed(_scores(fit), fit.of.clusters, groups)
    size = 1.0
    if kind == "cr1":
        counted = _counted(fit) if correction == "nested_effects_as_one" else n - fit.left
        size = groups / (groups - 1) * (1.0 if correction == "groups_only" else (n - 1) / (n - counted))
    return _sandwich(fit, sums) * size, groups - 1
