"""Which changes carry the season: by the calendar months that were asked about."""

from datetime import date

import polars as pl
import pytest

from tests.transforms.test_deflating import declared
from tests.transforms.test_estimate import _complete, enrolled, responses
from transforms import tables
from transforms.estimate import estimate
from transforms.measure import measure


def seasons(days: dict[str, date], recall_months: int | None = 1) -> dict[str, bool]:
    """By round. Everybody registered in February 2026."""
    of = declared(None, recall_months=recall_months)
    day = pl.col("round").replace_strict(days, default=None, return_dtype=pl.Date)
    rows = tables.responses(of).cast(_complete(responses(60).with_columns(answered_on=day), of))
    found = estimate(rows, measure(rows, of), enrolled(rows), of).seasons
    return dict(found.select("round", "other_season").iter_rows())


@pytest.mark.parametrize(
    ("day", "other"),
    [
        (date(2026, 5, 1), True),
        (date(2026, 8, 31), True),
        (date(2027, 2, 28), False),
        (date(2027, 3, 1), False),  # the month after
        (date(2027, 1, 1), False),  # the month before
        (date(2026, 12, 31), True),
        (date(2026, 4, 1), True),
    ],
)
def test_a_months_amount_carries_the_season_over_a_month_from_the_baselines(day: date, other: bool) -> None:
    assert seasons({"m3": day, "m6": date(2027, 2, 10)}) == {"m3": other, "m6": False}


@pytest.mark.parametrize("months", [12, None])
def test_a_year_has_no_season_nor_what_is_about_no_months(months: int | None) -> None:
    assert seasons({"m3": date(2026, 5, 1), "m6": date(2026, 8, 1)}, months) == {}
