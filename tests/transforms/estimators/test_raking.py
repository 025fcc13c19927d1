"""R: survey 4.1's postStratify and rake (run to convergence) of the one-stage cluster sample, api00."""

import numpy as np
import polars as pl
import pytest

from transforms.estimators.raking import Margins, raked

STYPE = np.array([4421.0, 755.0, 1018.0])
WHOLE_SCHOOL = np.array([1072.0, 5122.0])


def cells(schools, name):
    return schools[name].rank("dense").cast(pl.Int64).to_numpy() - 1


@pytest.mark.parametrize(
    ("names", "totals", "mean", "error"),
    [
        (["stype"], [STYPE], 642.310788212, 23.9204864451),
        (["stype", "sch.wide"], [STYPE, WHOLE_SCHOOL], 641.23032092682, 23.703616887922),
    ],
)
def test_the_mean_fitted_to_margins_and_its_error_are_those_of_survey(api_schools, names, totals, mean, error):
    drawn, values = api_schools["pw"].to_numpy(), api_schools["api00"].cast(pl.Float64).to_numpy()
    margins = tuple(cells(api_schools, name) for name in names)

    weights = raked(drawn, margins, totals)

    found = weights @ values / weights.sum()
    left = weights * Margins(margins, drawn).residuals(values - found) / weights.sum()
    districts = pl.DataFrame({"district": api_schools["dnum"], "z": left}).group_by("district").agg(pl.col("z").sum())
    count = districts.height
    variance = (1 - count / 757) * count * districts["z"].var()
    assert found == pytest.approx(mean, rel=1e-11)
    assert variance**0.5 == pytest.approx(error, rel=1e-11)


def test_every_margin_adds_up_to_its_totals(api_schools):
    margins = [cells(api_schools, "stype"), cells(api_schools, "sch.wide")]

    weights = raked(api_schools["pw"].to_numpy(), margins, [STYPE, WHOLE_SCHOOL])

    assert np.bincount(margins[0], weights=weights) == pytest.approx(STYPE, rel=1e-11)
    assert np.bincount(margins[1], weights=weights) == pytest.approx(WHOLE_SCHOOL, rel=1e-11)


def test_margins_of_different_sums_are_refused():
    with pytest.raises(ArithmeticError):
        raked(np.ones(4), [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])], [np.array([5.0, 5]), np.array([5.0, 6])])
