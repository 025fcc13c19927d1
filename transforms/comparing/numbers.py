"""Every number that moved, split among the causes: the parts of each add up to its difference."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_

import polars as pl

from transforms.comparing.version import CAUSES, Cause

TOLERANCE = 1e-9
"""Estimates keep 12 significant digits; nearer to each other than this share, two numbers are the same."""

NUMBERS = (
    *("value", "standard_error", "low", "high", "n", "n_comparison", "observations", "numerator", "population"),
    *("missing", "clusters", "clusters_comparison", "df", "p_value", "q_value", "smallest_detectable", "baseline_sd"),
    *("response", "attrition_overall", "attrition_differential", "kish_deff"),
)
WORDS = ("method", "weights", "letter", "sign", "cap")
_KEY = ["estimate", "figure"]

Made = tuple[Cause, pl.DataFrame]
"""Estimates, and the cause by which they differ from those before."""


def moved(first: pl.DataFrame, made: Sequence[Made]) -> pl.DataFrame:
    """One row per estimate and figure that differs between the first and the last of these, or is unexplained.

    `estimate, figure, change` (moved, appeared, vanished), `before, after, difference` with one column a cause that add
    up to it (a number that is not there counts as 0), the same in words where it is no number, and `causes`.
    """
    frames = [first, *(frame for _, frame in made)]
    labels = [cause for cause, _ in made]
    numbers = _split(_wide(frames, NUMBERS, pl.Float64()), labels)
    words = _told(_wide(frames, WORDS, pl.String()), labels)
    return pl.concat([numbers, words], how="diagonal").sort(_KEY)


def _wide(frames: Sequence[pl.DataFrame], figures: Sequence[str], dtype: pl.DataType) -> pl.DataFrame:
    """One row per estimate and figure that any two neighbours differ in: `v0, v1, ...`, one column a frame."""
    ids = _different(frames, figures)
    long = [
        frame.filter(pl.col("estimate").is_in(ids.implode()))
        .select("estimate", pl.col(figures).cast(dtype))
        .unpivot(index="estimate", variable_name="figure", value_name=f"v{place}")
        .filter(pl.col(f"v{place}").is_not_null() & (pl.col(f"v{place}").cast(pl.String) != "NaN"))
        for place, frame in enumerate(frames)
    ]
    return reduce(lambda left, right: left.join(right, on=_KEY, how="full", coalesce=True), long)


def _different(frames: Sequence[pl.DataFrame], figures: Sequence[str]) -> pl.Series:
    """The estimates that are not the same in every frame, or not in every frame at all."""
    told = pl.concat(frame.select("estimate", pl.col(figures).cast(pl.String)) for frame in frames)
    same = told.group_by("estimate", *figures).len().filter(pl.col("len") == len(frames))
    return told.join(same, on="estimate", how="anti")["estimate"].unique()


def _split(wide: pl.DataFrame, labels: Sequence[Cause]) -> pl.DataFrame:
    last = f"v{len(labels)}"
    parts: dict[str, pl.Expr] = {cause: pl.lit(0.0) for cause in CAUSES}
    for place, cause in enumerate(labels):
        parts[cause] = parts[cause] + (pl.col(f"v{place + 1}").fill_null(0) - pl.col(f"v{place}").fill_null(0))
    difference = pl.col(last).fill_null(0) - pl.col("v0").fill_null(0)
    told = wide.with_columns(
        **parts, difference=difference, causes=_causes(labels, _far), before=pl.col("v0"), after=pl.col(last)
    )
    scale = pl.max_horizontal(pl.col("before", "after", *CAUSES).abs().fill_null(0))
    remainder = pl.col("difference") - pl.sum_horizontal(CAUSES)
    is_left = remainder.abs() > TOLERANCE * scale
    told = told.with_columns(
        unexplained=pl.col("unexplained") + pl.when(is_left).then(remainder).otherwise(0.0),
        causes=pl.when(is_left).then(pl.col("causes").list.concat(pl.lit(["unexplained"]))).otherwise("causes"),
    )
    kept = told.filter(_far(pl.col("before"), pl.col("after")) | pl.col("causes").list.contains("unexplained"))
    return kept.select(*_KEY, _change(), "before", "after", "difference", *CAUSES, "causes")


def _told(wide: pl.DataFrame, labels: Sequence[Cause]) -> pl.DataFrame:
    told = wide.with_columns(causes=_causes(labels, _other), before=pl.col("v0"), after=pl.col(f"v{len(labels)}"))
    unexplained = pl.col("causes").list.contains("unexplained")
    kept = told.filter(_other(pl.col("before"), pl.col("after")) | unexplained)
    return kept.select(*_KEY, _change(), words_before="before", words_after="after", causes="causes")


def _causes(labels: Sequence[Cause], differ: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> pl.Expr:
    """The causes by which a number moved, in their order, each once."""
    steps: dict[Cause, list[pl.Expr]] = {cause: [] for cause in labels}
    for place, cause in enumerate(labels):
        steps[cause].append(differ(pl.col(f"v{place}"), pl.col(f"v{place + 1}")))
    by_cause = [pl.when(reduce(or_, steps[cause])).then(pl.lit(cause)) for cause in CAUSES if cause in steps]
    return pl.concat_list(by_cause).list.drop_nulls()


def _far(then: pl.Expr, now: pl.Expr) -> pl.Expr:
    """Whether two numbers are not the same; one that is not there differs from any that is."""
    near = (then - now).abs() <= TOLERANCE * pl.max_horizontal(then.abs(), now.abs())
    return (then.is_null() != now.is_null()) | ~near.fill_null(True)


def _other(then: pl.Expr, now: pl.Expr) -> pl.Expr:
    return then.ne_missing(now)


def _change() -> pl.Expr:
    return (
        pl.when(pl.col("before").is_null() & pl.col("after").is_not_null())
        .then(pl.lit("appeared"))
        .when(pl.col("before").is_not_null() & pl.col("after").is_null())
        .then(pl.lit("vanished"))
        .otherwise(pl.lit("moved"))
        .alias("change")
    )
