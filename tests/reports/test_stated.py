"""The report says which indicators are primary, and whether that was before the answers, in both languages."""

from dataclasses import replace

import polars as pl
import pytest

from reports.context import Context
from reports.numbers import Numbers
from reports.scope import Scope
from reports.sections.stated import stated
from reports.words import words_in


def told(programme, facts, language, standing):
    frame = facts.stated.with_columns(standing=pl.lit(standing))
    if standing in ("changed", "never_frozen"):
        frame = frame.with_columns(frozen_at=pl.lit(None, dtype=frame.schema["frozen_at"]))
    words = words_in(language)
    return stated(Context(replace(facts, stated=frame), programme, Scope("fy2568"), words, Numbers(words)))


@pytest.mark.parametrize(("language", "day"), [("en", "6 January 2025"), ("th", "6 มกราคม พ.ศ. 2568")])
def test_a_frozen_indicator_names_the_day_where_the_programme_is_and_its_hash(programme, facts, language, day):
    first, others = told(programme, facts, language, "in_advance")
    assert (day in first, "0123456789ab" in first, "0123456789abc" in first) == (True, True, False)
    assert others == words_in(language)("stated.others")


@pytest.mark.parametrize("language", ["en", "th"])
def test_each_standing_has_a_sentence_of_its_own(programme, facts, language):
    standings = ("in_advance", "after_answers", "changed", "never_frozen")
    assert len({told(programme, facts, language, each)[0] for each in standings}) == len(standings)


def test_a_changed_definition_is_told(programme, facts):
    assert "its definition has changed since it was frozen" in told(programme, facts, "en", "changed")[0]


def test_without_a_primary_indicator_all_are_exploratory(programme, facts):
    words = words_in("en")
    none = replace(facts, stated=facts.stated.clear())
    sentences = stated(Context(none, programme, Scope("fy2568"), words, Numbers(words)))
    assert sentences == ["No indicator was declared primary: all of them are exploratory."]
