"""Each file of sql/checks notices the one fault it is there for, on a real warehouse that is otherwise right."""

import shutil
from pathlib import Path

import duckdb
import pytest

from flows.stores.warehouse import SQL

CHECKS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((SQL / "checks").glob("*.sql"))}
SOMEBODY = "(select min(participant) from responses)"
AN_ESTIMATE = "(select min(estimate) from estimates where low is not null)"
FAULTS = {
    "answered_but_not_due": f"update responses set due = false where participant = {SOMEBODY}",
    "bounds_upside_down": (
        "insert into bounds select estimate, 'lee', period, indicator, 'effect', round, arm, \"by\", \"group\", "
        f"2, 1, null, null, 0 from estimates where estimate = {AN_ESTIMATE}"
    ),
    "enrolment_without_baseline": f"delete from responses where participant = {SOMEBODY}",
    "estimate_given_twice": f"insert into estimates select * from estimates where estimate = {AN_ESTIMATE}",
    "estimate_of_nothing_declared": f"update estimates set indicator = 'other' where estimate = {AN_ESTIMATE}",
    "funnel_is_not_the_responses": "update funnel set people = people - 1 where stage = 'answered'",
    "funnel_widens": "update funnel set people = people + 1000 where stage = 'consented'",
    "grade_without_its_reasons": "delete from grade_caps",
    "interval_upside_down": f"update estimates set low = high + 1 where estimate = {AN_ESTIMATE}",
    "landed_is_not_its_parts": "update balance set accepted = accepted + 1",
    "letter_is_not_the_worst_of_its_caps": "update grade_caps set bites = true, holds = 'X'",
    "link_methods_do_not_add_up": "update link_methods set submissions = submissions + 1",
    "links_do_not_add_up": "update links set linked = linked - 1",
    "measurements_are_not_the_responses": f"delete from measurements where participant = {SOMEBODY}",
    "not_exactly_one_build": "insert into build select * from build",
    "participant_answers_a_round_twice": (
        f"insert into responses select * from responses where participant = {SOMEBODY}"
    ),
    "response_without_enrolment": f"delete from enrolments where participant = {SOMEBODY}",
}


@pytest.fixture(scope="module")
def right(installation_with_warehouse):
    return (Path(installation_with_warehouse["IMPACT_STATE"]) / "warehouse/michigan_training/current").resolve()


def failing(path):
    with duckdb.connect(path, read_only=True) as connection:
        return {name for name, check in CHECKS.items() if connection.sql(check).fetchall()}


def test_a_right_warehouse_passes_every_check(right):
    assert failing(right) == set()


def test_every_check_has_its_fault():
    assert set(FAULTS) == set(CHECKS)


@pytest.mark.parametrize("check", FAULTS)
def test_a_check_notices_its_fault(check, right, tmp_path):
    wrong = shutil.copy(right, tmp_path / "wrong.duckdb")
    with duckdb.connect(wrong) as connection:
        connection.execute(FAULTS[check])
    assert check in failing(wrong)
