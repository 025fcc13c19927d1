"""What changed since the last report: told from releases, with causes that enough people are behind."""

import polars as pl
import pytest

from flows import changing
from flows.changing import since_last
from flows.declared import programme_named, warehouse_of
from flows.disclosed import facts_about
from flows.publish import publish
from flows.pull import pull
from flows.refresh import refresh
from reports.content import compose
from reports.document import Paragraph, Table
from reports.scope import Scope

NAME = "village"
SCOPE = Scope("fy2568")
SAMPLE = "inbox/follow_up_m6_sample.csv"


@pytest.fixture
def night(village, monkeypatch):
    """Pulls, refreshes and publishes; what the new report says of changes."""

    def render(reports, on_done):
        for place, report in enumerate(reports):
            on_done(place, report.title.encode())

    monkeypatch.setattr("flows.publish.render_all", render)

    def run(language="en"):
        pull(NAME)
        refresh(NAME)
        programme = programme_named(NAME)
        with warehouse_of(programme).open() as reader:
            since = since_last(reader, programme, SCOPE)
            report = compose(facts_about(reader, SCOPE, programme), programme, language, SCOPE, since=since)
        publish(NAME)
        return next(each for each in report.sections if each.id == "changes").blocks

    return run


def rows(blocks):
    [table] = [each for each in blocks if isinstance(each, Table)]
    return {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}


def answer_anew(folder, people):
    """Another answer of so many who had answered: ten times the sales."""
    answers = pl.read_csv(folder / SAMPLE, infer_schema=False)
    chosen = answers.filter(pl.col("sales_last_month").is_not_null()).head(people)
    changed = chosen.with_columns(sales_last_month=pl.col("sales_last_month") + "0")
    (folder / "inbox" / f"follow_up_m6_again_{people}.csv").write_text(changed.write_csv(), encoding="utf-8")


def test_each_figure_is_told_as_it_was_and_as_it_is_with_its_cause(village, night):
    first = night()
    assert [type(each) for each in first] == [Paragraph]
    assert first[0].text.startswith("This is the first report")

    answer_anew(village, 3)
    few = rows(night())
    assert {each[-1] for each in few.values()} == {"unchanged"}

    answer_anew(village, 40)
    many = rows(night("th"))
    assert many["ยอดขาย"][-1] == "มีคำตอบที่ได้รับภายหลังหรือได้รับการแก้ไข"
    assert many["ยอดขาย"][0] != many["ยอดขาย"][1]
    assert many["ขายออนไลน์"][-1] == "ไม่เปลี่ยนแปลง"

    indicators = village / "indicators.toml"
    text = indicators.read_text(encoding="utf-8")
    indicators.write_text(text.replace('value = "sells_online"', 'value = "not sells_online"'), encoding="utf-8")
    defined = rows(night())
    assert defined["Sells online"][-1] == "defined otherwise; perhaps other answers too"
    assert defined["People trained"][-1] == "unchanged"


def test_words_are_no_definition():
    assert set(changing.WORDS).isdisjoint(changing.OF_EVERY_INDICATOR)
