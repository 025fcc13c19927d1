"""What each comparison can be held to: whether the arms began alike and on one path, and stayed what they were.

- likeness: by `likeness`, the outcome's own and the largest of the registered covariates.
- pre-trend: with two or more rounds before anybody entered, the joint test of `event_study`; of staggered cohorts,
  whose rounds are those before the last entry, that of their effects before entry. With one it is not testable.
- contamination: of the comparison arm, the share that was trained all the same by then (`exposure`).
- moved: the share of people who are analysed in another arm than the one they were assigned to (`assignment`).
"""

from collections.abc import Iterator

import polars as pl

from transforms import tables
from transforms.estimating.likeness import OUTCOME, compared
from transforms.estimating.work import Work
from transforms.estimators import staggered_entry
from transforms.estimators.between_arms import COMPARISON, side
from transforms.estimators.cohort import of_round
from transforms.estimators.event_study import events, first_entry, last_entry
from transforms.estimators.model_rows import long
from transforms.programme import Indicator

KEY = ["period", "indicator", "round"]
KEPT = ("contamination", "moved")


def comparability(work: Work, balance: pl.DataFrame) -> pl.DataFrame:
    """The table Comparability. `balance`: the table ArmsBalance."""
    keys = _keys(work)
    if keys.is_empty():
        return tables.Comparability.create_empty()
    outcome = balance.filter(pl.col("covariate") == OUTCOME).select(*KEY, outcome_g="difference")
    is_matched = pl.col("difference_matched").is_not_null()
    analysed = pl.when(is_matched).then("difference_matched").otherwise("difference")
    others = balance.filter(pl.col("covariate") != OUTCOME).with_columns(difference=analysed).drop_nulls("difference")
    largest = (
        others.sort(pl.col("difference").abs(), descending=True)
        .group_by(KEY, maintain_order=True)
        .agg(pl.col("difference").first().alias("covariate_g"), pl.col("covariate").first())
    )
    found = keys
    for part, on in (
        (outcome, KEY),
        (largest, KEY),
        (_pre_trends(work), ["period", "indicator"]),
        (_arms_kept(work), ["period", "round"]),
    ):
        found = found.join(part, on=on, how="left", maintain_order="left")
    return tables.Comparability.validate(found, cast=True)


def _keys(work: Work) -> pl.DataFrame:
    rounds = [each.id for each in work.programme.rounds[1:]]
    periods = work.cohort.strata["period"].unique().sort().to_list()
    rows = [
        {"period": period, "indicator": name, "round": each}
        for period in periods
        for name, indicator in compared(work).items()
        for each in rounds
        if not indicator.rounds or each in indicator.rounds or indicator.statistic in ("panel_effect", "staggered")
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(KEY, pl.String))


def _pre_trends(work: Work) -> pl.DataFrame:
    """By period and indicator: the rounds before entry at which it was measured, and the joint test's p-value."""
    schema = {"period": pl.String, "indicator": pl.String, "pre_rounds": pl.Int64, "pre_trend_p": pl.Float64}
    rows = [row for name, each in compared(work).items() for row in _pre_trend(work, name, each)]
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("pre_trend_p").fill_nan(None))


def _pre_trend(work: Work, name: str, indicator: Indicator) -> Iterator[tuple[str, str, int, float]]:
    entry = last_entry(work.cohort) if indicator.statistic == "staggered" else first_entry(work.cohort)
    before = [] if entry is None else list(work.cohort.rounds.values())[:entry]
    many = sum(frame[name].null_count() < frame.height for frame in before)
    p_values = _p_values(work, name, indicator) if many > 1 or indicator.statistic == "staggered" else {}
    for period in work.cohort.strata["period"].unique().sort():
        yield period, name, many, p_values.get(period, float("nan"))


def _p_values(work: Work, name: str, indicator: Indicator) -> dict[str, float]:
    if indicator.statistic != "staggered":
        return {each.period: each.pre_trend_p for each in events(work.cohort, name, work.programme)}
    rows = long(work.cohort, name, 0, work.programme).sort("position", "unit")
    parts = {str(period): staggered_entry.of_period(part) for (period,), part in rows.group_by("period")}
    return {period: staggered_entry.pre_trend_p(*found) for period, found in parts.items() if found is not None}


def _arms_kept(work: Work) -> pl.DataFrame:
    """By period and round: how many of the comparison arm were trained, and how many people are in another arm."""
    design = work.programme.design
    if design.exposure is None and design.assignment is None:
        return pl.DataFrame(schema={"period": pl.String, "round": pl.String, **dict.fromkeys(KEPT, pl.Float64)})
    trained = pl.repeat(None, work.cohort.people.height, dtype=pl.Boolean, eager=True)
    frames = []
    for number, each in enumerate(work.programme.rounds):
        now = work.cohort.people.select("entered", "period").with_columns(_said(work, each.id))
        trained = now["exposure"] if number == 0 else (trained | now["exposure"])
        frames.append(
            now.with_columns(trained=trained, side=side(pl.col("entered"), number))
            .drop_nulls("side")
            .group_by("period")
            .agg(
                contamination=pl.col("trained").filter(pl.col("side") == COMPARISON).mean(),
                moved=((pl.col("side") != COMPARISON) != pl.col("assignment")).mean(),
            )
            .with_columns(round=pl.lit(each.id))
        )
    found = pl.concat(frames[1:]) if len(frames) > 1 else pl.concat(frames).clear()
    absent = [name for name, text in zip(KEPT, (design.exposure, design.assignment), strict=True) if text is None]
    return found.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in absent)


def _said(work: Work, round_id: str) -> list[pl.Series]:
    """`exposure` and `assignment` at one round, row for row with the people; false where nothing is known."""
    design = work.programme.design
    rows = of_round(work.responses, round_id)
    order = of_round(work.responses, work.programme.baseline.id)["participant"]
    made = []
    for name, text in (("exposure", design.exposure), ("assignment", design.assignment)):
        told = rows.select("participant", (pl.lit(False) if text is None else pl.sql_expr(text)).alias(name))
        if not told["participant"].equals(order):
            told = order.to_frame().join(told, on="participant", how="left", maintain_order="left")
        made.append(told[name].fill_null(False))
    return made
