"""The words for every group by which indicators are broken down."""

import geothai
import polars as pl

from transforms import tables
from transforms.programme import Breakdown, Choice, Programme, Text

EVERYBODY = Text(th="ทั้งโครงการ", en="Whole programme")
YES_OR_NO = {"true": Text(th="ใช่", en="Yes"), "false": Text(th="ไม่ใช่", en="No")}


def groups(people: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """One row per breakdown and group that occurs among `people` (the table Groups)."""
    rows = [_row("programme", tables.EVERYONE, "programme", EVERYBODY, 0)]
    for breakdown in programme.breakdowns:
        values = people[breakdown.by].cast(pl.String).drop_nulls().unique().to_list()
        words = _words(breakdown, people, programme)
        order = {value: place for place, value in enumerate(words)}
        placed = sorted((order.get(str(value), len(order)), str(value)) for value in values)
        for position, (_, value) in enumerate(placed):
            text = words.get(value, Text(th=value, en=value))
            rows.append(_row(breakdown.by, value, breakdown.kind, text, position))
    return tables.Groups.validate(pl.DataFrame(rows), cast=True)


def _row(by: str, group: str, kind: str, title: Text, position: int) -> dict[str, object]:
    return {
        "by": by,
        "group": group,
        "kind": kind,
        "title_th": title.th,
        "title_en": title.en,
        "position": position,
    }


def _words(breakdown: Breakdown, people: pl.DataFrame, programme: Programme) -> dict[str, Text]:
    """The words of a breakdown's groups, in the order in which they are listed."""
    if breakdown.label is not None:
        return _labelled(breakdown.by, breakdown.label, people, programme)
    question = programme.questions.get(breakdown.by)
    if question is not None and question.type == "province":
        return {each.code: Text(th=each.name_th, en=each.name_en) for each in geothai.provinces()}
    if question is not None and question.type == "district":
        codes = people[breakdown.by].drop_nulls().unique().sort()
        found = [geothai.district(code) for code in codes]
        return {each.code: Text(th=each.name_th, en=each.name_en) for each in found if each is not None}
    if question is not None and question.type == "subdistrict":
        codes = people[breakdown.by].drop_nulls().unique().sort()
        places = [geothai.subdistrict(code) for code in codes]
        return {each.code: Text(th=each.name_th, en=each.name_en) for each in places if each is not None}
    if question is not None and question.type == "boolean":
        return YES_OR_NO
    return {choice.value: choice.title for choice in _choices(breakdown.by, programme)}


def _choices(column: str, programme: Programme) -> tuple[Choice, ...]:
    rule = programme.size_rule
    if rule is not None and column == rule.at_registration:
        return rule.sizes
    asked = programme.questions.get(column) or programme.derived.get(column)
    return asked.choices if asked is not None else ()


def _labelled(by: str, label: str, people: pl.DataFrame, programme: Programme) -> dict[str, Text]:
    """`value · label`, the label in its own words where it is a choice."""
    titles = {choice.value: choice.title for choice in _choices(label, programme)}
    pairs = people.select(by, label).drop_nulls().unique(by, keep="first", maintain_order=True).sort(by)
    words: dict[str, Text] = {}
    for value, shown in pairs.iter_rows():
        title = titles.get(shown, Text(th=str(shown), en=str(shown)))
        words[str(value)] = Text(th=f"{value} · {title.th}", en=f"{value} · {title.en}")
    return words
