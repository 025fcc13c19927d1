"""The net share upward: its interval by hand, under a known truth, with clusters, and where nobody moves."""

import math

import numpy as np
import polars as pl
import pytest

from transforms.estimators.net_share import net_share


def scores(up: int, same: int, down: int) -> pl.Series:
    return pl.Series([1.0] * up + [0.0] * same + [-1.0] * down)


def alone(units: pl.Series) -> pl.Series:
    return pl.int_range(units.len(), eager=True)


def test_the_interval_is_that_of_half_a_unit_more_on_either_side() -> None:
    units = scores(15, 70, 5)
    found = net_share(units, alone(units), clustered=False)
    # By hand: 15.5 up and 5.5 down of 92.
    centre, error = 10 / 92, math.sqrt((21 / 92 - (10 / 92) ** 2) / 92)

    assert found.value == pytest.approx(10 / 90)
    assert (found.low, found.high) == pytest.approx((centre - 1.959964 * error, centre + 1.959964 * error), rel=1e-6)


def test_nobody_who_moved_is_no_certainty() -> None:
    found = net_share(scores(0, 40, 0), alone(scores(0, 40, 0)), clustered=False)

    assert (found.value, found.low) == (0.0, -found.high)
    assert found.high == pytest.approx(1.959964 * math.sqrt(1 / 42) / math.sqrt(42), rel=1e-6)


def test_units_that_move_together_count_for_fewer() -> None:
    units = pl.concat([scores(10, 0, 0), scores(0, 10, 0), scores(0, 0, 10)] * 4)
    sessions = pl.Series(np.repeat(np.arange(12), 10))
    together = net_share(units, sessions, clustered=True)
    each_alone = net_share(units, alone(units), clustered=False)

    assert together.value == each_alone.value
    assert together.high - together.low > 2.5 * (each_alone.high - each_alone.low)


def test_it_holds_the_truth_in_nineteen_of_twenty_samples() -> None:
    noise, truth, draws = np.random.default_rng(7), (0.06, 0.90, 0.04), 1500
    held = 0
    for up, same, down in noise.multinomial(150, truth, size=draws):
        units = scores(up, same, down)
        found = net_share(units, alone(units), clustered=False)
        held += found.low <= truth[0] - truth[2] <= found.high

    assert held / draws >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / draws)
