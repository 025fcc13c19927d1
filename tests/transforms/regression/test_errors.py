"""Errors against statsmodels and pyfixest on an awkward panel, a case worked by hand, and published values."""

import numpy as np
import polars as pl
import pytest

from transforms.regression.errors import KINDS, LEVERAGED, errors
from transforms.regression.least_squares import fit
from transforms.regression.matrix import matrix, without_singletons

TERMS = ["treated", "x"]
ABSORBED = {
    "one effect": ["unit"],
    "two effects": ["unit", "round"],
    "three effects": ["unit", "round", "enumerator"],
}


def close(value):
    return pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize("weight", [None, "weight"])
@pytest.mark.parametrize("kind", ["classical", "hc0", "hc1", "hc2", "hc3", "cr0", "cr1"])
def test_errors_without_effects_are_those_of_statsmodels(awkward, expected, kind, weight):
    wanted = expected[f"no effects, {'weighted' if weight else 'plain'}"]
    fitted = fit(matrix(awkward, "y", TERMS, cluster="village", weight=weight))
    assert fitted.terms == ("constant", "treated", "x")
    assert fitted.slopes[1:].tolist() == close(wanted["slopes"])
    assert fitted.r2 == close(wanted["r2"])
    assert errors(fitted, kind).standard_errors[1:].tolist() == close(wanted[kind])


@pytest.mark.parametrize("singletons", ["none", "singleton"])
@pytest.mark.parametrize("weight", [None, "weight"])
@pytest.mark.parametrize("effects", ABSORBED)
def test_errors_with_absorbed_effects_are_those_of_fixest(awkward, expected, effects, weight, singletons):
    wanted = expected[f"{effects}, {'weighted' if weight else 'plain'}, {singletons}"]
    rows = without_singletons(awkward, ABSORBED[effects]) if singletons == "singleton" else awkward
    assert rows.height == wanted["rows"]
    made = {
        cluster: fit(matrix(rows, "y", TERMS, absorb=ABSORBED[effects], cluster=cluster, weight=weight))
        for cluster in ("unit", "village", "enumerator")
    }
    found = {
        "slopes": made["unit"].slopes[made["unit"].nuisance :],
        "within": made["unit"].within,
        "r2": made["unit"].r2,
        "classical": errors(made["unit"], "classical").standard_errors,
        "hc1": errors(made["unit"], "hc1").standard_errors,
    }
    for cluster, each in made.items():
        found[f"cr1 {cluster} nonnested"] = errors(each, "cr1").standard_errors
        found[f"cr1 {cluster} full"] = errors(each, "cr1", correction="all_effects").standard_errors
    for name, value in found.items():
        assert np.asarray(value).tolist() == close(wanted[name]), name


def brute_force_cr2(fitted):
    """CR2 and its degrees of freedom of every slope, from whole matrices; the fit must have demeaned nothing."""
    x, w, bread, clusters = fitted.x, fitted.weights, fitted.bread, fitted.of.clusters
    annihilator = np.eye(len(x)) - x @ bread @ (x * w[:, None]).T
    spread = annihilator @ annihilator.T
    meat, vectors = np.zeros_like(bread), []
    for each in np.unique(clusters):
        rows = np.flatnonzero(clusters == each)
        values, basis = np.linalg.eigh(spread[np.ix_(rows, rows)])
        root = np.where(values > 1e-10, np.maximum(values, 1e-10) ** -0.5, 0.0)
        adjusted = (basis * root) @ basis.T @ (x[rows] * w[rows, None])
        score = adjusted.T @ fitted.residuals[rows]
        meat += np.outer(score, score)
        vectors.append(annihilator[rows].T @ adjusted @ bread)
    pairs = np.einsum("gnk,hnk->kgh", np.stack(vectors), np.stack(vectors))
    return np.sqrt(np.diag(bread @ meat @ bread)), np.trace(pairs, axis1=1, axis2=2) ** 2 / (pairs**2).sum(axis=(1, 2))


@pytest.mark.parametrize("weight", [None, "weight"])
@pytest.mark.parametrize("cluster", ["village", "unit", "enumerator"])
@pytest.mark.parametrize("absorb", [[], ["round"], ["region", "round"]])
def test_cr2_is_that_of_whole_matrices(awkward, absorb, cluster, weight):
    fitted = fit(matrix(awkward, "y", TERMS, absorb=absorb, cluster=cluster, weight=weight, absorbed="none"))
    found = errors(fitted, "cr2")
    wanted, df = brute_force_cr2(fitted)
    assert found.standard_errors.tolist() == close(wanted[fitted.nuisance :])
    assert found.df.tolist() == close(df[fitted.nuisance :])


@pytest.mark.parametrize("kind", LEVERAGED)
def test_effects_that_are_demeaned_give_the_errors_of_columns(awkward, kind):
    demeaned, columns = (
        fit(matrix(awkward, "y", TERMS, absorb=["unit", "round"], cluster="village", absorbed=way))
        for way in ("largest", "none")
    )
    assert demeaned.names[-2:] == columns.names[-2:] == ("treated", "x")
    assert errors(demeaned, kind).standard_errors.tolist() == close(errors(columns, kind).standard_errors)
    assert errors(demeaned, kind).df.tolist() == close(errors(columns, kind).df)


def test_errors_of_a_case_worked_by_hand():
    """y = 0, 2 | 4, 6 of two arms in pairs of clusters: residuals -1, 1, -1, 1; the effect is 5 - 1 = 4."""
    rows = pl.DataFrame({"y": [0, 2, 4, 6], "treated": [0, 0, 1, 1], "pair": ["a", "b", "c", "d"]})
    fitted = fit(matrix(rows, "y", ["treated"], cluster="pair"))
    assert fitted.slopes.tolist() == close([1, 4])
    # Var = s^2 (1/2 + 1/2), s^2 = 4/2; leverage 1/2 of every row; scores 1/4 each.
    variances = {"classical": 2, "hc0": 1, "hc1": 2, "hc2": 2, "hc3": 4, "cr0": 1, "cr1": 4 / 3 * 3 / 2, "cr2": 2}
    for kind, variance in variances.items():
        assert errors(fitted, kind).standard_errors[1] == close(variance**0.5), kind
    assert errors(fitted, "hc2", correction="leverage_and_rows").standard_errors[1] == close(2)
    assert errors(fitted, "cr1").df.tolist() == [3, 3]
    assert errors(fitted, "hc1").df.tolist() == [2, 2]
    assert errors(fitted, "cr1", correction="groups_only").standard_errors[1] == close((4 / 3) ** 0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_combination_of_slopes_has_the_error_of_the_regression_that_holds_it_as_a_slope(awkward, kind):
    rows = awkward.with_columns(both=pl.col("treated") + pl.col("x"))
    plain, told = (fit(matrix(rows, "y", terms, cluster="village")) for terms in (TERMS, ["both", "x"]))
    # y = a treated + b x = a (treated + x) + (b - a) x
    difference = errors(plain, kind, combinations=np.array([[0.0], [-1.0], [1.0]]))
    assert difference.values[0] == close(told.slopes[2])
    assert difference.standard_errors[0] == close(errors(told, kind).standard_errors[2])
    assert difference.df[0] == close(errors(told, kind).df[2])


def test_one_cluster_tells_no_error(awkward):
    fitted = fit(matrix(awkward.with_columns(all=1), "y", TERMS, cluster="all"))
    for kind in ("cr0", "cr1", "cr2"):
        assert np.isnan(errors(fitted, kind).standard_errors).all()
