"""A short attack; `make attack` is the whole one."""

import pytest

from tests.attack.__main__ import attack
from tests.attack.answers import Known, State
from tests.attack.counts import Hidden
from tests.attack.nights import POLICY, WAYS, nights

NIGHTS = 4


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return nights(NIGHTS, 1, tmp_path_factory.mktemp("attack"))


def test_whoever_keeps_all_published_files_finds_out_nobodys_answer_and_no_small_count(seen):
    found = attack(seen[POLICY])
    assert (found.counts_found, found.answers_found) == (0, 0)
    assert found.counts > 20
    assert found.answers > 100


def test_four_fifths_of_what_primary_suppression_leaves_are_shown(seen):
    primary, policy = (seen[way] for way in ("primary suppression alone", POLICY))
    assert all(0.8 * theirs.shown <= mine.shown for mine, theirs in zip(policy, primary, strict=True))


@pytest.mark.parametrize("way", WAYS)
def test_without_the_policy_the_same_attacker_finds_answers_out(seen, way):
    assert attack(seen[way], most=40).answers_found > 0


def test_primary_suppression_alone_lets_small_counts_out(seen):
    found = attack(seen["primary suppression alone"], most=0)
    assert found.counts_found == found.counts > 0


def state(question, answer):
    return State("P1", question, "m6", answer)


@pytest.mark.parametrize(
    ("known", "is_breach"),
    [
        (Known(state("hours", 40), 33, 47), True),
        (Known(state("hours", 40), 20, 60), False),
        (Known(state("hours", 40), 40, 60), False),
        (Known(state("online", 1), 0.1, 1), True),
        (Known(state("online", 0), 0, 0.9), True),
        (Known(state("online", 0), 0, 1), False),
    ],
)
def test_an_answer_is_known_that_lies_surely_within_a_fifth_or_can_be_nothing_else(known, is_breach):
    assert known.is_breach == is_breach


@pytest.mark.parametrize(("low", "high", "is_breach"), [(0, 4.9, True), (0, 5, False), (3, 9, False)])
def test_a_count_is_known_that_lies_in_an_interval_narrower_than_five(low, high, is_breach):
    assert Hidden(1, ("people",), ("sex", "f"), 4, low, high).is_breach == is_breach
