from datetime import UTC, date, datetime

import polars as pl
import pytest

from transforms.link import link
from transforms.programme import Programme


def test_every_consenting_person_has_one_row_a_round(registrations, follow_ups, programme):
    responses = link(registrations, follow_ups, programme).responses
    counted = responses.group_by("participant").agg(rounds=pl.col("round").sort())
    assert sorted(counted["participant"]) == ["ann", "bob", "cat"]
    assert all(rounds.to_list() == ["m3", "m6", "registration"] for rounds in counted["rounds"])


def test_the_first_registration_is_the_baseline_whatever_the_order_of_the_sheet(registrations, follow_ups, programme):
    responses = link(registrations, follow_ups, programme).responses
    baseline = responses.filter(participant="ann", round="registration").row(0, named=True)
    assert (baseline["sales_thb"], baseline["session"], baseline["cluster"]) == (1000.0, "s1", "s1")


def test_a_person_in_two_courses_has_two_enrolments(registrations, follow_ups, programme):
    enrolments = link(registrations, follow_ups, programme).enrolments
    assert enrolments.filter(participant="ann")["session"].sort().to_list() == ["s1", "s2"]
    assert enrolments.height == 4


def test_the_profile_is_carried_to_every_round_and_answers_are_not(registrations, follow_ups, programme):
    responses = link(registrations, follow_ups, programme).responses.filter(participant="ann")
    assert responses["sex"].to_list() == ["female"] * 3
    assert dict(responses.select("round", "sales_thb").iter_rows()) == {
        "registration": 1000.0,
        "m3": 1500.0,
        "m6": None,
    }


def test_derived_columns_follow_their_round(registrations, follow_ups, programme):
    responses = link(registrations, follow_ups, programme).responses.filter(participant="ann", round="m3")
    assert responses["sales_k_thb"].to_list() == [1.5]


def test_contact_results_say_who_answered_and_whose_business_had_closed(registrations, follow_ups, programme):
    at_m3 = link(registrations, follow_ups, programme).responses.filter(round="m3")
    told = {row["participant"]: (row["due"], row["answered"], row["closed"]) for row in at_m3.iter_rows(named=True)}
    assert told == {"ann": (True, True, False), "bob": (True, False, True), "cat": (True, False, False)}


def test_a_round_that_nobody_was_asked_is_not_due(registrations, follow_ups, programme):
    at_m6 = link(registrations, follow_ups, programme).responses.filter(round="m6")
    assert at_m6.select(pl.col("due").any(), pl.col("answered").any()).row(0) == (False, False)


def test_unknown_people_are_set_aside_and_people_without_consent_are_counted(registrations, follow_ups, programme):
    linked = link(registrations, follow_ups, programme)
    assert linked.links.row(0, named=True) == {
        "source": "calls",
        "accepted": 5,
        "linked": 3,
        "orphans": 1,
        "doubtful": 0,
        "without_consent": 1,
        "conflicts": 0,
        "unit_slips": 0,
    }
    assert linked.rejects.row(0) == ("calls", "calls.csv#6", "calls.csv", 6, "participant_id", "orphan_followup")


def test_one_refusal_of_consent_among_two_registrations_takes_the_person_out(registrations, follow_ups, programme):
    refused = registrations.with_columns(consented=pl.col("consented") & ~pl.col("session").eq("s2"))
    assert "ann" not in link(refused, follow_ups, programme).responses["participant"]


def test_a_follow_up_dated_before_the_registration_is_a_conflict(registrations, follow_ups, programme):
    early = follow_ups["m3"].with_columns(answered_on=pl.lit(date(2025, 12, 1)))
    linked = link(registrations, {"m3": early}, programme)
    assert linked.links["conflicts"].to_list() == [3]
    assert set(linked.rejects["rule"]) == {"orphan_followup", "wave_conflict"}
    assert not linked.responses.filter(round="m3")["due"].any()


def test_an_answer_out_of_its_rounds_window_is_a_conflict(registrations, follow_ups, declared):
    declared["rounds"][1]["window"] = [2, 4]
    windowed = Programme.model_validate(declared)  # bob registered on 5 January, cat on the 6th
    days = pl.Series([None, date(2026, 3, 4), date(2026, 5, 6), date(2026, 4, 1), date(2026, 4, 1)], dtype=pl.Date)
    linked = link(registrations, {"m3": follow_ups["m3"].with_columns(answered_on=days)}, windowed)
    assert linked.links.select("linked", "conflicts").row(0) == (2, 1)
    assert linked.rejects.filter(rule="wave_conflict").select("row", "field").rows() == [(3, "answered_on")]


