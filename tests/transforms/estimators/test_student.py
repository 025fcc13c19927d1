import numpy as np
import polars as pl
import pytest

from transforms.estimators.power import people_needed
from transforms.estimators.student import quantile, with_inference


def test_quantiles_are_students_and_unknown_without_degrees_of_freedom():
    found = quantile(0.975, np.array([1.0, 14.0, 1e9, 0.0, np.nan]))
    assert found[:3] == pytest.approx([12.7062047362, 2.1447866879, 1.9599639845])
    assert np.isnan(found[3:]).all()


def test_the_smallest_detectable_effect_is_the_one_with_80_percent_power():
    # SE = sqrt(2/n), df = 2n - 2. The rule of thumb (t_.975 + t_.80) SE is within half a percent of the exact power.
    n = people_needed(0.5)
    row = pl.DataFrame({"value": [0.1], "standard_error": [(2 / n) ** 0.5], "df": [2 * n - 2]})
    assert with_inference(row)["smallest_detectable"][0] == pytest.approx(0.5, rel=0.005)


def test_no_variation_is_no_certainty():
    row = pl.DataFrame({"value": [1.0], "standard_error": [0.0], "df": [9.0]})
    assert with_inference(row).select("standard_error", "low", "high", "p_value").row(0) == (None,) * 4


def test_equal_values_have_no_error_although_they_round():
    from transforms.estimators.mean import mean

    found = mean(pl.Series([0.1] * 30), pl.Series([each // 7 for each in range(30)]))
    assert found.value == pytest.approx(0.1)
    assert np.isnan([found.standard_error, found.p_value]).all()
