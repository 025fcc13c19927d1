"""Whatever is added to and taken from each other, everybody hides among enough."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from tests.transforms.disclosure.test_steps import anew, changed, seen
from transforms.disclosure.combining import must_stand
from transforms.disclosure.equations import System

FLOOR = 3


def system(rows, people=None, tonight=None):
    """Equations; all of tonight unless told otherwise."""
    matrix = np.array(rows, dtype=float)
    of_rows = np.arange(len(rows)) if tonight is None else np.array(tonight)
    return System(csr_array(matrix), np.array(people or [1] * matrix.shape[1]), of_rows)


def stand(told, changed=None):
    return must_stand(told, np.array(changed or [1] * len(told.tonight)), FLOOR)


def test_a_sum_over_enough_people_may_be_told():
    assert stand(system([[1, 1, 1]])) == []


def test_a_sum_over_two_people_may_not():
    assert stand(system([[1, 1, 0]])) == [0]


def test_several_whom_no_figure_tells_apart_hide_each_other():
    assert stand(system([[1, 0]], people=[3, 1])) == []


def test_the_figure_that_fewest_changed_stands():
    # The three less the four leave the fourth.
    told = system([[1, 1, 1, 0], [1, 1, 1, 1]])
    assert stand(told, changed=[3, 4]) == [0]
    assert stand(told, changed=[4, 3]) == [1]


def test_what_earlier_figures_told_by_themselves_is_blamed_on_nobody():
    assert stand(system([[1, 0, 0], [0, 1, 1]], tonight=[-1, -1])) == []


def test_what_earlier_figures_tell_only_with_tonights_is_blamed_on_tonights():
    assert stand(system([[1, 1, 1, 0], [1, 1, 1, 1]], tonight=[-1, 0])) == [0]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from([-1, 0, 0, 1]), min_size=6, max_size=6), min_size=1, max_size=5))
def test_no_sums_or_differences_of_what_is_left_tell_of_one_or_two(rows):
    """Every way to add and subtract the figures that do not stand: 3 to the power of their number."""
    left = np.delete(np.array(rows), stand(system(rows)), axis=0)
    for signs in product([-1, 0, 1], repeat=len(left)):
        assert np.abs(np.array(signs) @ left).sum() not in (1, 2)


def test_a_small_group_that_was_hidden_is_not_told_by_what_joins_it():
    # One was in s2 while it was hidden. Tonight three join, and one leaves elsewhere, of where little is known by now:
    # everybody's figure, less what it was and less the first one of s2, would be of these two.
    log = (
        changed("a", district="s2", before=None, after="1", version=2),
        changed("xyz", district="n1", version=2),
        changed("bcd", district="s2", before=None, after="1", version=3),
        changed("e", district="n1", before="1", after=None, version=3),
    )
    shown = [seen(["programme:all", "district:n1"]), seen(["programme:all"], version=2)]
    told = {("f", "s2"): 4}
    found = anew(*log, shown=shown, wanted=["programme:all", "district:s2"], version=3, numbers=told)
    assert len(found) == 1


def test_two_nights_of_a_whole_and_a_part_told_later_leave_nobody():
    # Of the south it is told tonight what it was on night 3: less its change everybody's from 2 to 3 is that of e.
    log = (
        changed("xyz", district="n1", version=2),
        changed("abcd", district="s1", version=3),
        changed("e", district="n1", version=3),
    )
    everybody = ["programme:all", "province:n", "province:s"]
    shown = [
        seen(["programme:all", "province:s"]),
        seen(["programme:all"], version=2),
        seen(["programme:all"], version=3),
    ]
    found = anew(*log, shown=shown, wanted=everybody, version=4)
    assert "province:s" not in found


def test_who_is_as_before_again_tells_nothing():
    there = changed("ab", before="1", after="2", version=2)
    back = changed("ab", before="2", after="1", version=3)
    assert "programme:all" in anew(there, back, shown=[seen()], version=3)


def test_who_moves_between_districts_is_no_change_of_the_province():
    left = changed("a", district="n1", before="1", after=None)
    came = changed("a", district="n2", before=None, after="1")
    found = anew(left, came, changed("bcd", district="n1"), changed("efg", district="n2"))
    assert {"programme:all", "province:n"} <= set(found)


@pytest.mark.parametrize("many", [2, 3])
def test_what_as_many_as_the_floor_changed_is_told(many):
    found = anew(changed("abcd"[:many]), wanted=["programme:all"], shown=[seen(["programme:all"])])
    assert found == (["programme:all"] if many >= FLOOR else [])
