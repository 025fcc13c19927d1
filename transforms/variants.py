"""Figures that are published twice, with and without some people: only where the two tell nothing of these few.

Who is given both can take one from the other. So both are shown only where nothing differs, or where at least as many
people are left out as a figure may rest on, and of a share neither too few nor all but too few of them. Of a change
of a share not all but too few of them may have changed alike. The effect on a share does not tell what those left out
did, and with the arms' changes beside it might: it is shown twice only where nothing differs.
"""

from collections.abc import Collection

import dataframely as dy
import polars as pl

from transforms import tables
from transforms.beside import BESIDE
from transforms.disclosure.primary import SMALL_SHARE

_KEY = "estimate"
_COUNTED = ("n", "n_comparison", "numerator", "value")


def told_apart(
    variant: dy.DataFrame[tables.GradedEstimates], whole: pl.DataFrame, floor: int, shares: Collection[str]
) -> dy.DataFrame[tables.GradedEstimates]:
    """The estimates of `variant` that may stand beside those of `whole` (GradedEstimates too, one row a key).

    `shares` names the indicators that are shares of people.
    """
    beside = variant.join(whole.select(_KEY, *_COUNTED), on=_KEY, how="inner", suffix="_whole", maintain_order="left")
    fewer = {name: pl.col(f"{name}_whole").fill_null(0) - pl.col(name).fill_null(0) for name in _COUNTED}
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_whole")) for name in _COUNTED)
    enough = pl.all_horizontal((fewer[name] == 0) | (fewer[name] >= floor) for name in ("n", "n_comparison"))
    others = fewer["n"] - fewer["numerator"]
    level = pl.col("numerator").is_null() | ((fewer["numerator"] >= SMALL_SHARE) & (others >= SMALL_SHARE))
    changed = (pl.col("n_whole") * pl.col("value_whole") - pl.col("n") * pl.col("value")).abs()
    change = (pl.col("quantity") != "change") | (fewer["n"] - changed >= SMALL_SHARE)
    share = level & (~pl.col("indicator").is_in(list(shares)) | (change & (pl.col("quantity") != "effect")))
    some = (fewer["n"] > 0) | (fewer["n_comparison"] > 0)
    counted = (pl.col("quantity") != "count") | (fewer["value"] == 0) | (fewer["value"] >= floor)
    lead = ~pl.col("term").is_in(BESIDE)  # what stands beside lead figures is told once
    kept = beside.filter(lead & (same | (some & enough & share & counted))).select(variant.columns)
    return tables.GradedEstimates.validate(kept, cast=True)
