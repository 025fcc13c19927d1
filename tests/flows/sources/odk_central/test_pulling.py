"""What is landed, and where the next pull begins. The numbers are those of the traps that an ODK Central sets."""

import json
from datetime import timedelta

import polars as pl
import pytest

from flows.sources import odk_central
from flows.sources.odk_central import feed
from flows.stores.manifests import Pull
from tests.declaring import question
from tests.fakes.odk_central import person
from tests.flows.sources.odk_central.comparing import assert_the_same, keys, latest, row, rows_of
from transforms.errors import SourceError
from transforms.programme import Form
from transforms.tables import Submissions

# What is landed.


def test_a_submission_is_landed_flat_each_answer_as_the_text_that_was_received(central, landing, pull):
    key = central.insert(person(1) | {"notes": "7.50 บาท\nสอง"})
    pull()
    found = row(landing, key)
    assert found["person/contact/phone"] == "0800000001"
    assert found["person/age"] == "21"
    assert found["person/weight_kg"] is None
    assert found["notes"] == "7.50 บาท\nสอง"
    assert json.loads(found["home"])["coordinates"] == [100.177807, 15.34922, 834]
    assert '"coordinates":[100.177807,15.34922,834]' in found["home"]
    assert json.loads(found["household/member"])[0]["illness"][1]["name"] == "ไข้"
    assert not [name for name in found if "navigationLink" in name]
    assert "navigationLink" not in found["household/member"]


def test_the_landed_columns_are_those_that_every_record_has_and_then_the_answers(central, landing, pull):
    central.insert()
    pull()
    landed = landing.submissions()
    assert landed.columns[: len(Submissions.columns())] == list(Submissions.columns())
    assert landed.schema["_submitted_at"] == pl.Datetime("us", "UTC")
    assert landed.columns[5:12] == [
        "_key",
        "_revision",
        "_deleted",
        "_submitted_at",
        "_updated_at",
        "_review",
        "_form_version",
    ]


def test_the_manifest_says_how_many_the_server_had_how_many_came_and_of_which_versions(central, landing, pull):
    for version in ("1", "2", "2", "1"):
        central.insert(version=version)
    manifest = pull().landed[0]
    assert (manifest.server_rows, manifest.rows, manifest.tombstones) == (4, 4, 0)
    assert manifest.fetched >= 4
    assert manifest.form_versions == ("1", "2")


def test_a_pull_with_nothing_new_lands_nothing(central, landing, pull):
    for _ in range(7):
        central.insert()
    pull()
    again = pull()
    assert (again.landed, again.server_rows) == ([], 7)
    assert len(landing.manifests()) == 1


def test_a_form_without_submissions_is_pulled_and_what_comes_later_too(central, landing, pull):
    assert (pull().landed, pull().server_rows) == ([], 0)
    central.insert()
    pull()
    assert_the_same(central, landing)


def test_what_everyone_removed_is_noticed_down_to_the_last(central, landing, pull):
    made = [central.insert() for _ in range(4)]
    pull()
    for key in made:
        central.delete(key)
    pull()
    assert keys(landing) == set()


# 2. updatedAt is null until the first change; commits can appear out of order.


def test_2_an_edit_a_review_and_a_deletion_are_noticed_without_reading_everything(central, landing, pull):
    made = [central.insert() for _ in range(12)]
    central.tick(7200)
    central.insert()
    pull()
    central.edit(made[0], notes="เปลี่ยน")
    central.review(made[1], "approved")
    central.delete(made[2])
    central.requests.clear()
    manifest = pull().landed[0]
    assert_the_same(central, landing)
    assert (manifest.rows, manifest.tombstones) == (3, 1)
    assert all("$filter" in each.query or each.query["$top"] == "1" for each in central.asked("/Submissions"))


def test_2_a_submission_that_shows_up_late_with_an_earlier_date_is_found(central, landing, pull):
    central.insert()
    central.tick(600)
    central.insert()
    pull()
    late = central.insert()
    with central._lock:
        central._submissions[late].created -= timedelta(seconds=300)
    pull()
    assert_the_same(central, landing)


def test_2_the_next_pull_begins_before_the_newest_date_that_the_server_gave(central, landing, pull):
    key = central.insert()
    cursor = json.loads(pull().cursor)
    assert cursor["since"] == (central.live[key].created - feed.OVERLAP).isoformat()
    central.edit(key)
    cursor = json.loads(pull().cursor)
    assert cursor["since"] == (central.live[key].updated - feed.OVERLAP).isoformat()


def test_2_a_date_in_the_future_does_not_hide_what_comes_after_it(central, landing, pull):
    wrong, right = central.insert(), central.insert()
    with central._lock:
        central._submissions[wrong].created += timedelta(days=400)
    pull()
    central.tick(60 * 24 * 3600)
    central.edit(right, notes="later")
    pull()
    assert_the_same(central, landing)


def test_2_the_mark_moves_only_once_the_rows_are_safe(central, landing, source, form, tmp_path, monkeypatch):
    central.insert()
    odk_central.pull(source, form, tmp_path, landing)  # killed before it was kept how the pull went
    assert landing.attempt() is None
    landing.succeeded(odk_central.pull(source, form, tmp_path, landing))
    assert len(landing.manifests()) == 1
    assert_the_same(central, landing)


# 5. What moves no date: a late attachment, a restore; purges.


def test_5_a_photo_that_came_late_makes_a_revision(central, landing, pull):
    key = central.insert(files=2)
    for _ in range(4):
        central.tick(3600)
        central.insert()
    pull()
    central.attach(key)
    assert rows_of(pull()) == 1
    assert row(landing, key)["__system/attachmentsPresent"] == "1"
    central.attach(key)
    assert rows_of(pull()) == 1
    central.requests.clear()
    pull()
    assert central.asked(f"('{key}')") == []  # nothing is missing any more


