"""On which cells each published figure rests, and which figures stay those of an earlier release."""

from collections.abc import Callable

import polars as pl

from transforms import tables
from transforms.disclosure.additive import LEFT, additive, gives_way
from transforms.disclosure.changed import CELL, part_of
from transforms.disclosure.contributions import REACH, answering, move
from transforms.disclosure.primary import without_figures
from transforms.programme import Programme

ROW = "row"
"""The key of a row of figures, in one text."""

RestsOn = Callable[[pl.DataFrame], pl.DataFrame]
"""Of rows of figures each with the cells that it rests on: `row`, and the columns of a cell."""

_MATRIX = ["period", "indicator", "round", "arm", "by", "group"]
_STAGES = ("registered", "consented", "completed")
_BETWEEN = "\t"


def of_estimates(estimates: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """What estimates rest on: an effect on the changes and levels of both arms, a model's on those of every round."""
    place = ("period", "by", "group")
    rows = estimates.select(
        "indicator", "round", "observations", *_texts("quantity", "arm", *place), row=pl.col("estimate")
    ).with_columns(**_stands_for(programme))
    rounds = pl.DataFrame({"any_round": [each.id for each in programme.rounds]})
    effects = rows.filter(pl.col("quantity") == "effect")
    modelled = pl.col("observations").is_not_null()
    of_one_round = effects.filter(~modelled).with_columns(any_round="round")
    by_round = pl.concat([of_one_round, effects.filter(modelled).join(rounds, how="cross")])
    both = by_round.drop("arm").join(pl.DataFrame({"arm": ["treated", "comparison"]}), how="cross")
    parts = [
        rows.filter(pl.col("quantity") == "count").with_columns(item=_item("count", pl.lit(""))),
        rows.filter(pl.col("quantity") == "level").with_columns(item=_item("level", pl.col("round"))),
        rows.filter(pl.col("quantity") == "change").with_columns(item=_item("change", pl.col("round"))),
        _with_left(rows, programme).with_columns(item=_item(LEFT, pl.col("round"))),
        both.with_columns(item=_item("change", pl.col("any_round"))),
        both.with_columns(item=_item("level", pl.col("any_round"))),
    ]
    return pl.concat(each.select(ROW, *CELL) for each in parts)


def _with_left(rows: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """The rows that tell, with two others, of who answered at one of two rounds only."""
    declared = additive(programme)
    ways = {way: [name for name, each in declared.items() if gives_way(each) == way] for way in ("level", "change")}
    follow_up = pl.col("round") != programme.baseline.id
    tells = ((pl.col("quantity") == way) & pl.col("indicator").is_in(names) & follow_up for way, names in ways.items())
    return rows.filter(pl.any_horizontal(tells))


def _stands_for(programme: Programme) -> dict[str, pl.Expr]:
    """The indicator and the quantity that tell what a row rests on: a cost on its result, a gain on changes."""
    declared = programme.indicators
    costs = {name: each.costed for name, each in declared.items() if each.costed is not None}
    quantities = {name: str(each.of) for name, each in declared.items() if each.costed is not None}
    quantities |= {name: "change" for name, each in declared.items() if each.statistic == "bottom_gain"}
    name = pl.col("indicator")
    return {
        "indicator": name.replace(list(costs), list(costs.values())) if costs else name,
        "quantity": pl.coalesce(
            name.replace_strict(quantities, default=None, return_dtype=pl.String) if quantities else pl.lit(None),
            "quantity",
        ),
    }


def of_funnel(funnel: pl.DataFrame) -> pl.DataFrame:
    """What rows of the funnel rest on."""
    stage = pl.col("stage").cast(pl.String)
    item = pl.when(stage.is_in(_STAGES)).then(pl.lit(REACH)).otherwise(pl.lit(answering("")) + pl.col("round"))
    return funnel.select(row_of(tables.Funnel.primary_key()), *_texts(*CELL[1:]), item=item).select(ROW, *CELL)


def of_transitions(transitions: pl.DataFrame) -> pl.DataFrame:
    """What pairs of classes rest on: on their whole matrix, since its shares and sums tell of each other."""
    part = part_of(move(pl.col("origin"), pl.col("destination")))
    pairs = transitions.drop_nulls("units").select(*_MATRIX, cell=pl.concat_str("group", part))
    cells = pl.concat([pairs, pairs.with_columns(cell="group")]).unique()
    rows = transitions.select(row_of(tables.Transitions.primary_key()), *_MATRIX)
    rests = rows.join(cells, on=_MATRIX, how="left").with_columns(item=_item("move", pl.col("round")))
    return rests.select(ROW, "item", "period", "arm", "by", group=pl.coalesce("cell", "group"))


def cells_of_moves(transitions: pl.DataFrame) -> pl.DataFrame:
    """The cells of matrices, each pair of classes and all pairs together, with how many units are in them: `number`."""
    part = part_of(move(pl.col("origin"), pl.col("destination")))
    pairs = transitions.select(*_MATRIX, "units", cell=pl.concat_str("group", part))
    whole = pairs.group_by(_MATRIX).agg(pl.col("units").sum()).with_columns(cell="group")
    every = pl.concat([each.select(*_MATRIX, "cell", number="units") for each in (pairs, whole)])
    return every.select(*_texts("period", "arm", "by"), "number", item=_item("move", pl.col("round")), group="cell")


def of_nonresponse(nonresponse: pl.DataFrame) -> pl.DataFrame:
    """What the comparison of who answered with who did not rests on: who was due in an arm, and who answered."""
    return nonresponse.select(
        row_of(tables.Nonresponse.primary_key()),
        *_texts("period", "arm"),
        item=pl.lit(answering("")) + pl.col("round"),
        by=pl.lit("programme"),
        group=pl.lit(tables.EVERYONE),
    ).select(ROW, *CELL)


def row_of(key: list[str]) -> pl.Expr:
    """The key of a row in one text."""
    return pl.concat_str(_texts(*key), separator=_BETWEEN).alias(ROW)


def shown(
    estimates: pl.DataFrame, funnel: pl.DataFrame, transitions: pl.DataFrame, programme: Programme
) -> pl.DataFrame:
    """One row per cell of which something is published. The tables as they are published."""
    visible = estimates.filter(pl.col("visibility").cast(pl.String) != "suppressed")
    cells = [
        of_estimates(visible, programme),
        of_funnel(funnel.drop_nulls("people")),
        of_transitions(transitions.drop_nulls("units")),
    ]
    return pl.concat([each.select(CELL) for each in cells]).unique().sort(CELL)


def hidden_estimates(estimates: pl.DataFrame) -> pl.DataFrame:
    """PublishedEstimates, all suppressed."""
    return without_figures(estimates, pl.repeat(True, estimates.height, eager=True))


def hidden_counts(*names: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """A function that empties these columns."""
    return lambda frame: frame.with_columns(pl.lit(None, dtype=frame.schema[name]).alias(name) for name in names)


def settled(
    tonight: pl.DataFrame,
    earlier: pl.DataFrame,
    anew: pl.DataFrame,
    rests_on: RestsOn,
    key: list[str],
    hidden: Callable[[pl.DataFrame], pl.DataFrame],
) -> pl.DataFrame:
    """Tonight's rows where all that they rest on may be made anew; else the earlier ones, or hidden ones where none is.

    `anew`: the cells that may be, and whether any is still the `same`: then the earlier row stays too, since others may
    bear on it (through a family of tests, or limits). `key`: what tells rows apart. `hidden`: makes rows of which
    nothing is shown.
    """
    blocked, same = _blocked_and_same(pl.concat([rests_on(tonight), rests_on(earlier)]).unique(), anew)
    here, there = (frame.with_columns(row_of(key)) for frame in (tonight, earlier))
    stays = there.filter(pl.col(ROW).is_in(blocked.implode()) | pl.col(ROW).is_in(same.implode()))
    others = here.join(stays, on=ROW, how="anti")
    is_blocked = pl.col(ROW).is_in(blocked.implode())
    return pl.concat([stays, others.filter(~is_blocked), hidden(others.filter(is_blocked))]).sort(ROW).drop(ROW)


def _blocked_and_same(rests_on: pl.DataFrame, anew: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """The rows of which some cell may not be made anew; those of which every one is the same as it was."""
    known = rests_on.join(anew, on=CELL, how="left")
    rows = known.group_by(ROW).agg(blocked=pl.col("same").is_null().any(), same=pl.col("same").all())
    return rows.filter("blocked")[ROW], rows.filter(pl.col("same") & ~pl.col("blocked"))[ROW]


def _texts(*names: str) -> list[pl.Expr]:
    return [pl.col(name).cast(pl.String) for name in names]


def _item(quantity: str, round_id: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.col("indicator"), pl.lit(quantity), round_id, separator=".")
