"""What may be shown: figures on too few people are hidden, small shares are shown only as under or over a bound.

A figure on too few groups is shown without the interval that it cannot have, and says so.

Each row is judged by itself. That no hidden figure follows from others by subtraction is the work of `protecting`
within a release and of `steps` between releases. The p % and (2, 90) dominance rules are for sums of money and need
each contribution, which estimates do not hold: estimating makes no mean change of money that fails them, and medians,
ratios and differences between arms follow their base.
"""

from collections.abc import Sequence

import dataframely as dy
import polars as pl

from transforms import tables
from transforms.bases import enough_groups, smallest_base

SMALL_SHARE = 3
"""A share with fewer people than this on either side of it is coded."""

FIGURES = ("value", "standard_error", "low", "high", "p_value", "q_value", "smallest_detectable", "sign", "pre_trend_p")
"""What an estimate says; hidden when it is coded or suppressed."""

OF_INTERVAL = ("low", "high", "smallest_detectable")
"""What an estimate says of its sureness; no more than a guess where its groups are too few."""

OF_SUPPRESSED = (
    *("estimate", "period", "indicator", "quantity", "round", "arm", "by", "group", "term"),
    *("method", "weights", "letter", "cap", "visibility", "figures_from"),
)
"""What is said of a suppressed estimate."""

BASES = (
    "n",
    "n_comparison",
    "observations",
    "clusters",
    "clusters_comparison",
    "df",
    "response",
    "kish_deff",
    "pre_rounds",
)
"""What it rests on; hidden only when it is suppressed."""

LOSSES = ("attrition_overall", "attrition_differential")
"""What it lost since the baseline; hidden when that is fewer people than the floor."""


def disclose(graded: dy.DataFrame[tables.GradedEstimates], floor: int) -> dy.DataFrame[tables.PublishedEstimates]:
    """Every estimate as it may be shown under a floor of `floor` people. A hidden row keeps its key and letter only.

    The standard deviation at the baseline served the grading and is never shown: for money it tells of the largest.
    """
    judged = graded.lazy().with_columns(visibility=_visibility(floor))
    shown, suppressed = pl.col("visibility") == "shown", pl.col("visibility") == "suppressed"
    few_missing = suppressed | (pl.col("missing") < floor)
    figures = [name for name in FIGURES if name not in OF_INTERVAL]
    published = judged.with_columns(
        pl.when(shown).then(pl.col(figures)),
        pl.when(shown & enough_groups()).then(pl.col(OF_INTERVAL)),
        pl.when(~suppressed).then(pl.col(BASES)),
        # Either tells the other, n being known.
        pl.when(~few_missing).then(pl.col("population", "missing")),
        pl.when(~suppressed & (_lost() >= floor)).then(pl.col(LOSSES)),
        numerator=pl.when(shown & (_smaller_side() >= floor)).then("numerator"),
        baseline_sd=pl.lit(None, dtype=pl.Float64),
        bound=_bound(),
        figures_from=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        no_interval=pl.when(shown & ~enough_groups() & pl.col("value").is_not_null()).then(pl.lit("few_groups")),
    )
    return tables.PublishedEstimates.validate(published.collect(), cast=True)


def disclose_counts(frame: pl.DataFrame, columns: Sequence[str], floor: int) -> pl.DataFrame:
    """The frame with counts of people under the floor made null: reports write them as under the floor.

    The first of `columns` is the count; the others follow from it (its share, the share's interval) and go with it.
    A count of nobody is hidden too: it would say something of everybody.
    """
    return frame.with_columns(pl.when(pl.col(columns[0]) >= floor).then(pl.col(columns)))


def disclose_transitions(transitions: pl.DataFrame, floor: int) -> pl.DataFrame:
    """The table Transitions with small counts hidden, and shares that all but a few of a class have in common."""
    shares = ("share", "low", "high")
    left_behind = (pl.col("units") / pl.col("share")).round() - pl.col("units")
    hidden = disclose_counts(transitions, ("units", *shares), floor)
    return hidden.with_columns(pl.when(left_behind >= SMALL_SHARE).then(pl.col(shares)))


def _visibility(floor: int) -> pl.Expr:
    few = smallest_base() < floor
    few_counted = (pl.col("quantity") == "count") & (pl.col("value") < floor)
    share = (pl.col("quantity") == "level") & pl.col("numerator").is_not_null()
    return (
        pl.when(few | few_counted.fill_null(False))
        .then(pl.lit("suppressed"))
        .when(share & (pl.col("numerator") < SMALL_SHARE))
        .then(pl.lit("bottom_coded"))
        .when(share & (pl.col("n") - pl.col("numerator") < SMALL_SHARE))
        .then(pl.lit("top_coded"))
        .otherwise(pl.lit("shown"))
    )


def _lost() -> pl.Expr:
    """How many units its attrition is."""
    return (pl.col("n") + pl.col("n_comparison").fill_null(0)) * (1 / (1 - pl.col("attrition_overall")) - 1)


def _smaller_side() -> pl.Expr:
    return pl.min_horizontal("numerator", pl.col("n") - pl.col("numerator"))


def _bound() -> pl.Expr:
    """The smallest multiple of 10 % from 3/n up: 0, 1 and 2 of n all lie under it. At the top its complement."""
    tenths = (10 * SMALL_SHARE + pl.col("n") - 1) // pl.col("n")
    return (
        pl.when(pl.col("visibility") == "bottom_coded")
        .then(tenths / 10)
        .when(pl.col("visibility") == "top_coded")
        .then((10 - tenths) / 10)
    )


def without_figures(published: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """PublishedEstimates of which these rows (true or false, one each) are suppressed: their key stays."""
    figures = [name for name in published.columns if name not in OF_SUPPRESSED]
    word = pl.lit("suppressed", dtype=published.schema["visibility"])
    # The grade of a figure on too few people, lest another grade tell that this one is on more.
    graded = pl.lit(rows) & pl.col("letter").is_not_null()
    return published.with_columns(
        pl.when(~rows).then(pl.col(figures)),
        visibility=pl.when(rows).then(word).otherwise("visibility"),
        letter=pl.when(graded).then(pl.lit("X", dtype=published.schema["letter"])).otherwise("letter"),
        cap=pl.when(graded).then(pl.lit("floor")).otherwise("cap"),
    )
