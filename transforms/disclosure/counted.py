"""Every count of people that a release's tables say or imply, as cells of sums (transforms/disclosure/margins.py)."""

from collections.abc import Mapping

import polars as pl

from transforms import tables
from transforms.disclosure.margins import COLUMNS, PROGRAMME
from transforms.tables import EVERYONE

ESTIMATES, FUNNEL, TRANSITIONS = "estimates", "funnel", "transitions"
_KEYS = {
    ESTIMATES: ["estimate"],
    FUNNEL: tables.Funnel.primary_key(),
    TRANSITIONS: tables.Transitions.primary_key(),
}
_BETWEEN = "\t"


def counted(
    results: Mapping[str, pl.DataFrame],
    told: Mapping[str, pl.DataFrame],
    earlier: Mapping[str, pl.DataFrame],
    floor: int,
) -> pl.DataFrame:
    """One row per count: `margins.COLUMNS` and `alike`.

    `results`: the tables estimates, funnel and transitions with every figure; `told`: as they may be shown so far;
    `earlier`: as the last release showed them, or nothing.
    """
    cells = pl.concat([_of_estimates(results[ESTIMATES]), _of_funnel(results[FUNNEL])])
    moves = _of_transitions(results[TRANSITIONS], told[TRANSITIONS], floor)
    cells = pl.concat([cells, moves], how="diagonal_relaxed")
    hidden = pl.concat([row_names(name, _hidden(name, told[name])) for name in _KEYS])
    shown = pl.concat(
        [row_names(name, _shown(name, earlier[name])) for name in _KEYS if name in earlier] or [hidden[:0]]
    )
    marked = cells.with_columns(
        hidden=pl.coalesce("hidden", pl.col("row").is_in(hidden.implode())),
        known=pl.col("row").is_in(shown.implode()).fill_null(False),
    )
    return marked.with_columns(pl.col("hidden") & _reached_by_somebody()).select(*COLUMNS, "alike")


def _reached_by_somebody() -> pl.Expr:
    """Whether anybody of the arm, or for all of the arms that are there, is counted in any group of the table.

    What nobody reaches anywhere, such as the course's end in the comparison arm, tells of nobody in particular.
    """
    reached = pl.col("number").max().over("table", "arm") > 0
    of_arm = pl.col("arm") != EVERYONE
    place = ("table", "by", "group")
    by_arms = of_arm.any().over(place)
    return pl.when(of_arm | ~by_arms).then(reached).otherwise((reached & of_arm).any().over(place))


def row_names(name: str, frame: pl.DataFrame) -> pl.Series:
    """The names of a table's rows among all tables'."""
    key = [pl.col(each).cast(pl.String) for each in _KEYS[name]]
    return frame.select(row=pl.concat_str(pl.lit(name), *key, separator=_BETWEEN))["row"]


