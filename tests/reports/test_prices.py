"""In whose prices money is told, and which changes carry the season: said in both languages."""

import pytest

from reports.context import Context
from reports.facts import Facts
from reports.numbers import Numbers
from reports.scope import Scope
from reports.sections.methods import methods
from reports.sections.prices import other_seasons, prices
from reports.words import words_in
from transforms.programme import Language, Prices, Programme


def context(programme: Programme, facts: Facts, language: Language) -> Context:
    words = words_in(language)
    return Context(facts, programme, Scope("fy2568"), words, Numbers(words))


@pytest.mark.parametrize(("language", "month"), [("en", "October 2024"), ("th", "ตุลาคม พ.ศ. 2567")])
def test_a_report_in_constant_prices_names_the_month_and_the_index(programme, facts, language, month) -> None:
    index = Prices(base="2024-10", index={"2024-10": 107.0}, source="ดัชนี X")
    told = prices(context(programme.model_copy(update={"prices": index}), facts, language))

    assert month in told
    assert "ดัชนี X" in told
    assert told != prices(context(programme, facts, language))


@pytest.mark.parametrize("language", ["en", "th"])
def test_a_report_in_nominal_money_says_so_where_its_method_stands(programme, facts, language) -> None:
    of = context(programme, facts, language)
    bullets = [item for block in methods(of).blocks if block.kind == "bullets" for item in block.items]

    assert of.words("notice.nominal") in bullets
    assert [each for each in other_seasons(of) if each in bullets] == other_seasons(of) != []


@pytest.mark.parametrize("language", ["en", "th"])
def test_a_change_of_another_season_is_named_with_its_round(programme, facts, language) -> None:
    of = context(programme, facts, language)
    (told,) = other_seasons(of)

    assert of.title("sales") in told
    assert of.round_short("m3") in told
