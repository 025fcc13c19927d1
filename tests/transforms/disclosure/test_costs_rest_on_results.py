"""A cost is made anew only when its result is: else it would tell what the result, standing, keeps to itself."""

import polars as pl

from tests.transforms.test_estimate import INDICATORS, estimated, indicator, programme, responses
from transforms.disclosure.figures import of_estimates


def test_a_cost_rests_on_what_its_result_rests_on() -> None:
    costs = {"each_job": indicator("cost", "budget / jobs", of="effect")}
    declared = programme(indicators={**INDICATORS, **costs}, budget={"y1": 1000.0}, breakdowns=[])
    found = estimated(responses(), declared)

    rests = of_estimates(found, declared)

    wanted = found.filter(pl.col("round") == "m6")
    of_cost = wanted.filter(pl.col("indicator") == "each_job")["estimate"].item()
    of_effect = wanted.filter(pl.col("indicator") == "jobs", pl.col("quantity") == "effect")["estimate"].item()
    rows = [rests.filter(row=each).drop("row").sort(pl.all()) for each in (of_cost, of_effect)]
    assert rows[0].equals(rows[1])
    assert rows[0].height > 0
