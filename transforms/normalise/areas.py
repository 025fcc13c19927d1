"""Provinces, districts and subdistricts of Thailand, by name or code, to the codes of the Department of Provincial
Administration."""

from functools import partial

import geothai
import polars as pl

from transforms.normalise.area_names import (
    Level,
    anywhere,
    former_provinces,
    inside,
    inside_former,
    look,
    provinces,
    shared,
)
from transforms.normalise.reading import WITHIN, Reading, Rules, reading

FORMER = "former_area"
"""The warning code of an answer that names what was abolished, or a district by the province it was once in."""


def province() -> Rules:
    """A province's two-digit code."""
    exact = {each.name_th: each.code for each in geothai.provinces()}

    def fast(text: pl.Expr) -> pl.Expr:
        return text.replace_strict(exact, default=None, return_dtype=pl.String)

    return Rules(pl.String(), fast, _read_province)


def _read_province(text: pl.Expr) -> Reading:
    name = look(text)
    former = name.is_in([*former_provinces()])
    return reading(_found(name, provinces()), "unknown_province", pl.when(former).then(pl.lit(FORMER)))


def within(level: Level) -> Rules:
    """A district's four-digit code or a subdistrict's six, inside the area of the column WITHIN where that is known."""
    return Rules(pl.String(), _none, partial(_read_within, level=level))


def by_name_alone(level: Level) -> Rules:
    """The code of an area by its name alone, where only one of the country has that name."""
    return Rules(pl.String(), _none, partial(_read_anywhere, level=level))


def _none(_: pl.Expr) -> pl.Expr:
    return pl.repeat(None, pl.len(), dtype=pl.String)


def _read_within(text: pl.Expr, level: Level) -> Reading:
    placed = pl.concat_str(pl.col(WITHIN), pl.lit("|"), look(text))
    now, once = _found(placed, inside(level)), _found(placed, inside_former(level))
    alone = _read_anywhere(text, level)
    unplaced = pl.col(WITHIN).is_null()
    return reading(
        pl.when(unplaced).then(alone.value).otherwise(pl.coalesce(now, once)),
        pl.when(unplaced).then(alone.refused).otherwise(pl.lit(f"unknown_{level}")),
        pl.when(once.is_not_null()).then(pl.lit(FORMER)),
    )


def _read_anywhere(text: pl.Expr, level: Level) -> Reading:
    several = look(text).is_in([*shared(level)])
    refused = pl.when(several).then(pl.lit(f"ambiguous_{level}")).otherwise(pl.lit(f"unknown_{level}"))
    return reading(_found(look(text), anywhere(level)), refused)


def _found(name: pl.Expr, codes: dict[str, str]) -> pl.Expr:
    return name.replace_strict(codes, default=None, return_dtype=pl.String)
