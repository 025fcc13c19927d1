"""Tokens, sessions and rights; numbered by the trap."""

import pytest

from tests.flows.sources.odk_central.comparing import assert_the_same, on_page
from transforms.errors import SourceError

# 9. Tokens end; sessions; rights.


def test_9_a_token_that_runs_out_between_two_pages_is_renewed_and_the_same_link_goes_on(central, landing, pull):
    for _ in range(10):
        central.insert()
    on_page(central, 3, central.expire_tokens)
    pull()
    assert len(central.asked("/v1/sessions")) == 2
    unfiltered = [each.query for each in central.requests if "$filter" not in each.query]
    links = [query["$skiptoken"] for query in unfiltered if "$skiptoken" in query]
    assert max(links.count(each) for each in links) == 2
    assert_the_same(central, landing)


def test_9_a_pull_logs_in_once_and_out_at_its_end_also_when_it_fails(central, landing, pull):
    central.insert()
    pull()
    assert (len(central.asked("/v1/sessions")), central.open_sessions) == (1, 0)
    central.fail_next(404, times=99)
    with pytest.raises(SourceError):
        pull()
    assert central.open_sessions == 0


def test_9_a_wrong_password_is_tried_once_and_the_message_names_the_variables(central, pull, monkeypatch):
    monkeypatch.setenv("IMPACT_CONNECTION_FIELD_PASSWORD", "wrong-secret")
    with pytest.raises(SourceError) as failure:
        pull()
    assert failure.value.code == "not_logged_in"
    assert "IMPACT_CONNECTION_FIELD_PASSWORD" in str(failure.value)
    assert "wrong-secret" not in str(failure.value)
    assert len(central.requests) == 1 + len(central.asked("/sessions/current"))


def test_9_a_user_without_the_role_is_told_which_role_is_missing(central, pull):
    central.role = False
    with pytest.raises(SourceError, match="Project Viewer on project 1") as failure:
        pull()
    assert failure.value.code == "not_allowed"


def test_9_an_unknown_form_is_told_with_what_to_check(central, pull):
    with pytest.raises(SourceError, match="no published form 'registrations' in project 1") as failure:
        pull(form_id="registrations")
    assert failure.value.code == "not_found"


def test_9_a_server_that_is_no_central_is_told_with_its_variable(central, pull, monkeypatch):
    monkeypatch.setenv("IMPACT_CONNECTION_FIELD_URL", f"{central.url}/elsewhere")
    with pytest.raises(SourceError, match="IMPACT_CONNECTION_FIELD_URL"):
        pull()


# Transport, and the whole under load.


def test_65_pauses_that_the_server_asks_for_and_its_errors_pass(central, landing, pull):
    for _ in range(5):
        central.insert()
    central.fail_next(429, retry_after="0")
    central.fail_next(503, times=2)
    pull()
    assert_the_same(central, landing)
