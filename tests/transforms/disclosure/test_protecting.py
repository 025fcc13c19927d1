"""A release's tables together: what is hidden in one is not told by another."""

import polars as pl
import pytest

from transforms import tables
from transforms.disclosure.audit import audit_lines, audited
from transforms.disclosure.margins import inside
from transforms.disclosure.primary import disclose, disclose_counts, disclose_transitions
from transforms.disclosure.protecting import as_of_tonight, protected, protected_again

FLOOR = 10
NO_BOUNDS = pl.DataFrame(schema={"estimate": pl.String})
NOWHERE = inside(pl.DataFrame(), {}, "by.")


def estimates(**numbers: int) -> pl.DataFrame:
    """A level of each group, and of all."""
    said = {"period": "y", "indicator": "i", "quantity": "level", "round": "m6", "arm": "treated", "term": ""}
    said |= {"method": "m", "value": 5.0, "weights": "none", "missing": 0}
    groups = [("programme", "all", sum(numbers.values())), *(("sex", name, n) for name, n in numbers.items())]
    rows = [
        said | {"estimate": f"{by}.{group}", "by": by, "group": group, "n": n, "population": n}
        for by, group, n in groups
    ]
    names = tables.GradedEstimates.column_names()
    frame = pl.DataFrame({name: [row.get(name) for row in rows] for name in names})
    return tables.GradedEstimates.validate(frame, cast=True)


def funnel(**numbers: int) -> pl.DataFrame:
    """Who answered, of each group and of all: the same people."""
    said = {"period": "y", "round": "m6", "stage": "answered", "arm": "treated"}
    groups = [("programme", "all", sum(numbers.values())), *(("sex", name, n) for name, n in numbers.items())]
    rows = [said | {"by": by, "group": group, "people": n} for by, group, n in groups]
    return tables.Funnel.validate(pl.DataFrame(rows), cast=True)


def moves(*units: tuple[str, str, int]) -> pl.DataFrame:
    said = {"period": "y", "indicator": "size", "round": "m6", "arm": "treated", "by": "programme", "group": "all"}
    whole = {origin: sum(n for each, _, n in units if each == origin) for origin, _, _ in units}
    rows = [
        said | {"origin": origin, "destination": to, "units": n, "share": n / whole[origin], "low": None, "high": None}
        for origin, to, n in units
    ]
    return tables.Transitions.validate(pl.DataFrame(rows), cast=True)


def results(transitions: pl.DataFrame | None = None, **numbers: int) -> dict[str, pl.DataFrame]:
    return {
        "estimates": estimates(**numbers),
        "funnel": funnel(**numbers),
        "transitions": tables.Transitions.create_empty() if transitions is None else transitions,
    }


def by_themselves(known: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {
        "estimates": disclose(known["estimates"], FLOOR),
        "funnel": disclose_counts(known["funnel"], ("people",), FLOOR),
        "transitions": disclose_transitions(known["transitions"], FLOOR),
        "certain_estimates": disclose(known["estimates"], FLOOR).clear(),
    }


def test_a_group_is_hidden_beside_a_small_one_in_every_table():
    known = results(women=60, men=40, other=4)

    told = protected(by_themselves(known), known, {}, NOWHERE, FLOOR)

    shown = told["estimates"].filter(pl.col("visibility").cast(pl.String) == "shown")["group"].to_list()
    assert shown == ["all", "women"]
    assert told["funnel"].drop_nulls("people")["group"].to_list() == ["all", "women"]


def test_nothing_tells_which_group_is_the_small_one():
    known = results(women=60, men=40, other=4)

    told = protected(by_themselves(known), known, {}, NOWHERE, FLOOR)

    hidden = told["estimates"].filter(pl.col("group").is_in(["men", "other"])).drop("estimate", "group")
    assert hidden.row(0) == hidden.row(1)


def test_what_the_last_release_showed_is_hidden_last():
    known = results(women=60, men=40, other=4)
    earlier = by_themselves(results(men=40))

    told = protected(by_themselves(known), known, earlier, NOWHERE, FLOOR)

    assert told["funnel"].drop_nulls("people")["group"].to_list() == ["all", "men"]


def test_what_stands_beside_what_is_made_anew_tells_no_more():
    known = results(women=60, men=40, other=4)
    tonight = {**protected(by_themselves(known), known, {}, NOWHERE, FLOOR), "bounds": NO_BOUNDS}
    settled = by_themselves(known)  # the men's figure stands from an earlier release
    assert not audited(settled, known, NOWHERE, FLOOR)["safe"].all()

    again = protected_again(tonight, settled, known, {}, NOWHERE, FLOOR)

    assert again["funnel"].drop_nulls("people")["group"].to_list() == ["all", "women"]
    assert audited(again, known, NOWHERE, FLOOR)["safe"].all()


def test_an_origin_of_few_is_not_told_by_the_others_of_its_matrix():
    matrix = moves(("micro", "micro", 60), ("small", "small", 30), ("small", "micro", 20), ("medium", "medium", 4))
    known = results(matrix, women=60, men=54)

    told = protected(by_themselves(known), known, {}, NOWHERE, FLOOR)

    shares = told["transitions"].drop_nulls("share")["origin"].unique().to_list()
    assert len(shares) == 1
    assert audited(told, known, NOWHERE, FLOOR)["safe"].all()


@pytest.mark.parametrize(("floor", "few"), [(10, 9), (5, 4)])
def test_the_audit_finds_what_primary_suppression_leaves_open_and_nothing_afterwards(floor: int, few: int):
    known = results(women=60, men=40, other=few)
    told = {**by_themselves(known), "funnel": disclose_counts(known["funnel"], ("people",), floor)}
    told["estimates"] = disclose(known["estimates"], floor)

    naive = audited(told, known, NOWHERE, floor)
    safe = audited(protected(told, known, {}, NOWHERE, floor), known, NOWHERE, floor)

    assert naive["safe"].to_list() == [False, False]
    assert safe["safe"].to_list() == [True, True]
    assert audit_lines(naive)[0] == "2 hidden counts under the floor; known too well: 2"
    assert audit_lines(safe)[1] == "estimates sex.other: open by " + str(40 + few)


def test_a_figure_that_stands_tells_nothing_of_tonight():
    before, known = results(women=60, men=40), results(women=60, men=40, other=4)
    settled = by_themselves(known) | {"estimates": disclose(before["estimates"], FLOOR)}
    settled["funnel"] = by_themselves(before)["funnel"]  # all stand: four came, who are too few to tell of

    tonight = as_of_tonight(settled, known)

    assert tonight["funnel"].drop_nulls("people")["group"].to_list() == ["women", "men"]
    assert audited(tonight, known, NOWHERE, FLOOR)["safe"].all()
    assert not audited(by_themselves(known), known, NOWHERE, FLOOR)["safe"].all(), "the control: all made anew"
