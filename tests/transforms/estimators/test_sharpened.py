import numpy as np

from transforms.estimators.sharpened import sharpened


def test_the_q_value_of_a_lone_test_is_the_first_step_that_rejects_it():
    """Stage one rejects p = .04 once q/(1+q) >= .04, from q = .0417 on."""
    assert sharpened(np.array([0.04])).tolist() == [0.042]


def test_two_tests_worked_by_hand():
    """p = .01: rejected at rank 1 of 2 once q/(1+q) >= .02, from .0205 on; then one true null is left, and p = .9 needs
    2 q/(1+q) >= .9, from .8182 on."""
    assert sharpened(np.array([0.9, 0.01])).tolist() == [0.819, 0.021]


def test_q_values_are_ordered_as_their_p_values_and_can_be_below_them():
    p_values = np.array([0.001, 0.002, 0.003, 0.004, 0.04, 0.6])
    found = sharpened(p_values)
    assert (np.diff(found) >= 0).all()
    assert found[4] < p_values[4]


def test_nothing_is_rejected_of_tests_that_are_all_sure():
    assert sharpened(np.array([1.0, 1.0])).tolist() == [1.0, 1.0]
