"""The table Seasons: whether a change of a month's amount is of the same season at both of its rounds.

An amount of the last month, asked in March and again in June, differs by the season too. What was asked about twelve
months has none; against a comparison arm asked in the same months it cancels out.
"""

from collections.abc import Iterator

import polars as pl

from transforms import tables
from transforms.estimating.work import Work
from transforms.estimators.cohort import of_round

YEAR = 12
NEAR = 1
"""Calendar months as near as this are of one season."""
MOST = 0.5


def seasons(work: Work) -> pl.DataFrame:
    """Seasons: of every indicator with `recall_months` that are no whole year, at every later round."""
    empty: pl.DataFrame = tables.Seasons.create_empty()
    found = [pl.DataFrame(rows, schema=empty.schema) for rows in _of_rounds(work)]
    return tables.Seasons.validate(pl.concat([empty, *found]).sort(tables.Seasons.primary_key()), cast=True)


def _of_rounds(work: Work) -> Iterator[list[dict[str, object]]]:
    programme = work.programme
    about = {
        name: each
        for name, each in programme.indicators.items()
        if each.recall_months is not None and each.recall_months % YEAR
    }
    if not about or "answered_on" not in work.responses.columns:
        return
    baseline = programme.baseline.id
    before = work.cohort.rounds[baseline]
    at_start = of_round(work.responses, baseline).select("participant", first=pl.col("registered_on").dt.month())
    for each in programme.rounds[1:]:
        now = of_round(work.responses, each.id).select("participant", month=pl.col("answered_on").dt.month())
        months = at_start.join(now, on="participant", how="left", maintain_order="left").with_columns(
            work.cohort.people["period"]
        )
        apart = (pl.col("month").cast(pl.Int64) - pl.col("first").cast(pl.Int64)).abs()
        months = months.with_columns(far=pl.min_horizontal(apart, YEAR - apart) > NEAR)
        for name, indicator in about.items():
            if indicator.rounds and each.id not in indicator.rounds:
                continue
            paired = before[name].is_not_null() & work.cohort.rounds[each.id][name].is_not_null()
            shares = months.filter(paired).drop_nulls("far").group_by("period").agg(share=pl.col("far").mean())
            yield [
                {"period": period, "indicator": name, "round": each.id, "share": share, "other_season": share > MOST}
                for period, share in shares.iter_rows()
            ]