def _named(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(row_names(name, frame)).with_columns(
        pl.col("arm", "by", "group", "round").cast(pl.String)
    )


def _hidden(name: str, told: pl.DataFrame) -> pl.DataFrame:
    return told.filter(~_is_shown(name))


def _shown(name: str, told: pl.DataFrame) -> pl.DataFrame:
    return told.filter(_is_shown(name))


def _is_shown(name: str) -> pl.Expr:
    if name == ESTIMATES:
        return pl.col("visibility").cast(pl.String) != "suppressed"
    return pl.col({FUNNEL: "people", TRANSITIONS: "units"}[name]).is_not_null()


def _of_estimates(estimates: pl.DataFrame) -> pl.DataFrame:
    """The people that each estimate rests on: of an effect those of either arm; of a count what it counts too."""
    rows = _named(ESTIMATES, estimates).with_columns(pl.col("quantity").cast(pl.String))
    effect, count = pl.col("quantity") == "effect", pl.col("quantity") == "count"
    parts = [
        rows.filter(~effect).with_columns(number=pl.col("n"), whose="arm", of=pl.lit("")),
        rows.filter(effect).with_columns(number=pl.col("n"), whose=pl.lit("treated"), arm=pl.lit("")),
        rows.filter(effect).with_columns(number=pl.col("n_comparison"), whose=pl.lit("comparison"), arm=pl.lit("")),
        rows.filter(count).with_columns(number=pl.col("value").round().cast(pl.Int64), whose="arm", of=pl.lit("value")),
    ]
    every = pl.concat(parts, how="diagonal_relaxed").with_columns(pl.col("number").fill_null(0))
    # An effect has no sum over arms: either arm is a table of its own.
    of = pl.coalesce("of", "whose").alias("of")
    return every.with_columns(of).select(_cell("period", "indicator", "quantity", "round", "term", "of"))


def _of_funnel(funnel: pl.DataFrame) -> pl.DataFrame:
    rows = _named(FUNNEL, funnel).with_columns(
        pl.col("stage").cast(pl.String), number=pl.col("people").cast(pl.Int64), whose="arm"
    )
    return rows.select(_cell("period", "round", "stage"))


def _of_transitions(transitions: pl.DataFrame, told: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Each pair of classes over groups; in each matrix the pairs of one origin, and the origins.

    An origin's sum follows from any share of it that is shown. It is a row of its own: hidden, so are the shares.
    """
    rows = _named(TRANSITIONS, transitions).with_columns(number=pl.col("units").cast(pl.Int64), whose="arm")
    over_groups = rows.select(_cell("period", "indicator", "round", "origin", "destination"))
    shares = told.select(row_names(TRANSITIONS, told), share="share")
    placed = rows.drop("share").join(shares, on="row").with_columns(origin_name=origins(rows))
    matrix = pl.concat_str("period", "indicator", "round", "arm", "by", "group", separator=_BETWEEN)
    pairs = placed.select("row", "number", *_in_matrix("destination"), table="origin_name")
    sums = placed.group_by("origin_name", matrix.alias("matrix"), "origin", maintain_order=True).agg(
        pl.col("number").sum(), hidden=pl.col("share").is_null().all()
    )
    several = (pl.len().over("matrix") > 1) | (pl.col("number") < floor)  # one alone is all who are in the matrix
    sums = sums.with_columns(pl.col("hidden") & several)
    of_pairs = sums.select("number", "hidden", *_whole(), table="origin_name", row="origin_name")
    parts = sums.select("number", "hidden", *_in_matrix("origin"), table="matrix", row="origin_name")
    whole = sums.group_by(table="matrix").agg(pl.col("number").sum())
    whole = whole.with_columns(*_whole(), hidden=pl.col("number") < floor)
    return pl.concat([over_groups, pairs, of_pairs, parts, whole], how="diagonal_relaxed").with_columns(
        alike=pl.lit(None, dtype=pl.String)
    )


def origins(transitions: pl.DataFrame) -> pl.Series:
    """The names of the origins, with their matrix, among all rows."""
    key = [pl.col(each).cast(pl.String) for each in _KEYS[TRANSITIONS] if each != "destination"]
    return transitions.select(row=pl.concat_str(pl.lit("origin"), *key, separator=_BETWEEN))["row"]


def _in_matrix(name: str) -> list[pl.Expr]:
    return [pl.lit("").alias("arm"), pl.lit(name).alias("by"), pl.col(name).cast(pl.String).alias("group")]


def _whole() -> list[pl.Expr]:
    return [pl.lit("").alias("arm"), pl.lit(PROGRAMME).alias("by"), pl.lit(EVERYONE).alias("group")]


def _cell(*table: str) -> list[pl.Expr]:
    place = ("period", "whose", "by", "group", "round", "number")
    return [
        pl.col("row"),
        pl.concat_str(*table, separator=_BETWEEN).alias("table"),
        pl.col("arm", "by", "group", "number"),
        pl.concat_str(*(pl.col(each).cast(pl.String) for each in place), separator=_BETWEEN).alias("alike"),
        pl.lit(None, dtype=pl.Boolean).alias("hidden"),
    ]
