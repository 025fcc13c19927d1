import polars as pl

from transforms.estimators.multiple_testing import with_q_values

# Benjamini & Hochberg (1995), table 1: thrombolysis trials, ordered.
P_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip


def test_the_1995_paper_rejects_four_of_fifteen():
    tested = with_q_values(pl.DataFrame({"p_value": P_1995, "family": "all"}), ["family"])
    assert (tested["q_value"] <= 0.05).sum() == 4
    assert tested["q_value"].is_sorted()


def test_q_values_worked_by_hand_stay_in_their_rows_and_families():
    tests = pl.DataFrame({"family": [1, 1, 1, 1, 1, 1, 2], "p_value": [0.01, 0.04, None, 0.03, 0.02, 0.5, 0.2]})
    expected = [0.05, 0.05, None, 0.05, 0.05, 0.5, 0.2]
    found = with_q_values(tests, ["family"])["q_value"]
    assert found.null_count() == 1
    assert found.round(12).to_list() == expected
