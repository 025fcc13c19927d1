"""The annex says what people changed and what the checks noticed."""

from dataclasses import replace

import polars as pl
import pytest

from reports.content import compose
from reports.document import Paragraph, Table
from reports.scope import Scope
from reports.sections.by_hand import MOST_ROWS


@pytest.fixture
def told(facts, programme):
    """The blocks on what was done by hand, in one language, of facts with other corrections or flags."""

    def of(language="en", **changes):
        report = compose(replace(facts, **changes), programme, language, Scope("fy2568"))
        [quality] = [each for each in report.sections if each.id == "quality"]
        captions = ("Corrections made by hand", "การแก้ไขข้อมูล", "Flags", "ข้อสังเกต")
        return [each for each in quality.blocks if isinstance(each, Table) and each.caption.startswith(captions)]

    return of


def rows(table):
    return [[f"{cell.text} ({cell.detail})" if cell.detail else cell.text for cell in row] for row in table.rows]


def test_each_correction_says_what_why_who_and_when(told):
    assert rows(told()[0]) == [
        ["Answer replaced (Sales)", "a zero too many", "S.K. (20 November 2025)", "3"],
        ["Answer replaced (Identity number)", "kept with the personal data", "P.T. (18 November 2025)", "1"],
        ["Submission set aside (The whole row)", "a test of the form", "S.K. (3 November 2025)", "2"],
        ["All", "–", "–", "6"],
    ]


def test_in_thai_all_but_the_reason_is_thai(told):
    first, *_ = rows(told("th")[0])
    assert first[0] == "แก้ไขคำตอบ (ยอดขาย)"
    assert first[1] == "a zero too many"


def test_flags_are_counted_by_check_and_the_accepted_apart(told):
    assert rows(told()[1]) == [
        ["an amount far from the mean of its group", "14", "5"],
        ["different people with the same answers to everything", "2", "0"],
    ]


def test_a_long_list_ends_with_how_many_more_there_are(told, facts):
    one = facts.corrections.head(1)
    many = pl.concat([one.with_columns(reason=pl.lit(f"reason {each}")) for each in range(MOST_ROWS + 2)])
    table = told(corrections=many)[0]
    assert len(table.rows) == MOST_ROWS + 1
    assert "6 further corrections are not listed here." in table.note
    assert table.rows[-1][-1].text == str(3 * (MOST_ROWS + 2))


def test_without_corrections_and_flags_one_sentence_says_so(facts, programme):
    empty = replace(facts, corrections=facts.corrections.clear(), flags=facts.flags.clear())
    report = compose(empty, programme, "en", Scope("fy2568"))
    [quality] = [each for each in report.sections if each.id == "quality"]
    assert quality.blocks[-1] == Paragraph("Nothing was corrected by hand.")
