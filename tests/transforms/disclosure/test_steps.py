"""A figure is made anew when enough have changed, or nobody, and so is whatever can be worked out from several."""

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.disclosure.changed import CELL, Published, changes, net
from transforms.disclosure.steps import People, made_anew

FLOOR = 3
CHANGE = [
    *("participant", "item", "part", "period", "arm"),
    *("by.programme", "by.sex", "by.province", "by.district"),
    *("before", "after"),
]
NESTED = {"district": ["province"]}
EVERYWHERE = [
    "programme:all",
    "sex:f",
    "sex:m",
    "province:n",
    "province:s",
    "district:n1",
    "district:n2",
    "district:s1",
]


def changed(people, item="sales", sex="f", district="n1", before="1", after="2", version=2, part=None):
    """One change each; `people` are names."""
    rows = [(each, item, part, "y1", "treated", "all", sex, district[0], district, before, after) for each in people]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(CHANGE, pl.String), orient="row")
    return frame.with_columns(version=pl.lit(version, dtype=pl.Int64))


def cells(groups=EVERYWHERE, item="sales"):
    rows = [(item, "y1", "treated", *each.split(":")) for each in groups]
    return pl.DataFrame(rows, schema=dict.fromkeys(CELL, pl.String), orient="row")


def seen(groups=EVERYWHERE, version=1):
    return cells(groups).with_columns(version=pl.lit(version, dtype=pl.Int64))


LIES_IN = pl.DataFrame(
    [("district", each, "province", each[0]) for each in ("n1", "n2", "s1")],
    schema=("by", "group", "whole_by", "whole_group"),
    orient="row",
)
"""In which province each district lies."""


def people(numbers=None):
    """Who is where; `numbers`: other than a hundred in each district, by the names of two groups, sex and district."""
    many = {(sex, district): 100 for sex in "fm" for district in ("n1", "n2", "s1")} | (numbers or {})
    found = {}
    for (sex, district), number in many.items():
        for cell in ("programme:all", f"sex:{sex}", f"province:{district[0]}", f"district:{district}"):
            found[cell] = found.get(cell, 0) + number
    told = cells(found).with_columns(number=pl.Series(list(found.values()), dtype=pl.Int64))
    everywhere = pl.concat([told, told.with_columns(arm=pl.lit("all"))])
    return People(everywhere, LIES_IN, NESTED)


def anew(*log, shown=None, wanted=EVERYWHERE, version=2, numbers=None):
    """What is made anew, as by:group."""
    known = pl.concat(shown) if shown else seen()
    told = Published(known, pl.concat([changed([]), *log]), version)
    found = made_anew(cells(wanted), told, people(numbers), FLOOR)
    return found.select(pl.concat_str("by", "group", separator=":")).to_series().to_list()


def test_the_first_release_shows_all():
    assert anew(shown=[seen([])]) == sorted(EVERYWHERE)


def test_where_nobody_changed_all_is_made_anew():
    assert anew() == sorted(EVERYWHERE)


def test_what_too_few_changed_stands_with_all_that_would_tell():
    # Two women of n1: everything with them stands. The men and the south are as they were, and so is n2.
    assert anew(changed("ab")) == ["district:n2", "district:s1", "province:s", "sex:m"]


def test_three_who_change_alike_are_counted_everywhere():
    assert anew(changed("abc")) == sorted(EVERYWHERE)


def test_a_part_that_stands_takes_the_part_with_the_fewest_changes_along():
    # One man would be the difference between everybody and the women: so the women stand, though three changed.
    found = anew(changed("abc"), changed("d", sex="m"))
    assert "programme:all" in found
    assert not {"sex:f", "sex:m"} & set(found)


def test_a_part_that_stands_for_long_hides_no_later_change_of_a_few():
    # Three changed in the south, which stands since. What one more there answers would be left of all less the north.
    log = (changed("abc", district="s1"), changed("def", version=4), changed("g", district="s1", version=4))
    shown = [seen(), seen(["programme:all"], 2), seen(["programme:all"], 3)]
    wanted = ["programme:all", "province:n", "province:s"]
    found = anew(*log, shown=shown, wanted=wanted, version=4)
    assert not {"programme:all", "province:n"} <= set(found)


def test_a_part_that_was_never_shown_hides_no_change_of_a_few_either():
    shown = [seen(["programme:all", "province:n"])]
    log = (changed("abc"), changed("d", district="s1"))
    found = anew(*log, shown=shown, wanted=["programme:all", "province:n"])
    assert not {"programme:all", "province:n"} <= set(found)


def test_one_change_beside_many_keeps_a_part_but_not_the_whole():
    found = anew(changed("abc"), changed("d", district="s1"))
    assert "programme:all" in found
    assert not {"province:n", "province:s"} & set(found)


def test_parts_that_stand_together_are_enough():
    found = anew(changed("ab"), changed("c", district="n2"), changed("def", district="s1"))
    assert not {"district:n1", "district:n2"} & set(found)
    assert {"programme:all", "province:n", "province:s", "district:s1"} <= set(found)


def test_what_is_hidden_counts_with_what_stands():
    some = [each for each in EVERYWHERE if each != "district:n1"]
    found = anew(changed("ab"), changed("cde", district="n2"), shown=[seen(some)], wanted=some)
    assert "district:n2" not in found  # the province less n2 would tell of the two


