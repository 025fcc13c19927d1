import pytest

from transforms.gates import is_sudden_loss, is_too_many


@pytest.mark.parametrize(
    ("before", "now", "stops"),
    [
        (100, 80, False),  # 20 rows, but not over 20 %
        (100, 79, True),
        (99, 79, True),  # 20 rows are over 20 % of 99
        (60, 41, False),  # over 20 %, but 19 rows
        (60, 40, True),
        (20, 0, True),
        (0, 0, False),
        (50, 90, False),
    ],
)
def test_a_loss_is_sudden_over_20_percent_and_from_20_rows(before, now, stops):
    assert is_sudden_loss(before, now) is stops


@pytest.mark.parametrize(
    ("refused", "rows", "stops"),
    [(20, 400, False), (21, 400, True), (19, 100, False), (20, 100, True), (11, 2780, False), (0, 0, False)],
)
def test_set_aside_is_too_much_over_5_percent_and_from_20_rows(refused, rows, stops):
    assert is_too_many(refused, rows) is stops
