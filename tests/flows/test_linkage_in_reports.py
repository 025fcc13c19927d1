"""What reports say of the links between follow-ups and registrations, from sign-up sheet to chapter."""

import csv

import pytest

from flows.declared import link_review_of, programme_named, warehouse_of
from flows.disclosed import facts_about
from flows.pull import pull
from flows.refresh import refresh
from reports.content import compose
from reports.document import Paragraph, Table
from reports.scope import Scope
from transforms.synthetic.names import FAMILIES, MEN, WOMEN

NAME = "village"
LINKING = """
[linking]
name = ["full_name"]
phone = "phone"
birth_year = "birth_year"
sure = 0.9
"""
ASKED = """\
full_name = { path = "name", type = "text", identity = true, title = { th = "ชื่อ", en = "Full name" } }
phone = { path = "phone", type = "phone", identity = true, title = { th = "โทรศัพท์", en = "Phone" } }
birth_year = { path = "birth_year", type = "year", title = { th = "ปีเกิด", en = "Year of birth" } }
"""
PEOPLE = 60


def person(i):
    first = (WOMEN + MEN)[i % len(WOMEN + MEN)]
    return (f"P{i}", f"{first} {FAMILIES[i % len(FAMILIES)]}", f"08{i:08}", 1940 + i)


def write(path, head, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])


def call(i, by):
    """Person i's answer, who names the code, the telephone, or a new telephone with name and year of birth."""
    code, name, phone, year = person(i)
    who = {"code": (code, "", "", ""), "phone": ("", "", phone, ""), "name": ("", name, f"09{i:08}", year)}[by]
    return (*who, "2025-07-10", 1000 + 50 * i, "yes" if i % 2 else "no", "completed")


def declare(village, calls):
    for sample in (village / "inbox").glob("*.csv"):
        sample.unlink()
    declared = village / "programme.toml"
    declared.write_text(declared.read_text(encoding="utf-8") + LINKING, encoding="utf-8")
    forms = village / "forms.toml"
    before, marker, after = forms.read_text(encoding="utf-8").partition("[forms.follow_up.questions]\n")
    forms.write_text(before + marker + ASKED + after, encoding="utf-8")
    head = ["participant_id", "name", "phone", "birth_year", "consent", "date", "session", "sales_last_month"]
    rows = [(*person(i), "yes", "2025-01-10", f"S{i % 6}", 900 + 40 * i, "no", "F") for i in range(PEOPLE)]
    write(village / "inbox" / "registration_1.csv", [*head, "sells_online", "sex"], rows)
    head = ["participant_id", "name", "phone", "birth_year", "date", "sales_last_month", "sells_online"]
    write(village / "inbox" / "follow_up_m6_1.csv", [*head, "contact_result"], calls)
    pull(NAME)
    refresh(NAME)


def told(language="en"):
    """The table or sentence by method, and that of the headlines, as a report says them."""
    programme = programme_named(NAME)
    scope = Scope(programme.periods[0].id)
    with warehouse_of(programme).open() as reader:
        report = compose(facts_about(reader, scope, programme), programme, language, scope)
    [quality] = [each for each in report.sections if each.id == "quality"]
    return quality.blocks


def table(caption, blocks):
    return next(each for each in blocks if isinstance(each, Table) and each.caption.startswith(caption))


def paragraphs(blocks):
    return " ".join(each.text for each in blocks if isinstance(each, Paragraph))


MIXED = [call(i, "code") for i in range(20)] + [call(i, "phone") for i in range(20, 35)]


def test_a_report_says_by_what_follow_ups_found_their_people(village):
    stranger = ("", "นายไม่เคยมา ที่ไหนเลย", "0899999999", 2000, "2025-07-10", 1, "no", "completed")
    declare(village, [*MIXED, *(call(i, "name") for i in range(35, 55)), stranger])
    rows = table("How follow-ups found", told()).rows
    assert [[cell.text for cell in row] for row in rows] == [
        ["Participant's code", "20", "36%"],
        ["Telephone number", "15", "27%"],
        ["Name and further particulars, by probability", "20", "36%"],
        ["No registration found", "1", "2%"],
        ["All", "56", "100%"],
    ]


@pytest.mark.parametrize(("language", "caption"), [("en", "Headline figures with"), ("th", "ตัวเลขหลัก เมื่อรวม")])
def test_headlines_stand_beside_what_they_would_be_without_the_uncertain_links(village, language, caption):
    declare(village, [*MIXED, *(call(i, "name") for i in range(35, 55))])
    rows = {row[0].text: row for row in table(caption, told(language)).rows}
    online = rows["Sells online" if language == "en" else "ขายออนไลน์"]
    assert ["55" in online[1].detail, "35" in online[2].detail] == [True, True]
    assert all(cell.text for row in rows.values() for cell in row)


def test_what_would_tell_of_a_few_people_is_withheld(village):
    """Three links by probability: who has both figures could work out what these three answered."""
    declare(village, [*MIXED, *(call(i, "name") for i in range(35, 38))])
    blocks = told()
    rows = {row[0].text: row for row in table("Headline figures with", blocks).rows}
    assert rows["Sells online"][2].text == "–"
    assert rows["Sells online"][1].text != "–"
    assert rows["People trained (people)"][1] == rows["People trained (people)"][2]


def test_where_codes_alone_link_one_sentence_is_enough(village):
    declare(village, [call(i, "code") for i in range(30)])
    assert "All 30 follow-ups were matched" in paragraphs(told())
    assert "ทั้ง 30 รายการ" in paragraphs(told("th"))


def test_a_follow_up_that_waits_has_a_reason_of_its_own(village):
    twins = [("", person(7)[1], "", "", "2025-07-10", 1, "no", "completed")]
    declare(village, [*MIXED, *twins])
    programme = programme_named(NAME)
    with warehouse_of(programme).open() as reader:
        rules = reader.sql("select rule, count(*) as rows from rejects group by rule").rows()
        links = reader.sql("select orphans, doubtful from links where source = 'follow_up_m6'").row(0)
    assert rules == [("doubtful_link", 1)]
    assert links == (0, 1)
    assert "Awaiting a person's decision" in [row[0].text for row in table("How follow-ups found", told()).rows]
    assert link_review_of(programme).path.exists()
