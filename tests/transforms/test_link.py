from datetime import date

import polars as pl

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
        "without_consent": 1,
        "conflicts": 0,
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
