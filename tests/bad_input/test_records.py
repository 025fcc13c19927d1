"""Cases 57 to 64: what is wrong between submissions."""

import json

import pytest

from tests.bad_input.night import FOLLOW_UP, people, person
from tests.bad_input.servers import answers, central_of, kobo_of

AGAIN = """[[sources]]
id = "m3_calls"
kind = "file_drop"
form = "follow_up"
round = "m3"
files = "calls_m3*"

[design]"""


def test_case_57_one_submission_sent_twice(case, after_a_night, monkeypatch):
    with kobo_of(after_a_night, monkeypatch) as kobo:
        for _ in range(2):
            kobo.insert(answers("A-1"), uuid="00000000-0000-0000-0000-000000000001")
        outcome = after_a_night.run()
        case.accepts(outcome, 2, "m3", duplicates=1)
        for sales in ("14000", "15000"):
            kobo.insert(answers("A-2", sales), uuid="00000000-0000-0000-0000-000000000002")
        outcome = after_a_night.run()
    case.warns(outcome, "changed_submission", "m3")
    assert outcome.balance("m3") == {"landed": 4, "accepted": 2, "duplicates": 1, "superseded": 1}
    assert outcome.answers("sales_thb", "m3") == [13000.0, 15000.0, None]


def test_case_58_one_person_registers_twice(case, night):
    night.drop([person(1, {"รุ่น": "S2", "วันที่": "15/03/2567", "ยอดขาย": "99"}), person(1), person(2)])
    outcome = night.run()
    case.accepts(outcome, 3)
    case.warns(outcome, "second_registration")
    assert outcome.answers("sales_thb") == [12500.0, 12500.0]
    assert outcome.frames["enrolments"].height == 3


def test_case_59_edited_after_the_pull(case, after_a_night, monkeypatch):
    with kobo_of(after_a_night, monkeypatch) as kobo:
        submission = kobo.insert(answers("A-1"))
        assert after_a_night.run().answers("sales_thb", "m3")[0] == 13000.0
        kobo.edit(submission, {"sales": "14000"})
        outcome = after_a_night.run()
    case.accepts(outcome, 2, "m3", superseded=1)
    assert outcome.answers("sales_thb", "m3")[0] == 14000.0
    assert after_a_night.submissions("m3")["sales"].to_list() == ["13000", "14000"]


def test_case_60_deleted_or_rejected_at_the_server(case, after_a_night, monkeypatch):
    with central_of(after_a_night, monkeypatch) as central:
        keys = [central.insert(answers(f"A-{place}")) for place in (1, 2, 3)]
        case.accepts(after_a_night.run(), 3, "m3")
        central.delete(keys[0])
        central.review(keys[1], "rejected")
        outcome = after_a_night.run()
        case.accepts(outcome, 5, "m3", superseded=2, deleted=2)
        assert outcome.answers("answered", "m3") == [False, False, True]
        central.purge(keys[2])
        outcome = after_a_night.run()
    assert outcome.balance("m3") == {"landed": 6, "superseded": 3, "deleted": 3}


def test_case_61_several_choices_and_an_unknown_one(case, night):
    said = ("online shop online", "ตลาด", "ร้าน, ออนไลน์", None)
    night.drop([person(place, {"ขายที่": answer}) for place, answer in enumerate(said, 1)], "registration-1.csv")
    outcome = night.run()
    case.accepts(outcome, 4)
    assert outcome.answers("sells_at") == ["shop online", "market", "shop online", None]
    night.drop([person(5, {"ขายที่": "shop temple"})], "registration-2.csv")
    case.sets_aside(night.run(), "sells_at", "unknown_choice", landed=5)


def test_case_62_repeated_groups_and_reviews(case, after_a_night, monkeypatch):
    night = after_a_night
    asked = 'path = "member", type = "integer", combine = "count", title = { th = "สมาชิก", en = "Members" }'
    night.declare("[forms.follow_up.questions]", f"[forms.follow_up.questions]\nmembers = {{ {asked} }}", "forms.toml")
    with kobo_of(night, monkeypatch, more=("member",)) as kobo:
        children = [[{"member/age": "4"}, {"member/age": "9"}], [{"member/age": "2"}], []]
        ids = [kobo.insert(answers(f"A-{place}", member=each)) for place, each in enumerate(children, 1)]
        outcome = night.run()
        case.accepts(outcome, 3, "m3")
        landed = [json.loads(text) for text in night.submissions("m3")["member"].drop_nulls()]
        assert sum(outcome.answers("members", "m3")) == sum(map(len, landed)) == 3
        kobo.reject(ids[2])
        kobo.insert(answers("A-3", member="[{"))
        outcome = night.run()
    case.sets_aside(outcome, "members", "repeat_unreadable", landed=5, source="m3", superseded=1, deleted=1)


def test_case_63_a_follow_up_without_registration(case, after_a_night):
    after_a_night.drop([FOLLOW_UP | {"รหัส": "A-4"}, FOLLOW_UP], "m3.csv")
    case.sets_aside(after_a_night.run(), "participant_id", "orphan_followup", landed=2, source="m3")
    after_a_night.drop(people(1, first=4), "registration-2.csv")
    assert after_a_night.run().rejects("m3") == []


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([FOLLOW_UP | {"วันที่ตอบ": "2024-01-14"}], id="before the registration"),
        pytest.param([FOLLOW_UP | {"วันที่ตอบ": "2024-08-01"}], id="of another round"),
    ],
)
def test_case_64_a_follow_up_of_another_time_or_a_second_one(case, after_a_night, rows):
    after_a_night.drop([*rows, FOLLOW_UP | {"รหัส": "A-2"}], "m3.csv")
    case.sets_aside(after_a_night.run(), "answered_on", "wave_conflict", landed=2, source="m3")
    after_a_night.declare("[design]", AGAIN)
    after_a_night.drop([FOLLOW_UP | {"รหัส": "A-2", "ยอดขาย": "1"}], "calls_m3.csv")
    outcome = after_a_night.run()
    assert {rule for _, _, rule in [*outcome.rejects("m3"), *outcome.rejects("m3_calls")]} == {"wave_conflict"}
    assert outcome.frames["links"]["conflicts"].sum() == 2
