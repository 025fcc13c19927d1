"""The names of Thailand's areas in every usual spelling, and those that were abolished or lie elsewhere now."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

import geothai
import polars as pl

from transforms.normalise.text import repaired, with_arabic_digits

Level = Literal["district", "subdistrict"]

_SHORT = r"^(?:กิ่ง\s*อ|จ|อ|ต|ข)\.\s*"
_MARKS = r"[\s.'’\-ฯ]"
_LEVEL_BEFORE = "^(?:จังหวัด|กิ่งอำเภอ|อำเภอ|เขต|ตำบล|แขวง|changwat|kingamphoe|amphoe|khet|tambon|khwaeng)"
_LEVEL_AFTER = "(?:province|subdistrict|district)$"
_BRACKETED = re.compile(r"^(.+?)\s*\((.+)\)$")
_CAPITAL = ("เมือง", "mueang")

_BY_OTHER_NAMES = {
    **dict.fromkeys(("กทม", "กรุงเทพ", "กรุงเทพฯ", "กรุงเทพมหานครฯ", "bkk", "krung thep"), "10"),
    **dict.fromkeys(("อยุธยา", "กรุงเก่า", "ayutthaya", "ayudhya"), "14"),
    **dict.fromkeys(("แปดริ้ว", "chachoengsao"), "24"),
    **dict.fromkeys(("โคราช", "korat"), "30"),
    **dict.fromkeys(("ศรีษะเกษ", "ศรีสะเกษ", "srisaket"), "33"),
    **dict.fromkeys(("อุบล", "ubon"), "34"),
    **dict.fromkeys(("อุดร", "udon"), "41"),
    **dict.fromkeys(("หนองบัวลำพู", "หนองบัวลำภู"), "39"),
    **dict.fromkeys(("เพ็ชรบูรณ์", "เพชรบูรณ์"), "67"),
    **dict.fromkeys(("เพ็ชรบุรี", "petchaburi", "phetburi"), "76"),
    **dict.fromkeys(("ประจวบ", "prachuap"), "77"),
    **dict.fromkeys(("นครศรี", "นครศรีธรรมราช"), "80"),
    **dict.fromkeys(("สุราษฎร์", "สุราษฏร์ธานี", "สุราษฏร์", "surat"), "84"),
    **dict.fromkeys(("chonburi", "cholburi"), "20"),
}
_ABOLISHED = {
    **dict.fromkeys(("พระนคร", "ธนบุรี", "มีนบุรี", "phra nakhon", "thon buri"), "10"),
    "พระประแดง": "11",
    "ธัญบุรี": "13",
    "ขุขันธ์": "33",
    "สวรรคโลก": "64",
    "หล่มสัก": "67",
    "ตะกั่วป่า": "82",
    "หลังสวน": "86",
    "สายบุรี": "94",
}
"""Provinces that were merged into others between 1931 and 1972, or renamed."""

_SPLIT_OFF = {"25": ("27",), "34": ("35", "37"), "41": ("39",), "43": ("38",), "48": ("49",), "57": ("56",)}
"""Provinces and those that were made of their districts since 1972; บึงกาฬ of หนองคาย in 2011 is the last one."""


def look(text: pl.Expr) -> pl.Expr:
    """A name without its level (จังหวัด, อ., Amphoe, District), case, spaces and marks; a code as it is."""
    lower = with_arabic_digits(text).str.to_lowercase().str.replace(r"^([0-9]+)\.0$", "$1")
    bare = lower.str.replace(_SHORT, "").str.replace_all(_MARKS, "")
    named = bare.str.replace(_LEVEL_BEFORE, "").str.replace(_LEVEL_AFTER, "")
    return named.str.replace(r"^th([0-9]{2})$", "$1").str.replace("^muang", "mueang")


def _looks(names: Iterable[str]) -> list[str]:
    frame = pl.DataFrame({"name": list(names)}, schema={"name": pl.String}).select(look(repaired(pl.col("name"))))
    return frame["name"].to_list()


@cache
def provinces() -> dict[str, str]:
    """Every look of a province's names and its code."""
    every = geothai.provinces()
    codes = [each.code for each in every]
    found = former_provinces() | dict(zip(_looks(_BY_OTHER_NAMES), _BY_OTHER_NAMES.values(), strict=True))
    for names in ([each.name_th for each in every], [each.name_en for each in every], codes):
        found.update(zip(_looks(names), codes, strict=True))
    return found


@cache
def former_provinces() -> dict[str, str]:
    """Every look of an abolished province's names and the code of the province that has its area."""
    return dict(zip(_looks(_ABOLISHED), _ABOLISHED.values(), strict=True))


@cache
def inside(level: Level) -> dict[str, str]:
    """`code of the area above|look` and the area's code, where only one area in there goes by it."""
    return _unshared((f"{_above(code)}|{each}", code) for each, code in _names(level))


@cache
def inside_former(level: Level) -> dict[str, str]:
    """The same for districts by the province that they were once in."""
    if level != "district":
        return {}
    moved = [
        (f"{old}|{each}", code)
        for old, new in _SPLIT_OFF.items()
        for each, code in _names(level)
        if code[:2] in new and each not in _CAPITAL
    ]
    there = inside(level)
    return {name: code for name, code in _unshared(moved).items() if name not in there}


@cache
def anywhere(level: Level) -> dict[str, str]:
    """Each look and the area's code, where only one area of the country goes by it."""
    return _unshared(_names(level))


@cache
def shared(level: Level) -> frozenset[str]:
    """The looks by which several areas go."""
    return frozenset(each for each, _ in _names(level)) - frozenset(anywhere(level))


@cache
def _names(level: Level) -> list[tuple[str, str]]:
    """Pairs of a look and an area's code."""
    districts = [each for area in geothai.provinces() for each in geothai.districts(area.code)]
    subdistricts = [each for area in districts for each in geothai.subdistricts(area.code)]
    every = districts if level == "district" else subdistricts
    named = [(name, each.code) for each in every for name in (each.code, *_spellings(each.name_th), each.name_en)]
    pairs = list(zip(_looks(name for name, _ in named), (code for _, code in named), strict=True))
    if level == "district":
        # The capital district goes by "เมือง" alone; Bangkok has none.
        capitals = [each.code for each in every if each.code.endswith("01") and not each.code.startswith("10")]
        pairs += [(name, code) for code in capitals for name in _CAPITAL]
        pairs += [("บึงกาฬ", "3801"), ("buengkan", "3801"), ("ป้อมปราบ", "1008")]
    return sorted(set(pairs))


def _spellings(name: str) -> tuple[str, ...]:
    """A name; of `ปอภาร (ปอพาน)` both."""
    bracketed = _BRACKETED.match(name)
    return (name, *bracketed.groups()) if bracketed else (name,)


def _above(code: str) -> str:
    return code[:-2]


def _unshared(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    meant: Mapping[str, set[str]] = defaultdict(set)
    for name, code in pairs:
        meant[name].add(code)
    return {name: next(iter(codes)) for name, codes in meant.items() if len(codes) == 1}
