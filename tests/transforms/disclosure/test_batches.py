"""Changes are taken in by many at once or not at all, whatever cell they are looked at in."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.disclosure.batches import Batch, Published, batch, changes, net

FLOOR = 3
CELL = {"item": pl.String, "period": pl.String, "arm": pl.String, "by": pl.String, "group": pl.String}
RELEASED = {"item": pl.String, "period": pl.String, "version": pl.Int64}
CHANGE = {
    "participant": pl.String,
    "item": pl.String,
    "part": pl.String,
    "period": pl.String,
    "arm": pl.String,
    "by.programme": pl.String,
    "by.sex": pl.String,
    "by.province": pl.String,
    "by.district": pl.String,
    "before": pl.String,
    "after": pl.String,
}
NESTED = {"district": "province"}
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


def changed(people, item="sales", sex="f", district="n1", before="1", after="2", version=None, part=None):
    """One change each; `people` are names."""
    rows = [(each, item, part, "y1", "treated", "all", sex, district[0], district, before, after) for each in people]
    frame = pl.DataFrame(rows, schema=CHANGE, orient="row")
    return frame if version is None else frame.with_columns(version=pl.lit(version, dtype=pl.Int64))


def published(shown=EVERYWHERE, item="sales", versions=(1,), log=None):
    cells = [(item, "y1", "treated", *each.split(":")) for each in shown]
    released = [(item, "y1", each) for each in versions]
    if log is None:
        log = changed([], version=1)
    return Published(
        pl.DataFrame(cells, schema=CELL, orient="row"), pl.DataFrame(released, schema=RELEASED, orient="row"), log
    )


def nobody():
    return pl.Series("participant", [], dtype=pl.String)


def batched(pending, before, cannot_wait=None) -> Batch:
    return batch(pending, before, nobody() if cannot_wait is None else pl.Series(cannot_wait), NESTED, FLOOR)


def test_two_who_change_wait_for_a_third():
    assert batched(changed("ab"), published()).waiting.to_list() == ["a", "b"]
    assert batched(changed("abc"), published()).taken.to_list() == ["a", "b", "c"]


def test_who_is_alone_in_any_cell_waits_and_the_others_do_not():
    pending = pl.concat([changed("abc"), changed("d", sex="m")])
    assert batched(pending, published()).waiting.to_list() == ["d"]


def test_the_batch_is_peeled_until_every_cell_has_nobody_or_enough():
    # e is one man too few; without e district n2 has two; without these the province has three.
    pending = pl.concat([changed("abc"), changed("fg", district="n2"), changed("e", sex="m", district="n2")])
    assert batched(pending, published()).taken.to_list() == ["a", "b", "c"]


def test_what_is_not_shown_counts_together_with_the_rest_that_is_not():
    some = [each for each in EVERYWHERE if each not in ("district:n1", "district:n2")]
    both = pl.concat([changed("ab"), changed("c", district="n2")])
    assert batched(both, published(some)).waiting.is_empty()
    assert batched(changed("ab"), published(some)).taken.is_empty()


def test_within_a_province_the_rest_is_counted_apart():
    some = [each for each in EVERYWHERE if each not in ("district:n1", "district:s1")]
    apart = pl.concat([changed("ab"), changed("cd", district="s1")])
    assert batched(apart, published(some)).taken.is_empty()


def test_parts_of_a_matrix_are_cells_of_their_own():
    shown = ["programme:all", "programme:all›micro>small", "programme:all›micro>micro"]
    grown = pl.concat([changed("ab", part="micro>small"), changed("cde", part="micro>micro")])
    assert batched(grown, published(shown)).waiting.to_list() == ["a", "b"]
    rare = pl.concat([changed("ab", part="small>micro"), changed("c", part="small>small")])
    assert batched(rare, published(shown)).waiting.is_empty()
    assert batched(changed("ab", part="small>micro"), published(shown)).taken.is_empty()


def test_where_not_even_the_total_is_shown_anybody_may_come():
    assert batched(changed("a"), published([])).taken.to_list() == ["a"]


def test_an_item_never_released_holds_nobody_back():
    assert batched(changed("a", item="profit"), published()).taken.to_list() == ["a"]


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


def test_what_cannot_wait_leaves_the_figures_as_they_are_and_holds_nobody_else_back():
    pending = pl.concat([changed("a", after=None), changed("bcd", item="profit")])
    both = published()
    profit = published(item="profit")
    earlier = Published(pl.concat([both.shown, profit.shown]), pl.concat([both.released, profit.released]), both.log)
    found = batched(pending, earlier, cannot_wait=["a"])
    assert found.standing.rows() == [("sales", "y1")]
    assert found.taken.to_list() == ["a", "b", "c", "d"]


def test_figures_that_stood_are_made_anew_once_enough_has_changed_since():
    log = changed("a", after=None, version=2)
    assert batched(changed("b"), published(log=log)).standing.rows() == [("sales", "y1")]
    assert batched(changed("bc"), published(log=log)).standing.is_empty()


def test_changes_that_go_back_are_none():
    log = pl.concat([changed("abc", version=2), changed("abc", before="2", after="1", version=3)])
    assert net(log.filter(pl.col("version") > 1)).is_empty()


def test_a_release_before_the_last_tells_nothing_either():
    """From 1 to 2 three change, from 2 to 3 two of them go back and another one changes: 1 and 3 differ in two."""
    log = changed("abc", version=2)
    back = pl.concat([changed("ab", before="2", after="1"), changed("d")])
    found = batched(back, published(versions=(1, 2), log=log))
    assert found.standing.rows() == [("sales", "y1")]
    safe = pl.concat([changed("abc", before="2", after="1"), changed("def")])
    assert batched(safe, published(versions=(1, 2), log=log)).standing.is_empty()


def test_a_cell_that_grows_into_view_by_too_few_is_young():
    some = [each for each in EVERYWHERE if each not in ("district:n1", "district:n2")]
    both = pl.concat([changed("ab"), changed("c", district="n2")])
    assert batched(both, published(some)).young["group"].to_list() == ["n1", "n2"]
    many = pl.concat([changed("abc"), changed("d", district="n2")])
    assert batched(many, published(some)).young["group"].to_list() == ["n2"]


PERSON = st.tuples(st.sampled_from("fm"), st.sampled_from(["n1", "n2", "s1"]))


@settings(max_examples=60, deadline=None)
@given(st.lists(PERSON, max_size=14))
def test_the_batch_is_safe_and_no_larger_one_is(people):
    pending = pl.concat(
        [
            changed([], version=None),
            *(changed([f"p{number}"], sex=sex, district=district) for number, (sex, district) in enumerate(people)),
        ]
    )
    taken = batched(pending, published()).taken
    assert safe(pending, set(taken))
    waiting = sorted(set(pending["participant"]) - set(taken))
    if len(waiting) <= 8:
        for chosen in range(1, 2 ** len(waiting)):
            more = {each for place, each in enumerate(waiting) if chosen >> place & 1}
            assert not safe(pending, set(taken) | more)


def safe(pending, people):
    """Whether every cell that is shown has none of these people or at least the floor."""
    theirs = pending.filter(pl.col("participant").is_in(sorted(people)))
    counts = [theirs[f"by.{by}"].value_counts()["count"] for by in ("programme", "sex", "province", "district")]
    return all(count >= FLOOR for each in counts for count in each)


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_does_not_matter(order):
    pending = pl.concat([changed("abcd"), changed("ef", sex="m"), changed("gh", district="s1")])
    assert batched(pending[::order], published()).taken.to_list() == ["a", "b", "c", "d"]
