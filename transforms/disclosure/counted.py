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
_PLACE = ["period", "arm", "by", "group"]
_BETWEEN = "\t"


def counted(
    results: Mapping[str, pl.DataFrame],
    told: Mapping[str, pl.DataFrame],
    earlier: Mapping[str, pl.DataFrame],
    floor: int,
) -> pl.DataFrame:
    """One row per count: `margins.COLUMNS`, `asked`, `same` and `beside`.

    `asked` is equal in tables that may count the same people at a place, else null; `same` in counts of figures that
    follow from each other where they are of as many people: the level, the change and the effect of one indicator.

    `results`: the tables estimates, funnel and transitions with every figure; `told`: as they may be shown so far;
    `earlier`: as the last release showed them, or nothing. A count that is hidden only because its row has another one
    of too few (an effect's other arm) is not `hidden` but `beside`, since it may stand elsewhere: it protects nobody.
    """
    cells = pl.concat([_of_estimates(results[ESTIMATES]), _of_funnel(results[FUNNEL])])
    moves = _of_transitions(results[TRANSITIONS], told[TRANSITIONS], floor)
    cells = pl.concat([cells, moves], how="diagonal_relaxed")
    hidden = pl.concat([row_names(name, _hidden(name, told[name])) for name in _KEYS])
    shown = pl.concat(
        [row_names(name, _shown(name, earlier[name])) for name in _KEYS if name in earlier] or [hidden[:0]]
    )
    beside_few = (pl.col("number") >= floor) & (pl.col("number").min().over("row") < floor)
    marked = cells.with_columns(
        hidden=pl.coalesce("hidden", pl.col("row").is_in(hidden.implode()) & ~beside_few),
        known=pl.col("row").is_in(shown.implode()).fill_null(False),
        beside=(pl.col("row").is_in(hidden.implode()) & beside_few).fill_null(False),
    )
    nobody = _where_nobody_is(results[FUNNEL])
    of_somebody = _reached_by_somebody(marked).join(nobody, on=_PLACE, how="left", maintain_order="left")
    return of_somebody.with_columns(
        pl.col("hidden") & pl.col("reached") & ~(pl.col("empty").fill_null(False) & (pl.col("number") == 0))
    ).select(*COLUMNS, "asked", "same", "beside")


def _reached_by_somebody(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells, and `reached`: whether anybody of the arm is counted in any group of the table.

    For all, whether anybody of the arms that are there is. What nobody reaches anywhere, such as the course's end in
    the comparison arm, tells of nobody in particular.
    """
    of_arm, place = pl.col("arm") != EVERYONE, ("table", "by", "group")
    here = cells.with_columns(reached=pl.col("number").max().over("table", "arm") > 0)
    by_arms, by_any_arm = of_arm.any().over(place), (pl.col("reached") & of_arm).any().over(place)
    return here.with_columns(reached=pl.when(of_arm | ~by_arms).then("reached").otherwise(by_any_arm))


def _where_nobody_is(funnel: pl.DataFrame) -> pl.DataFrame:
    """The places in which nobody registered: a count of nobody there is of no one. `period, arm, by, group, empty`."""
    registered = funnel.filter(pl.col("stage").cast(pl.String) == "registered", pl.col("people") == 0)
    return registered.select(pl.col(_PLACE).cast(pl.String), empty=pl.lit(True)).unique()


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
    counts = every.with_columns(of).select(
        "indicator", *_cell("period", "indicator", "quantity", "round", "term", "of")
    )
    return counts.with_columns(same=pl.concat_str("indicator", "asked", "by", "group", separator=_BETWEEN)).drop(
        "indicator"
    )


def _of_funnel(funnel: pl.DataFrame) -> pl.DataFrame:
    rows = _named(FUNNEL, funnel).with_columns(
        pl.col("stage").cast(pl.String), number=pl.col("people").cast(pl.Int64), whose="arm"
    )
    return rows.select(_cell("period", "round", "stage")).with_columns(same="row")


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
        asked=pl.lit(None, dtype=pl.String), same=pl.coalesce("row", "table")
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
    asked = (pl.col(each).cast(pl.String) for each in ("period", "whose", "round"))
    return [
        pl.col("row", "period"),
        pl.concat_str(*table, separator=_BETWEEN).alias("table"),
        pl.col("arm", "by", "group", "number"),
        pl.concat_str(*asked, separator=_BETWEEN).alias("asked"),
        pl.lit(None, dtype=pl.Boolean).alias("hidden"),
    ]
