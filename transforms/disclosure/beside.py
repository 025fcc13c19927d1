"""What stands beside a lead figure on fewer people: only where that tells nothing of those left out.

The survivors' growth beside the lead's number of units says how many have nothing left, and of what is published of
both one could be taken from the other: as everywhere, nobody may be left out, or as many as a figure may rest on.
"""

import dataframely as dy
import polars as pl

from transforms import tables
from transforms.beside import BESIDE, SURVIVORS
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
