"""Bell and McCaffrey's (2002) CR2 with a working model of equal variances, and Satterthwaite's degrees of freedom for
each combination of slopes (Pustejovsky and Tipton 2018, theorems 1 and 2; effects that are demeaned must be nested in
clusters and rows weigh the same, else they must be columns).

With H = X M X'W, A_g the symmetric root of the inverse of B_g = [(I - H)(I - H)']_gg, and Q = M X'W^2 X M:
V = M (sum_g X_g'W_g A_g e_g e_g'A_g W_g X_g) M. B_g differs from I only in the span of X_g and W_g X_g, so that a
cluster costs what its columns cost, whatever its size; clusters of one size are worked out at once.
"""

import numpy as np

from transforms.regression.absorbing import Floats, Integers
from transforms.regression.least_squares import Fit

_NO_SHARE_LEFT = 1e-10
AT_ONCE = 4_000_000
"""The most numbers of an array of clusters that are worked out together."""


def summed(columns: Floats, clusters: Integers, groups: int) -> Floats:
    """Columns (N x M) summed within clusters: G x M."""
    return np.stack([np.bincount(clusters, weights=each, minlength=groups) for each in columns.T], axis=1)


def cr2(fit: Fit, combinations: Floats) -> tuple[Floats, Floats]:
    """The covariance (C x C) of the combinations (K x C) and their degrees of freedom (C); NaN for a single cluster."""
    wanted = fit.bread @ combinations
    many = wanted.shape[1]
    if fit.of.n_clusters < 2:
        return np.full((many, many), np.nan), np.full(many, np.nan)
    weighted = fit.x * fit.weights[:, None]
    middle = fit.bread @ (weighted.T @ weighted) @ fit.bread
    scores, own, plain, by_weight = [], [], [], []
    for rows in _of_one_size(fit.of.clusters, fit.x.shape[1]):
        x, w = fit.x[rows], fit.weights[rows][:, :, None]
        adjusted = _adjusted(x, x * w, w, fit.bread, middle) @ wanted  # clusters x rows x C
        scores.append(np.einsum("gnc,gn->gc", adjusted, fit.residuals[rows]))
        own.append((adjusted**2).sum(axis=1))
        plain.append(np.einsum("gnk,gnc->gkc", x, adjusted))
        by_weight.append(np.einsum("gnk,gnc->gkc", x * w, adjusted))
    score = np.concatenate(scores)
    df = _satterthwaite(np.concatenate(own), np.concatenate(plain), np.concatenate(by_weight), fit.bread, middle)
    return score.T @ score, df


def _of_one_size(clusters: Integers, columns: int) -> list[Integers]:
    """The rows of the clusters, each an array clusters x rows of clusters that have as many rows."""
    order = np.argsort(clusters, kind="stable")
    sizes = np.bincount(clusters)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    found = []
    for size in np.unique(sizes):
        places = np.flatnonzero(sizes == size)
        together = max(1, AT_ONCE // (int(size) * max(int(min(size, 2 * columns)), columns)))
        found += [
            order[starts[places[first : first + together]][:, None] + np.arange(size)]
            for first in range(0, len(places), together)
        ]
    return found


def _adjusted(x: Floats, weighted: Floats, w: Floats, bread: Floats, middle: Floats) -> Floats:
    """A_g W_g X_g of each cluster (clusters x rows x K)."""
    equal = bool(np.all(w == w.flat[0]))
    spanning = x if equal else np.concatenate([x, weighted], axis=2)
    if spanning.shape[2] < x.shape[1]:
        # The QR's columns span X_g and W_g X_g even where these are of less than full rank.
        basis = np.linalg.qr(spanning)[0]
        x, weighted = (basis.transpose(0, 2, 1) @ each for each in (x, weighted))
    else:
        basis = None
    crossed = x @ bread @ weighted.transpose(0, 2, 1)
    b = np.eye(x.shape[1]) - crossed - crossed.transpose(0, 2, 1) + x @ middle @ x.transpose(0, 2, 1)
    values, vectors = np.linalg.eigh(b)
    roots = np.where(values > _NO_SHARE_LEFT, 1 / np.sqrt(np.maximum(values, _NO_SHARE_LEFT)), 0.0)
    found: Floats = (vectors * roots[:, None, :]) @ (vectors.transpose(0, 2, 1) @ weighted)
    return found if basis is None else basis @ found


def _satterthwaite(own: Floats, plain: Floats, by_weight: Floats, bread: Floats, middle: Floats) -> Floats:
    """(sum_g P_gg)^2 / sum_gh P_gh^2 of each combination; P_gh = p_g'p_h, p_g = (I - H)_g' a_g.

    Off its diagonal P is a form of each cluster's 2K numbers z = (X'a, X'Wa), so its squares add up in 2K x 2K.
    """
    form = np.block([[middle, -bread], [-bread, np.zeros_like(bread)]])
    found = []
    for place in range(own.shape[1]):
        z = np.concatenate([plain[:, :, place], by_weight[:, :, place]], axis=1)
        alone = np.einsum("gi,ij,gj->g", z, form, z, optimize=True)
        diagonal = own[:, place] + alone
        product = z.T @ z @ form
        everything = float((diagonal**2).sum() + np.trace(product @ product) - (alone**2).sum())
        found.append(float(diagonal.sum()) ** 2 / everything if everything > 0 else float("nan"))
    return np.asarray(found)
