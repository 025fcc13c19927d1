"""The fake answers as a recorded server does."""

import json
from pathlib import Path

import pytest

from tests.fakes.odk_central import PASSWORD, USER, person

RECORDED = Path(__file__).parents[3] / "data" / "odk_central"

# The fake itself.


def paths(value, above=""):
    """Every key of an answer by its path; the rows of a list are one."""
    if isinstance(value, dict):
        return {path for key, each in value.items() for path in {f"{above}/{key}", *paths(each, f"{above}/{key}")}}
    if isinstance(value, list):
        return {path for each in value for path in paths(each, f"{above}[]")}
    return set()


def fetched(central, path, **query):
    import httpx

    token = httpx.post(f"{central.url}/v1/sessions", json={"email": USER, "password": PASSWORD}).json()["token"]
    return httpx.get(f"{central.url}{path}", params=query, headers={"authorization": f"Bearer {token}"}).json()


FEED = "/v1/projects/1/forms/registration.svc/Submissions"


@pytest.mark.parametrize(
    ("file", "query"),
    [
        ("10-odata-page1-expand", {"$top": 3, "$count": "true", "$expand": "*"}),
        ("19-filter-deleted", {"$count": "true", "$filter": "__system/deletedAt ge 2020-01-01T00:00:00Z"}),
        ("22-filter-on-answer-refused", {"$filter": "person/site eq 'bkk'"}),
    ],
)
def test_the_fake_answers_with_the_keys_of_a_recorded_server(file, query, central):
    made = [central.insert(person(each)) for each in (4, 3, 2, 1)]
    if "deleted" in file:
        for key in made[2:]:
            central.delete(key)
    recorded = json.loads((RECORDED / f"{file}.json").read_text(encoding="utf-8"))
    assert paths(fetched(central, FEED, **query)) == paths(recorded)


def test_the_fake_answers_one_edited_submission_with_the_keys_of_a_recorded_server(central):
    answers = person(1)
    del answers["household"]["member"][0]["illness"]
    key = central.insert(answers)
    central.edit(key, notes="แก้ไขครั้งที่ 2")
    recorded = json.loads((RECORDED / "35-edited-odata.json").read_text(encoding="utf-8"))
    found = fetched(central, f"{FEED}('{key}')", **{"$expand": "*"})
    assert paths(found) >= paths(recorded) - {"/value[]/household/member[]/illness@odata.navigationLink"}
    assert paths(found) - paths(recorded) == set()


def test_the_fake_lists_the_fields_of_a_recorded_server(central):
    recorded = json.loads((RECORDED / "07-fields.json").read_text(encoding="utf-8"))
    assert fetched(central, "/v1/projects/1/forms/registration/fields", odata="false") == recorded
