"""Cases 65 and 66: what comes over the wire, and what goes out."""

import csv
import io
import re

import pytest

from flows.declared import programme_named, warehouse_of
from flows.disclosed import facts_about
from flows.results import rejected_rows, results
from reports.content import compose
from reports.html import to_html
from reports.scope import Scope
from tests.bad_input.night import FOLLOW_UP, NAME, person
from tests.bad_input.servers import answers, central_of, kobo_of
from tests.fakes.odk_central import Request


def test_case_65_a_server_that_is_busy_slow_cut_off_or_says_no(case, after_a_night, monkeypatch):
    night = after_a_night
    with kobo_of(night, monkeypatch, most=2) as kobo:  # a page size of its own
        for number in range(5):
            kobo.insert(answers("A-1", sales=str(1000 + number)))
        for trouble in (kobo.busy, kobo.broken, kobo.cut):
            trouble(1)
        kobo.slow(1, seconds=2)
        case.accepts(night.run(), 5, "m3", superseded=4)
        kobo.insert(answers("A-2"))
        kobo.miscount(1, times=99)
        case.refuses(night, "incomplete", "m3")
        tries = len(kobo.asked)
        monkeypatch.setenv("IMPACT_CONNECTION_KOBO_TOKEN", "wrong")
        case.refuses(night, "not_logged_in", "m3")
        assert len(kobo.asked) == tries + 1  # at once
    with central_of(night, monkeypatch, "m6") as central:
        for place in range(8):
            central.insert(answers("A-1", sales=str(10_000 + place)))
        meanwhile = iter(("expire", "insert"))

        def happens(request: Request) -> None:
            if "$skiptoken" in request.query and (event := next(meanwhile, None)):
                central.expire_tokens() if event == "expire" else central.insert(answers("A-2"))

        central.before_answer = happens
        central.fail_next(503)
        central.cut_next()
        night.run()
        case.accepts(night.run(), 9, "m6", superseded=7)
        assert next(meanwhile, None) is None


HIDDEN = {"th": "ไม่แสดง", "en": "not shown"}
EMPTY = {"th": "ไม่มีผู้เข้าร่วมในช่วงเวลานี้", "en": "No participants in this period"}


@pytest.mark.parametrize("language", ["th", "en"])
def test_case_66_nobody_one_person_and_formulas_in_an_export(case, night, language):
    night.declare('files = "registration*"', 'files = "*registration*"')
    for place, first in enumerate("=+-@", 1):  # a tab or a line break in a name is refused
        rows = [person(place, {"ยอดขาย": "0"}), person(90 + place, {"คนทำงาน": "x"})]
        night.drop(rows, f"{first}registration.csv")
    night.drop([FOLLOW_UP], "m3.csv")  # one person's answer, and a change from sales of 0
    outcome = night.run()
    assert outcome.balance("registration") == {"landed": 8, "accepted": 4, "rejected": 4}
    assert EMPTY[language] in page("past", language)
    assert EMPTY[language] not in page("now", language)
    assert HIDDEN[language] in page("now", language)
    assert "13,000" not in page("now", language)
    exported = [row["submission"] for row in csv.DictReader(io.StringIO(rejected_rows(NAME), newline=""))]
    assert sorted(each[:2] for each in exported) == sorted(f"'{first}" for first in "=+-@")
    numbers = [row["n"] for row in csv.DictReader(io.StringIO(results(NAME, "csv")))]
    assert numbers and not any("'" in each for each in numbers)
    case.shown.add(("A", ""))


def page(period: str, language: str) -> str:
    """The report on a period as HTML, without the marks that keep words together."""
    programme, scope = programme_named(NAME), Scope(period=period)
    with warehouse_of(programme).open() as reader:
        html = to_html(compose(facts_about(reader, scope, programme), programme, language, scope))
    return re.sub(r"</?span[^>]*>", "", html)
