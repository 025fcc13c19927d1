"""Pages that are cut off, change while they are read, or link elsewhere; numbered by the trap."""

import pytest

from flows.sources.odk_central.answers import is_page
from flows.sources.odk_central.feed import Feed
from tests.flows.sources.odk_central.comparing import assert_the_same, on_page
from transforms.errors import SourceError

# 1. A failure in mid-stream is a 200 with half a body.


def test_1_a_page_whose_body_was_cut_off_with_200_is_read_again(central, landing, pull):
    for _ in range(7):
        central.insert()
    central.cut_next(2)
    pull()
    assert_the_same(central, landing)


def test_1_a_page_that_stays_cut_off_fails_the_pull_and_lands_nothing(central, landing, pull):
    central.insert()
    central.cut_next(99)
    with pytest.raises(SourceError, match="cut off or is not JSON, 5 times in a row") as failure:
        pull()
    assert failure.value.code == "server_unavailable"
    assert landing.manifests() == []


def test_1_json_without_the_odata_context_is_no_page():
    row = {"__id": "a", "__system": {}}
    assert is_page({"value": [row], "@odata.context": "..."})
    assert not is_page({"value": [row]})
    assert not is_page({"message": "Internal error", "code": 500})
    assert not is_page({"value": [{"name": "no id"}], "@odata.context": "..."})


# 3. Pages while rows arrive; page 1's count is a floor; a purged row in a link.


def test_3_submissions_that_arrive_while_pages_are_read_are_landed_by_the_same_pull(central, landing, pull):
    for _ in range(8):
        central.insert()
    on_page(central, 2, lambda: [central.insert() for _ in range(4)])
    assert pull().server_rows == 12
    assert_the_same(central, landing)


def test_3_submissions_deleted_while_pages_are_read_are_gone_after_the_same_pull(central, landing, pull):
    made = [central.insert() for _ in range(8)]
    on_page(central, 3, lambda: [central.delete(made[0]), central.delete(made[7])])
    pull()
    assert_the_same(central, landing)


def test_3_a_link_that_names_a_purged_row_answers_an_empty_page_and_the_listing_is_read_again(central, landing, pull):
    made = [central.insert() for _ in range(8)]
    on_page(central, 2, lambda: central.purge(made[5]))  # the newest come first: the link names the third of them
    pull()
    assert_the_same(central, landing)


def test_3_a_listing_that_stays_shorter_than_its_count_fails_the_pull(central, landing, pull, monkeypatch):
    for _ in range(8):
        central.insert()
    monkeypatch.setattr(central, "_after", lambda token, found: [])
    with pytest.raises(SourceError, match="counts 8 submissions but gives out 3") as failure:
        pull()
    assert failure.value.code == "incomplete"
    assert landing.manifests() == []


def test_3_a_count_that_never_agrees_fails_the_pull(central, landing, pull, monkeypatch):
    central.insert()
    monkeypatch.setattr(Feed, "count", lambda feed: setattr(feed, "rows", 9) or 9)
    with pytest.raises(SourceError, match="has 9 submissions, 1 came") as failure:
        pull()
    assert failure.value.code == "incomplete"
    assert landing.manifests() == []


def test_3_pages_that_lead_back_to_themselves_end(central, landing, pull, monkeypatch):
    for _ in range(8):
        central.insert()
    monkeypatch.setattr(central, "_after", lambda token, found: found)
    with pytest.raises(SourceError, match="lead back to themselves"):
        pull()


# 4. Links name the server's configured domain.


def test_4_a_link_to_another_host_is_followed_on_the_server_that_was_asked(central, landing, pull):
    for _ in range(10):
        central.insert()
    pull()  # the fake's links name central.example.org
    assert any("$skiptoken" in each.query for each in central.requests)
    assert_the_same(central, landing)
