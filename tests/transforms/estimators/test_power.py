import numpy as np
import pytest

from transforms.estimators.power import people_needed, power, with_clusters


def test_power_is_the_share_of_samples_that_find_the_effect():
    noise = np.random.default_rng(1)
    n, effect, runs = 20, 0.8, 20_000
    treated, others = noise.normal(effect, 1, (runs, n)), noise.normal(0, 1, (runs, n))
    spread = np.sqrt((treated.var(axis=1, ddof=1) + others.var(axis=1, ddof=1)) / n)
    found = np.abs(treated.mean(axis=1) - others.mean(axis=1)) / spread > 2.0243941639  # t.975 of 38
    assert power(effect, n) == pytest.approx(found.mean(), abs=4 * 0.5 / runs**0.5)


def test_without_an_effect_power_is_the_level():
    assert power(0.0, 30) == pytest.approx(0.05)


def test_the_people_needed_have_the_power_wanted():
    for effect in (0.05, 0.2, 1.0, 5.0):
        assert power(effect, people_needed(effect, 0.9)) == pytest.approx(0.9)
    assert people_needed(100.0) == 2


def test_clusters_of_twenty_alike_by_a_twentieth_need_nearly_twice_as_many():
    assert with_clusters(100, 20, 0.05) == pytest.approx(195)