def test_5_a_waiting_submission_that_was_deleted_meanwhile_is_no_error(central, landing, pull):
    key = central.insert(files=1)
    for _ in range(4):
        central.tick(3600)
        central.insert()
    pull()
    central.before_answer = lambda request: request.path.endswith("')") and central.delete(key)
    pull()
    central.before_answer = None
    pull()
    assert_the_same(central, landing)


def nine_without_the_first(central, pull):
    """The keys of nine submissions; a later one came too, and the first of the nine was deleted, both pulled."""
    made = [central.insert() for _ in range(9)]
    central.tick(7200)
    central.insert()
    pull()
    central.delete(made[0])
    pull()
    return made


def test_5_a_restored_submission_is_found_by_the_count(central, landing, pull):
    made = nine_without_the_first(central, pull)
    assert made[0] not in keys(landing)
    central.restore(made[0])
    pull()
    assert_the_same(central, landing)
    assert latest(landing).height == 10


def test_5_one_restored_while_another_is_deleted_is_found_too(central, landing, pull):
    made = nine_without_the_first(central, pull)
    central.restore(made[0])
    central.delete(made[1])
    pull()
    assert_the_same(central, landing)


def test_5_purged_submissions_that_no_list_names_are_found_by_the_count(central, landing, pull):
    made = [central.insert() for _ in range(5)]
    pull()
    central.delete(made[3])
    central.purge(made[3])
    pull()
    assert_the_same(central, landing)


def test_5_reconciling_finds_a_change_that_moved_neither_date_nor_count(central, landing, pull):
    made = [central.insert() for _ in range(5)]
    for _ in range(3):
        central.tick(7200)
        central.insert()
    pull()
    with central._lock:
        central._submissions[made[0]].answers["notes"] = "changed in the database"
    assert rows_of(pull(reconcile_days=7)) == 0
    assert rows_of(pull(reconcile_days=0)) == 1
    assert_the_same(central, landing)


def test_5_reconciling_comes_back_after_its_days(central, landing, pull, monkeypatch):
    central.insert()
    first = json.loads(pull().cursor)
    assert json.loads(pull().cursor)["reconciled"] == first["reconciled"]
    later = Pull.now()
    later = Pull("20990101", later.at + timedelta(days=7))
    monkeypatch.setattr(Pull, "now", classmethod(lambda cls: later))
    assert json.loads(pull().cursor)["reconciled"] == later.at.isoformat()


def test_5_another_form_under_the_same_source_is_read_from_the_beginning(central, landing, pull):
    for _ in range(3):
        central.tick(7200)
        central.insert()
    pull()
    central.form = "registration_2"
    old = list(central.live)
    for key in old:
        central.purge(key)
    for _ in range(3):
        central.insert()
    pull(form_id="registration_2")
    assert_the_same(central, landing)


# 6. Edits, versions, rejected ones, repeats.


def test_6_an_edit_keeps_the_key_and_the_first_version_and_is_a_revision(central, landing, pull):
    key = central.insert(version="1")
    pull()
    before = row(landing, key)
    central.edit(key, person__sex="other")
    pull()
    after = row(landing, key)
    assert (before["person/sex"], after["person/sex"]) == ("female", "other")
    assert before["meta/instanceID"] != after["meta/instanceID"]
    assert (after["_review"], after["_form_version"]) == ("edited", "1")
    assert landing.submissions().filter(pl.col("_key") == key).height == 2


def test_6_a_rejected_submission_stays_in_the_feed_and_counts_as_deleted_until_it_is_approved(central, landing, pull):
    key, other = central.insert(), central.insert()
    central.review(key, "rejected")
    assert pull().server_rows == 2
    assert (row(landing, key)["_deleted"], row(landing, other)["_deleted"]) == (True, False)
    central.review(key, "approved")
    pull()
    assert row(landing, key)["_deleted"] is False


def test_6_a_changed_repeat_replaces_all_its_rows(central, landing, pull):
    key = central.insert(person(2))
    pull()
    assert len(json.loads(row(landing, key)["household/member"])) == 2
    central.edit(key, household__member=[{"name": "ใหม่", "relation": "parent", "age": 50}])
    pull()
    assert [each["name"] for each in json.loads(row(landing, key)["household/member"])] == ["ใหม่"]


def test_a_mass_deletion_is_not_taken(central, pull, refused, landing, monkeypatch):
    monkeypatch.setattr(feed, "PAGE_ROWS", 100)
    there = [central.insert() for _ in range(60)]
    pull()
    for key in there[:25]:
        central.delete(key)
    code, message = refused()
    assert code == "rows_down"
    assert "it has 35 rows and had 60 before" in message
    assert keys(landing) == set(there)


@pytest.mark.parametrize("each", ["agee", "household/member/age", "illness/name"])
def test_a_repeat_that_lacks_the_question_is_an_error(each, central, form, landing, source, tmp_path):
    central.insert()
    ages = question("household/member", "number", each=each, combine="mean")
    asking = form.model_dump() | {"questions": {**form.model_dump()["questions"], "mean_age": ages}}
    with pytest.raises(SourceError) as error:
        odk_central.pull(source, Form.model_validate(asking), tmp_path, landing)
    assert error.value.code == "missing_column"
    assert "the repeat 'household/member' asks no" in str(error.value)
    right = asking | {"questions": {**asking["questions"], "mean_age": {**ages, "each": "age"}}}
    assert odk_central.pull(source, Form.model_validate(right), tmp_path, landing).landed
