"""The generated docs are what the code would generate now."""

import pytest

from flows.documentation import generated
from flows.settings import ROOT


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return generated(ROOT / "programmes")


@pytest.mark.parametrize(
    "name",
    ["data-dictionary.md", "command-line.md", "indicators/community_economy.md", "indicators/michigan_training.md"],
)
def test_the_page_is_current(pages, name):
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == pages[name], f"docs/{name} is stale. Run: make docs"


def test_every_generated_page_is_tested(pages):
    assert len(pages) == 4
