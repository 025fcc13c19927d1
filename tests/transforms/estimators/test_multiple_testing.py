import polars as pl

from transforms.estimators.multiple_testing import with_q_values


def test_q_values_worked_by_hand_stay_in_their_rows_and_families():
    tests = pl.DataFrame({"family": [1, 1, 1, 1, 1, 1, 2], "p_value": [0.01, 0.04, None, 0.03, 0.02, 0.5, 0.2]})
    expected = [0.05, 0.05, None, 0.05, 0.05, 0.5, 0.2]
    found = with_q_values(tests, ["family"])
    assert found["q_value"].null_count() == 1
    assert found["q_value"].round(12).to_list() == expected
    assert found["family_size"].to_list() == [5, 5, None, 5, 5, 5, 1]
