import threading
from contextvars import ContextVar

import pytest

from flows.side_by_side import AT_ONCE, side_by_side


def test_results_come_in_the_order_of_the_items_whoever_ends_first():
    second = threading.Event()

    def work(item):
        if item == "slow":
            assert second.wait(30)
        else:
            second.set()
        return item

    assert list(side_by_side(work, ["slow", "quick"])) == ["slow", "quick"]


def test_as_many_as_allowed_are_under_way_at_once_and_no_more():
    together, under_way, most = threading.Barrier(AT_ONCE), [], []

    def work(item):
        under_way.append(item)
        most.append(len(under_way))
        together.wait(30)
        under_way.remove(item)
        return item

    items = list(range(2 * AT_ONCE))
    assert list(side_by_side(work, items)) == items
    assert max(most) == AT_ONCE


def test_each_has_the_context_of_the_caller():
    run = ContextVar("run", default="none")
    run.set("the night")
    assert list(side_by_side(lambda _: run.get(), [1, 2])) == ["the night", "the night"]


def test_one_that_raises_does_so_after_the_others_have_ended():
    first, done = threading.Event(), []

    def work(item):
        if item == "bad":
            first.set()
            raise ValueError(item)
        assert first.wait(30)
        done.append(item)

    with pytest.raises(ValueError, match="bad"):
        list(side_by_side(work, ["bad", "good", "better"]))
    assert sorted(done) == ["better", "good"]
