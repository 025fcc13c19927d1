"""What may be shown of those who did not answer: who they were, and how far they could move an estimate."""

import polars as pl

from transforms.disclosure.rounding import digits
from transforms.programme import Programme

COMPARED = ("of_answered", "of_silent", "difference")
"""What a row of Nonresponse says."""

TOLD = ("answered", "silent", "people_answered", "people_silent", *COMPARED)
"""All that it tells."""

_PEOPLE = ("people_answered", "people_silent")
_TABLE = ["period", "round", "arm", "covariate"]


def disclose_nonresponse(nonresponse: pl.DataFrame, floor: int) -> pl.DataFrame:
    """The table Nonresponse without what rests on fewer people than the floor, on either side.

    Shares of one covariate add up to all: where a category is hidden, the next smallest go with it until those hidden
    are together as many as the floor.
    """
    smallest = pl.min_horizontal(_PEOPLE)
    few = smallest < floor
    order = [smallest, pl.col("category")]
    before = [pl.col(name).cum_sum().over(_TABLE, order_by=order) - pl.col(name) for name in _PEOPLE]
    hidden = few | (few.any().over(_TABLE) & (pl.min_horizontal(before) < floor))
    rounded = pl.when(pl.col("category") == "").then(pl.col("of_answered", "of_silent").round_sig_figs(3))
    return nonresponse.with_columns(
        rounded.otherwise(pl.col("of_answered", "of_silent").round(2)), pl.col("difference").round(2)
    ).with_columns(pl.when(~hidden).then(pl.col(*COMPARED)), *_shown_counts(hidden, floor))


def _shown_counts(hidden: pl.Expr, floor: int) -> list[pl.Expr]:
    totals = [pl.when(pl.col(name) >= floor).then(pl.col(name)).alias(name) for name in ("answered", "silent")]
    return [*totals, *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in _PEOPLE)]


def disclose_bounds(bounds: pl.DataFrame, published: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """The bounds that may stand beside the published estimates; of the others nothing.

    A worst case tells how many are unknown, and Lee's bounds rest on those who are left.
    """
    shown = published.filter(pl.col("visibility").cast(pl.String) == "shown").select(
        "estimate", "value", "missing", "no_interval", left=pl.min_horizontal("n", "n_comparison")
    )
    floor = programme.disclosure.floor
    of_kind = (
        pl.when(pl.col("kind").cast(pl.String) == "lee")
        .then((pl.col("left") - pl.col("units") >= floor) & pl.col("no_interval").is_null())
        .otherwise(pl.col("missing") >= floor)
    )
    kept = bounds.join(shown, on="estimate").filter(of_kind.fill_null(False), pl.col("value").is_not_null())
    figures = pl.col("lower", "upper", "low", "high")
    return (
        kept.with_columns(digits(figures, programme))
        .select(bounds.columns)
        .with_columns(units=pl.lit(None, dtype=pl.Int64))
    )
