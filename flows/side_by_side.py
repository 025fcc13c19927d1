"""Work done at the same time, its results in the order in which it was given."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextvars import copy_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE = 8
"""Pieces of work under way at the same time: enough for servers that are waited for, few enough for the memory."""


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """What `work` makes of each item, in their order. When it raises, the others are finished first.

    Each has the caller's context, in which Prefect keeps the run and its log. The threads end with the process:
    whoever interrupts it does not wait for a slow server.
    """
    room = threading.Semaphore(AT_ONCE)
    promised: list[Future[Result]] = [Future() for _ in items]

    def do(item: Item, result: Future[Result]) -> None:
        with room:
            try:
                result.set_result(work(item))
            except BaseException as error:
                result.set_exception(error)

    for item, result in zip(items, promised, strict=True):
        threading.Thread(target=copy_context().run, args=(do, item, result), daemon=True).start()
    for result in promised:
        if result.exception() is not None:
            wait(promised)
        yield result.result()
