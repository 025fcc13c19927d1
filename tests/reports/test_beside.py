"""The tables and lines of what stands beside lead figures."""

from dataclasses import replace

import polars as pl
import pytest

from reports.context import Context
from reports.document import Bullets, Table
from reports.facts import Facts
from reports.numbers import Numbers
from reports.scope import Scope
from reports.sections.beside import beside_money, beside_moves
from reports.words import words_in
from transforms.programme import Programme


def beside(facts: Facts, term: str, indicator: str, **more: object) -> pl.DataFrame:
    """A copy of the indicator's effect (or another figure) as one that stands beside it."""
    kept = facts.estimates.filter(pl.col("indicator") == indicator, pl.col("by") == "programme")
    wanted = more.pop("quantity", "effect")
    row = kept.filter(pl.col("quantity").cast(pl.String) == wanted).tail(1)
    figures = {"estimate": term, "term": term, "letter": None, "sign": None, "cap": None} | more
    return row.with_columns(pl.lit(value).cast(row.schema[name]).alias(name) for name, value in figures.items())


@pytest.fixture
def told(facts: Facts, programme: Programme):
    def of(*rows: pl.DataFrame, language: str = "en") -> Context:
        words = words_in(language)  # type: ignore[arg-type]
        more = replace(facts, estimates=pl.concat([facts.estimates, *rows]))
        return Context(more, programme, Scope("fy2568"), words, Numbers(words))

    return of


def test_money_stands_beside_its_lead_in_its_own_unit(told, facts: Facts) -> None:
    rows = [
        beside(facts, "winsorised", "sales", value=1234.5, low=-100.0, high=2500.0),
        beside(facts, "positive", "sales", value=0.031, low=0.01, high=0.05),
        beside(facts, "survivors", "sales", visibility="suppressed", value=None, low=None, high=None, n=None),
    ]
    context = told(*rows)
    [table] = beside_money(context)

    assert isinstance(table, Table)
    [row] = [each for each in table.rows if each[0].text == context.title("sales")]
    assert [cell.text for cell in row[2:4]] == ["+1,230", "+3.1\N{NO-BREAK SPACE}points"]
    assert row[2].detail == "\N{MINUS SIGN}100 to 2,500"
    assert (row[4].text, row[4].detail) == ("not shown", "")


def test_what_stands_beside_is_in_no_other_table(told, facts: Facts) -> None:
    context = told(beside(facts, "winsorised", "sales", value=1234.5))
    assert all(each.term != "winsorised" for each in context.of("sales"))
    assert [each.term for each in context.of("sales", term="winsorised")] == ["winsorised"]


def test_without_it_there_is_no_table(told) -> None:
    assert beside_money(told()) == []


@pytest.mark.parametrize(("language", "words"), [("en", "net share that moved up"), ("th", "สัดส่วนสุทธิที่เลื่อนขนาดขึ้น")])
def test_a_net_share_is_told_with_its_interval_or_why_it_is_not(told, facts: Facts, language: str, words: str) -> None:
    shown = {"arm": "treated", "value": 0.123, "low": 0.02, "high": 0.22}
    hidden = shown | {"arm": "comparison", "visibility": "suppressed", "value": None, "low": None, "high": None}
    net = pl.concat([_moved(facts, each) for each in (shown, hidden)])
    context = told(net, language=language)
    [bullets, _] = beside_moves(["size_class_transition"], context)

    assert isinstance(bullets, Bullets)
    assert [words in each for each in bullets.items] == [True, True]
    assert "12.3" in bullets.items[0]
    assert not [each for each in bullets.items[1] if each.isdigit()]


def _moved(facts: Facts, figures: dict[str, object]) -> pl.DataFrame:
    row = beside(facts, "net_upward", "sales", **figures)
    return row.with_columns(indicator=pl.lit("size_class_transition"))
