"""On which cells each published figure rests, and which figures stay those of an earlier release."""

import polars as pl

from transforms.disclosure.batches import FIGURES, part_of
from transforms.disclosure.contributions import REACH, answering, move
from transforms.programme import Programme

CELL = ["item", "period", "arm", "by", "group"]
_PLACE = ("period", "by", "group")
_STAGES = ("registered", "consented", "completed")


def of_estimates(estimates: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """One row per estimate and cell that it rests on: `estimate` and the cell.

    An effect rests on the changes and levels of both arms; a model's on those of every round.
    """
    rows = estimates.select("estimate", "indicator", "round", "observations", *_texts("quantity", "arm"), *_PLACE)
    rounds = pl.DataFrame({"any_round": [each.id for each in programme.rounds]})
    effects = rows.filter(pl.col("quantity") == "effect")
    modelled = pl.col("observations").is_not_null()
    by_round = pl.concat(
        [
            effects.filter(~modelled).with_columns(any_round="round"),
            effects.filter(modelled).join(rounds, how="cross"),
        ]
    )
    both = by_round.drop("arm").join(pl.DataFrame({"arm": ["treated", "comparison"]}), how="cross")
    parts = [
        rows.filter(pl.col("quantity") == "count").with_columns(item=_item("count", pl.lit(""))),
        rows.filter(pl.col("quantity") == "level").with_columns(item=_item("level", pl.col("round"))),
        rows.filter(pl.col("quantity") == "change").with_columns(item=_item("change", pl.col("round"))),
        both.with_columns(item=_item("change", pl.col("any_round"))),
        both.with_columns(item=_item("level", pl.col("any_round"))),
    ]
    return pl.concat(each.select("estimate", *CELL) for each in parts)


def of_funnel(funnel: pl.DataFrame) -> pl.DataFrame:
    """The rows with their `item`."""
    stage = pl.col("stage").cast(pl.String)
    item = pl.when(stage.is_in(_STAGES)).then(pl.lit(REACH)).otherwise(pl.lit(answering("")) + pl.col("round"))
    return funnel.with_columns(item=item)


def of_transitions(transitions: pl.DataFrame) -> pl.DataFrame:
    """The rows with their `item`; each is a part of it."""
    item = pl.concat_str("indicator", pl.lit("move"), "round", separator=".")
    return transitions.with_columns(item=item)


def shown(
    estimates: pl.DataFrame, funnel: pl.DataFrame, transitions: pl.DataFrame, programme: Programme
) -> pl.DataFrame:
    """One row per cell of which something is published. The tables as they are published."""
    visible = estimates.filter(pl.col("visibility").cast(pl.String) != "suppressed")
    moves = of_transitions(transitions).drop_nulls("units")
    part = part_of(move(pl.col("origin"), pl.col("destination")))
    cells = [
        of_estimates(visible, programme).select(CELL),
        of_funnel(funnel).drop_nulls("people").select(CELL),
        moves.select(CELL),
        moves.with_columns(group=pl.concat_str("group", part)).select(CELL),
    ]
    return pl.concat([each.cast(pl.String) for each in cells]).unique().sort(CELL)


def standing(tonight: pl.DataFrame, earlier: pl.DataFrame, items: pl.DataFrame, rests_on: pl.DataFrame) -> pl.DataFrame:
    """Tonight's rows, but of what stands the earlier ones.

    `rests_on`: of both nights' rows their key and the `item` and `period` they rest on. `items`: what stands.
    """
    key = [name for name in rests_on.columns if name not in FIGURES]
    stays = rests_on.join(items, on=FIGURES, how="semi").select(key).unique()
    new, old = tonight.join(stays, on=key, how="anti"), earlier.join(stays, on=key, how="semi")
    return pl.concat([new, old]).sort(key)


def _texts(*names: str) -> list[pl.Expr]:
    return [pl.col(name).cast(pl.String) for name in names]


def _item(quantity: str, round_id: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.col("indicator"), pl.lit(quantity), round_id, separator=".")
