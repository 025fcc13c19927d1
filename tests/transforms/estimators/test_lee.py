import itertools

import numpy as np
import pytest

from transforms.estimators.lee import Arm, bounds, difference, growth


def arm(y, eligible, x=None, clusters=None, of=None):
    """Every unit a cluster of its own; those lost are one cluster more of the arm."""
    y = np.array(y, dtype=np.float64)
    numbers = np.arange(y.size) + (of or 0) if clusters is None else np.array(clusters)
    counts = np.zeros(40)
    np.add.at(counts, numbers, 1)
    counts[(of or 0) + 19] += eligible - y.size
    return Arm(y, np.ones(y.size) if x is None else np.array(x, dtype=np.float64), numbers, counts)


def test_bounds_worked_by_hand():
    # 10 of 10 treated answered, 8 of 10 of the others: q = .2, k = 2. Without the two largest of 1..10 the mean is 4.5,
    # without the two smallest 6.5; the others' is 3.
    found = bounds(arm(range(1, 11), 10), arm([3] * 8, 10, of=20), difference, 1)
    assert (found.lower, found.upper, found.trimmed) == pytest.approx((1.5, 3.5, 2))


def test_the_comparison_is_trimmed_where_it_answered_more():
    found = bounds(arm([3] * 8, 10), arm(range(1, 11), 10, of=20), difference, 1)
    assert (found.lower, found.upper, found.trimmed) == pytest.approx((-3.5, -1.5, 2))


def test_equal_loss_leaves_the_effect_itself():
    found = bounds(arm([1, 2, 3, 6], 8), arm([1, 1, 2, 4], 8, of=20), difference, 1)
    assert (found.lower, found.upper, found.trimmed) == pytest.approx((1, 1, 0))
    assert found.low < 1 < found.high


def test_part_of_a_unit_is_not_taken_off():
    # q = 1 - (7/10) / (9/10) = 2/9, of 9 units 2; with 8 of 10 and 7 of 10: q = 1/8, of 8 units 1.
    assert bounds(arm(range(9), 10), arm(range(7), 10, of=20), difference, 1).trimmed == 2
    assert bounds(arm(range(8), 10), arm(range(7), 10, of=20), difference, 1).trimmed == 1
    assert bounds(arm(range(10), 10), arm(range(9), 11, of=20), difference, 1).trimmed == 1


def test_no_other_units_move_a_growth_further():
    before, after = np.array([5.0, 1, 8, 2, 9, 4]), np.array([6.0, 4, 7, 1, 12, 9])
    found = bounds(arm(after, 6, x=before), arm([3, 5], 3, x=[3, 4], of=20), growth, 1)

    assert found.trimmed == 2
    kept = [list(each) for each in itertools.combinations(range(6), 4)]
    all_of = [(after[each].sum() / before[each].sum()) / (8 / 7) - 1 for each in kept]
    assert (found.lower, found.upper) == pytest.approx((min(all_of), max(all_of)))


def test_the_same_seed_gives_the_same_interval():
    one, other = (bounds(arm(range(10), 10), arm(range(8), 10, of=20), difference, 7) for _ in range(2))
    assert one == other


def test_bounds_hold_the_truth_where_the_treatment_makes_the_worst_off_answer():
    """A gain of 1 for all; of the treated all answer, of the others those with the lowest fifth do not."""
    noise = np.random.default_rng(2)
    inside, plain, covered = [], [], []
    for seed in range(60):
        people, sessions = 800, 20
        session = np.arange(people) % sessions
        treated = session < 10
        outcome = noise.normal(0, 1, people) + noise.normal(0, 0.1, sessions)[session] + treated
        told = treated | (outcome > np.quantile(outcome[~treated], 0.2))
        arms = []
        for side in (treated, ~treated):
            eligible = np.bincount(session[side], minlength=sessions).astype(np.float64)
            used = side & told
            arms.append(Arm(outcome[used], np.ones(used.sum()), session[used], eligible))
        found = bounds(*arms, difference, seed)
        plain.append(arms[0].y.mean() - arms[1].y.mean())
        inside.append((found.lower, found.upper))
        covered.append(found.low <= 1 <= found.high)
    lower, upper = np.mean(inside, axis=0)
    # With the lowest fifth gone from the others, dropping the treated's lowest fifth makes the arms alike again.
    assert upper == pytest.approx(1, abs=0.05)
    assert lower < np.mean(plain) < 0.75
    assert np.mean(covered) > 0.9