def test_the_servers_clock_says_when_an_answer_was_given(registrations, follow_ups, programme):
    night_before = datetime(2026, 1, 4, 18, tzinfo=UTC)  # in Bangkok it is the 5th already
    phones = follow_ups["m3"].with_columns(answered_on=pl.lit(date(2025, 1, 1)), _submitted_at=pl.lit(night_before))
    assert link(registrations, {"m3": phones}, programme).links["conflicts"].to_list() == [1]  # cat's


def test_an_answer_out_of_time_replaces_none_that_is_in_time(registrations, follow_ups, programme):
    early = follow_ups["m3"].head(1).with_columns(answered_on=pl.lit(date(2025, 1, 1)), _row=pl.lit(99, pl.Int64))
    linked = link(registrations, {"m3": pl.concat([follow_ups["m3"], early])}, programme)
    assert linked.rejects.filter(rule="wave_conflict")["row"].to_list() == [99]
    assert linked.responses.filter(participant="ann", round="m3")["answered"].to_list() == [True]


@pytest.fixture
def bob_says(follow_ups):
    """Bob's follow-up with an amount; at registration he said 500."""
    said = follow_ups["m3"].filter(participant="bob").with_columns(contact_result=pl.lit("completed"))
    return lambda amount: said.with_columns(answered_on=pl.lit(date(2026, 7, 1)), sales_thb=pl.lit(float(amount)))


@pytest.mark.parametrize(
    ("amount", "is_slip"),
    [(500 * 300, True), (500 * 3000, True), (500 / 1000, True), (500 * 299, False), (500 * 3001, False), (0, False)],
)
def test_an_amount_about_a_thousand_times_the_last_one_is_set_aside(amount, is_slip, registrations, bob_says, declared):
    for form in declared["forms"].values():
        form["questions"]["sales_thb"]["minimum"] = 0
    linked = link(registrations, {"m6": bob_says(amount)}, Programme.model_validate(declared))
    assert linked.links["unit_slips"].to_list() == [int(is_slip)]
    assert linked.rejects.select("field", "rule").rows() == [("sales_thb", "unit_slip")] * is_slip
    declared["forms"]["registration"]["questions"]["sales_thb"]["may_leap"] = True
    allowed = link(registrations, {"m6": bob_says(amount)}, Programme.model_validate(declared))
    assert allowed.links["linked"].to_list() == [1]


def test_an_amount_is_held_against_the_last_one_that_counts(registrations, bob_says, declared):
    def again(amount):
        return bob_says(amount).with_columns(_source=pl.lit("later calls"))

    for form in declared["forms"].values():
        form["questions"]["sales_thb"]["minimum"] = 0
    both = {"m3": bob_says(400_000), "m6": again(450_000)}
    linked = link(registrations, both, Programme.model_validate(declared))
    assert linked.links["unit_slips"].to_list() == [1, 1]  # both beside the registration's 500
    grown = {"m3": bob_says(100_000), "m6": again(1_000_000)}
    assert link(registrations, grown, Programme.model_validate(declared)).rejects.is_empty()


def test_a_second_registration_is_a_warning(registrations, follow_ups, programme):
    warnings = link(registrations, follow_ups, programme).warnings
    assert warnings.rows() == [("sheets", "", "second_registration", 1)]


def test_treatment_may_begin_at_any_round_and_exposure_stays(registrations, follow_ups, declared):
    declared["design"]["treatment"] = "skill_used"
    varying = Programme.model_validate(declared)
    responses = link(registrations, follow_ups, varying).responses.filter(participant="ann")
    told = {row["round"]: (row["treated"], row["exposed"], row["arm"]) for row in responses.iter_rows(named=True)}
    assert told == {
        "registration": (False, False, "treated"),
        "m3": (True, True, "treated"),
        "m6": (False, True, "treated"),
    }


def test_the_order_of_rows_changes_nothing(registrations, follow_ups, programme):
    straight = link(registrations, follow_ups, programme)
    shuffled = link(
        registrations.sample(fraction=1, shuffle=True, seed=1),
        {"m3": follow_ups["m3"].sample(fraction=1, shuffle=True, seed=2)},
        programme,
    )
    keys = ["participant", "round"]
    assert straight.responses.sort(keys).equals(shuffled.responses.sort(keys))
    assert straight.funnel.equals(shuffled.funnel)
