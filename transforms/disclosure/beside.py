"""What stands beside a lead figure: only where that tells nothing of a few.

The survivors' growth beside the lead's number of units says how many have nothing left, and of what is published of
both one could be taken from the other: as everywhere, nobody may be left out, or as many as a figure may rest on.
A net share of moves, and the test of their margins, are sums over the matrix of moves: beside hidden pairs they would
tell of these.
"""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from transforms import tables
from transforms.beside import BESIDE, OF_MOVES, SURVIVORS
from transforms.disclosure.primary import without_figures

_KEY = ["period", "indicator", "quantity", "round", "arm", "by", "group"]
_SIZES = ("n", "n_comparison")


def without_few_apart(
    published: dy.DataFrame[tables.PublishedEstimates], graded: pl.DataFrame, floor: int
) -> dy.DataFrame[tables.PublishedEstimates]:
    """The estimates without what stands beside a lead figure that rests on a few people more.

    `graded`: GradedEstimates, with every figure.
    """
    rows = graded.select(*(pl.col(each).cast(pl.String) for each in _KEY), "estimate", "term", *_SIZES)
    leads = rows.filter(~pl.col("term").is_in(BESIDE)).unique(_KEY, keep="first", maintain_order=True)
    both = rows.filter(term=SURVIVORS).join(leads, on=_KEY, how="left", suffix="_lead")
    left_out = (pl.col(f"{name}_lead").fill_null(0) - pl.col(name).fill_null(0) for name in _SIZES)
    few = both.filter(pl.any_horizontal(each.abs().is_between(1, floor - 1) for each in left_out))["estimate"]
    return tables.PublishedEstimates.validate(
        without_figures(published, published["estimate"].is_in(few.implode())), cast=True
    )


def without_hidden_moves(told: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables without what follows from a matrix of moves of which a pair is hidden: it would tell of that pair.

    An effect follows from both arms' matrices. Pairs of unknown classes do not enter, and may be hidden.
    """
    estimates, moves = told["estimates"], told["transitions"]
    known = (pl.col("origin") != tables.UNKNOWN_CLASS) & (pl.col("destination") != tables.UNKNOWN_CLASS)
    place = ["period", "indicator", "round", "by", "group"]
    hidden = moves.filter(known & pl.col("units").is_null()).select(pl.col(*place, "arm").cast(pl.String)).unique()
    of_moves = estimates.filter(pl.col("term").is_in(OF_MOVES)).select(
        pl.col("estimate", *place, "arm").cast(pl.String)
    )
    either = of_moves.filter(arm="both").drop("arm").join(hidden.drop("arm"), on=place, how="semi")
    own = of_moves.join(hidden, on=[*place, "arm"], how="semi")
    rows = pl.concat([either["estimate"], own["estimate"]])
    return {**told, "estimates": without_figures(estimates, estimates["estimate"].is_in(rows.implode()))}
