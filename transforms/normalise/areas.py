"""Provinces and districts of Thailand, by name or code, to the codes of the Department of Provincial Administration."""

from collections import defaultdict
from functools import cache

import geothai
import polars as pl

from transforms.normalise.reading import WITHIN, Reading, Rules, reading
from transforms.normalise.text import repaired, with_arabic_digits

_SHORT = r"^(?:จ|อ|ข)\.\s*"
_MARKS = r"[\s.'’\-]"
_LEVEL_BEFORE = "^(?:จังหวัด|กิ่งอำเภอ|อำเภอ|เขต|changwat|kingamphoe|amphoe|khet)"
_LEVEL_AFTER = "(?:province|district)$"
_BY_MANY_NAMES = {"กทม": "10", "กรุงเทพ": "10", "กรุงเทพฯ": "10", "bkk": "10", "อยุธยา": "14", "ayutthaya": "14"}
_CAPITAL = ("เมือง", "mueang")


def province() -> Rules:
    """A province's two-digit code."""
    exact = {each.name_th: each.code for each in geothai.provinces()}

    def fast(text: pl.Expr) -> pl.Expr:
        return text.replace_strict(exact, default=None, return_dtype=pl.String)

    return Rules(pl.String(), fast, _read_province)


def _read_province(text: pl.Expr) -> Reading:
    value = _look(text).replace_strict(_provinces(), default=None, return_dtype=pl.String)
    return reading(value, "unknown_province")


def district() -> Rules:
    """A district's four-digit code, in the province of the column WITHIN where that is known."""
    return Rules(pl.String(), lambda _: pl.repeat(None, pl.len(), dtype=pl.String), _read_district)


def district_anywhere() -> Rules:
    """A district's four-digit code by its name alone, where only one province has a district of that name."""
    return Rules(pl.String(), lambda _: pl.repeat(None, pl.len(), dtype=pl.String), _read_district_anywhere)


def _read_district(text: pl.Expr) -> Reading:
    inside = pl.concat_str(pl.col(WITHIN), pl.lit("|"), _look(text))
    value = inside.replace_strict(_districts(), default=None, return_dtype=pl.String)
    anywhere = _read_district_anywhere(text)
    unknown_province = pl.col(WITHIN).is_null()
    return reading(
        pl.when(unknown_province).then(anywhere.value).otherwise(value),
        pl.when(unknown_province).then(anywhere.refused).otherwise(pl.lit("unknown_district")),
    )


def _read_district_anywhere(text: pl.Expr) -> Reading:
    value = _look(text).replace_strict(_districts_anywhere(), default=None, return_dtype=pl.String)
    shared = _look(text).is_in([*_shared_names()])
    return reading(value, pl.when(shared).then(pl.lit("ambiguous_district")).otherwise(pl.lit("unknown_district")))


def _look(text: pl.Expr) -> pl.Expr:
    """A name without its level (จังหวัด, อ., Amphoe, District), case, spaces and marks; a code as it is."""
    lower = with_arabic_digits(text).str.to_lowercase().str.replace(r"^([0-9]+)\.0$", "$1")
    bare = lower.str.replace(_SHORT, "").str.replace_all(_MARKS, "")
    named = bare.str.replace(_LEVEL_BEFORE, "").str.replace(_LEVEL_AFTER, "")
    return named.str.replace(r"^th([0-9]{2})$", "$1").str.replace("^muang", "mueang")


def _looks(names: list[str]) -> list[str]:
    frame = pl.DataFrame({"name": names}, schema={"name": pl.String}).select(_look(repaired(pl.col("name"))))
    return frame["name"].to_list()


@cache
def _provinces() -> dict[str, str]:
    """Every look of a province's names and its code."""
    every = geothai.provinces()
    found = dict(_BY_MANY_NAMES)
    for names in ([each.name_th for each in every], [each.name_en for each in every], [each.code for each in every]):
        found.update(zip(_looks(names), (each.code for each in every), strict=True))
    return found


@cache
def _names_of_districts() -> list[tuple[str, str]]:
    """Pairs of a look and a district's code."""
    every = [each for area in geothai.provinces() for each in geothai.districts(area.code)]
    codes = [each.code for each in every]
    pairs = list(zip(codes, codes, strict=True))
    for names in ([each.name_th for each in every], [each.name_en for each in every]):
        pairs += zip(_looks(names), codes, strict=True)
    # The capital district goes by "เมือง" alone; Bangkok has none.
    capitals = [code for code in codes if code.endswith("01") and not code.startswith("10")]
    pairs += [(name, code) for code in capitals for name in _CAPITAL]
    return sorted(set(pairs))


@cache
def _districts() -> dict[str, str]:
    """`province|look` and the district's code, where only one district of the province goes by it."""
    return _unshared([(f"{code[:2]}|{look}", code) for look, code in _names_of_districts()])


@cache
def _districts_anywhere() -> dict[str, str]:
    return _unshared(_names_of_districts())


@cache
def _shared_names() -> frozenset[str]:
    return frozenset(look for look, _ in _names_of_districts()) - frozenset(_districts_anywhere())


def _unshared(pairs: list[tuple[str, str]]) -> dict[str, str]:
    meant: dict[str, set[str]] = defaultdict(set)
    for look, code in pairs:
        meant[look].add(code)
    return {look: next(iter(codes)) for look, codes in meant.items() if len(codes) == 1}
