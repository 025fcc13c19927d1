"""Work on many people side by side, on as many threads as Polars has; NumPy works outside Python's lock."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

Item = TypeVar("Item")
Made = TypeVar("Made")


def at_once(make: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    """What is made of each item, in their order."""
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        return list(pool.map(make, items))
