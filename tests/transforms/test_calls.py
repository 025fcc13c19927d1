"""Whom to call: everybody who is due and has not answered, and nobody who should be left in peace."""

from datetime import date

import polars as pl
import pytest

from transforms.calls import standing
from transforms.programme import Programme

TODAY = date(2026, 8, 1)


@pytest.fixture
def programme(declared) -> Programme:
    contact = {"answered": ["completed"], "closed": ["closed_business"], "no_more_calls": ["refused"]}
    return Programme.model_validate(declared | {"contact": contact})


def responses(*people: tuple[str, date, str | None, str | None]) -> pl.DataFrame:
    """Rows of (participant, registered, result at m3, result at m6)."""
    rows = []
    for who, registered, *results in people:
        rows.append((who, "registration", registered, True, True, False, None))
        for round_id, result in zip(("m3", "m6"), results, strict=True):
            closed = result == "closed_business"
            rows.append((who, round_id, registered, result is not None, result == "completed", closed, result))
    names = ("participant", "round", "registered_on", "due", "answered", "closed", "contact_result")
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


@pytest.fixture
def status(programme):
    """Each participant's status at a round."""

    def of(*people, round_id="m6", window=None, without=()):
        of_round = next(each for each in programme.rounds if each.id == round_id)
        changed = of_round.model_copy(update={"window": window})
        rounds = tuple(changed if each.id == round_id else each for each in programme.rounds)
        known = programme.model_copy(update={"rounds": rounds})
        found = standing(responses(*people).drop(without), known, changed, TODAY)
        return dict(found.select("participant", "status").rows())

    return of


DUE = date(2026, 1, 15)


def test_whoever_is_due_is_to_be_called_until_reached(status):
    assert status(("ann", DUE, None, None), ("bob", DUE, None, "not_reached"), ("cat", DUE, None, "completed")) == {
        "ann": "to_call",
        "bob": "not_reached",
        "cat": "reached",
    }


def test_a_round_is_due_its_months_after_the_registration(status):
    assert status(("ann", date(2026, 2, 1), None, None), ("bob", date(2026, 2, 2), None, None)) == {
        "ann": "to_call",
        "bob": "not_due_yet",
    }


def test_a_window_says_from_when_to_when(status):
    people = [
        (str(day), day, None, None)
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 1), date(2026, 3, 2))
    ]
    assert list(status(*people, window=(5, 7)).values()) == ["too_late", "to_call", "to_call", "not_due_yet"]


@pytest.mark.parametrize(("result", "told"), [("refused", "refused"), ("closed_business", "closed")])
def test_whoever_refused_or_closed_at_an_earlier_round_is_left_in_peace(status, result, told):
    assert status(("ann", DUE, result, None)) == {"ann": told}
    assert status(("ann", DUE, None, result)) == {"ann": told}
    assert status(("ann", DUE, None, result), round_id="m3") == {"ann": "to_call"}


def test_a_programme_that_does_not_ask_for_the_result_calls_all_who_did_not_answer(status):
    assert status(("ann", DUE, "refused", None), without="contact_result") == {"ann": "to_call"}