def test_a_cell_comes_into_view_only_with_enough_changes_or_none():
    some = [each for each in EVERYWHERE if each not in ("district:n1", "district:n2")]
    assert "district:n1" in anew(shown=[seen(some)])
    found = anew(changed("ab"), changed("cde", district="n2"), shown=[seen(some)])
    assert "district:n1" not in found


def test_what_stood_is_made_anew_when_enough_has_changed_since():
    stood = [seen(), seen(["programme:all"], version=2)]
    log = [changed("abc"), changed("d", sex="m"), changed("efg", sex="m", version=3)]
    assert not {"sex:f", "sex:m"} & set(anew(*log, shown=stood, version=3))  # the women of then would tell of d
    log.append(changed("hi", version=3))
    assert {"sex:f", "sex:m"} <= set(anew(*log, shown=stood, version=3))


def test_nobody_is_told_by_a_release_before_the_last():
    """From 1 to 2 three change, from 2 to 3 two of them go back and another changes: 1 and 3 differ in two."""
    both = [seen(), seen(version=2)]
    back = changed("ab", before="2", after="1", version=3)
    found = anew(changed("abc"), back, changed("d", version=3), shown=both, version=3)
    assert not {"programme:all", "sex:f", "province:n", "district:n1"} & set(found)


def test_changes_that_go_back_are_none():
    assert net(pl.concat([changed("abc"), changed("abc", before="2", after="1", version=3)])).is_empty()


def test_parts_of_a_matrix_are_cells_of_their_own():
    pairs = ["programme:all", "programme:all›micro>small", "programme:all›micro>micro"]
    grown = [changed("ab", part="micro>small"), changed("cde", part="micro>micro")]
    found = anew(*grown, shown=[seen(pairs)], wanted=pairs)
    assert "programme:all›micro>small" not in found
    assert "programme:all›micro>micro" not in found  # the whole less this one tells of the two


def test_who_moves_counts_where_they_left_and_where_they_came():
    places = pl.DataFrame(
        {"participant": ["a"], "period": ["y1"], "arm": ["treated"], "by.programme": ["all"], "by.district": ["n1"]}
    )
    moved = places.with_columns(pl.lit("n2").alias("by.district"))
    states = pl.DataFrame({"participant": ["a"], "item": ["sales"], "part": [None], "state": ["5"]})
    found = changes((places, states), (moved, states))
    assert found.select("by.district", "before", "after").rows() == [("n1", "5", None), ("n2", None, "5")]


def test_who_changes_nothing_is_no_change():
    places = pl.DataFrame({"participant": ["a"], "period": ["y1"], "arm": ["t"], "by.sex": [None]})
    states = pl.DataFrame({"participant": ["a"], "item": ["sales"], "part": [None], "state": ["5"]})
    assert changes((places, states), (places, states)).is_empty()


WHO = st.tuples(st.sampled_from("fm"), st.sampled_from(["n1", "n2", "s1"]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(WHO, max_size=9), min_size=1, max_size=4))
def test_no_difference_between_nights_is_of_one_or_two_people(nights):
    """Adds and subtracts all that is published, over all nights, the way that whole and parts go."""
    there, shown, log, known = people(), [seen()], [changed([])], {}
    for number, night in enumerate(nights, 2):
        for place, (sex, district) in enumerate(night):
            log.append(changed([f"{number}-{place}"], sex=sex, district=district, version=number))
        found = made_anew(cells(), Published(pl.concat(shown), pl.concat(log), number), there, FLOOR)
        shown.append(found.drop("same").with_columns(version=pl.lit(number, dtype=pl.Int64)))
    who = pl.concat(log).select("participant", "version", "by.sex", "by.province", "by.district").rows()
    versions = pl.concat(shown)
    for by, group, version in versions.select("by", "group", "version").rows():
        known.setdefault((by, group), []).append(version)
    for (by, group), times in known.items():
        parts = [children(by, group, breakdown) for breakdown in ("sex", "province", "district")]
        told = {each: frozenset(inside(who, by, group, each)) for each in times}
        for one, other in combinations(times, 2):
            assert len(told[one] ^ told[other]) not in range(1, FLOOR)
        for part in filter(None, parts):
            for time in times:
                released = [[frozenset(inside(who, *each, v)) for v in known.get(each, [])] for each in part]
                ever = [frozenset(inside(who, *each, len(nights) + 1)) for each in part]
                assert len(left_over(told[time], ever, released)) not in range(1, FLOOR)


def left_over(whole, everybody, released):
    """Of whom a whole less its parts tells, each part as it was when it was most like what the whole holds of it."""
    left = set()
    for ever, versions in zip(everybody, released, strict=True):
        within = whole & ever
        left |= min((within ^ each for each in versions), key=len, default=frozenset())
    return left


def inside(who, by, group, version):
    """Who of those who changed counts in a cell as it was made at a version."""
    column = {"programme": None, "sex": 2, "province": 3, "district": 4}[by]
    return [each[0] for each in who if each[1] <= version and (column is None or each[column] == group)]


def children(by, group, breakdown):
    names = [tuple(each.split(":")) for each in EVERYWHERE if each.startswith(breakdown)]
    if by == "programme":
        return names
    return [each for each in names if by == "province" and breakdown == "district" and each[1].startswith(group)]


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_does_not_matter(order):
    log = pl.concat([changed("abcd"), changed("ef", sex="m"), changed("gh", district="s1")])
    assert anew(log[::order]) == anew(log)
