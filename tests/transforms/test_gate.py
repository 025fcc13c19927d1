"""The quality gate: each rule on both sides of its limit."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tests.reports.conftest import declared
from transforms.gate import Evidence, Headline, Judgement, Published, judge
from transforms.programme import Programme

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LANDED = {"registrations": 100}


def programme(**gate):
    return Programme.model_validate({**declared(), "gate": gate})


def pulls(status="pulled", stale_from=None, stale=False):
    schema = {"source": pl.String, "status": pl.String, "stale": pl.Boolean, "stale_from": pl.Datetime("us", "UTC")}
    return pl.DataFrame([("registrations", status, stale, stale_from)], schema=schema, orient="row")


def funnel(due, answered, arms=("treated",)):
    rows = [("m3", arm, stage, people) for arm in arms for stage, people in (("due", due), ("answered", answered))]
    schema = {"round": pl.String, "arm": pl.String, "stage": pl.String, "people": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def balance(landed=100, rejected=0):
    return pl.DataFrame({"source": ["registrations"], "landed": [landed], "rejected": [rejected]})


def figure(value, n=200, quantity="effect", standard_error=1.0):
    return Headline("sales", quantity, "m3", "both", "", value, standard_error, n)


def published(*headlines, landed=None):
    return Published(headlines, landed or LANDED)


def judged(of=None, **evidence):
    sound = {"at": NOW, "pulls": pulls(), "funnel": funnel(100, 90), "balance": balance(), "now": published()}
    return judge(Evidence(**{**sound, **evidence}), of or programme(), ["m3"])


def broken(judgement: Judgement):
    return [(each.rule, each.verdict) for each in judgement.reasons]


def test_sound_data_are_published():
    assert judged().verdict == "publish"


def test_a_source_that_failed_makes_a_draft():
    found = judged(pulls=pulls("failed"))
    assert broken(found) == [("source_failed", "draft")]
    assert found.reasons[0].source == "registrations"


def test_a_source_grows_too_old_overnight_though_nothing_was_built_anew():
    ends = pulls(stale_from=NOW)
    assert judged(pulls=ends, at=NOW).verdict == "publish"
    assert broken(judged(pulls=ends, at=NOW + timedelta(seconds=1))) == [("source_stale", "draft")]


def test_a_source_that_never_brought_data_is_too_old():
    assert broken(judged(pulls=pulls(stale=True))) == [("source_stale", "draft")]


@pytest.mark.parametrize(("answered", "verdict"), [(50, "publish"), (49, "draft")])
def test_response_is_held_to_its_least_share(answered, verdict):
    assert judged(funnel=funnel(100, answered)).verdict == verdict


def test_a_release_of_which_hidden_counts_follow_is_held():
    found = judged(known_too_well=2)
    assert broken(found) == [("disclosure_audit", "hold")]
    assert found.reasons[0].value == 2


def test_no_programme_can_let_it_pass():
    with pytest.raises(ValueError, match="disclosure_audit"):
        programme(disclosure_audit={"limit": 5})


def test_each_arm_is_held_to_it_alone():
    both = pl.concat([funnel(100, 90), funnel(100, 20, ["comparison"]), funnel(200, 110, ["all"])])
    assert [each.arm for each in judged(funnel=both).reasons] == ["comparison"]


def test_a_round_in_which_hardly_anybody_is_due_says_nothing():
    assert not [each for each in judged(funnel=funnel(9, 0)).findings if each.rule == "response"]


def test_a_hidden_number_of_answers_is_known_to_be_low_and_stays_hidden():
    found = judged(funnel=funnel(40, None))
    assert broken(found) == [("response", "draft")]
    assert found.reasons[0].value is None


@pytest.mark.parametrize(("rejected", "verdict"), [(10, "publish"), (11, "hold")])
def test_rejects_are_held_to_their_largest_share_and_may_hold(rejected, verdict):
    strict = programme(rejects={"limit": 0.1, "verdict": "hold"})
    assert judged(strict, balance=balance(100, rejected)).verdict == verdict


def test_newer_data_that_failed_a_check_make_a_draft():
    assert broken(judged(failed_check=True)) == [("failed_check", "draft")]


@pytest.mark.parametrize(("value", "verdict"), [(13.0, "publish"), (13.1, "draft"), (6.9, "draft")])
def test_a_headline_may_move_by_three_of_its_errors_before(value, verdict):
    assert judged(before=published(figure(10.0)), now=published(figure(value, standard_error=9))).verdict == verdict


@pytest.mark.parametrize(
    ("n", "landed", "verdict"), [(220, 120, "publish"), (219, 120, "draft"), (220, 100, "draft"), (180, 120, "publish")]
)
def test_new_answers_explain_a_big_move_only_where_many_came_or_went(n, landed, verdict):
    now = published(figure(20.0, n), landed={"registrations": landed})
    assert judged(before=published(figure(10.0)), now=now).verdict == verdict


@pytest.mark.parametrize(
    ("value", "landed", "verdict"), [(120, 100, "publish"), (121, 100, "draft"), (121, 121, "publish")]
)
def test_a_count_may_move_by_a_fifth_or_with_new_data(value, landed, verdict):
    before, now = (figure(each, quantity="count", standard_error=None) for each in (100, value))
    found = judged(before=published(before), now=published(now, landed={"registrations": landed}))
    assert found.verdict == verdict


def test_a_move_that_a_person_accepted_passes_and_nothing_else_does():
    moved = {"before": published(figure(10.0)), "now": published(figure(20.0)), "accepted": True}
    assert judged(**moved).verdict == "publish"
    assert broken(judged(**moved, failed_check=True)) == [("failed_check", "draft")]


def test_the_worst_rule_decides():
    strict = programme(failed_check={"limit": 0, "verdict": "hold"})
    found = judged(strict, failed_check=True, pulls=pulls("failed"))
    assert found.verdict == "hold"
    assert len(found.reasons) == 2
