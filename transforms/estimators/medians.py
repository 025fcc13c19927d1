"""Money within an arm: medians of levels and of changes, for every cell of a breakdown at once."""

from collections.abc import Mapping
from itertools import product

import polars as pl

from transforms.estimators import quantile, student, weighted_quantile
from transforms.estimators.at_once import at_once
from transforms.estimators.layout import Layout
from transforms.estimators.samples import Sample, ascending, ordered


def sample(values: pl.Series, weights: pl.Series | None = None) -> Sample:
    """The values of one indicator at one round, one a participant; null is unknown."""
    if weights is not None:
        values = values.set(weights.is_null(), None)
    numbers = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return ascending(numbers, None if weights is None else weights.fill_null(0.0).to_numpy())


def medians(samples: Mapping[str, Sample], layout: Layout, *, weighted: bool) -> pl.DataFrame:
    """One row per indicator and cell: the median, its interval and test, by `quantile`. `samples`: by indicator."""
    asked = list(product(layout.places(), samples.items()))
    in_cells = at_once(lambda each: ordered(each[1][1], each[0].of_person, each[0].rows), asked)
    found = (weighted_quantile if weighted else quantile).medians(in_cells, clustered=layout.clustered)
    df = found["df"].fill_null(float("nan")).to_numpy()
    reach = student.quantile(student.TAIL, df) + student.quantile(student.POWER, df)
    errors = "woodruff_cr2" if layout.clustered else "woodruff" if weighted else "order_statistic"
    names = pl.concat(pl.DataFrame({"cell": place.cells}).with_columns(indicator=pl.lit(n)) for place, (n, _) in asked)
    return names.hstack(found).with_columns(
        errors=pl.lit(errors), smallest_detectable=(pl.Series(reach) * found["standard_error"]).fill_nan(None)
    )
