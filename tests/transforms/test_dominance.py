"""Which sums of money two units make up."""

import polars as pl
import pytest

from transforms.dominance import dominated, never_dominated


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([100.0] * 10, False),
        ([1000.0, 5.0, 90.0], True),  # without the two largest 5 is left: less than a tenth of 1000
        ([1000.0, 100.0, 99.0], True),
        ([100.0, 60.0, 9.0], True),  # less than a tenth of the largest is left
        ([100.0, 60.0, 12.0], True),  # 160 of 172: over 90 %
        ([100.0, 60.0, 20.0], False),
        ([-100.0, 60.0, 12.0], True),  # whatever the sign
        ([0.0, 0.0, 0.0], False),
        ([5.0, None], True),
        ([100.0, 60.0, 20.0, None], False),
    ],
)
def test_two_units_make_up_a_sum(amounts: list[float | None], expected: bool) -> None:
    frame = pl.DataFrame({"amounts": amounts}, schema={"amounts": pl.Float64})
    assert frame.select(dominated(pl.col("amounts"))).item() is expected


def test_whoever_is_never_dominated_by_the_largest_alone_is_not_dominated() -> None:
    noise = pl.DataFrame({"sum": [number for number in range(300) for _ in range(6)]}).with_columns(
        amount=pl.int_range(pl.len()).hash(2569) % 100
    )
    told = noise.group_by("sum").agg(
        is_dominated=dominated(pl.col("amount")), never=never_dominated(pl.col("amount").max(), pl.col("amount").sum())
    )
    assert 0 < told["never"].sum() < told.height
    assert not told.filter(pl.col("never") & pl.col("is_dominated")).height
    few = pl.DataFrame({"amount": [50.0, 50.0]})
    assert few.select(never=never_dominated(pl.col("amount").max(), pl.col("amount").sum())).item() is False
