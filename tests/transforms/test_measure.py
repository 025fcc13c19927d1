import pytest

from transforms.estimate import estimate
from transforms.link import link
from transforms.measure import measure
from transforms.programme import Programme


@pytest.fixture
def measured(registrations, follow_ups, programme):
    return measure(link(registrations, follow_ups, programme).responses, programme)


def cell(measured, participant: str, round: str, *columns: str) -> tuple:
    return measured.filter(participant=participant, round=round).select(columns).row(0)


def test_refusals_yield_no_measurement(measured):
    assert cell(measured, "cat", "m3", "sales", "sales__asked", "skill_in_use") == (None, False, None)


def test_a_closed_business_is_an_outcome_where_the_indicator_says_so(measured):
    assert cell(measured, "bob", "m3", "sales", "sales__asked") == (0.0, True)
    assert cell(measured, "bob", "m3", "skill_in_use", "skill_in_use__asked") == (None, False)


def test_only_the_population_is_measured(measured):
    assert cell(measured, "ann", "m3", "skill_in_use", "skill_in_use__asked") == (1.0, True)
    assert cell(measured, "bob", "registration", "skill_in_use__asked") == (False,)


def test_an_unanswered_question_is_asked_and_unknown(measured):
    assert cell(measured, "ann", "registration", "skill_in_use", "skill_in_use__asked") == (None, True)


def test_a_round_that_was_not_asked_is_in_no_population(measured):
    assert not measured.filter(round="m6")["sales__asked"].any()


def test_counts_are_not_measured(registrations, follow_ups, declared):
    declared["indicators"]["people_answering"] = declared["indicators"]["sales"] | {
        "statistic": "count",
        "value": "participant",
        "when_closed": None,
    }
    counting = Programme.model_validate(declared)
    responses = link(registrations, follow_ups, counting).responses
    assert "people_answering" not in measure(responses, counting).columns
    counted = estimate(
        responses, measure(responses, counting), link(registrations, follow_ups, counting).enrolments, counting
    )
    at_m3 = counted.estimates.filter(indicator="people_answering", round="m3", arm="all", by="programme")
    assert at_m3["value"].to_list() == [1.0]
