import polars as pl
import pytest

from transforms.estimators.transition import transitions


def test_shares_are_of_the_origin_and_sum_to_one():
    counted = pl.DataFrame(
        {
            "arm": ["treated"] * 6,
            "origin": ["micro"] * 5 + ["small"],
            "destination": ["micro", "micro", "small", "closed", "unknown", "small"],
        }
    )
    found = transitions(counted, ["arm"]).sort("origin", "destination")
    assert found.select("origin", "destination", "units").rows() == [
        ("micro", "closed", 1),
        ("micro", "micro", 2),
        ("micro", "small", 1),
        ("micro", "unknown", 1),
        ("small", "small", 1),
    ]
    assert found.filter(origin="micro")["share"].sum() == pytest.approx(1)
    # Wilson for 2 of 5.
    assert found.filter(origin="micro", destination="micro").select("low", "high").row(0) == pytest.approx(
        (0.1176, 0.7693), abs=1e-4
    )
