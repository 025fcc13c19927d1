"""docs/methods.md explains every method that a number of the shipped programmes was made by."""

import re

import pytest

from flows.declared import programme_named, warehouse_of
from flows.pull import pull
from flows.refresh import refresh
from flows.settings import ROOT


def explained() -> set[str]:
    """Every name in the page's code marks; a name that ends in … stands for all its suffixes."""
    return set(re.findall(r"`([a-z_0-9]+…?)`", (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")))


def is_explained(method: str, names: set[str]) -> bool:
    plain = method.removesuffix("_within_session")
    return plain in names or any(name.endswith("…") and plain.startswith(name[:-1]) for name in names)


@pytest.mark.parametrize("example", ["community", "michigan"])
def test_every_method_in_a_warehouse_is_explained(example, request):
    programme = request.getfixturevalue(example).name
    pull(programme)
    refresh(programme)
    with warehouse_of(programme_named(programme)).open() as reader:
        used = set(reader.table("estimates")["method"])
    assert used
    assert {method for method in used if not is_explained(method, explained())} == set()
