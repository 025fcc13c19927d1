"""Fields as the form spells them; numbered by the trap."""

from datetime import datetime

import pytest

from flows.sources.odk_central import pulling
from tests.fakes.odk_central import person
from tests.flows.sources.odk_central.comparing import row
from transforms.errors import SourceError

# 7. Empty, missing and not relevant are all null; nothing is validated.


def test_7_an_unanswered_question_and_a_repeat_without_rows_are_null(central, landing, pull):
    key = central.insert(person(0))
    pull()
    found = row(landing, key)
    assert (found["notes"], found["household/member"], found["household/size"]) == (None, None, "1")


def test_7_numbers_are_kept_as_they_were_written(central, landing, pull):
    answers = person(0)
    answers["person"] |= {"weight_kg": 86.10, "age": 12345678901234567890}
    answers["home"] = {"type": "Point", "coordinates": [100.0, 1e-07]}
    key = central.insert(answers)
    pull()
    found = row(landing, key)
    assert (found["person/weight_kg"], found["person/age"]) == ("86.1", "12345678901234567890")
    assert found["home"] == '{"type":"Point","coordinates":[100.0,1e-07]}'


# 8. Few fields can be filtered; times need a zone; removed fields vanish; encrypted rows.


def test_8_every_filter_names_a_date_of_the_server_with_its_zone(central, landing, pull):
    central.insert()
    pull()
    pull()
    filters = [each.query["$filter"] for each in central.requests if "$filter" in each.query]
    assert filters
    for text in filters:
        for part in text.split(" or "):
            assert part.startswith(("__system/submissionDate ge ", "__system/updatedAt ge ", "__system/deletedAt ge "))
            assert part.endswith("Z")


def test_8_a_mark_in_bangkok_time_is_asked_for_at_the_same_moment():

    assert pulling._time(datetime.fromisoformat("2026-11-22T21:06:02.5+07:00")) == "2026-11-22T14:06:02.500000Z"


def test_8_a_field_that_was_removed_from_the_form_is_named(central, landing, pull):
    central.insert()
    central.fields = [each for each in central.fields if each["path"] != "/person/study_id"]
    with pytest.raises(SourceError, match="'person/study_id'") as failure:
        pull()
    assert failure.value.code == "missing_column"


def test_8_a_question_that_nobody_answered_is_no_missing_column(central, landing, pull):
    answers = person(0)
    del answers["consent"]
    central.insert(answers)
    pull()
    assert landing.submissions()["consent/given_on"].to_list() == [None]


def test_8_new_fields_are_a_doubt_and_what_every_form_has_is_not(central, landing, pull):
    central.insert()
    fields = {each.field for each in pull().landed[0].doubts if each.rule == "new_column"}
    assert {"site", "notes", "person/sex"} <= fields
    assert not {each for each in fields if each.startswith(("meta/", "__", "start", "deviceid"))}


def test_8_encrypted_submissions_are_landed_and_counted_as_a_doubt(central, landing, pull):
    key = central.insert(encrypted=True)
    central.insert()
    doubts = {each.rule: each.count for each in pull().landed[0].doubts}
    assert doubts["encrypted"] == 1
    assert row(landing, key)["person/study_id"] is None


def test_8_a_field_whose_name_the_feed_spells_otherwise_keeps_the_name_of_the_form(central, landing, form, pull):
    field = {"path": "/person/tax-id", "name": "tax-id", "type": "string", "binary": None, "selectMultiple": None}
    central.fields.append(field)
    answers = person(0)
    answers["person"]["tax-id"] = "0105"
    key = central.insert(answers)
    pull()
    assert row(landing, key)["person/tax-id"] == "0105"


def test_8_two_fields_that_the_feed_cannot_tell_apart_fail_the_pull(central, landing, pull):
    for name in ("ก", "ข"):
        central.fields.append(
            {"path": f"/{name}", "name": name, "type": "string", "binary": None, "selectMultiple": None}
        )
    with pytest.raises(SourceError, match="two fields of the form are both") as failure:
        pull()
    assert failure.value.code == "duplicate_header"
